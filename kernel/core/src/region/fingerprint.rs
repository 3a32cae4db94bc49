//! Fingerprints of pages: whether one has memory, and whether that seems to have changed.
//!
//! Who shows a region's pages to a person asks for these many times a second. So only some of a page's bytes are looked
//! at: its first ones, where lists and counters have their heads, and a few from all over it.

use super::object::Region;
use crate::mm::Frame;
use arch::addr::PAGE_SIZE;

/// Bytes that are looked at in one place.
const PIECE: usize = 32;
/// The places; the first two are one behind the other.
const PLACES: [usize; 6] = [0, 32, 0x340, 0x6E0, 0xA80, 0xFE0];

const _: () = assert!(PLACES[5] + PIECE <= PAGE_SIZE);

impl Region {
    /// 0 for a page without memory, else a number that changes with the bytes that are looked at.
    pub fn fingerprint(&self, page: usize) -> u32 {
        self.existing_page((page * PAGE_SIZE) as u64).map_or(0, |frame| of(&frame))
    }
}

fn of(frame: &Frame) -> u32 {
    let mut sum = 1_u64;
    let mut piece = [0; PIECE];
    for place in PLACES {
        frame.read(place, &mut piece);
        for word in piece.as_chunks::<8>().0 {
            sum = (sum.rotate_left(7) ^ u64::from_le_bytes(*word))
                .wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
    }
    ((sum >> 32) as u32).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mm::MemoryObject;
    use crate::region::RegionAttributes;
    use crate::testing::set_up_memory;

    #[test]
    fn a_page_is_nothing_until_it_has_memory_and_then_changes_with_its_bytes() {
        set_up_memory();
        let attributes = RegionAttributes { mode: 0o600, uid: 0, gid: 0 };
        let region = Region::create(attributes, 3 * PAGE_SIZE as u64).unwrap();
        assert_eq!(region.fingerprint(1), 0);
        let frame = region.page(1).unwrap();
        let empty = region.fingerprint(1);
        assert_ne!(empty, 0);
        for place in PLACES {
            let before = region.fingerprint(1);
            frame.write(place + PIECE - 1, &[7]);
            assert_ne!(region.fingerprint(1), before);
        }
        assert_eq!(
            (region.fingerprint(0), region.fingerprint(2), region.fingerprint(usize::MAX >> 12)),
            (0, 0, 0)
        );
    }
}
