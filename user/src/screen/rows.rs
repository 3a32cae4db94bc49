//! Rows of pixels from one shared memory to another: copied, or blended by their alpha.

use crate::shared::SharedMemory;

/// Bytes of a pixel, a word 0xAARRGGBB.
pub const PIXEL_BYTES: usize = 4;
/// Pixels that are blended at a time.
const RUN: usize = 64;

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
        for row in 0..height {
            let target = self.at(to.0, to.1 + row);
            let start = source.at(from.0, from.1 + row);
            // Who asks has checked both; memory that is not there is left alone all the same.
            let _ = self.memory.copy_from(target, &source.memory, start, width * PIXEL_BYTES);
        }
    }

    /// As [`Self::copy`], with each pixel weighed by its alpha; the source's colours are multiplied by it already.
    pub fn blend(
        &self,
        to: (usize, usize),
        source: &Self,
        from: (usize, usize),
        (width, height): (usize, usize),
    ) {
        let (mut over, mut below) = ([0; RUN * PIXEL_BYTES], [0; RUN * PIXEL_BYTES]);
        for row in 0..height {
            for first in (0..width).step_by(RUN) {
                let bytes = (width - first).min(RUN) * PIXEL_BYTES;
                let target = self.at(to.0 + first, to.1 + row);
                let start = source.at(from.0 + first, from.1 + row);
                let (over, below) = (&mut over[..bytes], &mut below[..bytes]);
                if source.memory.read(start, over).is_none() {
                    return;
                }
                let is_opaque = over.as_chunks::<4>().0.iter().all(|pixel| pixel[3] == u8::MAX);
                if !is_opaque && self.memory.read(target, below).is_some() {
                    let pixels = over.as_chunks_mut::<4>().0.iter_mut();
                    pixels.zip(below.as_chunks::<4>().0).for_each(|(over, below)| {
                        *over = blended(u32::from_le_bytes(*over), u32::from_le_bytes(*below))
                            .to_le_bytes();
                    });
                }
                let _ = self.memory.write(target, over);
            }
        }
    }
}

/// One pixel over another: `over + below × (1 − alpha)`, two colours at a time.
///
/// A source whose colours are more than its alpha allows is cut to white and not carried into a neighbour.
pub const fn blended(over: u32, below: u32) -> u32 {
    const PAIR: u32 = 0x00FF_00FF;
    let rest = 255 - (over >> 24);
    // x / 255, rounded, for x up to 255 × 255.
    let low = (below & PAIR) * rest + 0x0080_0080;
    let low = ((low + (low >> 8 & PAIR)) >> 8) & PAIR;
    let high = (below >> 8 & PAIR) * rest + 0x0080_0080;
    let high = ((high + (high >> 8 & PAIR)) >> 8) & PAIR;
    saturated(over & PAIR, low) | saturated(over >> 8 & PAIR, high) << 8
}

/// The sum of two pairs of colours, each at most 255.
const fn saturated(one: u32, other: u32) -> u32 {
    let sum = one + other;
    let overflow = sum >> 8 & 0x0001_0001;
    (sum | (overflow * 0xFF)) & 0x00FF_00FF
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::sync::atomic::AtomicU64;
    use proptest::prelude::*;

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
