//! Finding free memory when all of it but single pages is in use.

use super::{Question, fork, touch};
use crate::clock::Samples;
use abi::limits::PAGE_SIZE;
use abi::memory::MADV_DONTNEED;
use alloc::vec;
use alloc::vec::Vec;
use user::error::{Context, Result};
use user::offer::Pages;
use user::syscall::memory::madvise;
use user::system;

pub const OF_HOLES: Question =
    Question { name: "holes", columns: &["HOLES", "FAULT", "FORK"], most: 1 << 16, measure };

/// Pages that stay free in one piece: what a fork needs, and what only the kernel gets.
const LEFT: u64 = 2048;
/// Faults in a sample; more than a core keeps free pages to itself.
const FAULTS: usize = 256;

fn measure(holes: usize, rounds: u32) -> Result<Vec<u64>> {
    let free = system::memory()?.free.saturating_sub(LEFT) as usize;
    let memory = Pages::to_fill(free.max(2 * holes) * PAGE_SIZE)?;
    let hole = |index: usize| memory.address() + (2 * index) * PAGE_SIZE;
    let empty = |at| madvise(at, PAGE_SIZE, MADV_DONTNEED).context("holes");
    (0..holes).map(hole).try_for_each(empty)?;
    let samples = Samples::new(rounds.into())?;
    let touched = FAULTS.min(holes);
    // Spread over all of them.
    let some = || (0..touched).map(|index| hole(index * (holes / touched)));
    for _ in 0..rounds {
        samples.time(|| some().for_each(|at| touch(memory.memory(), at - memory.address())));
        some().try_for_each(empty)?;
    }
    Ok(vec![samples.median() / touched as u64, fork::cost(rounds)?])
}
