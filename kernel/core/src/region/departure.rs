//! Departure words: how the members of a region learn that one of them has gone.
//!
//! A process names a word in a shared view. When its address space ends, however that happens,
//! the kernel adds 1 to the word and wakes all who wait on it. The word is reached through the
//! region, so it makes no difference what the process did to its views meanwhile.

use super::object::Region;
use crate::mm::Location;
use abi::Errno;
use alloc::sync::Arc;
use alloc::vec::Vec;
use arch::addr::PAGE_SIZE;

/// Words that one process may name at a time.
const WORDS: usize = 256;

/// A word of a region.
pub struct DepartureWord {
    region: Arc<Region>,
    offset: u64,
}

impl DepartureWord {
    /// The word at this offset, which must be a multiple of 4 within the region.
    pub fn new(region: Arc<Region>, offset: u64) -> Result<Self, Errno> {
        let fits = offset.checked_add(4).is_some_and(|end| end <= region.length());
        if !fits || !offset.is_multiple_of(4) || region.is_image() {
            return Err(Errno::EINVAL);
        }
        Ok(Self { region, offset })
    }

    fn is_at(&self, other: &Self) -> bool {
        self.region.id() == other.region.id() && self.offset == other.offset
    }

    /// Adds 1 to the word; returns the place whose waiters are to be woken.
    fn fire(self) -> Location {
        // A page that does not exist, in a region cut short since, has nobody waiting on it.
        if !self.region.is_constant()
            && let Ok(page) = self.region.page_in((self.offset / PAGE_SIZE as u64) as usize)
        {
            page.add_u32(self.offset as usize % PAGE_SIZE, 1);
        }
        Location::Object(self.region.id(), self.offset)
    }
}

/// The words that a process has named.
#[derive(Default)]
pub struct DepartureWords(Vec<DepartureWord>);

impl DepartureWords {
    /// None.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a word; naming one a second time changes nothing.
    pub fn add(&mut self, word: DepartureWord) -> Result<(), Errno> {
        if self.0.iter().any(|other| other.is_at(&word)) {
            return Ok(());
        }
        if self.0.len() == WORDS {
            return Err(Errno::ENOSPC);
        }
        self.0.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
        self.0.push(word);
        Ok(())
    }

    /// Takes a word out, so that it is not fired.
    pub fn remove(&mut self, word: &DepartureWord) -> Option<DepartureWord> {
        let index = self.0.iter().position(|other| other.is_at(word))?;
        let removed = self.0.swap_remove(index);
        if self.0.is_empty() {
            // What many words have made it hold is given back.
            self.0 = Vec::new();
        }
        Some(removed)
    }

    /// Fires all words; `wake` is called with the place of each.
    pub fn fire(self, mut wake: impl FnMut(Location)) {
        for word in self.0 {
            wake(word.fire());
        }
    }
}
