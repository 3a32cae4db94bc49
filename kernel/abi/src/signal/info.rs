//! `siginfo_t`: why a signal was sent, and by whom.

use super::Signal;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Sent by `kill`.
pub const SI_USER: i32 = 0;
/// Sent by the kernel.
pub const SI_KERNEL: i32 = 0x80;
/// Sent by `sigqueue`.
pub const SI_QUEUE: i32 = -1;
/// Sent by a timer.
pub const SI_TIMER: i32 = -2;
/// Sent for a message in a queue that was empty.
pub const SI_MESGQ: i32 = -3;
/// Sent by `tkill` or `tgkill`.
pub const SI_TKILL: i32 = -6;
/// A child has exited.
pub const CLD_EXITED: i32 = 1;
/// A child was ended by a signal.
pub const CLD_KILLED: i32 = 2;
/// A child has stopped.
pub const CLD_STOPPED: i32 = 5;
/// A child that was stopped goes on.
pub const CLD_CONTINUED: i32 = 6;
/// Nothing is mapped at the address.
pub const SEGV_MAPERR: i32 = 1;
/// What is mapped at the address forbids the access.
pub const SEGV_ACCERR: i32 = 2;
/// The address is not aligned.
pub const BUS_ADRALN: i32 = 1;
/// There is no such memory behind the mapping.
pub const BUS_ADRERR: i32 = 2;
/// The processor does not know the instruction.
pub const ILL_ILLOPC: i32 = 1;
/// A breakpoint.
pub const TRAP_BRKPT: i32 = 1;
/// A floating-point exception of an unknown kind.
pub const FPE_FLTUNK: i32 = 14;

/// Linux/AArch64's `siginfo_t`.
#[derive(
    Clone, Copy, Debug, Default, Eq, FromBytes, Immutable, IntoBytes, KnownLayout, PartialEq,
)]
#[repr(C)]
pub struct SignalInfo {
    /// The signal.
    pub number: i32,
    /// An error number; 0 from the kernel.
    pub error: i32,
    /// `SI_*`, or what is specific to the signal.
    pub code: i32,
    padding: u32,
    /// What the code says that it is; see the constructors.
    pub fields: [u64; 14],
}

const fn pair(low: u32, high: u32) -> u64 {
    low as u64 | (high as u64) << 32
}

impl SignalInfo {
    const fn new(number: u32, code: i32) -> Self {
        Self { number: number as i32, error: 0, code, padding: 0, fields: [0; 14] }
    }

    /// Sent by a process.
    pub const fn from_process(number: u32, code: i32, pid: u32, uid: u32) -> Self {
        let mut info = Self::new(number, code);
        info.fields[0] = pair(pid, uid);
        info
    }

    /// Sent by the kernel, for a reason that the signal's number says.
    pub const fn from_kernel(signal: Signal) -> Self {
        Self::new(signal as u32, SI_KERNEL)
    }

    /// Sent for a fault at an address.
    pub const fn of_fault(signal: Signal, code: i32, address: u64) -> Self {
        let mut info = Self::new(signal as u32, code);
        info.fields[0] = address;
        info
    }

    /// Sent because of a child: `status` is what it exited with, or a signal's number; times are
    /// in ticks of `times`.
    pub const fn of_child(
        code: i32,
        pid: u32,
        uid: u32,
        status: i32,
        user_time: u64,
        system_time: u64,
    ) -> Self {
        let mut info = Self::from_process(Signal::CHLD as u32, code, pid, uid);
        info.fields[1] = status as u32 as u64;
        info.fields[2] = user_time;
        info.fields[3] = system_time;
        info
    }

    /// Sent by a timer, which has expired `overrun` more times than that.
    pub const fn of_timer(number: u32, timer: u32, overrun: u32, value: u64) -> Self {
        let mut info = Self::new(number, SI_TIMER);
        info.fields[0] = pair(timer, overrun);
        info.fields[1] = value;
        info
    }

    /// The same with a value, as `sigqueue` sends one.
    #[must_use]
    pub const fn with_value(mut self, value: u64) -> Self {
        self.fields[1] = value;
        self
    }

    /// The same for another signal.
    #[must_use]
    pub const fn with_number(mut self, number: u32) -> Self {
        self.number = number as i32;
        self
    }

    /// The timer that sent it, if one did.
    pub const fn timer(&self) -> Option<u32> {
        if self.code == SI_TIMER { Some(self.fields[0] as u32) } else { None }
    }

    /// How often that timer was due besides.
    pub const fn overrun(&self) -> u32 {
        (self.fields[0] >> 32) as u32
    }

    /// Changes how often the timer was due besides.
    pub const fn set_overrun(&mut self, overrun: u32) {
        self.fields[0] = pair(self.fields[0] as u32, overrun);
    }

    /// The sender, or the child.
    pub const fn pid(&self) -> u32 {
        self.fields[0] as u32
    }

    /// The sender's user, or the child's.
    pub const fn uid(&self) -> u32 {
        (self.fields[0] >> 32) as u32
    }

    /// How the child ended, or which signal stopped it.
    pub const fn status(&self) -> i32 {
        self.fields[1] as i32
    }

    /// The value that `sigqueue` sent.
    pub const fn value(&self) -> u64 {
        self.fields[1]
    }

    /// Where the fault was.
    pub const fn address(&self) -> u64 {
        self.fields[0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_lie_where_linux_has_them() {
        assert_eq!(size_of::<SignalInfo>(), 128);
        let info = SignalInfo::of_child(CLD_EXITED, 7, 1000, -1, 2, 3);
        let bytes = info.as_bytes();
        let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("4 bytes"));
        assert_eq!([0, 8, 16, 20, 24].map(word), [17, 1, 7, 1000, u32::MAX]);
        assert_eq!([32, 40].map(word), [2, 3]);
        let info = SignalInfo::from_process(34, SI_QUEUE, 1, 2).with_value(0x1234);
        assert_eq!(info.as_bytes()[24..26], [0x34, 0x12]);
    }
}
