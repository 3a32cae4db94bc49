//! Taking pages of an object out of the entries that address spaces have of their own.
//!
//! Linked units follow the object by themselves.

use super::descriptor::TableKind;
use super::directory::Borrowed;
use super::frame::Frame;
use super::frames::OutOfMemory;
use super::gather::Gather;
use super::space::{AddressSpace, State};
use super::view::View;
use arch::addr::{PAGE_SIZE, PageRange, VirtAddr};
use core::ops::Range;

impl AddressSpace {
    /// Takes all pages of an object away, also private copies of them, after the object has shrunk to
    /// `pages`.
    pub fn forget_pages(&self, object_id: u64, pages: usize) -> Result<(), OutOfMemory> {
        let state = self.state.lock();
        let mut gather = self.gather();
        for (range, view) in state.views_of(object_id) {
            for part in shown(range, view, pages..usize::MAX).iter().flat_map(|it| it.units()) {
                let entry = state.directory.entry(part.start());
                if entry.table().is_some() && entry.kind() == TableKind::Private {
                    state.clear_pages(part, &mut gather)?;
                }
            }
        }
        Ok(())
    }

    /// Takes these very frames of an object away, which are sorted by their indices in it; copies of
    /// them stay. Where there is no memory to do so, it is left: the frames' counts tell.
    pub fn forget_frames(&self, object_id: u64, frames: &[(usize, Frame)]) {
        let (Some((first, _)), Some((last, _))) = (frames.first(), frames.last()) else { return };
        let state = self.state.lock();
        let mut gather = self.gather();
        for (range, view) in state.views_of(object_id) {
            let places = *first..*last + 1;
            for part in shown(range, view, places).iter().flat_map(|it| it.units()) {
                let entry = state.directory.entry(part.start());
                if entry.table().is_some() && entry.kind() == TableKind::Private {
                    // What cannot be taken stays as it is.
                    let _ = state.forget_in_unit(part, view, frames, &mut gather);
                }
            }
        }
    }
}

/// The part of a view in which it shows these pages of its object.
fn shown(range: &Range<usize>, view: &View, pages: Range<usize>) -> Option<PageRange> {
    let first = view.page_index(VirtAddr::new(range.start));
    let address = |page: usize| {
        let offset = page.saturating_sub(first).saturating_mul(PAGE_SIZE);
        VirtAddr::new(range.start.saturating_add(offset).min(range.end))
    };
    PageRange::from_bounds(address(pages.start), address(pages.end))
}

impl State {
    fn forget_in_unit(
        &self,
        part: PageRange,
        view: &View,
        frames: &[(usize, Frame)],
        gather: &mut Gather,
    ) -> Result<(), OutOfMemory> {
        let first = view.page_index(part.start());
        let begin = frames.partition_point(|(index, _)| *index < first);
        let end = frames.partition_point(|(index, _)| *index < first + part.pages());
        let places = |(index, frame): &(usize, Frame)| {
            let page = part.start().add((index - first) * PAGE_SIZE);
            (page, frame.address())
        };
        let is_shown = |table: &Borrowed, (page, frame): &(VirtAddr, _)| {
            table.entry(page.level3_index()).frame() == Some(*frame)
        };
        let table = self.directory.table(part.start());
        let is_any = frames[begin..end].iter().map(places);
        if !table.is_some_and(|table| is_any.into_iter().any(|place| is_shown(&table, &place))) {
            return Ok(());
        }
        self.make_own(part.start().unit_start(), gather)?;
        let Some(table) = self.directory.table(part.start()) else { return Ok(()) };
        for place in frames[begin..end].iter().map(places) {
            if is_shown(&table, &place) {
                gather.page(place.0, table.take(place.0.level3_index()));
            }
        }
        Ok(())
    }
}
