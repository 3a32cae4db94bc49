//! Waking one sleeper: of many on one word, and beside many on other words.

use super::{Question, settle};
use crate::clock::Samples;
use crate::party::{Helpers, Words};
use alloc::vec;
use alloc::vec::Vec;
use user::error::{Error, Result};
use user::sync;

pub const OF_SLEEPERS: Question = Question {
    name: "sleepers",
    columns: &["SLEEPERS", "WAKE-ONE-OF-THEM", "WAKE-ONE-BESIDE"],
    most: 1000,
    measure,
};

fn measure(sleepers: usize, rounds: u32) -> Result<Vec<u64>> {
    let of_them = wake(sleepers, |_| 0, rounds)?;
    // The first sleeper is woken, the others sleep on words of their own.
    let beside = wake(sleepers + 1, |index| index, rounds)?;
    Ok(vec![of_them, beside])
}

/// Wakes one of those who sleep on word 0.
fn wake(sleepers: usize, word_of: fn(usize) -> usize, rounds: u32) -> Result<u64> {
    let words = Words::new(sleepers)?;
    let mut helpers = Helpers::none();
    for index in 0..sleepers {
        let word = words.at(word_of(index));
        helpers.add(|| {
            loop {
                sync::wait(word, 0, None);
            }
        })?;
    }
    let samples = Samples::new(rounds.into())?;
    for _ in 0..rounds {
        // Whoever was woken sleeps again.
        settle();
        if samples.time(|| sync::wake(words.at(0), 1)) != 1 {
            return Err(Error::message("nobody slept who was to be woken"));
        }
    }
    Ok(samples.median())
}
