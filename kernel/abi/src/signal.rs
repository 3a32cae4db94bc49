//! Signals: numbers, actions and sets. `info` says why one was sent, `frame` is what lies on the stack
//! while a handler runs.

mod frame;
mod info;
mod record;

pub use frame::{
    AlternateStack, FRAME_BYTES, FaultRecord, FpRecord, MINIMUM_STACK, MachineContext,
    RECORD_FAULT, RECORD_FP, RECORDS_AT, RECORDS_BYTES, SignalFrame, StackFlags, UserContext,
};
pub use info::{
    BUS_ADRALN, BUS_ADRERR, CLD_CONTINUED, CLD_EXITED, CLD_KILLED, CLD_STOPPED, FPE_FLTUNK,
    ILL_ILLOPC, SEGV_ACCERR, SEGV_MAPERR, SI_KERNEL, SI_MESGQ, SI_QUEUE, SI_TIMER, SI_TKILL,
    SI_USER, SignalInfo, TRAP_BRKPT,
};

pub use record::SignalRecord;

use bitflags::bitflags;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

macro_rules! signals {
    ($($number:literal => $name:ident, $text:literal;)*) => {
        /// A signal.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        #[repr(u8)]
        #[allow(clippy::upper_case_acronyms, reason = "the standard's own names")]
        pub enum Signal {
            $(#[doc = $text] $name = $number,)*
        }

        impl Signal {
            /// Every signal with a name.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The signal with this number.
            pub const fn from_number(number: u32) -> Option<Self> {
                match number {
                    $($number => Some(Self::$name),)*
                    _ => None,
                }
            }

            /// The name, without the leading `SIG`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }

            /// The signal in words, for a person.
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

signals! {
    1 => HUP, "hangup";
    2 => INT, "interrupt";
    3 => QUIT, "quit";
    4 => ILL, "illegal instruction";
    5 => TRAP, "trace trap";
    6 => ABRT, "aborted";
    7 => BUS, "bus error";
    8 => FPE, "arithmetic exception";
    9 => KILL, "killed";
    10 => USR1, "user signal 1";
    11 => SEGV, "segmentation fault";
    12 => USR2, "user signal 2";
    13 => PIPE, "broken pipe";
    14 => ALRM, "alarm clock";
    15 => TERM, "terminated";
    16 => STKFLT, "stack fault";
    17 => CHLD, "child ended";
    18 => CONT, "continued";
    19 => STOP, "stopped";
    20 => TSTP, "stopped at the terminal";
    21 => TTIN, "stopped by terminal input";
    22 => TTOU, "stopped by terminal output";
    23 => URG, "urgent data";
    24 => XCPU, "processor time limit exceeded";
    25 => XFSZ, "file size limit exceeded";
    26 => VTALRM, "virtual alarm clock";
    27 => PROF, "profiling timer expired";
    28 => WINCH, "window changed";
    29 => IO, "input or output possible";
    30 => PWR, "power failure";
    31 => SYS, "bad system call";
}

/// The highest signal number.
pub const SIGNAL_MAX: u32 = 64;
/// The first of the signals that are queued, each with what it was sent with.
pub const REAL_TIME_MIN: u32 = 32;
/// Handler: the default action.
pub const SIG_DFL: u64 = 0;
/// Handler: ignore.
pub const SIG_IGN: u64 = 1;
/// The size of a signal set that the calls expect.
pub const SIGNAL_SET_SIZE: u64 = 8;

/// The bit of a signal in a set: bit n - 1 for signal n, which must be from 1 to 64.
pub const fn signal_bit(number: u32) -> u64 {
    1 << (number - 1)
}

bitflags! {
    /// How a signal is handled; bits without a meaning are not kept.
    #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
    pub struct ActionFlags: u64 {
        /// `SA_NOCLDSTOP`: no SIGCHLD when a child stops or goes on.
        const NO_CHILD_STOP = 1;
        /// `SA_NOCLDWAIT`: children that end are not waited for.
        const NO_CHILD_WAIT = 2;
        /// `SA_SIGINFO`: the handler gets three arguments.
        const INFO = 4;
        /// `SA_EXPOSE_TAGBITS`: accepted.
        const EXPOSE_TAGS = 0x800;
        /// `SA_RESTORER`: the handler returns to the action's own trampoline.
        const RESTORER = 0x0400_0000;
        /// `SA_ONSTACK`: the handler runs on the alternate stack.
        const ON_STACK = 0x0800_0000;
        /// `SA_RESTART`: calls that it interrupts begin again.
        const RESTART = 0x1000_0000;
        /// `SA_NODEFER`: it does not block itself.
        const NO_DEFER = 0x4000_0000;
        /// `SA_RESETHAND`: the action becomes the default one before the handler runs.
        const RESET = 0x8000_0000;
    }
}

/// `rt_sigprocmask`: add to the blocked signals.
pub const SIG_BLOCK: u32 = 0;
/// `rt_sigprocmask`: take from the blocked signals.
pub const SIG_UNBLOCK: u32 = 1;
/// `rt_sigprocmask`: replace the blocked signals.
pub const SIG_SETMASK: u32 = 2;

/// Linux/AArch64's `struct sigaction` of the kernel interface.
#[derive(
    Clone, Copy, Debug, Default, Eq, FromBytes, Immutable, IntoBytes, KnownLayout, PartialEq,
)]
#[repr(C)]
pub struct SignalAction {
    /// `SIG_DFL`, `SIG_IGN` or a function's address.
    pub handler: u64,
    /// [`ActionFlags`].
    pub flags: u64,
    /// The return trampoline.
    pub restorer: u64,
    /// Signals that are blocked while the handler runs.
    pub mask: u64,
}
