//! Which pages were written lately: their fingerprints before and now.

use alloc::vec;
use alloc::vec::Vec;

/// Pictures in which a page that was written is seen to have been.
pub const HEAT: u8 = 10;

/// One of the places that a region's pages are shown in.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Cell {
    fingerprint: u32,
    /// From [`HEAT`] for a page just written down to 0.
    pub heat: u8,
}

impl Cell {
    /// Whether the page has memory.
    pub const fn is_resident(self) -> bool {
        self.fingerprint != 0
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
    /// Whether it was asked for before.
    is_known: bool,
}

impl Activity {
    /// The pages of a region with so many bytes, in at most so many cells.
    pub fn new(region: u64, bytes: u64, most: usize) -> Self {
        let pages = bytes.div_ceil(4096);
        let stride = pages.div_ceil((most as u64).max(1)).max(1);
        let cells = vec![Cell::default(); pages.div_ceil(stride) as usize];
        Self { region, stride, cells, is_known: false }
    }

    /// Takes note of the fingerprints now; returns the cells that look different from before.
    pub fn note(&mut self, words: &[u32]) -> impl Iterator<Item = usize> + '_ {
        let is_known = core::mem::replace(&mut self.is_known, true);
        let cells = self.cells.iter_mut().zip(words.iter().copied().chain(core::iter::repeat(0)));
        let changed: Vec<usize> = cells
            .enumerate()
            .filter_map(|(index, (cell, word))| {
                let before = *cell;
                let is_written = word != before.fingerprint && word != 0 && is_known;
                cell.fingerprint = word;
                cell.heat = if is_written { HEAT } else { before.heat.saturating_sub(1) };
                (cell.heat != before.heat || cell.is_resident() != before.is_resident())
                    .then_some(index)
            })
            .collect();
        changed.into_iter()
    }

    /// Whether any page was written since the last time.
    pub fn is_active(&self) -> bool {
        self.cells.iter().any(|cell| cell.heat == HEAT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noted(activity: &mut Activity, words: &[u32]) -> Vec<usize> {
        activity.note(words).collect()
    }

    #[test]
    fn a_page_that_changes_is_hot_and_cools_down() {
        let mut activity = Activity::new(1, 3 * 4096, 100);
        assert_eq!((activity.cells.len(), activity.stride), (3, 1));
        assert_eq!(noted(&mut activity, &[5, 0, 7]), [0, 2], "what is there at first is not hot");
        assert!(!activity.is_active());
        assert_eq!(noted(&mut activity, &[5, 0, 8]), [2]);
        assert_eq!((activity.cells[2].heat, activity.is_active()), (HEAT, true));
        for left in (0..HEAT).rev() {
            assert_eq!(noted(&mut activity, &[5, 0, 8]), [2]);
            assert_eq!(activity.cells[2].heat, left);
        }
        assert!(noted(&mut activity, &[5, 0, 8]).is_empty());
        assert_eq!(noted(&mut activity, &[5, 9, 8]), [1], "a page that has come is written");
    }

    #[test]
    fn a_large_region_has_a_cell_for_several_pages_and_a_shorter_one_fewer_cells() {
        let activity = Activity::new(1, 1000 * 4096, 64);
        assert_eq!((activity.stride, activity.cells.len()), (16, 63));
        assert!(Activity::new(1, 0, 64).cells.is_empty());
        let mut activity = Activity::new(1, 2 * 4096, 64);
        noted(&mut activity, &[1, 1]);
        noted(&mut activity, &[1]);
        assert!(!activity.cells[1].is_resident());
    }
}
