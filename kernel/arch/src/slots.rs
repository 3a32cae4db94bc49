//! Which slots of the stack area are taken.

use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

const BITS: usize = u64::BITS as usize;

/// A set of slots that cores take from and return to without a lock.
pub struct Slots<const WORDS: usize> {
    taken: [AtomicU64; WORDS],
    /// The word to look at first.
    hint: AtomicUsize,
}

impl<const WORDS: usize> Slots<WORDS> {
    /// All free but the first `reserved`, which fit in one word.
    pub const fn new(reserved: usize) -> Self {
        assert!(reserved < BITS);
        let mut taken = [const { AtomicU64::new(0) }; WORDS];
        taken[0] = AtomicU64::new((1 << reserved) - 1);
        Self { taken, hint: AtomicUsize::new(0) }
    }

    /// Takes a free slot, if there is any.
    pub fn take(&self) -> Option<usize> {
        let hint = self.hint.load(Ordering::Relaxed);
        for step in 0..WORDS {
            let word = (hint + step) % WORDS;
            let mut taken = self.taken[word].load(Ordering::Relaxed);
            while taken != u64::MAX {
                let bit = taken.trailing_ones() as usize;
                let before = self.taken[word].fetch_or(1 << bit, Ordering::Acquire);
                if before & 1 << bit == 0 {
                    self.hint.store(word, Ordering::Relaxed);
                    return Some(word * BITS + bit);
                }
                taken = before;
            }
        }
        None
    }

    /// Returns a slot that was taken and that nothing refers to any more.
    pub fn give_back(&self, slot: usize) {
        let bit = 1 << (slot % BITS);
        let before = self.taken[slot / BITS].fetch_and(!bit, Ordering::Release);
        debug_assert!(before & bit != 0, "slot {slot} is given back twice");
        self.hint.store(slot / BITS, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::vec::Vec;

    #[test]
    fn every_slot_but_the_reserved_is_taken_once_and_then_none_is_left() {
        let slots = Slots::<2>::new(8);
        let taken: BTreeSet<_> = core::iter::from_fn(|| slots.take()).collect();
        assert_eq!(taken, (8..128).collect());
        slots.give_back(77);
        assert_eq!((slots.take(), slots.take()), (Some(77), None));
    }

    #[test]
    fn cores_that_take_at_the_same_time_get_different_slots() {
        let slots = Slots::<8>::new(0);
        let mut all: Vec<_> = std::thread::scope(|scope| {
            let take = || core::iter::from_fn(|| slots.take()).take(128).collect::<Vec<_>>();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(take)).collect();
            threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
        });
        all.sort_unstable();
        assert!(all.iter().copied().eq(0..512));
    }
}
