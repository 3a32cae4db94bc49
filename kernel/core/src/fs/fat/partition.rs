//! Where on a card the file system is: in the first partition that is made for FAT, or all over it.
//!
//! The partition table is the one of the master boot record: four entries of 16 bytes at 446, each
//! with its type at 4, its first block at 8 and its number of blocks at 12.

use crate::board::BLOCK_BYTES;
use core::ops::Range;

const SIGNATURE: [u8; 2] = [0x55, 0xAA];
const TABLE: usize = 446;
const ENTRY: usize = 16;
/// The types of partitions that hold FAT: FAT12, FAT16 in three sizes, FAT32 in two.
const FAT_TYPES: [u8; 6] = [0x01, 0x04, 0x06, 0x0E, 0x0B, 0x0C];
/// A boot sector that is FAT's own begins with a jump, one of these.
const JUMPS: [u8; 2] = [0xEB, 0xE9];

/// The blocks of the file system on a card that begins with this block and has so many.
pub fn find(first: &[u8; BLOCK_BYTES], blocks: u64) -> Option<Range<u64>> {
    if !first.ends_with(&SIGNATURE) {
        return None;
    }
    let (entries, _) = first[TABLE..TABLE + 4 * ENTRY].as_chunks::<ENTRY>();
    let range = |entry: &[u8; ENTRY]| {
        let word = |at: usize| {
            let bytes = [entry[at], entry[at + 1], entry[at + 2], entry[at + 3]];
            u64::from(u32::from_le_bytes(bytes))
        };
        let (start, count) = (word(8), word(12));
        let is_sound = start > 0 && count > 0 && start + count <= blocks;
        (FAT_TYPES.contains(&entry[4]) && is_sound).then(|| start..start + count)
    };
    let partition = entries.iter().find_map(range);
    // A card without partitions: what looks like the table's entries is code there.
    partition.or_else(|| JUMPS.contains(&first[0]).then_some(0..blocks))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn table(kind: u8, start: u32, count: u32) -> [u8; BLOCK_BYTES] {
        let mut block = [0; BLOCK_BYTES];
        // The second entry: the first is of something else.
        block[TABLE + 4] = 0x83;
        block[TABLE + ENTRY + 4] = kind;
        block[TABLE + ENTRY + 8..][..4].copy_from_slice(&start.to_le_bytes());
        block[TABLE + ENTRY + 12..][..4].copy_from_slice(&count.to_le_bytes());
        block[510..].copy_from_slice(&SIGNATURE);
        block
    }

    #[test]
    fn the_first_partition_of_a_fat_type_is_taken() {
        assert_eq!(find(&table(0x0C, 8192, 1000), 10_000), Some(8192..9192));
        assert_eq!(find(&table(0x83, 8192, 1000), 10_000), None);
        assert_eq!(find(&[0; BLOCK_BYTES], 10_000), None);
    }

    #[test]
    fn a_partition_that_the_card_does_not_have_is_none() {
        assert_eq!(find(&table(0x0B, 8192, 1000), 9191), None);
        assert_eq!(find(&table(0x0B, u32::MAX, u32::MAX), 10_000), None);
        assert_eq!(find(&table(0x0B, 0, 1000), 10_000), None);
        assert_eq!(find(&table(0x0B, 1, 0), 10_000), None);
    }

    #[test]
    fn a_card_without_partitions_is_one() {
        let mut block = table(0, 0, 0);
        block[0] = 0xEB;
        assert_eq!(find(&block, 77), Some(0..77));
    }

    proptest! {
        #[test]
        fn what_is_found_is_on_the_card(bytes in prop::collection::vec(any::<u8>(), BLOCK_BYTES), blocks in 0..10_000_000_000_u64) {
            let mut block: [u8; BLOCK_BYTES] = bytes.try_into().unwrap();
            block[510..].copy_from_slice(&SIGNATURE);
            if let Some(found) = find(&block, blocks) {
                prop_assert!(found.end <= blocks);
            }
        }
    }
}
