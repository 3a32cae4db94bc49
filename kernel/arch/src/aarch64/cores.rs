//! The start of cores 1 to 3, which wait in the firmware's stub for an address in memory.

use super::{cache, clock, cpu, ram, sections};
use crate::addr::PhysAddr;
use crate::layout::linear_address;
use aarch64_cpu::asm;
use core::sync::atomic::{AtomicU32, Ordering};

/// How long a core may take: some microseconds on a board, much longer in a busy emulator.
const TIMEOUT_NS: u64 = 5_000_000_000;

static RUNNING: AtomicU32 = AtomicU32::new(1);

// SAFETY: `boot.S` defines it; only its address is used.
unsafe extern "C" {
    safe static secondary_entry: u8;
}

/// The cores that run, one bit each.
pub fn running() -> u32 {
    RUNNING.load(Ordering::Acquire)
}

/// Starts the cores whose words `word_of` knows, and waits until they run; returns those that do.
///
/// They go on in `commons_secondary`, while this function still waits for the others. Called on
/// core 0, after the kernel's map and the clock are set up.
pub fn start(word_of: impl Fn(usize) -> Option<PhysAddr>) -> u32 {
    let mut wanted = 1;
    for core in 1..cpu::MAX_CORES {
        if let Some(word) = word_of(core) {
            release(word);
            wanted |= 1 << core;
        }
    }
    let deadline = clock::now() + TIMEOUT_NS;
    while running() != wanted && clock::now() < deadline {
        // A core may have missed the event on its way into the waiting loop.
        asm::sev();
        cpu::relax();
    }
    running()
}

fn release(word: PhysAddr) {
    let entry = sections::physical(&secondary_entry);
    // SAFETY: the word is the stub's, in the reserved first page of RAM; it is aligned, and the
    // core that waits for it only reads it.
    unsafe { ram::write_entry(word, 0, entry.value()) };
    cache::clean_and_invalidate(linear_address(word).value(), size_of::<u64>());
    asm::sev();
}

/// This core has come to the kernel's map.
pub(super) fn report_running(core: usize) {
    RUNNING.fetch_or(1 << core, Ordering::Release);
}
