//! Ending views, whole or in part, and cutting links that no longer show a whole unit.

use super::descriptor::{Ownership, Rights, TableEntry, TableKind};
use super::frames::OutOfMemory;
use super::gather::Gather;
use super::map_error::MapError;
use super::space::{AddressSpace, State, view_rights};
use super::table::LeafTable;
use super::view::{Attachment, Backing, Sharing, View};
use alloc::sync::Arc;
use arch::addr::{PAGE_SIZE, PageRange, UNIT_SHIFT, UNIT_SIZE, USER_END, VirtAddr};
use core::ops::Range;

impl AddressSpace {
    /// Ends what is shown in a range; gaps in it are no error.
    pub fn unmap(&self, start: VirtAddr, bytes: usize) -> Result<(), MapError> {
        let range = PageRange::from_bytes(start, bytes).ok_or(MapError::BadRange)?;
        let mut state = self.state.lock();
        let mut gather = self.gather();
        state.unmap_range(range, &mut gather)
    }

    /// Ends the view of an object that begins at the address, with all the pieces that it was cut
    /// into since.
    pub fn unmap_view(&self, start: VirtAddr) -> Result<(), MapError> {
        let mut state = self.state.lock();
        let mut gather = self.gather();
        state.views.make_own()?;
        let attachment = match state.view(start) {
            Some((_, View { backing: Backing::Object { attachment, .. }, .. })) => attachment,
            _ => return Err(MapError::BadRange),
        };
        if state.next_piece(&attachment, VirtAddr::new(0)).is_none_or(|at| at.start() != start) {
            return Err(MapError::BadRange);
        }
        // What needs memory comes first, for all pieces: a failure leaves all as it was.
        let mut next = start;
        while let Some(piece) = state.next_piece(&attachment, next) {
            for part in piece.units() {
                state.prepare_to_change(part, &mut gather)?;
            }
            next = piece.end();
        }
        next = start;
        while let Some(piece) = state.next_piece(&attachment, next) {
            state.unmap_range(piece, &mut gather)?;
            next = piece.end();
        }
        Ok(())
    }

    /// Throws the private pages of a range away; the next touch starts anew.
    pub fn discard(&self, start: VirtAddr, bytes: usize) -> Result<(), MapError> {
        let range = PageRange::from_bytes(start, bytes).ok_or(MapError::BadRange)?;
        let state = self.state.lock();
        let mut gather = self.gather();
        for part in range.units() {
            let entry = state.directory.entry(part.start());
            if entry.table().is_some() && entry.kind() == TableKind::Private {
                state.clear_pages(part, &mut gather)?;
            }
        }
        Ok(())
    }

    /// Lets go of linked tables that could show more than their view does, once an object has
    /// `pages` pages; the view is filled page by page from then on.
    pub fn unlink_ends(&self, object_id: u64, pages: usize) {
        let state = self.state.lock();
        let mut gather = self.gather();
        for (range, view) in state.views_of(object_id) {
            let end = VirtAddr::new(range.end);
            let unit = VirtAddr::new(range.end - 1).unit_start();
            let entry = state.directory.entry(unit);
            let shows_all = end.is_unit_start() || view.page_index(end) >= pages;
            // A view that begins within the unit is not what it is linked for.
            let is_linked = range.start <= unit.value() && entry.kind() == TableKind::Linked;
            if is_linked && !shows_all {
                gather.unit(unit, state.directory.take(unit));
            }
        }
    }
}

impl State {
    /// The views of an object.
    pub(super) fn views_of(&self, object_id: u64) -> impl Iterator<Item = (&Range<usize>, &View)> {
        self.views.iter().filter(move |(_, view)| match &view.backing {
            Backing::Object { attachment, .. } => attachment.object.id() == object_id,
            Backing::Anonymous => false,
        })
    }

