//! The bytes in a pipe: a queue of chunks of up to a page, allocated as they are needed.
//!
//! Small writes are put together in one chunk. So two neighbours hold more than a page's bytes
//! between them, and the queue takes at most about twice the pipe's capacity.

use crate::user_memory::UserData;
use abi::Errno;
use abi::limits::{PIPE_BUF, PIPE_CAPACITY};
use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// From this size on, a write keeps its chunk instead of being copied behind the last one.
const KEEP: usize = 2048;

/// Bytes that were written and not yet read.
pub struct Chunk {
    /// Always allocated whole, so that it can take more.
    storage: Vec<u8>,
    read: usize,
}

impl Chunk {
    /// A chunk of the next bytes of the data: all that are left, or as many as it holds.
    pub fn fill(spare: Option<Vec<u8>>, from: &mut UserData<'_>) -> Result<Self, Errno> {
        let mut storage = spare.unwrap_or_default();
        let length = from.remaining().min(PIPE_BUF);
        storage.clear();
        storage.try_reserve_exact(PIPE_BUF).map_err(|_| Errno::ENOMEM)?;
        storage.resize(length, 0);
        let taken = from.take(&mut storage)?;
        storage.truncate(taken);
        Ok(Self { storage, read: 0 })
    }

    /// The bytes that were not read.
    pub fn bytes(&self) -> &[u8] {
        &self.storage[self.read..]
    }

    /// Notes that this many of them are read.
    pub fn consume(&mut self, count: usize) {
        self.read += count;
    }

    /// Keeps the first bytes only.
    pub fn truncate(&mut self, length: usize) {
        self.storage.truncate(self.read + length);
    }

    const fn free(&self) -> usize {
        PIPE_BUF - self.storage.len()
    }
}

/// The bytes in a pipe.
pub struct Buffer {
    chunks: VecDeque<Chunk>,
    /// Bytes that readers have not copied, those of a chunk that is taken out included.
    length: usize,
    /// Unread bytes of the chunk that is taken out.
    taken: usize,
    /// An empty chunk's memory, kept so that a steady stream allocates nothing.
    spare: Option<Vec<u8>>,
}

impl Default for Buffer {
    fn default() -> Self {
        Self::new()
    }
}

impl Buffer {
    /// No bytes.
    pub const fn new() -> Self {
        Self { chunks: VecDeque::new(), length: 0, taken: 0, spare: None }
    }

    /// Bytes that can be read.
    pub const fn len(&self) -> usize {
        self.length
    }

    /// Whether there is nothing to read.
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Bytes that can be written.
    pub const fn room(&self) -> usize {
        PIPE_CAPACITY.saturating_sub(self.length)
    }

    /// Memory for a chunk, if some was kept.
    pub fn take_spare(&mut self) -> Option<Vec<u8>> {
        self.spare.take()
    }

    /// Adds bytes at the end, all or none; the caller has looked at the room.
    pub fn push(&mut self, chunk: Chunk) -> Result<(), Errno> {
        let length = chunk.bytes().len();
        match self.chunks.back_mut() {
            Some(last) if length < KEEP && last.free() >= length => {
                last.storage.extend_from_slice(chunk.bytes());
                self.keep(chunk.storage);
            }
            _ => {
                self.chunks.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
                self.chunks.push_back(chunk);
            }
        }
        self.length += length;
        Ok(())
    }

    /// Takes the first chunk out, to be put back before another is taken.
    pub fn take_first(&mut self) -> Option<Chunk> {
        let chunk = self.chunks.pop_front()?;
        self.taken = chunk.bytes().len();
        Some(chunk)
    }

    /// Puts back what is left of the chunk that was taken out.
    pub fn put_back(&mut self, chunk: Chunk) {
        let left = chunk.bytes().len();
        self.length -= self.taken - left;
        self.taken = 0;
        if left == 0 {
            self.keep(chunk.storage);
        } else {
            // Fits: it was here before, and a writer adds at most as many chunks as it reserves.
            self.chunks.push_front(chunk);
        }
    }

    fn keep(&mut self, storage: Vec<u8>) {
        self.spare.get_or_insert(storage);
    }
}
