//! What must hold at any time, looked at: the frames' books, processes' ties, run queues, names, quotas,
//! topics, offers.
//!
//! Each layer looks at what is its own, in a file `check.rs`. All other cores stand still meanwhile, so a
//! finding is no change under way. Calls that wait may have something in hand: a frame that is referred to
//! once too often is not told, but counted.

mod regions;

use crate::fs::Text;
use crate::mm::{MemoryObject, frames};
use crate::sched::{self, Standstill, while_all_stand_still};
use crate::{mm, offer, process, region, topic};
use alloc::string::String;
use alloc::vec::Vec;
use arch::addr::PAGE_SIZE;
use core::fmt::{self, Write};

/// Findings that are told; more are counted.
const TOLD: usize = 64;

/// What was looked at, and what was wrong.
#[derive(Default)]
pub struct Report {
    areas: Vec<(&'static str, String)>,
    findings: Vec<String>,
    wrong: usize,
}

impl Report {
    /// Says what was looked at in an area.
    pub fn looked_at(&mut self, area: &'static str, what: fmt::Arguments<'_>) {
        self.areas.push((area, alloc::fmt::format(what)));
    }

    /// Says what is not as it should be.
    pub fn wrong(&mut self, what: fmt::Arguments<'_>) {
        self.wrong += 1;
        if self.findings.len() < TOLD {
            self.findings.push(alloc::fmt::format(what));
        }
    }

    /// The same, unless it holds.
    pub fn expect(&mut self, holds: bool, what: fmt::Arguments<'_>) {
        if !holds {
            self.wrong(what);
        }
    }

    /// What was looked at, by area.
    pub fn areas(&self) -> &[(&'static str, String)] {
        &self.areas
    }

    /// What was found to be wrong.
    pub fn findings(&self) -> &[String] {
        &self.findings
    }
}

/// Looks at everything, and writes what was found: a line for each area, then one with `wrong:` for each
/// finding, then how many there are. Without the memory for it nothing is looked at, and one line says so.
pub fn write(text: &mut Text) {
    if frames::check_heap_growth(most_noted()).is_err() {
        let _ = writeln!(
            text,
            "refused: there is too little memory to note what is found; free some first"
        );
        return;
    }
    let report = while_all_stand_still(look);
    for (area, what) in &report.areas {
        let _ = writeln!(text, "{area}: {what}");
    }
    for finding in &report.findings {
        let _ = writeln!(text, "wrong: {finding}");
    }
    let _ = writeln!(text, "findings: {}", report.wrong);
}

/// Bytes that a look takes at most: a word for each frame, and for each thing in the heap less than it has there.
fn most_noted() -> usize {
    frames::statistics().heap as usize * PAGE_SIZE + mm::check::census_bytes()
}

fn look(standstill: &Standstill) -> Report {
    let mut report = Report::default();
    let processes = process::check(&mut report);
    let spaces = process::spaces(&processes);
    let regions = regions::find(&processes, &spaces);
    let objects = regions.values().map(|region| region.as_ref() as &dyn MemoryObject);
    mm::check::check(&spaces, objects, &mut report);
    sched::check(&processes, standstill, &mut report);
    region::check(&regions, &mut report);
    topic::registry::check(&mut report);
    offer::check(&mut report);
    report
}
