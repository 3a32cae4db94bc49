//! `bench growth`: how costs grow with what there is more of, a table for each question.
//!
//! Everything runs on one core. `tests/src/bin/bench/growth.rs` draws the curves and fits them.

mod fork;
mod fragments;
mod futexes;
mod hand_over;
mod mapping;
mod names;
mod switches;
mod topics;

pub use fork::once as fork_and_wait;

use super::Effort;
use super::clock;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::sync::atomic::Ordering;
use user::error::Result;
use user::options::usage;
use user::process;
use user::region::Protection;
use user::shared::SharedMemory;
use user::table::Align;
use user::time::{self, Duration};
use user::{print, println, style};

const RIGHTS: Protection = Protection::READ.union(Protection::WRITE);

/// A question, by its name.
struct Question {
    name: &'static str,
    /// What there is more of, and what is measured.
    columns: &'static [&'static str],
    /// How much of it there is at most.
    most: usize,
    /// The costs with so much of it.
    measure: fn(usize, u32) -> Result<Vec<u64>>,
}

const QUESTIONS: &[Question] = &[
    fork::OF_PAGES,
    fork::OF_VIEWS,
    mapping::OF_REGIONS,
    names::OF_NAMES,
    futexes::OF_SLEEPERS,
    switches::OF_PROCESSES,
    topics::OF_SUBSCRIBERS,
    hand_over::OF_CLAIMS,
    fragments::OF_HOLES,
];

/// Prints the tables of the named questions, or of all.
pub fn run(effort: Effort, names: &[&str]) -> Result<()> {
    process::stay_on_core(0)?;
    if let Some(unknown) = names.iter().find(|name| QUESTIONS.iter().all(|q| q.name != **name)) {
        let all: Vec<&str> = QUESTIONS.iter().map(|question| question.name).collect();
        return Err(usage(alloc::format!("{unknown} is none of {}", all.join(", "))));
    }
    clock::tell_unit();
    for question in QUESTIONS {
        if names.is_empty() || names.contains(&question.name) {
            println!("{}:", question.name);
            question.ask(effort)?;
        }
    }
    Ok(())
}

impl Question {
    fn ask(&self, effort: Effort) -> Result<()> {
        let columns: Vec<_> = self.columns.iter().map(|title| (*title, Align::Right)).collect();
        let mut table = style::table(&columns);
        let most = effort.pick(self.most, self.most.min(64));
        let mut amount = 1;
        let mut progress = clock::progress(self.name, amounts(most));
        loop {
            let costs = (self.measure)(amount, effort.pick(15, 3))?;
            let cells = [amount as u64].into_iter().chain(costs);
            table.row(cells.map(|number| number.to_string()));
            progress.iter_mut().for_each(|progress| progress.advance(1));
            if amount == most {
                break;
            }
            amount = (amount * 4).min(most);
        }
        drop(progress);
        print!("{table}");
        Ok(())
    }
}

/// How many rows there are: 1, 4, 16 and so on up to the most.
fn amounts(most: usize) -> usize {
    let below = core::iter::successors(Some(1usize), |amount| amount.checked_mul(4));
    below.take_while(|amount| *amount < most).count() + 1
}

/// Gives everybody else time to do what they are about to do, and to sleep.
fn settle() {
    time::sleep(Duration::from_millis(20));
}

/// Stores a word at an offset that lies within the memory.
fn touch(memory: SharedMemory<'_>, offset: usize) {
    let word = memory.as_atomic_u64(offset);
    word.expect("invariant: offsets are those of pages that are there").store(1, Ordering::Relaxed);
}
