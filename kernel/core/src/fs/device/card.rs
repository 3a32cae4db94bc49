//! `/dev/mmcblk0`: the SD card as one long file of bytes, for root.
//!
//! Nothing is cached: what was written is on the card when the call returns, and a program that asks for whole
//! blocks, many at a time, gets the card's full speed. While the card's file system is mounted it can only be read.

use super::device_number;
use crate::board::{BLOCK_BYTES, Storage, StorageError};
use crate::fs::node::{FileSystem, Identity, Node, Place, Waiting, Written};
use crate::fs::permission::Permissions;
use crate::fs::slot::{self, Slot};
use crate::fs::stat;
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use abi::file::{OpenFlags, S_IFBLK, Stat};
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Linux's number of the first card.
const MAJOR: u64 = 179;
/// Blocks that go to or from the card at a time.
const PART: usize = 64;

type Block = [u8; BLOCK_BYTES];

/// The device.
pub struct CardDevice {
    inode: u64,
    slot: Arc<Slot>,
}

impl CardDevice {
    /// The card in this slot.
    pub const fn new(inode: u64, slot: Arc<Slot>) -> Self {
        Self { inode, slot }
    }

    fn with_card<T>(
        &self,
        operation: impl FnOnce(&mut dyn Storage) -> Result<T, StorageError>,
    ) -> Result<T, Errno> {
        self.slot.with_card(operation).map_err(slot::errno)
    }

    fn blocks(&self) -> Result<u64, Errno> {
        self.with_card(|card| Ok(card.blocks()))
    }
}

/// The blocks that hold `length` bytes from `offset` on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Span {
    first: u64,
    count: usize,
    /// Where the bytes begin in the first block.
    skip: usize,
    length: usize,
}

impl Span {
    /// As many bytes as fit into one part, and as the card of `blocks` blocks has.
    fn new(offset: u64, wanted: usize, blocks: u64) -> Self {
        let skip = (offset % BLOCK_BYTES as u64) as usize;
        let left = (blocks * BLOCK_BYTES as u64).saturating_sub(offset);
        let room = (PART * BLOCK_BYTES - skip).min(left.try_into().unwrap_or(usize::MAX));
        let length = wanted.min(room);
        let count = (skip + length).div_ceil(BLOCK_BYTES);
        Self { first: offset / BLOCK_BYTES as u64, count, skip, length }
    }

    /// Whether bytes of the first or of the last block are not among these.
    const fn is_ragged(self) -> bool {
        self.skip != 0 || !(self.skip + self.length).is_multiple_of(BLOCK_BYTES)
    }

    fn bytes(self) -> core::ops::Range<usize> {
        self.skip..self.skip + self.length
    }
}

/// Room for a part, or for less if less is asked for.
fn part(wanted: usize) -> Result<Vec<Block>, Errno> {
    // Bytes that begin in the middle of a block need one block more.
    let count = (wanted.div_ceil(BLOCK_BYTES) + 1).min(PART);
    let mut blocks = Vec::new();
    blocks.try_reserve_exact(count).map_err(|_| Errno::ENOMEM)?;
    blocks.resize(count, [0; BLOCK_BYTES]);
    Ok(blocks)
}

impl Node for CardDevice {
    fn identity(&self) -> Identity {
        Identity { file_system: FileSystem::Devices, inode: self.inode }
    }

    fn permissions(&self) -> Permissions {
        Permissions { mode: S_IFBLK | 0o600, uid: 0, gid: 0 }
    }

    fn stat(&self) -> Stat {
        Stat { st_rdev: device_number(MAJOR, 0), ..stat::base(self) }
    }

    fn open(&self, flags: OpenFlags) -> Result<(), Errno> {
        if !flags.writes() {
            return self.blocks().map(drop);
        }
        self.slot.begin_writing()?;
        self.blocks().map(drop).inspect_err(|_| self.slot.end_writing())
    }

    fn close(&self, flags: OpenFlags) {
        if flags.writes() {
            self.slot.end_writing();
        }
    }

    fn length(&self) -> u64 {
        self.blocks().unwrap_or(0) * BLOCK_BYTES as u64
    }

    fn read(&self, offset: u64, to: &mut UserBuffer<'_>, _: Waiting) -> Result<usize, Errno> {
        let blocks = self.blocks()?;
        let mut buffer = part(to.remaining())?;
        let mut at = offset;
        to.counted(|to| {
            loop {
                let span = Span::new(at, to.remaining(), blocks);
                if span.length == 0 {
                    return Ok(());
                }
                let room = &mut buffer[..span.count];
                self.with_card(|card| card.read(span.first, room))?;
                to.put(&room.as_flattened()[span.bytes()])?;
                at += span.length as u64;
            }
        })
    }

    fn write(&self, to: Place, from: &mut UserData<'_>, _: Waiting) -> Result<Written, Errno> {
        let blocks = self.blocks()?;
        let start = match to {
            Place::Offset(offset) => offset,
            Place::End => blocks * BLOCK_BYTES as u64,
        };
        let mut buffer = part(from.remaining())?;
        let mut at = start;
        let outcome = self.write_all(&mut at, from, blocks, &mut buffer);
        // What is on the card counts, whatever happened afterwards; what was only taken from the program does not.
        let count = (at - start) as usize;
        match outcome {
            Err(error) if count == 0 => Err(error),
            _ => Ok(Written { count, end: at }),
        }
    }
}

