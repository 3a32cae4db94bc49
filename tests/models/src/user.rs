//! The protocols of programs, with what they need of the runtime and of the kernel.

#[path = "../../../user/src/offer/lane.rs"]
pub mod lane;
#[path = "../../../user/src/sync.rs"]
pub mod native_sync;
#[path = "../../../user/src/ring/mod.rs"]
pub mod ring;
#[path = "../../../user/src/posix/sem/object.rs"]
pub mod sem;
pub mod shared;

/// What is common to POSIX's calls.
pub mod posix {
    /// As the runtime's.
    pub type Outcome<T> = Result<T, crate::Errno>;
}

/// What stands for the system calls.
pub mod syscall {
    /// Futexes.
    pub mod memory {
        use crate::atomic::{AtomicU32, Ordering};
        use crate::{Errno, futex, time::TimeSpec};

        /// Sleeps while the word is as expected; no time is ever over.
        pub fn futex_wait(
            word: &AtomicU32,
            expected: u32,
            _timeout: Option<&TimeSpec>,
        ) -> Result<(), Errno> {
            let is_as_expected = || word.load(Ordering::Relaxed) == expected;
            let has_slept = futex::wait(word.as_ptr().addr(), is_as_expected);
            if has_slept { Ok(()) } else { Err(Errno::EAGAIN) }
        }

        /// Wakes up to so many.
        #[allow(clippy::unnecessary_wraps, reason = "as the call")]
        pub fn futex_wake(word: &AtomicU32, count: u32) -> Result<u32, Errno> {
            Ok(futex::wake(word.as_ptr().addr(), count))
        }
    }
}
