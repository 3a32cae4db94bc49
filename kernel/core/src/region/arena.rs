//! The commons: addresses that a region has in every process, for as long as it lives.
//!
//! Behind each range a unit stays free, so that running off a region's end never gets into the
//! next one. A range comes back when its region is dropped.

use crate::mm::COMMONS;
use crate::sync::{Lock, Rank};
use abi::Errno;
use alloc::collections::BTreeMap;
use arch::addr::{UNIT_SIZE, VirtAddr};
use core::ops::Range;

/// What is taken: the first address of each range, and the first behind its guard.
struct Arena {
    bounds: Range<usize>,
    taken: BTreeMap<usize, usize>,
}

static ARENA: Lock<Arena> = Lock::new(Rank::Commons, Arena::new(COMMONS));

impl Arena {
    const fn new(bounds: Range<usize>) -> Self {
        Self { bounds, taken: BTreeMap::new() }
    }

    /// Takes the first gap with so many bytes, which are whole units.
    fn take(&mut self, bytes: usize) -> Option<usize> {
        let needed = bytes.checked_add(UNIT_SIZE)?;
        let mut start = self.bounds.start + UNIT_SIZE;
        for (next, end) in &self.taken {
            if next - start >= needed {
                break;
            }
            start = *end;
        }
        let end = start.checked_add(needed).filter(|end| *end <= self.bounds.end)?;
        self.taken.insert(start, end);
        Some(start)
    }

    fn give(&mut self, start: usize) {
        self.taken.remove(&start);
        crate::room::give_back_map(&mut self.taken);
    }
}

/// The addresses that one region has.
pub struct CommonAddress {
    start: VirtAddr,
    bytes: usize,
}

impl CommonAddress {
    /// Addresses for a region that may get so long.
    pub fn new(maximum: u64) -> Result<Self, Errno> {
        let bytes = usize::try_from(maximum.max(1)).map_err(|_| Errno::ENOMEM)?;
        let bytes = bytes.checked_next_multiple_of(UNIT_SIZE).ok_or(Errno::ENOMEM)?;
        let start = ARENA.lock().take(bytes).ok_or(Errno::ENOMEM)?;
        Ok(Self { start: VirtAddr::new(start), bytes })
    }

    /// The first address.
    pub const fn start(&self) -> VirtAddr {
        self.start
    }

    /// How many bytes of addresses there are.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Drop for CommonAddress {
    fn drop(&mut self) {
        ARENA.lock().give(self.start.value());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const UNIT: usize = UNIT_SIZE;

    #[test]
    fn a_range_has_a_free_unit_on_either_side_and_comes_back() {
        let mut arena = Arena::new(0..8 * UNIT);
        assert_eq!(arena.take(2 * UNIT), Some(UNIT));
        assert_eq!(arena.take(3 * UNIT), Some(4 * UNIT));
        assert_eq!(arena.take(UNIT), None);
        arena.give(UNIT);
        assert_eq!(arena.take(UNIT), Some(UNIT));
        assert_eq!(arena.take(usize::MAX - UNIT), None);
    }

    proptest! {
        #[test]
        fn ranges_in_use_never_touch(steps in prop::collection::vec((1..5_usize, any::<prop::sample::Index>()), 1..100)) {
            let mut arena = Arena::new(UNIT..40 * UNIT);
            let mut taken: Vec<(usize, usize)> = Vec::new();
            for (units, index) in steps {
                match arena.take(units * UNIT) {
                    Some(start) => {
                        let end = start + units * UNIT;
                        prop_assert!(start >= 2 * UNIT && end + UNIT <= 40 * UNIT);
                        let apart = |other: &(usize, usize)| {
                            start >= other.1 + UNIT || other.0 >= end + UNIT
                        };
                        prop_assert!(taken.iter().all(apart));
                        taken.push((start, end));
                    }
                    None if taken.is_empty() => prop_assert!(false, "an empty arena has room"),
                    None => arena.give(taken.swap_remove(index.index(taken.len())).0),
                }
            }
        }
    }
}
