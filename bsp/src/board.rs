//! The board the kernel finds itself on: first its system on chip, later, from the firmware, its model and memory.

use core::fmt;

use arrayvec::ArrayVec;

use crate::revision::Revision;
use crate::soc::{PhysRange, Soc, SocFacts, UnsupportedProcessor};

/// The number of cores on every supported board.
pub const CORE_COUNT: usize = 4;

/// A board.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Board {
    soc: Soc,
    revision: Option<Revision>,
}

/// RAM of a BCM2711 ends here, where its peripherals begin, and goes on above 4 GiB.
const BCM2711_HIGH_RAM_START: u64 = 0x4000_0000;
const BCM2711_HIGH_RAM_END: u64 = 0xFC00_0000;
const FOUR_GIB: u64 = 1 << 32;
/// The most that a board with a BCM2711 has.
const MOST_RAM: u64 = 8 << 30;
/// Ranges of RAM above 1 GiB that are told apart.
pub const HIGH_RANGES: usize = 4;

impl Board {
    /// Finds the board by the value of MIDR_EL1, which can be read before anything is set up.
    pub const fn from_midr(midr: u64) -> Result<Self, UnsupportedProcessor> {
        match Soc::from_midr(midr) {
            Ok(soc) => Ok(Self { soc, revision: None }),
            Err(error) => Err(error),
        }
    }

    /// The same board with the revision word that the mailbox reported.
    ///
    /// A word that does not decode, or that names another system on chip than the processor does, is left out.
    #[must_use]
    pub fn with_revision_word(self, word: u32) -> Self {
        let revision = Revision::new(word).filter(|revision| revision.soc() == Some(self.soc));
        Self { revision, ..self }
    }

    /// The system on chip.
    pub const fn soc(&self) -> Soc {
        self.soc
    }

    /// Where the devices are.
    pub const fn facts(&self) -> &'static SocFacts {
        self.soc.facts()
    }

    /// The revision word, if the firmware gave a valid one.
    pub const fn revision(&self) -> Option<Revision> {
        self.revision
    }

    /// The RAM below 1 GiB that the processor may use, from the firmware's answer to "ARM memory".
    pub fn low_ram(&self, arm_memory: PhysRange) -> Option<PhysRange> {
        cut(arm_memory, PhysRange { start: 0, len: self.facts().low_ram_end })
    }

    /// The RAM above 1 GiB, which only a BCM2711 has: what the revision word says, and of that no more than the
    /// banks of a device tree that tells of any there. A board without a known revision has what the tree says.
    pub fn high_ram(&self, tree: &[PhysRange]) -> ArrayVec<PhysRange, HIGH_RANGES> {
        let mut ranges = ArrayVec::new();
        if self.soc != Soc::Bcm2711 {
            return ranges;
        }
        let ends_at = self.revision.map(Revision::ram_bytes);
        let is_told = tree.iter().any(|bank| bank.end() > BCM2711_HIGH_RAM_START);
        let windows = [
            (BCM2711_HIGH_RAM_START, ends_at.unwrap_or(MOST_RAM).min(BCM2711_HIGH_RAM_END)),
            (FOUR_GIB, ends_at.unwrap_or(MOST_RAM)),
        ];
        for (start, end) in windows {
            let window = PhysRange { start, len: end.saturating_sub(start) };
            if is_told {
                let banks = tree.iter().filter_map(|bank| cut(*bank, window));
                ranges.extend(banks.take(ranges.remaining_capacity()));
            } else if ends_at.is_some() && window.len > 0 {
                ranges.push(window);
            }
        }
        ranges
    }
}

impl fmt::Display for Board {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.revision {
            Some(revision) => revision.fmt(f),
            None => write!(f, "unknown board with {}", self.facts().name),
        }
    }
}

/// What of a range lies within another.
fn cut(range: PhysRange, within: PhysRange) -> Option<PhysRange> {
    let (start, end) = (range.start.max(within.start), range.end().min(within.end()));
    (start < end).then(|| PhysRange { start, len: end - start })
}

#[cfg(test)]
mod tests {
    use super::*;

    const A53: u64 = 0x410F_D034;
    const A72: u64 = 0x410F_D083;
    const GIB: u64 = 1 << 30;
    const QEMU_ARM_MEMORY: PhysRange = PhysRange { start: 0, len: 0x3C00_0000 };

