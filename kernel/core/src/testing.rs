//! What unit tests need of the machine: simulated memory.

use crate::mm::frames;
use arch::addr::PhysAddr;
use std::sync::Once;

/// Gives simulated memory to the frame pool, once in a run.
#[allow(unsafe_code, reason = "the frame pool takes memory on trust")]
pub fn set_up_memory() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let ram = PhysAddr::new(0x10_0000)..PhysAddr::new(0x200_0000);
        // SAFETY: the simulated RAM is there for the whole run, and nothing else uses it.
        unsafe { frames::set_up(&[ram], arch::addr::PhysAddr::new(0)) };
    });
}
