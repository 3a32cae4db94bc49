//! Traces: what the kernel tells of the calls of other processes.
//!
//! A trace is a ring in memory that the kernel fills and the tracer maps. Records follow each other
//! in it, each a [`TraceRecord`] and then what was copied of the call's arguments, a
//! [`TraceCapture`] each; a record may go on at the ring's beginning. Positions count bytes since the
//! trace was made. `shape` says what an argument is, `signature` which ones a call has: the kernel
//! copies by that, and whoever prints a call reads it by the same.

mod shape;
mod signature;

pub use shape::{Kind, Outcome, Set, Structure, Way};
pub use signature::{Signature, signature};

use crate::signal::SignalInfo;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Arguments of a call.
pub const ARGUMENTS: usize = 6;
/// The smallest ring.
pub const TRACE_BYTES_MIN: u64 = 16 << 10;
/// The largest ring.
pub const TRACE_BYTES_MAX: u64 = 4 << 20;
/// The longest record: a call with all that was copied for it.
pub const TRACE_RECORD_MAX: usize = 12 << 10;
/// The most that is copied of a string or a buffer for which the tracer sets a limit.
pub const TRACE_TEXT_MAX: u32 = 4096;
/// Elements of an array that are copied at most.
pub const TRACE_ELEMENTS_MAX: usize = 16;

/// With `trace_attach`: processes that the traced one makes are traced, too.
pub const TRACE_FOLLOW: u32 = 1;

/// What a record tells.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum TraceEvent {
    /// A call begins: `number` is the call, `arguments` are its registers.
    Enter = 1,
    /// It has ended: `value` is what its register has.
    Leave = 2,
    /// A signal is acted on: `number` is the signal, and a capture has the information.
    Signal = 3,
    /// A thread has ended, and others of its process go on: `number` is the status, as `wait4` has it.
    ThreadEnd = 4,
    /// The process ends: `number` is the status.
    End = 5,
    /// The process is traced no more: it runs a program with rights that the tracer has not.
    Lost = 6,
}

impl TraceEvent {
    /// What a record of this number tells.
    pub const fn from_number(number: u32) -> Option<Self> {
        match number {
            1 => Some(Self::Enter),
            2 => Some(Self::Leave),
            3 => Some(Self::Signal),
            4 => Some(Self::ThreadEnd),
            5 => Some(Self::End),
            6 => Some(Self::Lost),
            _ => None,
        }
    }
}

/// With `Leave`: a signal has interrupted the call, which begins again unless a handler has it end.
pub const TRACE_INTERRUPTED: u32 = 1;

/// One thing that happened.
#[derive(
    Clone, Copy, Debug, Default, Eq, FromBytes, Immutable, IntoBytes, KnownLayout, PartialEq,
)]
#[repr(C)]
pub struct TraceRecord {
    /// Its length with all captures: a multiple of 8.
    pub size: u32,
    /// [`TraceEvent`].
    pub event: u32,
    /// The process.
    pub pid: u32,
    /// The thread.
    pub tid: u32,
    /// When, in nanoseconds since boot.
    pub time: u64,
    /// The call, the signal or the status.
    pub number: u64,
    /// A call's result.
    pub value: u64,
    /// `TRACE_INTERRUPTED`.
    pub flags: u32,
    /// Captures that follow.
    pub captures: u32,
    /// A call's arguments.
    pub arguments: [u64; ARGUMENTS],
}

/// How a copy went.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum Copied {
    /// All of it is here.
    Whole = 0,
    /// There was more.
    Cut = 1,
    /// Nothing can be read there, or from some place on.
    Unreadable = 2,
    /// The kernel had no memory to keep it.
    NoMemory = 3,
}

impl Copied {
    /// The one with this number.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Whole),
            1 => Some(Self::Cut),
            2 => Some(Self::Unreadable),
            3 => Some(Self::NoMemory),
            _ => None,
        }
    }
}

/// What an argument led to; its bytes follow, and then zeroes up to a multiple of 8.
#[derive(
    Clone, Copy, Debug, Default, Eq, FromBytes, Immutable, IntoBytes, KnownLayout, PartialEq,
)]
#[repr(C)]
pub struct TraceCapture {
    /// Which argument.
    pub argument: u8,
    /// What of it: 0 for what is at its address, numbers from 1 for what that leads to.
    pub part: u8,
    /// [`Copied`].
    pub copied: u8,
    /// 0.
    pub reserved: u8,
    /// Bytes that follow.
    pub length: u32,
}

/// The longest record of a process's end: room for one is kept for each that is traced.
pub const END_RECORD_BYTES: usize = size_of::<TraceRecord>();
/// The record of a signal.
pub const SIGNAL_RECORD_BYTES: usize =
    size_of::<TraceRecord>() + size_of::<TraceCapture>() + size_of::<SignalInfo>();

const _: () = assert!(size_of::<TraceRecord>() == 96 && size_of::<TraceCapture>() == 8);
// A record and the room that is kept for the ends of processes fit in the smallest ring.
const _: () = assert!(TRACE_RECORD_MAX as u64 + TRACE_BYTES_MIN / 4 <= TRACE_BYTES_MIN);
