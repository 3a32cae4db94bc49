//! How a surface lies in its region: a page for the header, then two buffers of pixels.
//!
//! The client draws into the buffer that is not shown. What is written here is written by the client, and by the
//! display server only [`SHOWN`]; the server believes the sizes that it was told when the surface was opened, and
//! checks those against the region's length.

use super::rows::PIXEL_BYTES;

/// Where the server counts the commits that it has shown: a 32-bit word that clients sleep on.
pub const SHOWN: usize = 0;
/// Where the first buffer begins.
const BUFFERS_AT: usize = 4096;
/// A buffer begins at a multiple of this.
const ALIGNMENT: usize = 4096;
/// Pixels of a side at most.
pub const SIDE_MAX: u32 = 4096;

/// The size of a surface.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Layout {
    width: u32,
    height: u32,
}

impl Layout {
    /// The layout of a surface of this size, unless one has no pixels or too many.
    pub const fn new(width: u32, height: u32) -> Option<Self> {
        if width == 0 || height == 0 || width > SIDE_MAX || height > SIDE_MAX {
            return None;
        }
        Some(Self { width, height })
    }

    /// Pixels of a row.
    pub const fn width(self) -> u32 {
        self.width
    }

    /// Rows.
    pub const fn height(self) -> u32 {
        self.height
    }

    /// Bytes from one row to the next.
    pub const fn pitch(self) -> usize {
        self.width as usize * PIXEL_BYTES
    }

    /// Where a buffer, 0 or 1, begins in the region.
    pub const fn buffer(self, index: usize) -> usize {
        BUFFERS_AT + index * (self.pitch() * self.height as usize).next_multiple_of(ALIGNMENT)
    }

    /// Bytes of the region.
    pub const fn bytes(self) -> usize {
        self.buffer(2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_surface_fits_into_its_region_and_a_larger_one_is_none() {
        let largest = Layout::new(SIDE_MAX, SIDE_MAX).unwrap();
        assert_eq!(largest.bytes(), 4096 + 2 * (4096 * 4096 * 4));
        assert_eq!(Layout::new(SIDE_MAX + 1, 1), None);
        assert_eq!(Layout::new(1, 0), None);
    }

    #[test]
    fn buffers_do_not_overlap() {
        for (width, height) in [(1, 1), (33, 31), (1024, 768)] {
            let layout = Layout::new(width, height).unwrap();
            let bytes = layout.pitch() * height as usize;
            assert!(layout.buffer(0) > SHOWN && layout.buffer(1) >= layout.buffer(0) + bytes);
            assert!(layout.bytes() >= layout.buffer(1) + bytes);
        }
    }
}
