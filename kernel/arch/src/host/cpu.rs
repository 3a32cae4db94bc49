//! The number of the core: whatever a test's thread says it is.

use std::cell::Cell;

/// The cores of every supported board.
pub const MAX_CORES: usize = 4;

std::thread_local! {
    static CORE: Cell<usize> = const { Cell::new(0) };
    static CURRENT: Cell<usize> = const { Cell::new(0) };
}

/// The address that [`set_current`] was last given by this thread of the host; 0 at first.
pub fn current() -> usize {
    CURRENT.get()
}

/// Notes what this core runs.
pub fn set_current(address: usize) {
    CURRENT.set(address);
}

/// The number of this core.
pub fn core_id() -> usize {
    CORE.get()
}

/// Makes the calling thread a core of that number.
///
/// # Panics
///
/// If there is no such core.
pub fn become_core(core: usize) {
    assert!(core < MAX_CORES, "there is no core {core}");
    CORE.set(core);
}

/// Returns at once: nothing interrupts a simulated core.
pub fn wait_for_interrupt() {
    std::thread::yield_now();
}

/// Nothing interrupts a simulated core.
pub fn has_interrupts() -> bool {
    false
}

/// Does nothing.
pub fn take_interrupts() {}

/// Ends the test: nothing would ever go on.
///
/// # Panics
///
/// Always.
pub fn park() -> ! {
    panic!("a simulated core was parked for ever");
}

/// Lets another thread run, since the core that is waited for may need this one's time.
pub fn relax() {
    std::thread::yield_now();
}
