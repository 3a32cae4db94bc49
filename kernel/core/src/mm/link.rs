//! Linking an object's tables when a view is made: what exists needs no page fault then.
//!
//! Cost: one entry for each 2 MiB of the object that has a table, whatever the view's length.

use super::descriptor::{Rights, TableEntry, TableKind};
use super::frames::OutOfMemory;
use super::space::{State, view_rights};
use super::table::LeafTable;
use super::view::{Backing, View};
use arch::addr::{PageRange, UNIT_SHIFT, UNIT_SIZE, VirtAddr};
use core::ops::Range;

impl State {
    /// Links what the object of the view at the range already has tables for.
    ///
    /// A unit that cannot be linked for lack of memory is left to the first fault in it.
    pub(super) fn link_existing(&self, range: PageRange) {
        if let Some((bounds, view)) = self.views.get_key_value(range.start().value()) {
            self.link_view(range, bounds, view);
        }
    }

    /// The same for a view that is about to lie within the bounds, or does.
    pub(super) fn link_view(&self, range: PageRange, bounds: &Range<usize>, view: &View) {
        let Backing::Object { attachment, base, .. } = &view.backing else { return };
        if !view.may_be_linked() {
            return;
        }
        let first = range.start().value().next_multiple_of(UNIT_SIZE);
        let linked_end = view.linked_end(bounds).min(range.end().value());
        let entry = TableEntry::links(view_rights(view));
        let mut way = self.directory.way();
        let first_index = first.wrapping_sub(*base) >> UNIT_SHIFT;
        attachment.object.visit_tables(first_index, &mut |tables| {
            for (unit, table) in (first..linked_end).step_by(UNIT_SIZE).zip(tables) {
                if let Some(table) = table
                    && way.link(VirtAddr::new(unit), table, &entry).is_err()
                {
                    return;
                }
            }
        });
    }

    /// Leads a unit that has no table to one of its view's object.
    pub(super) fn link_table(
        &self,
        unit: VirtAddr,
        rights: Rights,
        table: LeafTable,
    ) -> Result<(), OutOfMemory> {
        self.directory.prepare(unit)?;
        let entry = TableEntry::new(table.address(), TableKind::Linked, rights);
        self.directory.set(unit, table, entry);
        Ok(())
    }
}
