//! Finding a region by its name, among few and among many.

use crate::case::{Case, on_machine};
use crate::failure::Outcome;
use crate::{free, guest};

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    free!("names": a_name_costs_among_ten_thousand_what_it_costs_among_ten)
}

/// The machine's clock counts instructions here, so that the host's load changes nothing.
fn a_name_costs_among_ten_thousand_what_it_costs_among_ten() -> Outcome {
    on_machine(&["-icount", "shift=0,sleep=off"], |machine| {
        guest::run_suite(machine, guest::PROGRAM, "name-cost")
    })
}
