//! Memory that is refused because a test wants it so: the n-th time that somebody asks.
//!
//! With every n in turn, a test sees that an operation which fails anywhere on its way leaves all as
//! it was. On the target nothing is ever refused here.

#[cfg(not(target_os = "none"))]
pub use counting::{Asked, with_refusal};

#[cfg(not(target_os = "none"))]
mod counting {
    use crate::mm::OutOfMemory;
    use core::sync::atomic::{AtomicUsize, Ordering};

    /// How many more times memory is asked for up to the refusal; 0 while none is wanted.
    static LEFT: AtomicUsize = AtomicUsize::new(0);

    /// Whether the work has come as far as the refusal.
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub enum Asked {
        /// It has, and was refused memory.
        Refused,
        /// It had asked less often.
        TooSeldom,
    }

    /// Does something while the `number`-th (from 1) question for memory is refused; whoever calls
    /// sees to it that nobody else asks meanwhile.
    pub fn with_refusal<T>(number: usize, work: impl FnOnce() -> T) -> (T, Asked) {
        LEFT.store(number, Ordering::Relaxed);
        let outcome = work();
        let is_left = LEFT.swap(0, Ordering::Relaxed) > 0;
        (outcome, if is_left { Asked::TooSeldom } else { Asked::Refused })
    }

    /// Counts a question.
    pub(in crate::mm) fn check() -> Result<(), OutOfMemory> {
        let less = |left: usize| left.checked_sub(1);
        match LEFT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less) {
            Ok(1) => Err(OutOfMemory),
            _ => Ok(()),
        }
    }
}

#[cfg(not(target_os = "none"))]
pub(super) use counting::check;

/// Refuses nothing.
#[cfg(target_os = "none")]
#[expect(clippy::unnecessary_wraps, reason = "tests on the host refuse")]
pub(super) const fn check() -> Result<(), super::OutOfMemory> {
    Ok(())
}
