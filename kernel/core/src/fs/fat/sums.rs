//! What is known of a mapped file's pages on the card: a sum of each, by which pages are told apart.
//!
//! Only pages that were in memory have one, so the room is for those parts of a file that are used.

use crate::mm::{Frame, OutOfMemory};
use alloc::vec::Vec;
use arch::addr::PAGE_SIZE;

/// Pages whose sums lie together.
const ROW: usize = 512;

/// The sum of a page of which nothing is known: it is taken for changed.
pub const UNKNOWN: u64 = 0;

/// The fraction of the golden ratio: its bits are as good as random.
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

/// The sum of a page's bytes: each word counts, with its place.
pub fn sum(page: &[u8]) -> u64 {
    add(FACTOR, page)
}

/// The sum of a page that nobody stores to.
pub fn sum_of(page: &Frame) -> u64 {
    let mut part = [0; 512];
    (0..PAGE_SIZE).step_by(part.len()).fold(FACTOR, |sum, at| {
        page.read(at, &mut part);
        add(sum, &part)
    })
}

/// Goes on with a sum: the bytes are whole words.
fn add(sum: u64, bytes: &[u8]) -> u64 {
    let mix = |sum: u64, word: u64| (sum ^ word).wrapping_mul(FACTOR).rotate_left(29);
    let (words, _) = bytes.as_chunks::<8>();
    words.iter().fold(sum, |sum, word| mix(sum, u64::from_le_bytes(*word)))
}

/// The sums of a file's pages, as they are on the card.
pub struct Sums(Vec<Vec<u64>>);

impl Sums {
    /// Nothing is known.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Makes room for the sum of a page.
    pub fn prepare(&mut self, index: usize) -> Result<(), OutOfMemory> {
        let row = index / ROW;
        if self.0.len() <= row {
            self.0.try_reserve(row + 1 - self.0.len()).map_err(|_| OutOfMemory)?;
            self.0.resize_with(row + 1, Vec::new);
        }
        let row = &mut self.0[row];
        if row.is_empty() {
            row.try_reserve_exact(ROW).map_err(|_| OutOfMemory)?;
            row.resize(ROW, UNKNOWN);
        }
        Ok(())
    }

    /// The sum of a page.
    pub fn get(&self, index: usize) -> u64 {
        let row = self.0.get(index / ROW);
        row.and_then(|row| row.get(index % ROW)).copied().unwrap_or(UNKNOWN)
    }

    /// Notes the sum of a page for which there is room.
    pub fn set(&mut self, index: usize, sum: u64) {
        let row = self.0.get_mut(index / ROW);
        if let Some(slot) = row.and_then(|row| row.get_mut(index % ROW)) {
            *slot = sum;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_which_nothing_is_known_has_no_sum_and_takes_no_room() {
        let mut sums = Sums::new();
        sums.set(7, 9);
        assert_eq!(sums.get(7), UNKNOWN);
        sums.prepare(100_000).unwrap();
        sums.set(100_000, 9);
        assert_eq!([7, 99_999, 100_000].map(|index| sums.get(index)), [UNKNOWN, UNKNOWN, 9]);
        assert_eq!(sums.0.iter().filter(|row| !row.is_empty()).count(), 1);
    }

    #[test]
    fn the_same_words_in_another_order_have_another_sum() {
        let mut page = [0; 4096];
        let empty = sum(&page);
        page[8] = 1;
        let one = sum(&page);
        page.swap(8, 16);
        assert!(empty != one && one != sum(&page) && empty != UNKNOWN);
    }
}
