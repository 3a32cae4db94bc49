//! Measuring time, and saying what was measured: nanoseconds or instructions.

use alloc::vec::Vec;
use core::arch::asm;
use core::sync::atomic::{AtomicU64, Ordering};
use user::counter;
use user::error::Result;
use user::println;
use user::progress::Progress;
use user::region::{Protection, Region, View};

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

/// How far a measurement is, for who waits for it; a clock that counts instructions is not to count those.
pub fn progress(name: &str, steps: usize) -> Option<Progress> {
    (!counts_instructions()).then(|| Progress::steps(name, steps as u64))
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
pub fn each<E>(
    times: u64,
    mut call: impl FnMut() -> core::result::Result<(), E>,
) -> core::result::Result<u64, E> {
    let start = counter::read();
    for _ in 0..times {
        call()?;
    }
    Ok(counter::nanoseconds(counter::read() - start) / times.max(1))
}

/// Times that processes have measured together, in a board that all of them see.
///
/// What is told is the median: some call now and then has to get memory for the kernel's books.
pub struct Samples {
    view: View,
}

impl Samples {
    /// Room for so many.
    pub fn new(most: u64) -> Result<Self> {
        let region = Region::options().bytes((most + 1) * 8).anonymous()?;
        Ok(Self { view: region.map(Protection::READ | Protection::WRITE)? })
    }

    fn words(&self) -> (&AtomicU64, &[AtomicU64]) {
        let memory = self.view.memory();
        let words = memory.objects::<AtomicU64>(0, memory.len() / 8);
        let all = words.and_then(<[_]>::split_first);
        all.expect("invariant: the region has at least one word")
    }

    /// Makes the call and notes how long it took.
    pub fn time<T>(&self, call: impl FnOnce() -> T) -> T {
        let start = counter::read();
        let value = call();
        self.note(counter::read() - start);
        value
    }

    /// Notes a number that something else has measured.
    pub fn note(&self, number: u64) {
        let (count, samples) = self.words();
        if let Some(sample) = samples.get(count.fetch_add(1, Ordering::Relaxed) as usize) {
            sample.store(number, Ordering::Relaxed);
        }
    }

    /// Forgets them.
    pub fn forget(&self) {
        self.words().0.store(0, Ordering::Relaxed);
    }

    /// The one in the middle, in nanoseconds.
    pub fn median(&self) -> u64 {
        counter::nanoseconds(self.middle())
    }

    /// The one in the middle, as it was noted.
    pub fn middle(&self) -> u64 {
        let (count, samples) = self.words();
        let count = (count.load(Ordering::Relaxed) as usize).min(samples.len());
        let taken = samples[..count].iter().map(|sample| sample.load(Ordering::Relaxed));
        let mut sorted: Vec<u64> = taken.collect();
        sorted.sort_unstable();
        sorted.get(count / 2).copied().unwrap_or(0)
    }
}
