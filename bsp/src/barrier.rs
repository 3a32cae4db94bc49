//! Barriers at the hand-offs between the processor, devices and other cores.
//!
//! Device-nGnRE accesses to one block stay in order among themselves; nothing orders them against ordinary memory
//! or against another block. On a machine that is not the target a fence stands in.

#[cfg(target_arch = "aarch64")]
mod instructions {
    use aarch64_cpu::asm::barrier;

    /// Waits until every memory and device access before it is complete (`dsb sy`).
    pub fn complete_all() {
        barrier::dsb(barrier::SY);
    }

    /// Makes earlier stores visible to the other cores (`dsb ishst`).
    pub fn publish_stores() {
        barrier::dsb(barrier::ISHST);
    }
}

#[cfg(not(target_arch = "aarch64"))]
mod instructions {
    use core::sync::atomic::{Ordering, fence};

    /// Orders every memory access before it.
    pub fn complete_all() {
        fence(Ordering::SeqCst);
    }

    /// Makes earlier stores visible to the other cores.
    pub fn publish_stores() {
        fence(Ordering::SeqCst);
    }
}

pub(crate) use instructions::{complete_all, publish_stores};
