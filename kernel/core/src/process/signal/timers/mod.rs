//! Signals in time: the three interval timers of a process, and its POSIX timers.

mod alarm;
mod clockwork;
mod posix;

pub use alarm::{AlarmKind, alarm_left, set_alarm};
pub use clockwork::{Setting, TimerClock};
pub use posix::{From, Notice, create_timer, delete_timer, set_timer, timer_left, timer_overrun};

use abi::signal::{SI_KERNEL, Signal, SignalInfo};
use alarm::Alarms;
use posix::PosixTimers;

/// The timers of a process.
#[derive(Default)]
pub struct ProcessTimers {
    alarms: Alarms,
    posix: PosixTimers,
}

impl ProcessTimers {
    /// Forgets all, when the process ends.
    pub fn cancel(&self) {
        self.alarms.cancel();
        self.posix.cancel();
    }

    /// A signal is taken that one of them may have sent.
    pub fn taken(&self, mut info: SignalInfo) -> SignalInfo {
        match info.timer() {
            Some(id) => self.posix.taken(id, &mut info),
            None if info.code == SI_KERNEL => match Signal::from_number(info.number as u32) {
                Some(Signal::ALRM) => self.alarms.taken(AlarmKind::Real),
                Some(Signal::VTALRM) => self.alarms.taken(AlarmKind::Virtual),
                Some(Signal::PROF) => self.alarms.taken(AlarmKind::Profiling),
                _ => {}
            },
            None => {}
        }
        info
    }

    /// Deletes those that a new program does not have.
    pub fn cancel_for_exec(&self) {
        self.posix.cancel();
    }
}
