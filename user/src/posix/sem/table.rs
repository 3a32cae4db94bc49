//! Which named semaphores the process has open: each once, at one address, however often it was
//! opened.

use super::object::Semaphore;
use alloc::vec::Vec;
use core::ptr::NonNull;

/// What tells a file from all others.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Identity {
    /// The file system.
    pub device: u64,
    /// The file in it.
    pub inode: u64,
}

struct Entry {
    identity: Identity,
    address: NonNull<Semaphore>,
    users: usize,
}

/// The open semaphores.
#[derive(Default)]
pub struct Table {
    entries: Vec<Entry>,
}

// SAFETY: the addresses are of mapped shared memory, which every thread of the process reaches.
unsafe impl Send for Table {}

impl Table {
    /// No semaphores.
    pub const fn new() -> Self {
        Self { entries: Vec::new() }
    }

    /// The address of the semaphore if it is open, which it is once more then.
    pub fn again(&mut self, identity: Identity) -> Option<NonNull<Semaphore>> {
        let entry = self.entries.iter_mut().find(|entry| entry.identity == identity)?;
        entry.users += 1;
        Some(entry.address)
    }

    /// Adds one that was just mapped.
    pub fn add(&mut self, identity: Identity, address: NonNull<Semaphore>) {
        self.entries.push(Entry { identity, address, users: 1 });
    }

    /// Closes one, and says whether that was the last time: it is to be unmapped then.
    pub fn close(&mut self, address: NonNull<Semaphore>) -> Last {
        let Some(index) = self.entries.iter().position(|entry| entry.address == address) else {
            return Last::No;
        };
        self.entries[index].users -= 1;
        if self.entries[index].users > 0 {
            return Last::No;
        }
        self.entries.swap_remove(index);
        Last::Yes
    }
}

/// Whether a semaphore was closed for the last time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Last {
    /// It was.
    Yes,
    /// It is open on.
    No,
}
