//! The slot of the SD card, which `/dev/mmcblk0` and `/sd` share.
//!
//! The card is brought up when it is first used. It is used by one thread at a time, which may
//! sleep meanwhile. One that was pulled is forgotten: the next use looks into the slot again.

use crate::board::{Storage, StorageError, board};
use crate::sched::SleepLock;
use abi::Errno;
use alloc::boxed::Box;
use core::mem::take;

/// A slot, with the card in it once that is up.
pub struct Slot(SleepLock<Option<Box<dyn Storage>>>);

impl Slot {
    /// A slot that nobody has looked into.
    pub const fn new() -> Self {
        Self(SleepLock::new(None))
    }

    /// A slot with a card that is up.
    #[cfg(test)]
    pub fn holding(card: Box<dyn Storage>) -> Self {
        Self(SleepLock::new(Some(card)))
    }

    /// Does something with the card, which is brought up for it if it is not.
    pub fn with_card<T>(
        &self,
        operation: impl FnOnce(&mut dyn Storage) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        let mut slot = self.0.lock();
        let card = match take(&mut *slot) {
            Some(card) => card,
            None => board().open_card()?,
        };
        let outcome = operation(slot.insert(card).as_mut());
        if outcome.as_ref().is_err_and(|error| *error == StorageError::Absent) {
            *slot = None;
        }
        outcome
    }

    /// Whether a card is up.
    #[cfg(test)]
    pub fn is_up(&self) -> bool {
        self.0.lock().is_some()
    }
}

/// What a call says of it.
pub const fn errno(error: StorageError) -> Errno {
    match error {
        StorageError::Absent => Errno::ENOMEDIUM,
        StorageError::Failed => Errno::EIO,
    }
}
