//! What the cost of a claim is made of, by the differences between claims of different things.
//!
//! Claims of pages that were never touched change no table entry and invalidate nothing; a claim
//! of more units of 2 MiB changes one entry more in each space for each of them.

use super::Effort;
use super::clock;
use super::handing::{Contents, Handing, Origin};
use alloc::string::ToString;
use user::error::Result;
use user::offer;
use user::process::{self, Pid};
use user::table::Align;
use user::{print, println, style};

/// Pages in a unit.
const UNIT: usize = 512;
/// Units of the longer message.
const UNITS: usize = 9;

/// Prints it.
pub fn run(effort: Effort) -> Result<()> {
    let rounds = effort.pick(64, 16);
    let measure = |origin, contents, pages| Handing { origin, contents, pages }.measure(rounds);
    let passed = measure(Origin::PassedOn, Contents::Written, 1)?;
    let passed_empty = measure(Origin::PassedOn, Contents::Nothing, 1)?.claim;
    let passed_unit = measure(Origin::PassedOn, Contents::Written, UNIT)?.claim;
    let passed_units = measure(Origin::PassedOn, Contents::Written, UNITS * UNIT)?.claim;
    let private = measure(Origin::Private, Contents::Written, 1)?;
    let private_empty = measure(Origin::Private, Contents::Nothing, 1)?.claim;
    let private_unit = measure(Origin::Private, Contents::Written, UNIT)?.claim;
    let entry = clock::each(1000, || {
        process::parent();
        Ok::<_, user::Error>(())
    })?;
    let refused = clock::each(1000, || {
        // Nobody has this number.
        let _ = offer::claim(Pid(u32::MAX), 0);
        Ok::<_, user::Error>(())
    })?;
    let unit = passed_units.saturating_sub(passed_unit) / (UNITS as u64 - 1);
    let shown = passed.claim.saturating_sub(passed_empty);
    let page = private_unit.saturating_sub(private.claim) / (UNIT as u64 - 1);
    let made = private_empty.saturating_sub(passed_empty);
    let first = private.claim.saturating_sub(private_empty);
    let rows = [
        ("a call that does nothing", entry),
        ("the offer is looked up, in vain", refused.saturating_sub(entry)),
        ("views and books of both processes", passed_empty.saturating_sub(refused)),
        ("table entries: one out, one in", unit),
        ("all cores forget the translation, and the rest", shown.saturating_sub(unit)),
        ("= a claim of pages that are passed on", passed.claim),
        ("  each further 2 MiB of them", unit),
        ("private memory becomes a region", made),
        ("its first page, with a table, and out of the old one", first.saturating_sub(shown)),
        ("= a claim of one private page", private.claim),
        ("  each further page in the same 2 MiB", page),
        ("the offer of a page that is passed on", passed.offer),
        ("the offer of a private page", private.offer),
    ];
    println!("A claim's cost:");
    let mut table = style::table(&[("WHAT", Align::Left), ("COST", Align::Right)]);
    rows.iter().for_each(|(what, cost)| table.row([(*what).to_string(), cost.to_string()]));
    print!("{table}");
    Ok(())
}
