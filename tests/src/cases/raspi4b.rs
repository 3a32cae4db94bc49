//! A part of the cases once more on a Raspberry Pi 4B: what its other cores, interrupt controller and
//! devices could break. `make test BOARD=raspi4b` runs all of them there.

use super::{boot, demos, ends, guests, main_job, programs};
use crate::case::Case;
use crate::setup::Board;

/// What depends on timers, on interrupts between cores, on how devices answer and on memory's size.
const CHOSEN: &[&str] = &[
    "boot::",
    "main_job::",
    "demos::",
    "ends::",
    "programs::all_memory",
    "programs::uptime",
    "guests::the_systems_own_records",
    "guests::what_is_taken_away_is_gone_on_every_core",
    "guests::signals_at_any_instant",
    "guests::timers_",
    "guests::the_kernels_code_for_programs",
    "guests::offers_on_all_cores",
    "guests::storms_of_calls_on_regions",
];

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    let subjects =
        [boot::cases, main_job::cases, demos::cases, ends::cases, programs::cases, guests::cases];
    let all = subjects.iter().flat_map(|cases| cases());
    let booted = all.filter(Case::is_booted);
    let chosen = booted.filter(|case| CHOSEN.iter().any(|begin| case.name().starts_with(begin)));
    chosen.map(|case| case.on(Board::Raspi4b)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_chooses_something() {
        let names: Vec<_> = cases().iter().map(|case| case.name().to_owned()).collect();
        for begin in CHOSEN {
            let begin = format!("raspi4b::{begin}");
            assert!(names.iter().any(|name| name.starts_with(&begin)), "{begin} chooses nothing");
        }
    }
}
