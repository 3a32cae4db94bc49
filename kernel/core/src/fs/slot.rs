//! The slot of the SD card, which `/dev/mmcblk0` and `/sd` share.
//!
//! The card is brought up when it is first used. It is used by one thread at a time, which may
//! sleep meanwhile. One that was pulled is forgotten: the next use looks into the slot again.
//!
//! Who writes to the device could destroy the file system under those who use it. So either there are
//! such writers, or it is mounted.

use crate::board::{Storage, StorageError, board};
use crate::sched::SleepLock;
use abi::Errno;
use alloc::boxed::Box;
use alloc::sync::Arc;
use core::mem::take;

/// A slot, with the card in it once that is up.
pub struct Slot {
    card: SleepLock<Option<Box<dyn Storage>>>,
    user: SleepLock<User>,
}

/// Who uses the card as a whole.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum User {
    /// So many who have the device open for writing.
    Device(u32),
    /// The file system on it.
    FileSystem,
}

/// The right of a file system to the card, until it is dropped.
pub struct Claim(Arc<Slot>);

impl Drop for Claim {
    fn drop(&mut self) {
        *self.0.user.lock() = User::Device(0);
    }
}

impl Slot {
    /// A slot that nobody has looked into.
    pub const fn new() -> Self {
        Self { card: SleepLock::new(None), user: SleepLock::new(User::Device(0)) }
    }

    /// A slot with a card that is up.
    #[cfg(any(test, feature = "testing"))]
    pub fn holding(card: Box<dyn Storage>) -> Self {
        Self { card: SleepLock::new(Some(card)), ..Self::new() }
    }

    /// Does something with the card, which is brought up for it if it is not.
    pub fn with_card<T>(
        &self,
        operation: impl FnOnce(&mut dyn Storage) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        let mut slot = self.card.lock();
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

    /// Somebody has opened the device for writing; `EBUSY` while a file system is mounted.
    pub fn begin_writing(&self) -> Result<(), Errno> {
        match &mut *self.user.lock() {
            User::Device(writers) => *writers += 1,
            User::FileSystem => return Err(Errno::EBUSY),
        }
        Ok(())
    }

    /// It is closed again.
    pub fn end_writing(&self) {
        if let User::Device(writers) = &mut *self.user.lock() {
            *writers -= 1;
        }
    }

    /// Mounts a file system on the card, during which nobody begins to write; `EBUSY` while somebody does.
    pub fn mount<T>(
        self: &Arc<Self>,
        attempt: impl FnOnce() -> Result<T, Errno>,
    ) -> Result<(T, Claim), Errno> {
        let mut user = self.user.lock();
        if *user != User::Device(0) {
            return Err(Errno::EBUSY);
        }
        let made = attempt()?;
        *user = User::FileSystem;
        Ok((made, Claim(self.clone())))
    }

    /// Whether a card is up.
    #[cfg(test)]
    pub fn is_up(&self) -> bool {
        self.card.lock().is_some()
    }
}

/// What a call says of it.
pub const fn errno(error: StorageError) -> Errno {
    match error {
        StorageError::Absent => Errno::ENOMEDIUM,
        StorageError::Failed => Errno::EIO,
    }
}
