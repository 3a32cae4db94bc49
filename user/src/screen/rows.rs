//! Rows of pixels from one shared memory to another: copied, or blended by their alpha.

use crate::shared::{Rows, SharedMemory};

/// Bytes of a pixel, a word 0xAARRGGBB.
pub const PIXEL_BYTES: usize = 4;
/// Pixels that are blended at a time.
const RUN: usize = 64;
const RUN_BYTES: usize = RUN * PIXEL_BYTES;

/// Pixels in shared memory: where they begin, and from one row to the next.
#[derive(Clone, Copy, Debug)]
pub struct Pixels<'a> {
    /// The memory.
    pub memory: SharedMemory<'a>,
    /// Where the first row begins in it, in bytes.
    pub offset: usize,
    /// Bytes from one row to the next.
    pub pitch: usize,
}

impl Pixels<'_> {
    /// Where a pixel lies.
    pub const fn at(&self, x: usize, y: usize) -> usize {
        self.offset + y * self.pitch + x * PIXEL_BYTES
    }

    /// Copies `width` pixels in each of `height` rows from a point of `source` to one of these; what is not there is
    /// left out.
    pub fn copy(
        &self,
        to: (usize, usize),
        source: &Self,
        from: (usize, usize),
        (width, height): (usize, usize),
    ) {
        let source_rows = Rows { start: source.at(from.0, from.1), pitch: source.pitch };
        let rows = Rows { start: self.at(to.0, to.1), pitch: self.pitch };
        // Who asks has checked both; memory that is not there is left alone all the same.
        let _ = self.memory.copy_rows_from(
            rows,
            &source.memory,
            source_rows,
            (width * PIXEL_BYTES, height),
        );
    }

    /// Makes all pixels of a rectangle this word.
    pub fn fill(&self, to: (usize, usize), (width, height): (usize, usize), word: u32) {
        let rows = Rows { start: self.at(to.0, to.1), pitch: self.pitch };
        // As in `copy`.
        let _ = self.memory.fill(rows, word, (width, height));
    }

    /// As [`Self::copy`], with each pixel weighed by its alpha; the source's colours are multiplied by it already.
    pub fn blend(
        &self,
        to: (usize, usize),
        source: &Self,
        from: (usize, usize),
        (width, height): (usize, usize),
    ) {
        let (mut over, mut below) = ([0; RUN_BYTES], [0; RUN_BYTES]);
        for row in 0..height {
            for first in (0..width).step_by(RUN) {
                let bytes = (width - first).min(RUN) * PIXEL_BYTES;
                let target = self.at(to.0 + first, to.1 + row);
                let start = source.at(from.0 + first, from.1 + row);
                if source.memory.read(start, &mut over[..bytes]).is_none() {
                    return;
                }
                match looks_of(&over[..bytes]) {
                    Looks::Nothing => continue,
                    Looks::Opaque => {}
                    Looks::Mixed => {
                        if self.memory.read(target, &mut below[..bytes]).is_none() {
                            return;
                        }
                        blend_run(&mut over, &below);
                    }
                }
                let _ = self.memory.write(target, &over[..bytes]);
            }
        }
    }
}

/// What has to be done for pixels over others.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Looks {
    /// Nothing is to be seen of them.
    Nothing,
    /// Nothing is to be seen of what is below.
    Opaque,
    /// Neither.
    Mixed,
}

fn looks_of(pixels: &[u8]) -> Looks {
    let words = || pixels.as_chunks::<4>().0.iter().map(|pixel| u32::from_le_bytes(*pixel));
    let (all, any) = words().fold((u32::MAX, 0), |(all, any), word| (all & word, any | word));
    match (all >> 24, any) {
        (_, 0) => Looks::Nothing,
        (0xFF, _) => Looks::Opaque,
        _ => Looks::Mixed,
    }
}

