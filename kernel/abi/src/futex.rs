//! Futex operations.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Sleep while the word has the expected value.
pub const FUTEX_WAIT: u32 = 0;
/// Wake up to a number of sleepers.
pub const FUTEX_WAKE: u32 = 1;
/// Wake some sleepers and let others sleep on another word.
pub const FUTEX_REQUEUE: u32 = 3;
/// As `FUTEX_REQUEUE`, if the word has the expected value.
pub const FUTEX_CMP_REQUEUE: u32 = 4;
/// Change another word, wake some sleepers, and, if that word was right, some of its own.
pub const FUTEX_WAKE_OP: u32 = 5;
/// As `FUTEX_WAIT`, with an absolute deadline and a mask.
pub const FUTEX_WAIT_BITSET: u32 = 9;
/// As `FUTEX_WAKE`, with a mask.
pub const FUTEX_WAKE_BITSET: u32 = 10;
/// Flag: the word is used by one process only.
pub const FUTEX_PRIVATE_FLAG: u32 = 128;
/// Flag: the deadline is on the real-time clock.
pub const FUTEX_CLOCK_REALTIME: u32 = 256;
/// The mask that matches every sleeper.
pub const FUTEX_BITSET_MATCH_ANY: u32 = u32::MAX;

/// In a lock word: the thread that holds the lock.
pub const FUTEX_TID_MASK: u32 = 0x3FFF_FFFF;
/// In a lock word: its holder has died.
pub const FUTEX_OWNER_DIED: u32 = 0x4000_0000;
/// In a lock word: others wait for it.
pub const FUTEX_WAITERS: u32 = 0x8000_0000;

/// The head of a thread's list of robust locks (`set_robust_list`).
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct RobustListHead {
    /// The first entry, or the head itself; bit 0 marks a lock with priority inheritance.
    pub next: u64,
    /// What is added to an entry's address to get its lock word's.
    pub offset: i64,
    /// The entry of a lock that is being taken or freed; 0 for none.
    pub pending: u64,
}

/// What `FUTEX_WAKE_OP` does to the second word, and how it compares what was there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct WakeOperation(u32);

impl WakeOperation {
    /// From the call's sixth argument; `None` if it names no operation or no comparison.
    pub const fn new(bits: u32) -> Option<Self> {
        let (operation, comparison) = (bits >> 28 & 7, bits >> 24 & 15);
        if operation > 4 || comparison > 5 { None } else { Some(Self(bits)) }
    }

    /// The word's next value.
    pub const fn apply(self, old: u32) -> u32 {
        let given = Self::extended(self.0 >> 12);
        let operand = if self.0 >> 31 == 1 { 1 << (given & 31) } else { given };
        match self.0 >> 28 & 7 {
            0 => operand,
            1 => old.wrapping_add(operand),
            2 => old | operand,
            3 => old & !operand,
            _ => old ^ operand,
        }
    }

    /// Whether the comparison holds for what was there.
    pub const fn holds(self, old: u32) -> bool {
        let (old, argument) = (old as i32, Self::extended(self.0) as i32);
        match self.0 >> 24 & 15 {
            0 => old == argument,
            1 => old != argument,
            2 => old < argument,
            3 => old <= argument,
            4 => old > argument,
            _ => old >= argument,
        }
    }

    /// A field of 12 bits with a sign.
    const fn extended(field: u32) -> u32 {
        ((field << 20) as i32 >> 20) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(operation: u32, operand: u32, comparison: u32, argument: u32) -> WakeOperation {
        let bits = operation << 28 | comparison << 24 | (operand & 0xFFF) << 12 | argument & 0xFFF;
        WakeOperation::new(bits).unwrap()
    }

    #[test]
    fn a_word_is_set_added_to_and_changed_bit_by_bit() {
        for (number, wanted) in [7, 13, 7, 0, 1].into_iter().enumerate() {
            assert_eq!(operation(number as u32, 7, 0, 0).apply(6), wanted, "{number}");
        }
        assert_eq!(operation(1, u32::MAX, 0, 0).apply(6), 5);
        assert_eq!(operation(8, 4, 0, 0).apply(9), 16);
    }

    #[test]
    fn comparisons_are_of_numbers_with_a_sign() {
        let holds =
            |comparison, old: i32| operation(0, 0, comparison, -2_i32 as u32).holds(old as u32);
        assert!(holds(0, -2) && !holds(0, 2));
        assert!(holds(1, 2) && holds(2, -3) && holds(3, -2));
        assert!(holds(4, 0) && holds(5, -2) && !holds(5, -3));
    }

    #[test]
    fn what_names_no_operation_is_none() {
        assert_eq!(WakeOperation::new(5 << 28), None);
        assert_eq!(WakeOperation::new(6 << 24), None);
    }
}
