//! Switching between processes: all of which run, and two beside many that sleep.

use super::{Question, settle};
use crate::party::{Helpers, Words};
use alloc::vec;
use alloc::vec::Vec;
use user::error::Result;
use user::{counter, process, sync, system};

pub const OF_PROCESSES: Question = Question {
    name: "processes",
    columns: &["PROCESSES", "SWITCH-ALL-RUN", "SWITCH-OTHERS-SLEEP"],
    most: 1000,
    measure,
};

/// Yields for each round.
const TURNS: u32 = 4;

fn measure(processes: usize, rounds: u32) -> Result<Vec<u64>> {
    let all_run = switch(0, processes, rounds)?;
    let others_sleep = switch(processes, 1, rounds)?;
    Ok(vec![all_run, others_sleep])
}

/// One switch, while so many sleep and so many others yield to each other and to this process.
fn switch(sleepers: usize, others: usize, rounds: u32) -> Result<u64> {
    let words = Words::new(1)?;
    let mut helpers = Helpers::none();
    for _ in 0..sleepers {
        helpers.add(|| {
            loop {
                sync::wait(words.at(0), 0, None);
            }
        })?;
    }
    for _ in 0..others {
        helpers.add(|| {
            loop {
                process::yield_now();
            }
        })?;
    }
    settle();
    // One turn before measuring, in which everybody gets to the loop.
    process::yield_now();
    let switches = system::info()?.switches;
    let start = counter::read();
    for _ in 0..rounds * TURNS {
        process::yield_now();
    }
    let time = counter::nanoseconds(counter::read() - start);
    Ok(time / (system::info()?.switches - switches).max(1))
}
