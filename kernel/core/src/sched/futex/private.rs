//! Private words that become others: their pages are handed over while their owner keeps them.
//!
//! Who sleeps on one is woken then, and looks again.

use super::buckets;
use super::sleep::Sleep;
use super::wake_in;
use crate::atomic::{AtomicUsize, Ordering};
use crate::mm::Location;
use arch::addr::PageRange;

const COUNTERS: usize = 64;

/// Who sleeps on a private word, or is about to, by the address space's number: most that hand pages
/// over have nobody to wake.
static SLEEPERS: [AtomicUsize; COUNTERS] = [const { AtomicUsize::new(0) }; COUNTERS];

/// A place in the count of those who sleep on private words.
pub struct Counted(&'static AtomicUsize);

impl Counted {
    /// Counts the caller, if the word is private.
    pub fn new(location: Location) -> Option<Self> {
        let Location::Private(space, _) = location else { return None };
        let counter = sleepers(space);
        counter.fetch_add(1, Ordering::Relaxed);
        Some(Self(counter))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

const fn sleepers(space: u64) -> &'static AtomicUsize {
    &SLEEPERS[space as usize % COUNTERS]
}

/// Wakes all who sleep on private words of an address space in a range whose pages have become an
/// object's or have left it.
pub fn private_words_changed(space: u64, range: PageRange) {
    // Who is counted later looks where its word is later, too, and finds it changed.
    if sleepers(space).load(Ordering::Relaxed) == 0 {
        return;
    }
    let bounds = range.start().value() as u64..range.end().value() as u64;
    let is_meant =
        |sleep: &Sleep| sleep.private_address(space).is_some_and(|it| bounds.contains(&it));
    for bucket in 0..buckets::COUNT {
        if !buckets::is_empty(bucket) {
            wake_in(bucket, u32::MAX, is_meant);
        }
    }
}
