//! The kernel's log as memory: what it prints is kept here, too, for processes to read.
//!
//! A process with the right gets the very pages (`ring`), offered by the kernel and claimed like
//! any others. They are static, so that the first message of all is in them.
//!
//! Messages come from everywhere, with any locks held, so the lock here is the last of all and not
//! a ranked one, and nobody is woken by [`write()`]: a core does that on its way out of the kernel.

mod kept;
mod ring;

use crate::mm::Location;
use crate::process::Process;
use crate::region::Region;
use crate::sched::{self, Task, futex};
use crate::screen;
use abi::Errno;
use abi::log::{LOG_ADDRESS, LOG_BYTES};
use alloc::sync::Arc;
use arch::addr::VirtAddr;
use arch::{cpu, layout};
use core::sync::atomic::{AtomicBool, Ordering};
pub use kept::{Ending, KEPT_BYTES, LastRun, add_last_words, end_orderly, last_run};
use ring::Ring;
use spin::Once;
use spin::mutex::SpinMutex;

/// Tries to get the ring before a message goes without it: a core that has stopped may have it.
const PATIENCE: usize = 1 << 20;

/// More than is said before the log can be kept.
const EARLIEST: usize = 1024;

static RING: Ring = Ring::new();
/// Held by who writes to the ring.
static WRITER: SpinMutex<()> = SpinMutex::new(());
/// Whether there are messages that those who wait have not been told of.
static HAS_NEWS: AtomicBool = AtomicBool::new(false);
/// The ring's pages; made when they are first asked for.
static REGION: Once<Arc<Region>> = Once::new();

/// Adds a message, wherever the caller is and whatever it holds.
pub fn write(message: &[u8]) {
    let attempt = |_| {
        cpu::relax();
        WRITER.try_lock()
    };
    if let Some(_writer) = (0..PATIENCE).find_map(attempt) {
        RING.write(message);
        kept::add(message);
        HAS_NEWS.store(true, Ordering::Release);
        if let Some(thread) = sched::current_if_any() {
            thread.add_work(Task::News);
        }
    }
}

/// Keeps the log for the next run from now on, in an area of [`KEPT_BYTES`]; before other cores run.
///
/// # Safety
///
/// - The area is RAM in the linear map that nothing else uses, for ever.
#[allow(unsafe_code, reason = "the promise is handed on to where the log is kept")]
pub unsafe fn keep_in(area: arch::addr::PhysAddr) {
    let mut earlier = [0; EARLIEST];
    let count = RING.read(0, &mut earlier).unwrap_or(0);
    // SAFETY: the caller's promise.
    unsafe { kept::keep_in(area, &earlier[..count]) };
}

/// How many bytes were ever added.
pub fn end() -> u64 {
    RING.written()
}

/// Copies bytes from a position on; returns how many, and `None` if some have been overwritten.
pub fn read(from: u64, to: &mut [u8]) -> Option<usize> {
    RING.read(from, to)
}

/// Wakes who waits for messages, if there are any; called without locks held.
pub fn announce() {
    sched::current().take_work(Task::News);
    if HAS_NEWS.load(Ordering::Relaxed) {
        wake_readers();
    }
}

#[cold]
fn wake_readers() {
    // An exchange sees the last store of `true`, and so the message that came before it.
    if HAS_NEWS.swap(false, Ordering::AcqRel) {
        if let Some(region) = REGION.get() {
            // `written` is the header's first word.
            futex::wake(Location::Object(region.id(), 0), u32::MAX, u32::MAX);
        }
        screen::follow_log();
    }
}

/// Offers the log to the calling process; `EPERM` unless it is root's.
pub fn offer() -> Result<(), Errno> {
    let caller = sched::current_process();
    if !may_read(&caller) {
        return Err(Errno::EPERM);
    }
    let region = REGION.try_call_once(make_region)?;
    crate::offer::offer_of_kernel(&caller, VirtAddr::new(LOG_ADDRESS as usize), region.clone())
}

/// The log as a region, if anybody has asked for it.
pub fn region() -> Option<&'static Arc<Region>> {
    REGION.get()
}

/// The log tells of other users' processes.
fn may_read(process: &Process) -> bool {
    process.credentials().is_root()
}

fn make_region() -> Result<Arc<Region>, Errno> {
    let start = VirtAddr::new(core::ptr::from_ref(&RING).addr());
    let start = layout::physical_address(start).ok_or(Errno::ENODEV)?;
    Region::of_image(start, LOG_BYTES as u64)
}
