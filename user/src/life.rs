//! Conway's Game of Life on a field whose edges meet, 64 cells at a time.
//!
//! A row is a list of words. The neighbours of all cells of a word are added up bit by bit, so a step takes some forty
//! operations for 64 cells.

use alloc::vec;
use alloc::vec::Vec;

/// Cells of a word.
const WORD: usize = u64::BITS as usize;

/// A field, and what it was one step before.
pub struct Field {
    words: usize,
    rows: usize,
    now: Vec<u64>,
    before: Vec<u64>,
}

impl Field {
    /// A field of dead cells; its width is rounded up to words.
    pub fn new(width: usize, height: usize) -> Self {
        let (words, rows) = (width.div_ceil(WORD).max(1), height.max(1));
        Self { words, rows, now: vec![0; words * rows], before: vec![0; words * rows] }
    }

    /// Cells of a row.
    pub const fn width(&self) -> usize {
        self.words * WORD
    }

    /// Rows.
    pub const fn height(&self) -> usize {
        self.rows
    }

    /// Fills it from a number: about one cell of four lives.
    pub fn sow(&mut self, seed: u64) {
        let mut state = seed | 1;
        let mut random = || {
            // xorshift64: nobody is to guess or to trust these.
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        self.now.iter_mut().for_each(|word| *word = random() & random());
        self.before.fill(0);
    }

    /// Makes a cell live.
    pub fn set(&mut self, x: usize, y: usize) {
        let (x, y) = (x % self.width(), y % self.rows);
        self.now[y * self.words + x / WORD] |= 1 << (x % WORD);
    }

    /// How many cells live.
    pub fn population(&self) -> u64 {
        self.now.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// A row's cells now and one step before, 64 in a word, the first in the lowest bit.
    pub fn row(&self, y: usize) -> impl Iterator<Item = (u64, u64)> + '_ {
        let row = y * self.words..(y + 1) * self.words;
        self.now[row.clone()].iter().copied().zip(self.before[row].iter().copied())
    }

    /// Lets all cells live, die and be born once.
    pub fn step(&mut self) {
        core::mem::swap(&mut self.now, &mut self.before);
        for y in 0..self.rows {
            let above = (y + self.rows - 1) % self.rows * self.words;
            let below = (y + 1) % self.rows * self.words;
            let here = y * self.words;
            for x in 0..self.words {
                let (left, right) = ((x + self.words - 1) % self.words, (x + 1) % self.words);
                let three = |row: usize| {
                    let word = self.before[row + x];
                    let from_left = word << 1 | self.before[row + left] >> (WORD - 1);
                    let from_right = word >> 1 | self.before[row + right] << (WORD - 1);
                    (from_left, word, from_right)
                };
                self.now[here + x] = next(three(above), three(here), three(below));
            }
        }
    }
}

/// The next state of a word's cells, from those and their neighbours on three rows.
const fn next(above: (u64, u64, u64), here: (u64, u64, u64), below: (u64, u64, u64)) -> u64 {
    // Each row's neighbours as a number of two bits, then all three numbers added up.
    let (above_ones, above_twos) = full(above.0, above.1, above.2);
    let (below_ones, below_twos) = full(below.0, below.1, below.2);
    let (here_ones, here_twos) = (here.0 ^ here.2, here.0 & here.2);
    let (ones, carry) = full(above_ones, below_ones, here_ones);
    let (twos, fours) = full(above_twos, below_twos, here_twos);
    let (twos, more_fours) = (twos ^ carry, twos & carry);
    // Two or three neighbours: the twos and no fours; three, or two and alive, lives.
    twos & !(fours | more_fours) & (ones | here.1)
}

/// Three bits added up: the ones and the twos.
const fn full(one: u64, two: u64, three: u64) -> (u64, u64) {
    (one ^ two ^ three, one & two | three & (one ^ two))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn alive(field: &Field) -> HashSet<(usize, usize)> {
        (0..field.height())
            .flat_map(|y| field.row(y).enumerate().map(move |(index, (now, _))| (y, index, now)))
            .flat_map(|(y, index, now)| {
                (0..WORD)
                    .filter(move |bit| now >> bit & 1 != 0)
                    .map(move |bit| (index * WORD + bit, y))
            })
            .collect()
    }

    /// The rules, cell by cell.
    fn expected(
        cells: &HashSet<(usize, usize)>,
        width: usize,
        height: usize,
    ) -> HashSet<(usize, usize)> {
        let count = |x: usize, y: usize| {
            let around = (0..9).filter(|at| *at != 4);
            around
                .filter(|at| {
                    cells.contains(&(
                        (x + width + at % 3 - 1) % width,
                        (y + height + at / 3 - 1) % height,
                    ))
                })
                .count()
        };
        let all = (0..width).flat_map(|x| (0..height).map(move |y| (x, y)));
        all.filter(|cell| {
            matches!((count(cell.0, cell.1), cells.contains(cell)), (3, _) | (2, true))
        })
        .collect()
    }

    #[test]
    fn each_step_follows_the_rules_across_words_and_edges() {
        for (width, height, seed) in [(64, 1, 3), (64, 9, 1), (192, 40, 77)] {
            let mut field = Field::new(width, height);
            field.sow(seed);
            for step in 0..12 {
                let wanted = expected(&alive(&field), width, height);
                field.step();
                assert_eq!(alive(&field), wanted, "{width}x{height}, step {step}");
            }
        }
    }

    #[test]
    fn a_glider_comes_back_after_going_around() {
        let mut field = Field::new(64, 64);
        for (x, y) in [(1, 0), (2, 1), (0, 2), (1, 2), (2, 2)] {
            field.set(x, y);
        }
        let before = alive(&field);
        (0..4 * 64).for_each(|_| field.step());
        assert_eq!((alive(&field), field.population()), (before, 5));
    }
}
