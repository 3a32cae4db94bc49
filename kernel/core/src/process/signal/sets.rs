//! Which signals are special.

use abi::signal::{Signal, signal_bit};

const fn set_of(signals: &[Signal]) -> u64 {
    let mut set = 0;
    let mut index = 0;
    while index < signals.len() {
        set |= signal_bit(signals[index] as u32);
        index += 1;
    }
    set
}

/// Can neither be blocked, nor ignored, nor handled.
pub const UNSTOPPABLE: u64 = set_of(&[Signal::KILL, Signal::STOP]);
/// Stop a process by default.
pub const STOPS: u64 = set_of(&[Signal::STOP, Signal::TSTP, Signal::TTIN, Signal::TTOU]);
/// Makes a process that is stopped go on.
pub const CONTINUE: u64 = set_of(&[Signal::CONT]);
/// Do nothing by default.
pub const QUIET: u64 = set_of(&[Signal::CHLD, Signal::CONT, Signal::URG, Signal::WINCH]);
/// Come from what a thread itself does: they are acted on before others.
pub const SYNCHRONOUS: u64 =
    set_of(&[Signal::SEGV, Signal::BUS, Signal::ILL, Signal::TRAP, Signal::FPE, Signal::SYS]);

/// What a signal does that a program has said nothing about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DefaultAction {
    /// Nothing.
    Nothing,
    /// The process stops until it is told to go on.
    Stop,
    /// The process ends.
    End,
}

impl DefaultAction {
    /// That of the signal with this number.
    pub const fn of(number: u32) -> Self {
        if QUIET & signal_bit(number) != 0 {
            Self::Nothing
        } else if STOPS & signal_bit(number) != 0 {
            Self::Stop
        } else {
            Self::End
        }
    }
}
