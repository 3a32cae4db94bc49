//! The queue that a thread waits in, for whoever looks whether it is in line there.

use super::wait_queue::WaitQueue;
use core::ptr;
use core::sync::atomic::{AtomicPtr, Ordering};

/// Where a thread waits. Only the thread itself changes it.
pub struct WaitsIn(AtomicPtr<WaitQueue>);

/// A thread's stay in a queue, which outlives it; it is over when this goes.
pub struct Stay<'a> {
    place: &'a WaitsIn,
    queue: &'a WaitQueue,
    /// What it looks at in its wait may make it wait elsewhere, such as for a page of a file.
    outer: *mut WaitQueue,
}

impl WaitsIn {
    /// Nowhere.
    pub const fn new() -> Self {
        Self(AtomicPtr::new(ptr::null_mut()))
    }

    /// The thread begins to wait in a queue.
    pub fn enter<'a>(&'a self, queue: &'a WaitQueue) -> Stay<'a> {
        let outer = self.0.load(Ordering::Relaxed);
        self.0.store(ptr::from_ref(queue).cast_mut(), Ordering::Relaxed);
        Stay { place: self, queue, outer }
    }

    /// The queue, or null. It is there for as long as the thread does nothing.
    pub fn queue(&self) -> *const WaitQueue {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Stay<'_> {
    fn drop(&mut self) {
        debug_assert!(ptr::eq(self.place.queue(), self.queue), "stays end in order");
        self.place.0.store(self.outer, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_within_a_wait_leads_back_to_the_outer_one() {
        let (waits_in, outer, inner) = (WaitsIn::new(), WaitQueue::new(), WaitQueue::new());
        assert!(waits_in.queue().is_null());
        let first = waits_in.enter(&outer);
        let second = waits_in.enter(&inner);
        assert!(ptr::eq(waits_in.queue(), &raw const inner));
        drop(second);
        assert!(ptr::eq(waits_in.queue(), &raw const outer));
        drop(first);
        assert!(waits_in.queue().is_null());
    }
}
