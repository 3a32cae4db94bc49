//! Signals: numbers and the structure of `rt_sigaction`.

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
    17 => CHLD, "child ended";
    18 => CONT, "continued";
    19 => STOP, "stopped";
    20 => TSTP, "stopped at the terminal";
    21 => TTIN, "stopped by terminal input";
    22 => TTOU, "stopped by terminal output";
    23 => URG, "urgent data";
    28 => WINCH, "window changed";
}

/// The highest signal number.
pub const SIGNAL_MAX: u32 = 64;
/// Handler: the default action.
pub const SIG_DFL: u64 = 0;
/// Handler: ignore.
pub const SIG_IGN: u64 = 1;
/// The size of a signal set that the calls expect.
pub const SIGNAL_SET_SIZE: u64 = 8;

/// Linux/AArch64's `struct sigaction` of the kernel interface.
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct SignalAction {
    /// `SIG_DFL`, `SIG_IGN` or a function's address.
    pub handler: u64,
    /// `SA_*`.
    pub flags: u64,
    /// The return trampoline.
    pub restorer: u64,
    /// Signals that are blocked while the handler runs.
    pub mask: u64,
}
