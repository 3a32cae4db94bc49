//! Which pages were written lately: their fingerprints before and now.

use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

/// Pictures in which a page that was written is seen to have been.
pub const HEAT: u8 = 10;

/// One of the places that a region's pages are shown in.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Cell {
    /// `None` before it was first looked at.
    fingerprint: Option<u32>,
    /// From [`HEAT`] for a page just written down to 0.
    pub heat: u8,
}

impl Cell {
    /// Whether the page has memory.
    pub const fn is_resident(self) -> bool {
        !matches!(self.fingerprint, None | Some(0))
    }
}

/// A region's pages.
#[derive(Clone, Debug, Default)]
pub struct Activity {
    /// The region's number.
    pub region: u64,
    /// Pages from one cell to the next.
    pub stride: u64,
    /// The cells.
    pub cells: Vec<Cell>,
    /// The cell that is looked at next.
    next: usize,
}

impl Activity {
    /// The pages of a region with so many bytes, in at most so many cells.
    pub fn new(region: u64, bytes: u64, most: usize) -> Self {
        let pages = bytes.div_ceil(4096);
        let stride = pages.div_ceil((most as u64).max(1)).max(1);
        let cells = vec![Cell::default(); pages.div_ceil(stride) as usize];
        Self { region, stride, cells, next: 0 }
    }

    /// The cells to be looked at now, at most so many; the next call gives those behind them.
    pub fn next_part(&mut self, most: usize) -> Range<usize> {
        let start = if self.next < self.cells.len() { self.next } else { 0 };
        self.next = (start + most).min(self.cells.len());
        start..self.next
    }

    /// Takes note of fingerprints of the cells from `first` on; returns those that look different from before.
    pub fn note(&mut self, first: usize, words: &[u32]) -> Vec<usize> {
        let cells = self.cells.iter_mut().enumerate().skip(first).zip(words);
        let changed = cells.filter_map(|((index, cell), word)| {
            let before = cell.fingerprint.replace(*word);
            let was = Cell { fingerprint: before, heat: cell.heat };
            if *word != 0 && before.is_some_and(|before| before != *word) {
                cell.heat = HEAT;
            }
            let is_different = cell.heat != was.heat || cell.is_resident() != was.is_resident();
            is_different.then_some(index)
        });
        changed.collect()
    }

    /// Lets pages that were written cool down by a picture; returns those that look different then.
    pub fn cool(&mut self) -> Vec<usize> {
        let hot = self.cells.iter_mut().enumerate().filter(|(_, cell)| cell.heat > 0);
        hot.map(|(index, cell)| {
            cell.heat -= 1;
            index
        })
        .collect()
    }

    /// Whether any page was written since the last time.
    pub fn is_active(&self) -> bool {
        self.cells.iter().any(|cell| cell.heat + 2 >= HEAT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_changes_is_hot_and_cools_down() {
        let mut activity = Activity::new(1, 3 * 4096, 100);
        assert_eq!((activity.cells.len(), activity.stride), (3, 1));
        assert_eq!(activity.note(0, &[5, 0, 7]), [0, 2], "what is there at first is not hot");
        assert!(!activity.is_active());
        assert_eq!(activity.note(0, &[5, 0, 8]), [2]);
        assert_eq!((activity.cells[2].heat, activity.is_active()), (HEAT, true));
        for left in (0..HEAT).rev() {
            assert!(activity.note(0, &[5, 0, 8]).is_empty());
            assert_eq!(activity.cool(), [2]);
            assert_eq!(activity.cells[2].heat, left);
        }
        assert!(activity.cool().is_empty());
        assert_eq!(activity.note(0, &[5, 9, 8]), [1], "a page that has come is written");
    }

    #[test]
    fn the_cells_are_looked_at_in_parts_again_and_again() {
        let mut activity = Activity::new(1, 5 * 4096, 100);
        let parts: Vec<_> = (0..4).map(|_| activity.next_part(2)).collect();
        assert_eq!(parts, [0..2, 2..4, 4..5, 0..2]);
        assert_eq!(activity.note(4, &[3]), [4]);
        assert!(Activity::new(1, 0, 9).next_part(2).is_empty());
    }

    #[test]
    fn a_large_region_has_a_cell_for_several_pages_and_a_shorter_one_fewer_cells() {
        let activity = Activity::new(1, 1000 * 4096, 64);
        assert_eq!((activity.stride, activity.cells.len()), (16, 63));
        assert!(Activity::new(1, 0, 64).cells.is_empty());
        let mut activity = Activity::new(1, 2 * 4096, 64);
        activity.note(0, &[1, 1]);
        assert_eq!(activity.note(0, &[1, 0]), [1]);
        assert!(!activity.cells[1].is_resident());
    }
}
