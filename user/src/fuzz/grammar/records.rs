//! Structures that calls of several families take.

use crate::fuzz::kind::Field::{self, Half, Text, Wide, Word, Zeroes};
use crate::fuzz::kind::Kind::{
    self, Any, Below, Buffer, Fd, Flags, Handler, One, Optional, Record, Size,
};
use crate::fuzz::kind::{Names, Objects};

/// A time soon: nothing waits for long.
pub const SOON: &[Field] = &[Wide(One(&[0])), Wide(Below(3_000_000))];
/// The same, where none is an answer too; a wait without an end is ended by a signal.
pub const PATIENCE: Kind = Optional(&Record(SOON));
/// A time on a clock, which has passed.
pub const PASSED: &[Field] = &[Wide(Below(4)), Wide(Below(999_999_999))];
/// A time with microseconds.
pub const SOON_MICROSECONDS: &[Field] = &[Wide(One(&[0])), Wide(Below(3000))];
/// An interval and a time.
pub const TIMER: &[Field] =
    &[Wide(One(&[0])), Wide(Below(9_000_000)), Wide(One(&[0])), Wide(Below(9_000_000))];
/// A set of signals.
pub const SIGNALS: &[Field] = &[Wide(Kind::SignalSet)];
/// The size of such a set.
pub const SET_SIZE: Kind = One(&[8]);
/// Room for what a call tells, more than any tells.
pub const ROOM: Kind = Record(&[Zeroes(512)]);
/// A number in memory.
pub const NUMBER: Kind = Record(&[Wide(Below(100_000))]);
/// A part of what is read or written.
pub const PART: &[Field] = &[Wide(Buffer), Wide(Size)];
/// Parts.
pub const PARTS: Kind = Kind::Records(PART, 6);
/// What a timer does.
pub const EVENT: &[Field] =
    &[Wide(Any), Word(Kind::Signal), Word(One(&[0, 1, 4])), Word(Kind::Tid), Zeroes(44)];
/// What waits for which events.
pub const POLLED: &[Field] =
    &[Word(Fd(Objects::ALL)), Half(Flags(&[1, 4, 8, 16, 0x2000])), Half(One(&[0]))];
/// What is done on a signal.
pub const ACTION: &[Field] = &[
    Wide(Handler),
    Wide(Flags(&[1, 2, 4, 0x800, 0x0800_0000, 0x1000_0000, 0x4000_0000, 0x8000_0000])),
    Wide(One(&[0])),
    Wide(Kind::SignalSet),
];
/// Why a signal was sent.
pub const SIGNAL_INFO: &[Field] = &[
    Word(Kind::Signal),
    Word(One(&[0])),
    Word(One(&[-1_i32 as u32 as u64, -2_i32 as u32 as u64, 0])),
    Zeroes(116),
];
/// What a topic's messages are.
pub const TYPE: &[Field] = &[
    Wide(One(&[0, 0, 0, 0, 0, 8])),
    Wide(One(&[0, 1, 8])),
    Wide(One(&[0, 1])),
    Text(Names::Plain, 96),
];
/// Strings, as exec takes them.
pub const WORDS: Kind = Record(&[
    Wide(Kind::Name(Names::Plain)),
    Wide(Optional(&Kind::Name(Names::Plain))),
    Wide(Optional(&Kind::Name(Names::Slash))),
    Wide(One(&[0])),
]);