    fn board(midr: u64, word: u32) -> Board {
        Board::from_midr(midr).unwrap().with_revision_word(word)
    }

    fn low(board: Board, arm_memory: PhysRange) -> Option<(u64, u64)> {
        board.low_ram(arm_memory).map(|range| (range.start, range.end()))
    }

    fn high(board: Board, tree: &[(u64, u64)]) -> Vec<(u64, u64)> {
        let banks: Vec<_> =
            tree.iter().map(|(start, end)| PhysRange { start: *start, len: end - start }).collect();
        board.high_ram(&banks).iter().map(|range| (range.start, range.end())).collect()
    }

    #[test]
    fn below_1_gib_is_what_the_firmware_says() {
        assert_eq!(low(board(A53, 0xA0_2082), QEMU_ARM_MEMORY), Some((0, 0x3C00_0000)));
        let zero = PhysRange { start: 0, len: 0x1C00_0000 };
        assert_eq!(low(board(A53, 0x90_2120), zero), Some((0, 0x1C00_0000)));
        assert_eq!(low(board(A72, 0xB0_3115), QEMU_ARM_MEMORY), Some((0, 0x3C00_0000)));
    }

    #[test]
    fn a_pi_3_has_nothing_above_1_gib_whatever_a_tree_says() {
        assert_eq!(high(board(A53, 0xA0_2082), &[(GIB, 2 * GIB)]), []);
    }

    #[test]
    fn a_pi_4_has_what_its_revision_says() {
        assert_eq!(high(board(A72, 0xA0_3111), &[]), [], "1 GiB");
        assert_eq!(high(board(A72, 0xB0_3115), &[]), [(GIB, 2 * GIB)]);
        assert_eq!(high(board(A72, 0xC0_3114), &[]), [(GIB, 0xFC00_0000)], "up to the peripherals");
        let all = [(GIB, 0xFC00_0000), (4 * GIB, 8 * GIB)];
        assert_eq!(high(board(A72, 0xD0_3114), &[]), all);
    }

    #[test]
    fn a_tree_that_tells_of_high_memory_takes_away_but_adds_nothing() {
        let eight = board(A72, 0xD0_3114);
        let tree = [(0, 0x3B40_0000), (GIB, 0xFC00_0000), (4 * GIB, 8 * GIB)];
        assert_eq!(high(eight, &tree), tree[1..]);
        assert_eq!(high(eight, &[(0, GIB / 2), (GIB, 3 * GIB)]), [(GIB, 3 * GIB)]);
        assert_eq!(high(board(A72, 0xB0_3115), &tree), [(GIB, 2 * GIB)], "not on the board");
        assert_eq!(
            high(eight, &[(0, 0x3C00_0000)]),
            [(GIB, 0xFC00_0000), (4 * GIB, 8 * GIB)],
            "as QEMU's"
        );
    }

    #[test]
    fn without_a_revision_a_tree_is_believed_where_memory_can_be() {
        let board = Board::from_midr(A72).unwrap();
        assert_eq!(high(board, &[]), []);
        assert_eq!(high(board, &[(0, 16 * GIB)]), [(GIB, 0xFC00_0000), (4 * GIB, 8 * GIB)]);
        assert_eq!(board.to_string(), "unknown board with BCM2711");
    }

    #[test]
    fn more_ranges_than_can_be_told_apart_are_left_out() {
        let tree: Vec<_> = (0..9).map(|n| (GIB + n * 8192, GIB + n * 8192 + 4096)).collect();
        assert_eq!(high(board(A72, 0xD0_3114), &tree).len(), HIGH_RANGES);
    }

    #[test]
    fn an_answer_that_reaches_into_the_peripherals_is_cut() {
        let all = PhysRange { start: 0, len: u64::MAX };
        assert_eq!(low(board(A53, 0xA0_2082), all), Some((0, 0x3F00_0000)));
        let none = PhysRange { start: 0x5000_0000, len: 0x1000 };
        assert_eq!(low(board(A53, 0xA0_2082), none), None);
    }

    #[test]
    fn a_revision_of_another_system_on_chip_is_left_out() {
        assert_eq!(board(A53, 0xB0_3115).revision(), None);
        assert_eq!(board(A53, 0xA0_2082).to_string(), "Raspberry Pi 3B Rev 1.2");
    }
}