    /// Ends what is shown in a range.
    ///
    /// Everything that needs memory happens first, so that a failure leaves all as it was.
    pub(super) fn unmap_range(
        &mut self,
        range: PageRange,
        gather: &mut Gather,
    ) -> Result<(), MapError> {
        let bounds = range.start().value()..range.end().value();
        if !self.views.is_known_view(&bounds) {
            match self.views.first_ending_after(bounds.start) {
                Some((first, _)) if first.start < bounds.end => {
                    let is_hole = first.start < bounds.start && bounds.end < first.end;
                    self.check_room(usize::from(is_hole))?;
                }
                _ => return Ok(()),
            }
        }
        self.views.make_own()?;
        let is_in_one_unit = (bounds.start ^ (bounds.end - 1)) < UNIT_SIZE;
        if is_in_one_unit {
            let unit = range.start().unit_start();
            if self.directory.entry(unit).table().is_none() {
                self.views.get_mut().remove(bounds);
                return Ok(());
            }
            if self.covers_all_views_of_unit(range) {
                if let Some(table) = self.directory.take(unit) {
                    gather.table(range, table);
                }
                gather.flush();
                self.views.get_mut().remove(bounds);
                return Ok(());
            }
        }
        self.prepare_ends(range, gather)?;
        self.clear_range(range, gather);
        Ok(())
    }

    /// The first piece from an address on of what one mapping of an object has made.
    fn next_piece(&self, mapping: &Arc<Attachment>, from: VirtAddr) -> Option<PageRange> {
        let is_piece = |view: &View| match &view.backing {
            Backing::Object { attachment, .. } => attachment == mapping,
            Backing::Anonymous => false,
        };
        let mut views = self.views.overlapping(from.value()..USER_END);
        let (range, _) = views.find(|(_, view)| is_piece(view))?;
        PageRange::from_bounds(VirtAddr::new(range.start), VirtAddr::new(range.end))
    }

    /// Ends what is shown in a range after [`Self::prepare_ends`], and where there is room for one
    /// view more if it is a hole.
    pub(super) fn clear_range(&mut self, range: PageRange, gather: &mut Gather) {
        let whole = range.whole_units();
        let (before, behind) = match &whole {
            Some(whole) => (
                PageRange::from_bounds(range.start(), whole.start()),
                PageRange::from_bounds(whole.end(), range.end()),
            ),
            None => (Some(range), None),
        };
        for part in [before, behind].into_iter().flatten().flat_map(PageRange::units) {
            self.clear_part(range, part, gather);
        }
        if let Some(whole) = whole {
            let (mut way, units) =
                (self.directory.way(), whole.start().value()..whole.end().value());
            let tables = units.step_by(UNIT_SIZE).filter_map(|unit| way.take(VirtAddr::new(unit)));
            gather.tables(range, tables);
        }
        gather.flush();
        self.views.get_mut().remove(range.start().value()..range.end().value());
    }

    /// Prepares the units in which a range ends: those between go whole.
    pub(super) fn prepare_ends(
        &self,
        range: PageRange,
        gather: &mut Gather,
    ) -> Result<(), OutOfMemory> {
        let first_end = range.start().unit_start().add(UNIT_SIZE).min(range.end());
        let last_start = VirtAddr::new(range.end().value() - 1).unit_start().max(range.start());
        for (start, end) in [(range.start(), first_end), (last_start, range.end())] {
            let part = PageRange::from_bounds(start, end);
            if let Some(part) = part.filter(|part| part.bytes() < UNIT_SIZE) {
                self.prepare_to_change(part, gather)?;
            }
            if first_end == range.end() {
                break;
            }
        }
        Ok(())
    }

    /// Makes the table of a unit that is cleared in part one that may be changed.
    pub(super) fn prepare_to_change(
        &self,
        part: PageRange,
        gather: &mut Gather,
    ) -> Result<(), OutOfMemory> {
        let unit = part.start().unit_start();
        let Some(table) = self.directory.table(unit) else { return Ok(()) };
        let entry = self.directory.entry(unit);
        let is_open = entry.kind() == TableKind::Private && entry.allows_write();
        if is_open || self.covers_all_views_of_unit(part) {
            return Ok(());
        }
        if entry.kind() == TableKind::Linked {
            return self.cut_link(unit, gather);
        }
        if table.is_exclusive() {
            self.directory.narrow(unit, TableEntry::own(table.address()));
            gather.unit(unit, None);
            return Ok(());
        }
        self.split_table(unit, gather)
    }

