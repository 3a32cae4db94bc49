//! The ring: bytes of a region, of which the kernel knows how far they are written and read.
//!
//! The tracer sees the bytes and changes none; it tells how far it has read by a call. So nothing
//! that it does can make the kernel write elsewhere.

use super::record::Record;
use crate::region::Region;
use crate::user_memory::UserData;
use abi::Errno;
use alloc::sync::Arc;
use arch::addr::PAGE_SIZE;

/// A ring of records.
pub struct Ring {
    region: Arc<Region>,
    bytes: u64,
    /// Positions, counted from the first byte of all.
    written: u64,
    read: u64,
}

impl Ring {
    /// An empty one in a region whose length does not change.
    pub fn new(region: Arc<Region>) -> Self {
        let bytes = region.length();
        Self { region, bytes, written: 0, read: 0 }
    }

    /// Where its bytes are.
    pub fn region(&self) -> Arc<Region> {
        self.region.clone()
    }

    /// How far it is written.
    pub const fn written(&self) -> u64 {
        self.written
    }

    /// Whether everything was read.
    pub const fn is_empty(&self) -> bool {
        self.written == self.read
    }

    /// Bytes in it.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Adds a record, unless that would leave less than `kept` bytes; whether it did.
    pub fn put(&mut self, record: &mut Record, kept: u64) -> bool {
        let used = self.written - self.read;
        if used + record.size() as u64 + kept > self.bytes {
            return false;
        }
        let mut at = self.written;
        for part in record.parts(arch::clock::now()) {
            at = self.write(at, part);
        }
        self.written = at;
        true
    }

    /// Writes bytes from a position on, which may go on at the beginning; returns the position behind.
    fn write(&self, mut at: u64, mut bytes: &[u8]) -> u64 {
        while !bytes.is_empty() {
            let offset = at % self.bytes;
            // A page at a time: copies of more rest between two, and a lock is held here.
            let in_page = PAGE_SIZE as u64 - offset % PAGE_SIZE as u64;
            let room = in_page.min(self.bytes - offset) as usize;
            let (now, later) = bytes.split_at(bytes.len().min(room));
            // The region's memory was set aside when it was made, and nobody can cut it.
            let outcome = self.region.write(offset, &mut UserData::kernel(now));
            debug_assert_eq!(outcome, Ok(now.len()), "the ring has all of its pages");
            at += now.len() as u64;
            bytes = later;
        }
        at
    }

    /// The tracer has read up to a position; returns whether that is further than before.
    pub fn read_up_to(&mut self, position: u64) -> Result<bool, Errno> {
        if !(self.read..=self.written).contains(&position) {
            return Err(Errno::EINVAL);
        }
        Ok(core::mem::replace(&mut self.read, position) < position)
    }
}
