//! The end of an address space with its last process.
//!
//! Others may look at it at that moment (a listing of views, a copy from another process's memory)
//! and keep it for as long as they do. What it shows goes all the same before the process's parent
//! is told, so that who has waited for a process finds its memory free and its regions left.

use super::sharing::SharedViews;
use super::space::AddressSpace;
use alloc::sync::Arc;
use core::mem;
use core::sync::atomic::Ordering;

impl AddressSpace {
    /// One more process has it.
    pub fn join(&self) {
        self.processes.fetch_add(1, Ordering::Relaxed);
    }

    /// A process has it no longer, and none of the process's threads runs in it again.
    pub fn leave(self: Arc<Self>) {
        if self.processes.fetch_sub(1, Ordering::AcqRel) > 1 {
            return;
        }
        let onlookers = Arc::downgrade(&self);
        // Where nobody else looks, it ends right here.
        drop(self);
        if let Some(space) = onlookers.upgrade() {
            space.vacate();
        }
    }

    /// Whether no process has it any more, so that nothing is to be shown there.
    pub(super) fn is_over(&self) -> bool {
        self.processes.load(Ordering::Relaxed) == 0
    }

    /// Lets go of all that it shows. What processors remember of that goes with the space's number,
    /// with which nobody runs any more.
    #[cold]
    fn vacate(&self) {
        let mut state = self.state.lock();
        let views = mem::replace(&mut state.views, SharedViews::over(self.id()));
        state.directory.clear();
        drop(state);
        drop(views);
    }
}
