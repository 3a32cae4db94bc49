//! The sizes that objects are rounded up to.

use arch::addr::PAGE_SIZE;
use core::alloc::Layout;

/// The book-keeping at the start of a slab takes as much.
pub const HEADER_BYTES: usize = 64;
/// A slab is one frame.
pub const SLAB_BYTES: usize = PAGE_SIZE;
/// Objects above this get frames of their own.
pub const MAX_BYTES: usize = 2048;

/// Powers of two for objects that want to be aligned to them, and between and above them sizes of
/// which a slab holds a whole number: two of 2016, three of 1344, and so on.
pub const SIZES: [u16; 19] =
    [16, 32, 48, 64, 96, 128, 192, 256, 336, 400, 496, 512, 672, 800, 1008, 1024, 1344, 2016, 2048];

const MIN_BYTES: usize = 16;
/// For each number of 16-byte steps, the first class that is large enough.
static CLASS_OF_STEPS: [u8; MAX_BYTES / MIN_BYTES + 1] = {
    let mut table = [0; MAX_BYTES / MIN_BYTES + 1];
    let mut class = 0;
    let mut steps = 0;
    while steps < table.len() {
        if steps * MIN_BYTES > SIZES[class] as usize {
            class += 1;
        }
        table[steps] = class as u8;
        steps += 1;
    }
    table
};

/// The class for a layout; `None` if it needs frames of its own.
#[inline(always)]
pub fn class_of(layout: Layout) -> Option<usize> {
    let first = *CLASS_OF_STEPS.get(layout.size().div_ceil(MIN_BYTES))?;
    let mut class = usize::from(first);
    if layout.align() <= MIN_BYTES {
        // As aligned as that is every object: all sizes are multiples of it.
        return Some(class);
    }
    while alignment(usize::from(*SIZES.get(class)?)) < layout.align() {
        class += 1;
    }
    Some(class)
}

/// What all multiples of a size are aligned to.
const fn alignment(size: usize) -> usize {
    1 << size.trailing_zeros()
}

/// Where the first object of a size lies in its slab.
pub const fn first_offset(size: usize) -> usize {
    HEADER_BYTES.next_multiple_of(alignment(size))
}

/// How many objects of a size a slab holds.
pub const fn capacity(size: usize) -> usize {
    (SLAB_BYTES - first_offset(size)) / size
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn layout(size: usize, align: usize) -> Layout {
        Layout::from_size_align(size, align).unwrap()
    }

    #[test]
    fn two_objects_of_a_third_of_a_page_and_a_half_share_a_slab() {
        assert_eq!(capacity(2016), 2);
        assert_eq!(capacity(1344), 3);
        assert_eq!(capacity(1008), 4);
        assert_eq!(capacity(16), 252);
    }

    #[test]
    fn objects_above_half_a_page_or_aligned_to_more_have_no_class() {
        assert_eq!(class_of(layout(2049, 8)), None);
        assert_eq!(class_of(layout(16, 4096)), None);
        assert!(class_of(layout(2048, 8)).is_some());
        assert!(class_of(layout(1, 2048)).is_some());
    }

    proptest! {
        #[test]
        fn every_object_of_a_class_is_large_and_aligned_enough(
            size in 1..=MAX_BYTES, align in (0..=11_u32).prop_map(|shift| 1_usize << shift),
        ) {
            let class = usize::from(SIZES[class_of(layout(size, align)).unwrap()]);
            prop_assert!(class >= size);
            for index in 0..capacity(class) {
                let start = first_offset(class) + index * class;
                prop_assert!(start >= HEADER_BYTES && start + class <= SLAB_BYTES);
                prop_assert_eq!(start % align, 0);
            }
        }

        #[test]
        fn no_smaller_class_would_do(size in 1..=MAX_BYTES) {
            let class = class_of(layout(size, 8)).unwrap();
            prop_assert!(class == 0 || usize::from(SIZES[class - 1]) < size);
        }
    }
}
