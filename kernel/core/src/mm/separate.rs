//! Private pages of an address space, taken together so that an object can have them.
//!
//! They are the very same frames, but for pages that somebody else still shows (a relative since a
//! fork, or the file that a private view is of): those are copied, so nobody else sees what the
//! new owners store.

use super::Ownership;
use super::descriptor::{Rights, TableEntry, TableKind};
use super::frame::Frame;
use super::frames::OutOfMemory;
use super::gather::Gather;
use super::object::PageError;
use super::space::{MapError, State};
use super::table::LeafTable;
use super::view::{Backing, View};
use alloc::vec::Vec;
use arch::addr::{PAGE_SIZE, PageRange, TABLE_ENTRIES, VirtAddr};

/// Pages for an object: its tables, from its first unit on.
pub struct LoosePages {
    /// The tables; none for a unit without pages.
    pub tables: Vec<Option<LeafTable>>,
    /// How many pages there is room for.
    pub pages: usize,
}

impl LoosePages {
    fn new(pages: usize) -> Result<Self, OutOfMemory> {
        let units = pages.div_ceil(TABLE_ENTRIES);
        let mut tables = Vec::new();
        tables.try_reserve_exact(units).map_err(|_| OutOfMemory)?;
        tables.resize_with(units, || None);
        Ok(Self { tables, pages })
    }

    fn put(&mut self, index: usize, frame: Frame) -> Result<(), OutOfMemory> {
        let slot = &mut self.tables[index / TABLE_ENTRIES];
        let table = match slot {
            Some(table) => table,
            None => slot.insert(LeafTable::new()?),
        };
        table.set(index % TABLE_ENTRIES, frame, Rights::all(), Ownership::Shared);
        Ok(())
    }
}

impl State {
    /// The pages that a view shows in a range and that are not an object's; they stay where they
    /// are, too, until the range is unmapped.
    pub(super) fn loose_pages(
        &self,
        range: PageRange,
        view: &View,
        gather: &mut Gather,
    ) -> Result<LoosePages, MapError> {
        let mut loose = LoosePages::new(range.bytes() / PAGE_SIZE)?;
        for part in range.units() {
            self.make_own(part.start().unit_start(), gather)?;
            for page in part.iter() {
                if let Some(frame) = self.loose_page(page, view)? {
                    let index = (page.value() - range.start().value()) / PAGE_SIZE;
                    loose.put(index, frame)?;
                }
            }
        }
        Ok(loose)
    }

    /// Makes the unit's table, if it has one, a private one that this address space alone has:
    /// from then on a page is shared exactly if its own count says so.
    pub(super) fn make_own(&self, unit: VirtAddr, gather: &mut Gather) -> Result<(), OutOfMemory> {
        let Some(table) = self.directory.table(unit) else { return Ok(()) };
        let entry = self.directory.entry(unit);
        if entry.kind() == TableKind::Linked {
            return self.cut_link(unit, gather);
        }
        if entry.allows_write() {
            return Ok(());
        }
        if table.is_exclusive() {
            self.directory.narrow(unit, TableEntry::own(table.address()));
            gather.unit(unit, None);
            return Ok(());
        }
        self.split_table(unit, gather)
    }

    /// The page at an address, if there is one: as it is if nobody else shows it, else a copy.
    fn loose_page(&self, page: VirtAddr, view: &View) -> Result<Option<Frame>, MapError> {
        let index = page.level3_index();
        if let Some(table) = self.directory.table(page)
            && let Some(frame) = table.frame(index)
        {
            // Who may store now has broken all sharing. One reference is the table's, one is
            // `frame`.
            let is_own = table.entry(index).rights().contains(Rights::WRITE) || frame.count() == 2;
            return Ok(Some(if is_own { frame } else { frame.copied()? }));
        }
        let Backing::Object { attachment, .. } = &view.backing else { return Ok(None) };
        match attachment.object.page(view.page_index(page)) {
            Ok(frame) => Ok(Some(frame.copied()?)),
            Err(PageError::BeyondEnd) => Err(MapError::Unmapped),
            Err(PageError::OutOfMemory) => Err(MapError::OutOfMemory),
        }
    }
}
