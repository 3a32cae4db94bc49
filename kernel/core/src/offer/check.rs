//! Whether each offer is one of a process that lives, to one that lives, of memory that is there.

use super::{BOOK, Giver, KERNEL};
use crate::check::Report;
use crate::process;
use alloc::vec::Vec;

/// Looks at all offers.
pub fn check(report: &mut Report) {
    let book = BOOK.lock();
    report.expect(book.is_consistent(), format_args!("the book of offers contradicts itself"));
    let parties = |offer: &super::Offer<Giver>| {
        let has_memory = match &offer.giver {
            Giver::Process { space, .. } => space.strong_count() > 0,
            Giver::Kernel(_) => true,
        };
        (offer.from, offer.to, has_memory)
    };
    let offers: Vec<_> = book.all().map(parties).collect();
    // Processes stand before offers in the order of locks.
    drop(book);
    for (from, to, has_memory) in &offers {
        let is_there = *from == KERNEL || process::find(*from).is_some();
        report.expect(is_there, format_args!("an offer of process {from}, which is gone"));
        report.expect(process::find(*to).is_some(), format_args!("an offer to {to}, who is gone"));
        report.expect(*has_memory, format_args!("an offer of {from}'s memory, which is gone"));
    }
    report.looked_at("offers", format_args!("{}", offers.len()));
}
