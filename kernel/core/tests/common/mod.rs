//! Simulated memory for the frame pool.

use arch::addr::PhysAddr;
use kcore::mm::frames;
use std::sync::{Mutex, MutexGuard};

/// Gives memory to the frame pool once in a run; one test at a time has it, so that each can
/// count frames.
pub fn memory() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    static ONCE: std::sync::Once = std::sync::Once::new();
    let guard = ONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    ONCE.call_once(|| {
        let ram = PhysAddr::new(0x10_0000)..PhysAddr::new(0x400_0000);
        // SAFETY: the simulated RAM is there for the whole run, and nothing else uses it.
        unsafe { frames::set_up(&[ram], arch::addr::PhysAddr::new(0)) };
    });
    guard
}
