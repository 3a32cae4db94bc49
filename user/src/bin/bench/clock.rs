//! Measuring time, and saying what was measured: nanoseconds or instructions.

use core::arch::asm;
use user::counter;
use user::println;

/// Instructions that the check of the clock runs.
const CHECKED: u64 = 2_000_000;

/// Says what the figures are.
pub fn tell_unit() {
    if counts_instructions() {
        println!("Figures are instructions: this clock counts one nanosecond for each.");
    } else {
        println!("Figures are nanoseconds, not instructions: this clock goes by time.");
    }
}

/// Whether the clock goes up by a nanosecond with each instruction.
fn counts_instructions() -> bool {
    let start = counter::read();
    // SAFETY: it counts a register down.
    unsafe {
        asm!("2:", "subs {0}, {0}, #1", "b.ne 2b", inout(reg) CHECKED / 2 => _, options(nostack));
    }
    counter::nanoseconds(counter::read() - start).abs_diff(CHECKED) < CHECKED / 100
}

/// Calls it so often, and tells what one call costs in nanoseconds.
pub fn each<E>(times: u64, mut call: impl FnMut() -> Result<(), E>) -> Result<u64, E> {
    let start = counter::read();
    for _ in 0..times {
        call()?;
    }
    Ok(counter::nanoseconds(counter::read() - start) / times.max(1))
}