/// Pixels over others: `over + below × (1 − alpha)` for each colour.
///
/// A source whose colours are more than its alpha allows is cut to white and not carried into a neighbour. Written so
/// that the compiler does many bytes at once.
fn blend_run(over: &mut [u8; RUN_BYTES], below: &[u8; RUN_BYTES]) {
    let mut rest = [0; RUN_BYTES];
    for (rest, pixel) in rest.as_chunks_mut::<4>().0.iter_mut().zip(over.as_chunks::<4>().0) {
        // The same byte four times.
        *rest = (u32::from(!pixel[3]) * 0x0101_0101).to_le_bytes();
    }
    for ((over, below), rest) in over.iter_mut().zip(below).zip(&rest) {
        // x / 255, rounded, for x up to 255 × 255.
        let product = u16::from(*below) * u16::from(*rest) + 0x80;
        *over = over.saturating_add(((product + (product >> 8)) >> 8) as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::sync::atomic::AtomicU64;
    use proptest::prelude::*;

    /// One pixel over another.
    fn blended(over: u32, below: u32) -> u32 {
        let mut pixels = [0; RUN_BYTES];
        let mut lower = [0; RUN_BYTES];
        pixels[36..40].copy_from_slice(&over.to_le_bytes());
        lower[36..40].copy_from_slice(&below.to_le_bytes());
        blend_run(&mut pixels, &lower);
        assert!(pixels[..36].iter().chain(&pixels[40..]).all(|byte| *byte == 0));
        u32::from_le_bytes(pixels.as_chunks::<4>().0[9])
    }

    #[test]
    fn runs_that_hide_all_or_show_nothing_are_not_computed() {
        assert_eq!(looks_of(&[0; 16]), Looks::Nothing);
        assert_eq!(looks_of(&[7, 0, 3, 255, 1, 1, 1, 255]), Looks::Opaque);
        assert_eq!(looks_of(&[0, 0, 0, 255, 0, 0, 0, 0]), Looks::Mixed);
        // Light that is added: it has no alpha, and is to be seen.
        assert_eq!(looks_of(&[9, 0, 0, 0]), Looks::Mixed);
    }

    proptest! {
        #[test]
        fn a_part_is_blended_pixel_by_pixel_wherever_it_begins(
            over in prop::collection::vec(any::<u32>(), 80), below: u32, x in 0..9_usize, width in 0..70_usize,
        ) {
            let words = || [const { AtomicU64::new(0) }; 40];
            let (source, target) = (words(), words());
            let pixels = |words| Pixels { memory: SharedMemory::of_words(words), offset: 0, pitch: 320 };
            let (source, target) = (pixels(&source), pixels(&target));
            for (index, word) in over.iter().enumerate() {
                source.fill((index, 0), (1, 1), *word);
            }
            target.fill((0, 0), (80, 1), below);
            target.blend((x, 0), &source, (x, 0), (width, 1));
            let mut bytes = [0; 320];
            target.memory.read(0, &mut bytes).unwrap();
            for (index, pixel) in bytes.as_chunks::<4>().0.iter().enumerate() {
                let is_inside = (x..x + width).contains(&index);
                let expected = if is_inside { blended(over[index], below) } else { below };
                prop_assert_eq!(u32::from_le_bytes(*pixel), expected, "{}", index);
            }
        }
    }

    #[test]
    fn full_and_no_alpha_are_one_picture_or_the_other() {
        assert_eq!(blended(0xFF12_3456, 0xFFAB_CDEF), 0xFF12_3456);
        assert_eq!(blended(0, 0xFFAB_CDEF), 0xFFAB_CDEF);
        assert_eq!(blended(0x8080_8080, 0xFF00_0000) >> 24, 0xFF);
    }

    proptest! {
        #[test]
        fn each_colour_is_blended_by_itself(over: u32, below: u32) {
            let alpha = over >> 24;
            for shift in [0, 8, 16] {
                let (one, other) = (over >> shift & 0xFF, below >> shift & 0xFF);
                let exact = (f64::from(one) + f64::from(other) * f64::from(255 - alpha) / 255.0).min(255.0);
                let found = f64::from(blended(over, below) >> shift & 0xFF);
                prop_assert!((exact - found).abs() <= 0.6, "{over:x} {below:x} {shift}: {exact} {found}");
            }
        }
    }

    #[test]
    fn a_part_of_a_picture_is_copied_and_nothing_beside_it() {
        let (source, target) =
            ([const { AtomicU64::new(0) }; 32], [const { AtomicU64::new(0) }; 32]);
        let pixels = |words| Pixels { memory: SharedMemory::of_words(words), offset: 0, pitch: 32 };
        let (source, target) = (pixels(&source), pixels(&target));
        source.memory.write(0, &[7; 256]).unwrap();
        target.copy((2, 1), &source, (0, 0), (3, 4));
        let mut bytes = [0; 256];
        target.memory.read(0, &mut bytes).unwrap();
        for (index, pixel) in bytes.as_chunks::<4>().0.iter().enumerate() {
            let (x, y) = (index % 8, index / 8);
            let is_inside = (2..5).contains(&x) && (1..5).contains(&y);
            assert_eq!(*pixel, [if is_inside { 7 } else { 0 }; 4], "{x}, {y}");
        }
        // What lies behind the end is left out.
        target.copy((0, 7), &source, (0, 0), (8, 3));
    }
}