impl CardDevice {
    /// Writes all there is from `at` on, which moves along with what is on the card.
    fn write_all(
        &self,
        at: &mut u64,
        from: &mut UserData<'_>,
        blocks: u64,
        buffer: &mut [Block],
    ) -> Result<(), Errno> {
        loop {
            let span = Span::new(*at, from.remaining(), blocks);
            if span.length == 0 {
                // Behind the end there is no room for what is left.
                return if from.remaining() == 0 { Ok(()) } else { Err(Errno::ENOSPC) };
            }
            // A vector may end in the middle: the bytes before that are all that can be written.
            let length = from.take(&mut buffer.as_flattened_mut()[span.bytes()])?;
            let span = Span::new(*at, length, blocks);
            let room = &mut buffer[..span.count];
            self.with_card(|card| {
                if span.is_ragged() {
                    complete(card, span, room)?;
                }
                card.write(span.first, room)
            })?;
            *at += span.length as u64;
        }
    }
}

/// Reads what the first and the last block have beside the bytes of `span`.
fn complete(card: &mut dyn Storage, span: Span, room: &mut [Block]) -> Result<(), StorageError> {
    let bytes = span.bytes();
    let last = span.count - 1;
    let mut old = [[0; BLOCK_BYTES]];
    card.read(span.first, &mut old)?;
    room[0][..span.skip].copy_from_slice(&old[0][..span.skip]);
    if last > 0 {
        card.read(span.first + last as u64, &mut old)?;
    }
    let end = bytes.end - last * BLOCK_BYTES;
    room[last][end..].copy_from_slice(&old[0][end..]);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::boxed::Box;
    use alloc::vec;
    use proptest::prelude::*;

    const BLOCKS: usize = 200;

    /// A card in memory.
    struct Memory(Vec<Block>);

    impl Storage for Memory {
        fn blocks(&self) -> u64 {
            self.0.len() as u64
        }

        fn read(&mut self, first: u64, blocks: &mut [Block]) -> Result<(), StorageError> {
            let first = first as usize;
            blocks.copy_from_slice(&self.0[first..first + blocks.len()]);
            Ok(())
        }

        fn write(&mut self, first: u64, blocks: &[Block]) -> Result<(), StorageError> {
            let first = first as usize;
            self.0[first..first + blocks.len()].copy_from_slice(blocks);
            Ok(())
        }
    }

    /// Pulled after it was opened.
    struct Gone;

    impl Storage for Gone {
        fn blocks(&self) -> u64 {
            BLOCKS as u64
        }

        fn read(&mut self, _: u64, _: &mut [Block]) -> Result<(), StorageError> {
            Err(StorageError::Absent)
        }

        fn write(&mut self, _: u64, _: &[Block]) -> Result<(), StorageError> {
            Err(StorageError::Failed)
        }
    }

    fn device(card: Box<dyn Storage>) -> CardDevice {
        CardDevice::new(1, Arc::new(Slot::holding(card)))
    }

    fn write(device: &CardDevice, at: usize, bytes: &[u8]) -> Result<Written, Errno> {
        let place = Place::Offset(at as u64);
        device.write(place, &mut UserData::kernel(bytes), Waiting::Allowed)
    }

    #[test]
    fn the_end_of_the_card_ends_reads_and_refuses_writes() {
        let device = device(Box::new(Memory(vec![[1; BLOCK_BYTES]; 2])));
        assert_eq!(device.length(), 1024);
        let mut bytes = [0; 100];
        let read = device.read(1000, &mut UserBuffer::kernel(&mut bytes), Waiting::Allowed);
        assert_eq!((read, bytes[23], bytes[24]), (Ok(24), 1, 0));
        let read = device.read(1024, &mut UserBuffer::kernel(&mut bytes), Waiting::Allowed);
        assert_eq!(read, Ok(0));
        let read = device.read(u64::MAX, &mut UserBuffer::kernel(&mut bytes), Waiting::Allowed);
        assert_eq!(read, Ok(0));
        assert_eq!(write(&device, 1000, &[7; 100]), Ok(Written { count: 24, end: 1024 }));
        assert_eq!(write(&device, 1024, &[7]), Err(Errno::ENOSPC));
        assert_eq!(write(&device, 5000, &[]), Ok(Written { count: 0, end: 5000 }));
    }

    #[test]
    fn a_card_that_fails_is_an_input_output_error_and_one_that_is_gone_is_no_medium() {
        let device = device(Box::new(Gone));
        assert_eq!(write(&device, 0, &[7; 512]), Err(Errno::EIO));
        let mut bytes = [0; 4];
        let read = device.read(0, &mut UserBuffer::kernel(&mut bytes), Waiting::Allowed);
        assert_eq!(read, Err(Errno::ENOMEDIUM));
        assert!(!device.slot.is_up(), "the next one looks into the slot again");
    }

    proptest! {
        #[test]
        fn bytes_come_back_from_wherever_they_were_written(
            writes in prop::collection::vec(
                (0..BLOCKS * BLOCK_BYTES, prop::collection::vec(any::<u8>(), 0..3000)),
                1..8,
            ),
            span in (0..BLOCKS * BLOCK_BYTES, 0..60_000_usize),
        ) {
            let device = device(Box::new(Memory(vec![[0; BLOCK_BYTES]; BLOCKS])));
            let mut model = vec![0; BLOCKS * BLOCK_BYTES];
            for (at, bytes) in writes {
                let room = bytes.len().min(model.len() - at);
                if room > 0 || bytes.is_empty() {
                    prop_assert_eq!(write(&device, at, &bytes).map(|done| done.count), Ok(room));
                }
                model[at..at + room].copy_from_slice(&bytes[..room]);
            }
            let (at, length) = span;
            let mut read = vec![0; length];
            let count = device
                .read(at as u64, &mut UserBuffer::kernel(&mut read), Waiting::Allowed)
                .expect("a read");
            prop_assert_eq!(count, length.min(model.len() - at));
            prop_assert_eq!(&read[..count], &model[at..at + count]);
        }
    }
}
