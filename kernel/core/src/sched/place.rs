//! The core that a thread runs on.
//!
//! Who gives a running thread something to do notes that and then looks where it runs, to interrupt that core; a core
//! that takes a thread notes that it is there and then looks what it has to do. The fences let at least one of the two see
//! the other: without them a thread that comes to a core just then could go on in its program, told by nobody.

use crate::atomic::{AtomicU32, Ordering, fence};

/// Where a thread runs, or ran last.
pub struct Place(AtomicU32);

impl Place {
    /// On this core.
    pub const fn new(core: u32) -> Self {
        Self(AtomicU32::new(core))
    }

    /// A core takes the thread, and looks what it has to do after this.
    #[inline]
    pub fn take_to(&self, core: u32) {
        self.0.store(core, Ordering::Relaxed);
        fence(Ordering::SeqCst);
    }

    /// The core, as far as is known.
    pub fn last(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    /// The core to be interrupted for what was given to the thread before this.
    pub fn to_interrupt(&self) -> u32 {
        fence(Ordering::SeqCst);
        self.0.load(Ordering::Relaxed)
    }
}
