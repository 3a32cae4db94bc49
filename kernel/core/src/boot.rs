//! From a kernel that runs on every core to the first program.

use crate::fs;
use crate::kernel_log;
use crate::light::{self, Stage};
use crate::mm::frames;
use crate::process::{self, Files};
use crate::sched;
use crate::screen;
use crate::sync::{Lock, Rank};
use crate::watch;
use arch::addr::{PAGE_SIZE, PhysAddr};
use arch::cpu;
use core::ops::Range;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use core::time::Duration;
use heapless::Vec;
use spin::Once;

/// What the image and the board give.
pub struct BootConfig {
    /// Where the archive of programs lies.
    pub archive_start: PhysAddr,
    /// The archive.
    pub archive: &'static [u8],
    /// Pages of RAM that boot has taken for ever: the image, the kernel's tables, the book-keeping
    /// of frames.
    pub image_pages: u64,
}

/// Ranges of free memory that boot can tell apart.
const FREE_RANGES: usize = 16;
const DEFAULT_INIT: &str = "/bin/init";

static IS_READY: AtomicBool = AtomicBool::new(false);
static IMAGE_PAGES: AtomicU64 = AtomicU64::new(0);
static COMMAND_LINE: Once<&'static str> = Once::new();

/// Pages of RAM that boot has taken for ever.
pub fn image_pages() -> u64 {
    IMAGE_PAGES.load(Ordering::Relaxed)
}

/// Gives the free memory to the frame pool; before this nothing may allocate.
///
/// # Safety
///
/// - `ram` is RAM, in the linear map for ever.
/// - What of it is in use is in `reserved`.
#[allow(unsafe_code, reason = "the promise is handed on to the frame pool")]
pub unsafe fn set_up_memory(ram: &[Range<PhysAddr>], reserved: &[Range<PhysAddr>]) {
    let free = free_ranges(ram, reserved);
    let counted_to = screen::screen().map_or(PhysAddr::new(0), |screen| screen.memory.end);
    // SAFETY: the caller's promise; the ranges are disjoint parts of RAM without what is in use.
    unsafe { frames::set_up(&free, counted_to) };
}

/// What the kernel was told by whoever started it; once, early.
pub fn take_command_line(line: &'static str) {
    COMMAND_LINE.call_once(|| line);
}

/// Starts the first program, and runs threads on this core from then on.
///
/// # Panics
///
/// If the archive cannot be read or the first process cannot be made: nothing can go on.
pub fn start(config: &BootConfig) -> ! {
    IMAGE_PAGES.store(config.image_pages, Ordering::Relaxed);
    sched::start();
    light::reach(Stage::FirstProgram);
    fs::mount_archive(config.archive_start, config.archive)
        .unwrap_or_else(|error| panic!("the archive in the image is damaged: {error}"));
    let init = option("init").unwrap_or(DEFAULT_INIT);
    process::start_first(init, Files::at_root())
        .unwrap_or_else(|error| panic!("cannot make the first process: {error}"));
    screen::begin();
    IS_READY.store(true, Ordering::Release);
    watch::begin();
    light::reach(Stage::Running);
    match option("panic") {
        Some("test") => panic!("a panic was asked for on the command line"),
        // For those who want to see what a restart leaves.
        Some("once") if kernel_log::last_run().is_none() => {
            panic!("one panic was asked for on the command line")
        }
        Some("lock-order") => take_locks_out_of_order(),
        _ => {}
    }
    sched::idle_loop()
}

/// What a kernel that checks the order of its locks panics at, and any other does not notice.
fn take_locks_out_of_order() {
    static EARLIER: Lock<()> = Lock::new(Rank::Core, ());
    static LATER: Lock<()> = Lock::new(Rank::Log, ());
    let _later = LATER.lock();
    let _earlier = EARLIER.lock();
}

/// Runs threads on this core, once the first core has made them possible.
pub fn secondary() -> ! {
    while !IS_READY.load(Ordering::Acquire) {
        cpu::relax();
    }
    sched::start();
    sched::idle_loop()
}

/// The value of `name=value` on the kernel's command line.
pub fn option(name: &str) -> Option<&'static str> {
    let words = COMMAND_LINE.get()?.split_ascii_whitespace();
    words.filter_map(|word| word.split_once('=')).find(|(key, _)| *key == name).map(|pair| pair.1)
}

/// The value of `name=SECONDS` on the kernel's command line, which may have other values for the name, too.
pub fn seconds(name: &str) -> Option<Duration> {
    seconds_in(COMMAND_LINE.get()?, name)
}

fn seconds_in(line: &str, name: &str) -> Option<Duration> {
    let pairs = line.split_ascii_whitespace().filter_map(|word| word.split_once('='));
    let mut values = pairs.filter(|(key, _)| *key == name).map(|(_, value)| value);
    values.find_map(|value| value.parse().ok()).map(Duration::from_secs)
}

/// RAM without what is in use, in whole pages.
fn free_ranges(
    ram: &[Range<PhysAddr>],
    reserved: &[Range<PhysAddr>],
) -> Vec<Range<PhysAddr>, FREE_RANGES> {
    let mut free = Vec::new();
    for range in ram {
        let mut start = round_up(range.start);
        let end = round_down(range.end);
        while start < end {
            // The reserved range that begins first of those that end behind `start`.
            let next = reserved
                .iter()
                .filter(|taken| taken.end > start && taken.start < end && taken.start < taken.end)
                .min_by_key(|taken| taken.start);
            let stop = next.map_or(end, |taken| round_down(taken.start).max(start));
            if start < stop && free.push(start..stop).is_err() {
                return free;
            }
            start = next.map_or(end, |taken| round_up(taken.end));
        }
    }
    free
}

const fn round_up(address: PhysAddr) -> PhysAddr {
    PhysAddr::new(address.value().next_multiple_of(PAGE_SIZE as u64))
}

const fn round_down(address: PhysAddr) -> PhysAddr {
    PhysAddr::new(address.value() & !(PAGE_SIZE as u64 - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(start: u64, end: u64) -> Range<PhysAddr> {
        PhysAddr::new(start)..PhysAddr::new(end)
    }

    #[test]
    fn what_is_in_use_is_left_out_of_free_memory() {
        let ram = [range(0, 0x10_0000), range(0x20_0000, 0x20_1800)];
        let taken = [range(0x8_0000, 0x8_1234), range(0, 0x1000), range(0x8_0800, 0x8_2000)];
        let free = free_ranges(&ram, &taken);
        let expected =
            [range(0x1000, 0x8_0000), range(0x8_2000, 0x10_0000), range(0x20_0000, 0x20_1000)];
        assert_eq!(free.as_slice(), expected);
    }

    #[test]
    fn seconds_are_found_among_other_words_and_other_values() {
        let line = "console=serial0 panic=test panic=10 panicking=3 watchdog=x";
        assert_eq!(seconds_in(line, "panic"), Some(Duration::from_secs(10)));
        assert_eq!(seconds_in(line, "watchdog"), None);
        assert_eq!(seconds_in("panic=-1 panic=", "panic"), None);
    }

    #[test]
    fn memory_that_is_all_in_use_leaves_nothing() {
        assert!(free_ranges(&[range(0x1000, 0x2000)], &[range(0, 0x3000)]).is_empty());
    }
}
