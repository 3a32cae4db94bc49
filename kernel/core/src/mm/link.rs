//! Linking an object's tables when a view is made: what exists needs no page fault then.
//!
//! Cost: one entry for each 2 MiB of the object that has a table, whatever the view's length.

use super::descriptor::{TableEntry, TableKind};
use super::frames::OutOfMemory;
use super::space::{State, view_rights};
use super::table::LeafTable;
use super::view::{Backing, View};
use arch::addr::{PageRange, UNIT_SHIFT, UNIT_SIZE, VirtAddr};

impl State {
    /// Links what the object of the view at the range already has tables for.
    ///
    /// A unit that cannot be linked for lack of memory is left to the first fault in it.
    pub(super) fn link_existing(&self, range: PageRange) {
        let Some((bounds, view)) = self.views.get_key_value(&range.start().value()) else { return };
        let Backing::Object { attachment, base, .. } = &view.backing else { return };
        if !base.is_multiple_of(UNIT_SIZE) {
            return;
        }
        let first = range.start().value().next_multiple_of(UNIT_SIZE);
        let mut next = first.wrapping_sub(*base) >> UNIT_SHIFT;
        while let Some((index, table)) = attachment.object.table_from(next) {
            let unit = VirtAddr::new(base.wrapping_add(index << UNIT_SHIFT));
            if unit.value() >= range.end().value() {
                return;
            }
            let is_free = self.directory.entry(unit).table().is_none();
            if is_free
                && view.linked_table(bounds, unit) == Some(index)
                && self.link_table(unit, view, table).is_err()
            {
                return;
            }
            next = index + 1;
        }
    }

    /// Leads a unit that has no table to one of its view's object.
    pub(super) fn link_table(
        &self,
        unit: VirtAddr,
        view: &View,
        table: LeafTable,
    ) -> Result<(), OutOfMemory> {
        self.directory.prepare(unit)?;
        let entry = TableEntry::new(table.address(), TableKind::Linked, view_rights(view));
        self.directory.set(unit, table, entry);
        Ok(())
    }
}
