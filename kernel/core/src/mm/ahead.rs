//! Pages that are made before they are touched: who has touched a row of pages, one after the other,
//! will touch the next ones.
//!
//! A row of touched pages brings as many again, up to [`AHEAD`], so memory that is never touched is
//! at most as much as what was. A row is seen in the table itself: nothing is remembered of it.
//! When memory gets short, no page is made that nobody has asked for.

use super::descriptor::Rights;
use super::frame::Row;
use super::frames;
use super::table::LeafTable;
use arch::addr::{PAGE_SHIFT, TABLE_ENTRIES, VirtAddr};
use core::ops::Range;

/// The shortest row that says something of the next pages.
const ROW: usize = 8;
/// Pages that are made at once, at most.
const AHEAD: usize = 16;

/// Makes pages of zeroes behind the one at the address, which was just made, in a table that only
/// one address space has; `view` are the bounds of the view there.
pub fn make_ahead(table: &LeafTable, address: VirtAddr, view: &Range<usize>, rights: Rights) {
    let index = address.level3_index();
    let is_there = |index: usize| table.entry(index).frame().is_some();
    if index < ROW || !is_there(index - ROW) || rights.contains(Rights::EXECUTE) {
        return;
    }
    let row = (1..=AHEAD.min(index)).take_while(|back| is_there(index - back)).count();
    if row < ROW || !frames::are_plenty() {
        return;
    }
    let left_in_view = (view.end - address.page_start().value()) >> PAGE_SHIFT;
    let end = (index + 1 + row).min(index + left_in_view).min(TABLE_ENTRIES);
    let wanted = (index + 1..end).take_while(|next| !is_there(*next)).count();
    let mut row = Row::default();
    let made = row.fill(wanted);
    table.set_row(index + 1, made, &mut row, rights);
}
