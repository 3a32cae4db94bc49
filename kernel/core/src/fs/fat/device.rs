//! A partition of the card, as the crate wants its device.

use crate::board::{BLOCK_BYTES, StorageError};
use crate::fs::slot::Slot;
use alloc::sync::Arc;
use core::fmt;
use hadris_fs::ErrorKind;
use hadris_io::{Error, ErrorType};
use hadris_storage::sync::BlockDevice;
use hadris_storage::{BlockIndex, BlockSize};

/// Why the card did not do what it should.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CardError(pub StorageError);

impl fmt::Display for CardError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self.0 {
            StorageError::Absent => "there is no card",
            StorageError::Failed => "the card failed",
        })
    }
}

impl core::error::Error for CardError {}

/// Consecutive blocks of the card in a slot.
pub struct CardBlocks {
    slot: Arc<Slot>,
    first: u64,
    count: u64,
}

impl CardBlocks {
    /// `count` blocks from number `first` on, which the card has.
    pub const fn new(slot: Arc<Slot>, first: u64, count: u64) -> Self {
        Self { slot, first, count }
    }

    /// The card's number of the block, if the part has so many behind it.
    fn place(&self, index: BlockIndex, blocks: usize) -> Result<u64, Error<CardError>> {
        match index.get().checked_add(blocks as u64) {
            Some(end) if end <= self.count => Ok(self.first + index.get()),
            _ => Err(Error::new(ErrorKind::InvalidInput, "blocks behind the partition's end")),
        }
    }
}

fn failed(error: StorageError) -> Error<CardError> {
    Error::device(CardError(error), "the SD card")
}

impl ErrorType for CardBlocks {
    type Error = CardError;
}

impl BlockDevice for CardBlocks {
    fn block_size(&self) -> BlockSize {
        const { BlockSize::new(BLOCK_BYTES as u32).expect("a power of two") }
    }

    fn block_count(&self) -> u64 {
        self.count
    }

    fn disk_offset(&self) -> u64 {
        self.first * BLOCK_BYTES as u64
    }

    fn writable(&self) -> bool {
        true
    }

    fn read_blocks(&mut self, first: BlockIndex, to: &mut [u8]) -> Result<(), Error<CardError>> {
        let (blocks, _) = to.as_chunks_mut();
        let place = self.place(first, blocks.len())?;
        self.slot.with_card(|card| card.read(place, blocks)).map_err(failed)
    }

    fn write_blocks(&mut self, first: BlockIndex, from: &[u8]) -> Result<(), Error<CardError>> {
        let (blocks, _) = from.as_chunks();
        let place = self.place(first, blocks.len())?;
        self.slot.with_card(|card| card.write(place, blocks)).map_err(failed)
    }
}
