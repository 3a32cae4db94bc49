//! Memory that is refused because a test wants it so: the n-th time that somebody asks.
//!
//! With every n in turn, a test sees that an operation which fails anywhere on its way leaves all as
//! it was. Tests on the host say so themselves; in a debug kernel a thread does for itself
//! (`/proc/fail-nth`). In others nothing is ever refused here.

use super::frames::{FrameUse, OutOfMemory};

#[cfg(not(target_os = "none"))]
pub use counting::{Asked, with_refusal};

#[cfg(not(target_os = "none"))]
mod counting {
    use super::{FrameUse, OutOfMemory};
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
    pub(in crate::mm) fn check(_: FrameUse) -> Result<(), OutOfMemory> {
        let less = |left: usize| left.checked_sub(1);
        match LEFT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less) {
            Ok(1) => Err(OutOfMemory),
            _ => Ok(()),
        }
    }
}

#[cfg(not(target_os = "none"))]
pub(super) use counting::check;

#[cfg(all(target_os = "none", debug_assertions))]
mod of_thread {
    use super::{FrameUse, OutOfMemory};
    use crate::sched;
    use core::sync::atomic::Ordering;

    /// Has the n-th question of the calling thread from now on refused; none for 0.
    pub fn refuse(number: u32) {
        sched::current().refused_after.store(number, Ordering::Relaxed);
    }

    /// How many questions are left up to the one that is refused; 0 once it was.
    pub fn left() -> u32 {
        sched::current().refused_after.load(Ordering::Relaxed)
    }

    /// Counts a question. The heap's are none: it asks in ways that can't fail once it was found
    /// that there is enough.
    pub(in crate::mm) fn check(purpose: FrameUse) -> Result<(), OutOfMemory> {
        let Some(thread) = sched::current_if_any() else { return Ok(()) };
        let left = thread.refused_after.load(Ordering::Relaxed);
        if left == 0 || purpose == FrameUse::Heap {
            return Ok(());
        }
        thread.refused_after.store(left - 1, Ordering::Relaxed);
        if left == 1 { Err(OutOfMemory) } else { Ok(()) }
    }
}

#[cfg(all(target_os = "none", debug_assertions))]
pub(super) use of_thread::check;
#[cfg(all(target_os = "none", debug_assertions))]
pub use of_thread::{left, refuse};

/// Refuses nothing.
#[cfg(all(target_os = "none", not(debug_assertions)))]
#[expect(clippy::unnecessary_wraps, reason = "tests refuse")]
pub(super) const fn check(_: FrameUse) -> Result<(), OutOfMemory> {
    Ok(())
}
