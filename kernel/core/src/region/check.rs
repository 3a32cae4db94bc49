//! Whether names lead to regions that know them, and what is used of quotas is what regions have.

use super::names;
use super::object::Region;
use super::quota::{self, Subject};
use crate::bytes;
use crate::check::Report;
use crate::mm::frames;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;

/// Looks at all regions that were found, by their numbers.
pub fn check(regions: &BTreeMap<u64, Arc<Region>>, report: &mut Report) {
    let (mut names, mut known) = (0, 0);
    for (name, region) in names::all() {
        names += 1;
        let text = name.escape_ascii();
        let all = region.all_names();
        let knows = all.iter().filter(|own| bytes::same(own, &name)).count() == 1;
        report.expect(knows, format_args!("region {} does not know its name {text}", region.id()));
    }
    let (mut promised, mut charged) = (0, BTreeMap::<u32, u64>::new());
    for (id, region) in regions {
        known += region.names();
        let state = region.state();
        promised += state.pages.promised();
        let (counted, there) = (state.pages.resident(), state.pages.count());
        report.expect(
            counted == there,
            format_args!("region {id} has {there} pages, and says {counted}"),
        );
        if let Some(charge) = &state.charge {
            *charged.entry(charge.uid()).or_default() += charge.pages();
        }
    }
    report.expect(names == known, format_args!("{names} names lead to regions that know {known}"));
    for (uid, pages) in &charged {
        let used = quota::tell(Subject::User(*uid)).used;
        report.expect(
            *pages <= used,
            format_args!("user {uid} has {pages} pages in regions, and pays for {used}"),
        );
    }
    let set_aside = frames::statistics().promised;
    report.expect(
        promised as u64 <= set_aside,
        format_args!("{promised} pages are promised to regions, and {set_aside} set aside"),
    );
    report.looked_at(
        "regions",
        format_args!("{} with {names} names, {promised} pages set aside", regions.len()),
    );
}
