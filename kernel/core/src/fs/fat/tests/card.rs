//! Cards in memory, that can be looked into, pulled, and cut off.

use crate::board::{BLOCK_BYTES, Storage, StorageError};
use hadris_fat::sync::{check, format};
use hadris_fat::{FatKind, FatOptions};
use hadris_storage::sync::BlockDevice;
use hadris_storage::{BlockIndex, BlockSize};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// Where the partition begins.
pub const START: u64 = 2048;

type Block = [u8; BLOCK_BYTES];

#[derive(Clone)]
struct Contents {
    blocks: u64,
    written: HashMap<u64, Block>,
    is_there: bool,
    /// Blocks that can still be written before the card fails.
    writes_left: u64,
    /// Blocks that can still be read before it does.
    reads_left: u64,
    /// A block that can never be read.
    bad: Option<u64>,
    /// Blocks that were read.
    reads: u64,
}

/// A card, whoever has it.
#[derive(Clone)]
pub struct Shared(Arc<Mutex<Contents>>);

/// The card as a driver shows it.
pub struct MemoryCard(pub Shared);

impl Shared {
    /// A card of so many bytes, all zeroes.
    pub fn blank(bytes: u64) -> Self {
        let blocks = bytes / BLOCK_BYTES as u64;
        let contents = Contents {
            blocks,
            written: HashMap::new(),
            is_there: true,
            writes_left: u64::MAX,
            reads_left: u64::MAX,
            bad: None,
            reads: 0,
        };
        Self(Arc::new(Mutex::new(contents)))
    }

    /// A card with one partition, which has an empty file system.
    pub fn formatted(bytes: u64) -> Self {
        let card = Self::blank(bytes);
        let blocks = bytes / BLOCK_BYTES as u64;
        let mut table = [0; BLOCK_BYTES];
        table[446 + 4] = 0x0C;
        table[446 + 8..][..4].copy_from_slice(&(START as u32).to_le_bytes());
        table[446 + 12..][..4].copy_from_slice(&((blocks - START) as u32).to_le_bytes());
        table[510..].copy_from_slice(&[0x55, 0xAA]);
        card.set_block(0, table);
        let options = FatOptions::new().with_kind(FatKind::Fat32);
        format(&mut Part(card.clone()), &options).unwrap();
        card
    }

    /// Another card with the same bytes.
    pub fn copy(&self) -> Self {
        let contents = self.0.lock().unwrap().clone();
        let (writes_left, reads_left) = (u64::MAX, u64::MAX);
        let sound = Contents { is_there: true, writes_left, reads_left, bad: None, ..contents };
        Self(Arc::new(Mutex::new(sound)))
    }

    /// Whether the other one has the same bytes.
    pub fn is_same(&self, other: &Self) -> bool {
        self.0.lock().unwrap().written == other.0.lock().unwrap().written
    }

    pub fn pull(&self) {
        self.0.lock().unwrap().is_there = false;
    }

    /// Nothing is written any more after so many blocks.
    pub fn fail_after(&self, blocks: u64) {
        self.0.lock().unwrap().writes_left = blocks;
    }

    /// Nothing is read any more after so many blocks.
    pub fn fail_reads_after(&self, blocks: u64) {
        self.0.lock().unwrap().reads_left = blocks;
    }

    /// One block can be read and written no more.
    pub fn spoil(&self, block: u64) {
        self.0.lock().unwrap().bad = Some(block);
    }

    pub fn recover(&self) {
        self.fail_after(u64::MAX);
        self.fail_reads_after(u64::MAX);
    }

    /// Blocks that were read so far.
    pub fn reads(&self) -> u64 {
        self.0.lock().unwrap().reads
    }

    /// The first block that has these bytes in it.
    pub fn place_of(&self, bytes: &[u8]) -> u64 {
        let contents = self.0.lock().unwrap();
        let has = |block: &Block| block.windows(bytes.len()).any(|part| part == bytes);
        let blocks = contents.written.iter().filter(|(_, block)| has(block));
        blocks.map(|(number, _)| *number).min().unwrap()
    }

    pub fn block(&self, number: u64) -> Block {
        self.0.lock().unwrap().written.get(&number).copied().unwrap_or([0; BLOCK_BYTES])
    }

    pub fn set_block(&self, number: u64, block: Block) {
        self.0.lock().unwrap().written.insert(number, block);
    }

    /// What is wrong with the file system, by the checker.
    pub fn findings(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut scratch = vec![0; 1 << 20];
        let mut note = |finding: &hadris_fs::Finding<'_>| found.push(finding.to_string());
        check(&mut Part(self.copy()), &mut scratch, &mut note).unwrap();
        found
    }

    /// Fails if anything is, but for the mark that it is in use.
    #[track_caller]
    pub fn check(&self) {
        let wrong: Vec<_> = self.findings().into_iter().filter(|text| !is_mark(text)).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

/// Whether the checker only says that the volume was not unmounted, or what follows of that.
pub fn is_mark(finding: &str) -> bool {
    ["not unmounted", "free count"].iter().any(|text| finding.contains(text))
}

impl Storage for MemoryCard {
    fn blocks(&self) -> u64 {
        self.0.0.lock().unwrap().blocks
    }

    fn read(&mut self, first: u64, blocks: &mut [Block]) -> Result<(), StorageError> {
        if !self.0.0.lock().unwrap().is_there {
            return Err(StorageError::Absent);
        }
        for (number, block) in (first..).zip(blocks) {
            let mut contents = self.0.0.lock().unwrap();
            if contents.bad == Some(number) {
                return Err(StorageError::Failed);
            }
            contents.reads += 1;
            contents.reads_left = contents.reads_left.checked_sub(1).ok_or(StorageError::Failed)?;
            drop(contents);
            *block = self.0.block(number);
        }
        Ok(())
    }

    fn write(&mut self, first: u64, blocks: &[Block]) -> Result<(), StorageError> {
        for (number, block) in (first..).zip(blocks) {
            let mut contents = self.0.0.lock().unwrap();
            if !contents.is_there {
                return Err(StorageError::Absent);
            }
            if contents.bad == Some(number) {
                return Err(StorageError::Failed);
            }
            contents.writes_left =
                contents.writes_left.checked_sub(1).ok_or(StorageError::Failed)?;
            contents.written.insert(number, *block);
        }
        Ok(())
    }
}

/// The partition, for formatting and checking.
struct Part(Shared);

impl hadris_io::ErrorType for Part {
    type Error = core::convert::Infallible;
}

type DeviceError = hadris_io::Error<core::convert::Infallible>;

impl BlockDevice for Part {
    fn block_size(&self) -> BlockSize {
        BlockSize::new(BLOCK_BYTES as u32).unwrap()
    }

    fn block_count(&self) -> u64 {
        self.0.0.lock().unwrap().blocks - START
    }

    fn writable(&self) -> bool {
        true
    }

    fn read_blocks(&mut self, first: BlockIndex, to: &mut [u8]) -> Result<(), DeviceError> {
        for (number, block) in (START + first.get()..).zip(to.as_chunks_mut().0) {
            *block = self.0.block(number);
        }
        Ok(())
    }

    fn write_blocks(&mut self, first: BlockIndex, from: &[u8]) -> Result<(), DeviceError> {
        for (number, block) in (START + first.get()..).zip(from.as_chunks().0) {
            self.0.set_block(number, *block);
        }
        Ok(())
    }
}
