//! What a tree of views leaves free, and the search for the first gap with room.
//!
//! A subtree knows the largest gap within it, so a search goes straight down to the first that is
//! large enough. What changes on the way to a view is only marked stale; it is counted again by the
//! next search that needs it, and most need none: see [`Hint`].

use super::tree::{Link, Tree};
use crate::mm::placement::Shape;
use arch::addr::{PAGE_SIZE, UNIT_SIZE};
use core::ops::Range;

/// The largest gaps within a subtree, between its first and its last view.
#[derive(Clone)]
pub struct Gaps {
    /// From the first view's start to the last one's end; empty while it is not known.
    bounds: Range<usize>,
    /// What the largest gap has room for, by shape.
    room: [usize; 2],
}

impl Gaps {
    /// Not known.
    pub const STALE: Self = Self { bounds: 0..0, room: [0; 2] };

    const fn is_stale(&self) -> bool {
        self.bounds.end == 0
    }
}

/// What was learnt of an area: no gap that begins before `from` has room for more than `room`
/// bytes, so a larger wish is looked for behind it only. One who maps and unmaps finds the
/// same place each time without a search.
#[derive(Clone, Copy)]
pub struct Hint {
    area_start: usize,
    from: usize,
    room: usize,
}

impl Hint {
    /// Nothing.
    pub const NONE: Self = Self { area_start: 0, from: 0, room: 0 };

    /// A range has become free.
    #[inline]
    pub const fn note_free(&mut self, range: &Range<usize>) {
        if range.start < self.from && range.end > self.area_start {
            self.from = range.start;
        }
    }
}

/// Where something of this shape and so many bytes goes in a gap. A page stays free before and
/// behind, so that running off an end is a fault.
#[inline]
fn fit(gap: &Range<usize>, shape: Shape, bytes: usize) -> Option<usize> {
    let (start, room) = room(gap, shape);
    (bytes <= room).then_some(start)
}

/// Where what is put into a gap begins, and how much there is room for.
#[inline]
const fn room(gap: &Range<usize>, shape: Shape) -> (usize, usize) {
    let start = match shape {
        Shape::Pages => gap.start + PAGE_SIZE,
        Shape::Units => (gap.start + PAGE_SIZE).next_multiple_of(UNIT_SIZE),
    };
    (start, gap.end.saturating_sub(PAGE_SIZE).saturating_sub(start))
}

impl Tree {
    /// The lowest place in an area that has so many bytes, which are not 0.
    pub fn find_gap(
        &mut self,
        area: &Range<usize>,
        shape: Shape,
        bytes: usize,
        hint: &mut Hint,
    ) -> Option<usize> {
        if bytes > hint.room
            && let Some(start) = fit(&self.gap_at(area, hint.from), shape, bytes)
        {
            (hint.area_start, hint.from) = (area.start, start + bytes);
            return Some(start);
        }
        self.purge();
        self.count_gaps(self.root());
        let start = self.first_fit(self.root(), area.clone(), shape, bytes)?;
        *hint = Hint { area_start: area.start, from: start + bytes, room: bytes - 1 };
        Some(start)
    }

    /// The gap that an address lies in, or that follows the view there; cut to an area.
    #[inline]
    fn gap_at(&self, area: &Range<usize>, address: usize) -> Range<usize> {
        let address = address.max(area.start);
        let gap = match self.vacancy().filter(|gap| gap.contains(&address)) {
            Some(gap) => gap.clone(),
            None => self.gap_around(address + 1),
        };
        gap.start.max(area.start)..gap.end.min(area.end)
    }

    fn gap_around(&self, address: usize) -> Range<usize> {
        let (before, behind) = self.around(address);
        let start = before.map_or(0, |node| node.range.end);
        start..behind.map_or(usize::MAX, |node| node.range.start)
    }

    fn count_gaps(&mut self, top: Link) {
        let Some(node) = self.node(top).filter(|node| node.gaps.is_stale()) else { return };
        let (left, right) = (node.left, node.right);
        self.count_gaps(left);
        self.count_gaps(right);
        let Some(node) = self.node(top) else { return };
        let mut gaps = Gaps { bounds: node.range.clone(), room: [0; 2] };
        let mut add = |gap: Range<usize>, below: &Gaps| {
            for (index, shape) in [Shape::Pages, Shape::Units].into_iter().enumerate() {
                let most = room(&gap, shape).1.max(below.room[index]);
                gaps.room[index] = gaps.room[index].max(most);
            }
        };
        if let Some(left) = self.node(left) {
            add(left.gaps.bounds.end..node.range.start, &left.gaps);
        }
        if let Some(right) = self.node(right) {
            add(node.range.end..right.gaps.bounds.start, &right.gaps);
        }
        let start = self.node(left).map_or(node.range.start, |left| left.gaps.bounds.start);
        let end = self.node(right).map_or(node.range.end, |right| right.gaps.bounds.end);
        gaps.bounds = start..end;
        if let Some(node) = self.node_mut(top) {
            node.gaps = gaps;
        }
    }

    /// The first place in a range that has nothing but the subtree's views.
    fn first_fit(
        &self,
        top: Link,
        within: Range<usize>,
        shape: Shape,
        bytes: usize,
    ) -> Option<usize> {
        let Some(node) = self.node(top) else { return fit(&within, shape, bytes) };
        if within.is_empty() {
            return None;
        }
        let bounds = &node.gaps.bounds;
        let before = room(&(within.start..bounds.start), shape).1;
        let behind = room(&(bounds.end..within.end), shape).1;
        let inside = node.gaps.room[shape as usize];
        if before.max(behind).max(inside) < bytes {
            return None;
        }
        let left = within.start..within.end.min(node.range.start);
        let right = within.start.max(node.range.end)..within.end;
        self.first_fit(node.left, left, shape, bytes)
            .or_else(|| self.first_fit(node.right, right, shape, bytes))
    }
}
