//! Rests in long work: the kernel runs with interrupts masked, and takes a core from no thread that
//! is in it. So whatever a program can make last, a copy of gigabytes for one, asks here from time to
//! time: others get the core when the slice is used, and who was killed goes no further.

use super::core_state::{arm_timer, slice_is_used};
use super::current::current_if_any;
use super::switch::yield_now;
use crate::sync::assert_nothing_held;
use abi::Errno;
use arch::cpu;

/// Lets the interrupts come that wait, and others have the core if it is their turn; called without
/// locks. `EINTR` if the thread is to end: nobody sees it, and what is left undone nobody misses.
///
/// That nothing waits, as nearly always, is a look at two words.
#[inline]
pub fn rest() -> Result<(), Errno> {
    assert_nothing_held();
    let Some(thread) = current_if_any().filter(|thread| !thread.is_idle()) else { return Ok(()) };
    if cpu::has_interrupts() {
        let_others();
    }
    if thread.is_ending() { Err(Errno::EINTR) } else { Ok(()) }
}

#[cold]
fn let_others() {
    cpu::take_interrupts();
    arm_timer();
    if slice_is_used() {
        yield_now();
    }
}
