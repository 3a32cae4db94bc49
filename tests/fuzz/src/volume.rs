//! Cards in memory with a FAT file system: a base that all runs share, and what one has written on top of it.

use hadris_fat::sync::{check, format};
use hadris_fat::{FatKind, FatOptions};
use hadris_storage::sync::BlockDevice;
use hadris_storage::{BlockIndex, BlockSize};
use kcore::board::{BLOCK_BYTES, Storage, StorageError};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Where the partition begins on cards that have one.
pub const START: u64 = 64;

/// A block.
pub type Block = [u8; BLOCK_BYTES];
type Blocks = BTreeMap<u64, Block>;

struct Contents {
    blocks: u64,
    /// Where the file system begins.
    start: u64,
    base: Arc<Blocks>,
    written: Blocks,
}

/// A card, whoever has it.
#[derive(Clone)]
pub struct Disk(Arc<Mutex<Contents>>);

/// The card as a driver shows it.
pub struct Card(pub Disk);

/// The kinds of base volumes.
pub const KINDS: [FatKind; 3] = [FatKind::Fat12, FatKind::Fat16, FatKind::Fat32];

const fn blocks_of(kind: FatKind) -> u64 {
    match kind {
        FatKind::Fat12 => 2880,
        FatKind::Fat16 => 16 << 11,
        _ => 34 << 11,
    }
}

impl Disk {
    /// A card that has no block.
    pub fn empty() -> Self {
        Self::of(0, 0, Arc::default())
    }

    fn of(blocks: u64, start: u64, base: Arc<Blocks>) -> Self {
        Self(Arc::new(Mutex::new(Contents { blocks, start, base, written: Blocks::new() })))
    }

    /// A card with an empty file system of one of [`KINDS`]. The smallest has no partitions, the others one.
    pub fn formatted(kind: usize) -> Self {
        static BASES: [OnceLock<Disk>; KINDS.len()] = [const { OnceLock::new() }; KINDS.len()];
        let kind = kind % KINDS.len();
        BASES[kind].get_or_init(|| Self::format(KINDS[kind])).copy()
    }

    fn format(kind: FatKind) -> Self {
        let start = if kind == FatKind::Fat12 { 0 } else { START };
        let blocks = start + blocks_of(kind);
        let disk = Self::of(blocks, start, Arc::default());
        if start > 0 {
            let mut table = [0; BLOCK_BYTES];
            table[446 + 4] = 0x0C;
            table[446 + 8..][..4].copy_from_slice(&(start as u32).to_le_bytes());
            table[446 + 12..][..4].copy_from_slice(&((blocks - start) as u32).to_le_bytes());
            table[510..].copy_from_slice(&[0x55, 0xAA]);
            disk.set_block(0, table);
        }
        let options = FatOptions::new().with_kind(kind);
        format(&mut Part(disk.clone()), &options).expect("the size is right for the kind");
        disk.frozen()
    }

    /// The same blocks, shared by all copies of it.
    pub fn frozen(&self) -> Self {
        let (blocks, start, mut all) = self.with(|contents| {
            let mut all = Blocks::clone(&contents.base);
            all.extend(contents.written.iter());
            (contents.blocks, contents.start, all)
        });
        all.retain(|_, block| *block != [0; BLOCK_BYTES]);
        Self::of(blocks, start, Arc::new(all))
    }

    /// Another card with the same blocks.
    pub fn copy(&self) -> Self {
        self.with(|contents| {
            let copy = Self::of(contents.blocks, contents.start, contents.base.clone());
            copy.with(|other| other.written.clone_from(&contents.written));
            copy
        })
    }

    fn with<T>(&self, operation: impl FnOnce(&mut Contents) -> T) -> T {
        operation(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Where the file system begins.
    pub fn start(&self) -> u64 {
        self.with(|contents| contents.start)
    }

    /// The blocks of the card.
    pub fn blocks(&self) -> u64 {
        self.with(|contents| contents.blocks)
    }

    /// Those that are not zero, by their numbers.
    pub fn used(&self) -> Vec<u64> {
        self.with(|contents| contents.base.keys().chain(contents.written.keys()).copied().collect())
    }

    /// What a block holds.
    pub fn block(&self, number: u64) -> Block {
        self.with(|contents| {
            let found = contents.written.get(&number).or_else(|| contents.base.get(&number));
            found.copied().unwrap_or([0; BLOCK_BYTES])
        })
    }

    /// Sets it.
    pub fn set_block(&self, number: u64, block: Block) {
        self.with(|contents| contents.written.insert(number, block));
    }

    /// What is wrong with the file system, by the checker, but for the mark that it is in use and what follows of
    /// that.
    pub fn findings(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut scratch = vec![0; 1 << 20];
        let mut note = |finding: &hadris_fs::Finding<'_>| found.push(finding.to_string());
        check(&mut Part(self.copy()), &mut scratch, &mut note).expect("the card can be read");
        let is_mark = |text: &str| text.contains("not unmounted") || text.contains("free count");
        found.retain(|text| !is_mark(text));
        found
    }
}

impl Storage for Card {
    fn blocks(&self) -> u64 {
        self.0.blocks()
    }

    fn read(&mut self, first: u64, blocks: &mut [Block]) -> Result<(), StorageError> {
        if first + blocks.len() as u64 > self.blocks() {
            return Err(StorageError::Failed);
        }
        (first..).zip(blocks).for_each(|(number, block)| *block = self.0.block(number));
        Ok(())
    }

    fn write(&mut self, first: u64, blocks: &[Block]) -> Result<(), StorageError> {
        assert!(first + blocks.len() as u64 <= self.blocks(), "a write beyond the card");
        (first..).zip(blocks).for_each(|(number, block)| self.0.set_block(number, *block));
        Ok(())
    }
}

/// The file system's part, for formatting and checking.
struct Part(Disk);

impl hadris_io::ErrorType for Part {
    type Error = Infallible;
}

type DeviceError = hadris_io::Error<Infallible>;

impl BlockDevice for Part {
    fn block_size(&self) -> BlockSize {
        BlockSize::new(BLOCK_BYTES as u32).expect("a power of two")
    }

    fn block_count(&self) -> u64 {
        self.0.blocks() - self.0.start()
    }

    fn writable(&self) -> bool {
        true
    }

    fn read_blocks(&mut self, first: BlockIndex, to: &mut [u8]) -> Result<(), DeviceError> {
        let start = self.0.start() + first.get();
        (start..)
            .zip(to.as_chunks_mut().0)
            .for_each(|(number, block)| *block = self.0.block(number));
        Ok(())
    }

    fn write_blocks(&mut self, first: BlockIndex, from: &[u8]) -> Result<(), DeviceError> {
        let start = self.0.start() + first.get();
        (start..)
            .zip(from.as_chunks().0)
            .for_each(|(number, block)| self.0.set_block(number, *block));
        Ok(())
    }
}
