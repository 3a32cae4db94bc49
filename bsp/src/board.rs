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

    /// The ranges of RAM that the processor may use, from the firmware's answer to "ARM memory".
    ///
    /// That answer covers only what lies below 1 GiB; what a BCM2711 has above follows from the revision word.
    pub fn ram_ranges(&self, arm_memory: PhysRange) -> ArrayVec<PhysRange, 3> {
        let mut ranges = ArrayVec::new();
        let low_end = arm_memory.end().min(self.facts().low_ram_end);
        push_range(&mut ranges, arm_memory.start, low_end);
        if let (Soc::Bcm2711, Some(revision)) = (self.soc, self.revision) {
            let ram = revision.ram_bytes();
            push_range(&mut ranges, BCM2711_HIGH_RAM_START, ram.min(BCM2711_HIGH_RAM_END));
            push_range(&mut ranges, FOUR_GIB, ram);
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

fn push_range(ranges: &mut ArrayVec<PhysRange, 3>, start: u64, end: u64) {
    if start < end {
        ranges.push(PhysRange { start, len: end - start });
    }
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

    fn ram(board: Board, arm_memory: PhysRange) -> Vec<(u64, u64)> {
        board.ram_ranges(arm_memory).iter().map(|range| (range.start, range.end())).collect()
    }

    #[test]
    fn a_pi_3_has_the_memory_the_firmware_says() {
        assert_eq!(ram(board(A53, 0xA0_2082), QEMU_ARM_MEMORY), [(0, 0x3C00_0000)]);
        let zero = PhysRange { start: 0, len: 0x1C00_0000 };
        assert_eq!(ram(board(A53, 0x90_2120), zero), [(0, 0x1C00_0000)]);
    }

    #[test]
    fn a_pi_4_with_2_gib_has_its_second_gib_above_the_firmware() {
        let expected = [(0, 0x3C00_0000), (GIB, 2 * GIB)];
        assert_eq!(ram(board(A72, 0xB0_3115), QEMU_ARM_MEMORY), expected);
    }

    #[test]
    fn a_pi_4_with_1_gib_has_nothing_above_the_firmware() {
        assert_eq!(ram(board(A72, 0xA0_3111), QEMU_ARM_MEMORY), [(0, 0x3C00_0000)]);
    }

    #[test]
    fn a_pi_4_with_4_gib_stops_where_the_peripherals_begin() {
        let expected = [(0, 0x3C00_0000), (GIB, 0xFC00_0000)];
        assert_eq!(ram(board(A72, 0xC0_3114), QEMU_ARM_MEMORY), expected);
    }

    #[test]
    fn a_pi_4_with_8_gib_goes_on_above_the_peripherals() {
        let expected = [(0, 0x3C00_0000), (GIB, 0xFC00_0000), (4 * GIB, 8 * GIB)];
        assert_eq!(ram(board(A72, 0xD0_3114), QEMU_ARM_MEMORY), expected);
    }

    #[test]
    fn without_a_revision_only_the_first_range_is_used() {
        let board = Board::from_midr(A72).unwrap();
        assert_eq!(ram(board, QEMU_ARM_MEMORY), [(0, 0x3C00_0000)]);
        assert_eq!(board.to_string(), "unknown board with BCM2711");
    }

    #[test]
    fn an_answer_that_reaches_into_the_peripherals_is_cut() {
        let all = PhysRange { start: 0, len: u64::MAX };
        assert_eq!(ram(board(A53, 0xA0_2082), all), [(0, 0x3F00_0000)]);
        let none = PhysRange { start: 0x5000_0000, len: 0x1000 };
        assert_eq!(ram(board(A53, 0xA0_2082), none), []);
    }

    #[test]
    fn a_revision_of_another_system_on_chip_is_left_out() {
        assert_eq!(board(A53, 0xB0_3115).revision(), None);
        assert_eq!(board(A53, 0xA0_2082).to_string(), "Raspberry Pi 3B Rev 1.2");
    }
}