    /// Ends what is shown in a range's part of a unit after [`Self::prepare_to_change`].
    fn clear_part(&self, range: PageRange, part: PageRange, gather: &mut Gather) {
        let unit = part.start().unit_start();
        let is_shared =
            self.directory.entry(unit).table().is_some() && !self.covers_all_views_of_unit(part);
        if is_shared {
            self.empty_pages(part, gather);
        } else if let Some(table) = self.directory.take(unit) {
            // Nothing is shown in the unit outside of the range, so nothing else is remembered.
            gather.table(range, table);
        }
    }

    /// Empties the pages of a part of a unit whose table may be changed.
    fn empty_pages(&self, part: PageRange, gather: &mut Gather) {
        let Some(table) = self.directory.table(part.start()) else { return };
        let first = part.start().level3_index();
        if table.is_empty_row(first, part.pages()) {
            return;
        }
        let frames = (first..first + part.pages()).filter_map(|index| table.take(index));
        gather.pages(part, frames);
    }

    /// Empties the pages of a part of a unit, splitting a table that is shared.
    pub(super) fn clear_pages(
        &self,
        part: PageRange,
        gather: &mut Gather,
    ) -> Result<(), OutOfMemory> {
        let unit = part.start().unit_start();
        let Some(table) = self.directory.table(unit) else { return Ok(()) };
        if table.is_empty_row(part.start().level3_index(), part.pages()) {
            return Ok(());
        }
        if !self.directory.entry(unit).allows_write() && !table.is_exclusive() {
            self.split_table(unit, gather)?;
        }
        self.empty_pages(part, gather);
        Ok(())
    }

    /// Whether nothing is shown in the unit outside of the part.
    fn covers_all_views_of_unit(&self, part: PageRange) -> bool {
        let unit = part.start().unit_start().value();
        let bounds = part.start().value()..part.end().value();
        if self.views.is_known_alone(&bounds, &(unit..unit + UNIT_SIZE)) {
            return true;
        }
        let before = unit..part.start().value();
        let behind = part.end().value()..unit + UNIT_SIZE;
        (before.is_empty() || !self.views.overlaps(&before))
            && (behind.is_empty() || !self.views.overlaps(&behind))
    }

    /// Replaces a linked table by entries of the address space's own, with the same pages.
    pub(super) fn cut_link(&self, unit: VirtAddr, gather: &mut Gather) -> Result<(), OutOfMemory> {
        let unit_range = unit.value()..unit.value() + UNIT_SIZE;
        let linked = self.views.overlapping(unit_range).find_map(|(range, view)| {
            let Backing::Object { attachment, base, sharing } = &view.backing else { return None };
            Some((range, view, attachment, base, sharing))
        });
        let own = match linked {
            Some((range, view, attachment, base, sharing)) => {
                let index = unit.value().wrapping_sub(*base) >> UNIT_SHIFT;
                let mut keep = |page: usize| range.contains(&(unit.value() + page * PAGE_SIZE));
                let (rights, ownership) = match sharing {
                    Sharing::Shared => (view_rights(view), Ownership::Shared),
                    Sharing::Private => (view_rights(view) - Rights::WRITE, Ownership::Private),
                };
                attachment.object.table_copy(index, &mut keep, rights, ownership)?
            }
            None => LeafTable::new()?,
        };
        self.replace_table(unit, own, gather);
        Ok(())
    }

    /// Puts a table of the address space's own in the place of another (break before make).
    pub(super) fn replace_table(&self, unit: VirtAddr, own: LeafTable, gather: &mut Gather) {
        let old = self.directory.take(unit);
        gather.unit(unit, old);
        gather.flush();
        let entry = TableEntry::own(own.address());
        self.directory.set(unit, own, entry);
    }
}
