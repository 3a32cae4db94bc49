//! Cards in memory with a FAT file system: a base that all runs share, and what one has written on top of it.

use hadris_fat::sync::{check, format};
use hadris_fat::{FatKind, FatOptions};
use hadris_storage::sync::BlockDevice;
use hadris_storage::{BlockIndex, BlockSize};
use kcore::board::{BLOCK_BYTES, Storage, StorageError};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

/// Where the partition begins on cards that have one.
pub const START: u64 = 64;
/// Blocks that are copied together when one of them is written.
const TOGETHER: usize = 32;

/// A block.
pub type Block = [u8; BLOCK_BYTES];

/// Copies share what none of them has written.
#[derive(Clone)]
struct Contents {
    blocks: u64,
    /// Where the file system begins.
    start: u64,
    groups: Vec<Arc<[Block; TOGETHER]>>,
}

impl Contents {
    fn block(&self, number: u64) -> &Block {
        &self.groups[number as usize / TOGETHER][number as usize % TOGETHER]
    }

    fn block_mut(&mut self, number: u64) -> &mut Block {
        &mut Arc::make_mut(&mut self.groups[number as usize / TOGETHER])[number as usize % TOGETHER]
    }
}

/// A card, whoever has it.
#[derive(Clone)]
pub struct Disk(Arc<Mutex<Contents>>);

/// The card as a driver shows it.
pub struct Card(pub Disk);

/// A file system to begin with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Base {
    /// Of a few hundred clusters, so that it is soon full; the card has no partitions.
    Fat12,
    /// With as few clusters as there can be.
    Fat16,
    /// With fewer clusters than the formatter would make, which systems mount all the same.
    Fat32,
    /// With clusters whose numbers need more than 16 bits, and those are taken first.
    LargeFat32,
}

impl Base {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Fat12, Self::Fat16, Self::Fat32, Self::LargeFat32];

    const fn kind(self) -> FatKind {
        match self {
            Self::Fat12 => FatKind::Fat12,
            Self::Fat16 => FatKind::Fat16,
            Self::Fat32 | Self::LargeFat32 => FatKind::Fat32,
        }
    }

    /// Blocks that the formatter is given.
    const fn blocks(self) -> u64 {
        match self {
            Self::Fat12 => 720,
            Self::Fat16 => 4200,
            Self::Fat32 | Self::LargeFat32 => 34 << 11,
        }
    }
}

/// Blocks of a small FAT32 and of each of its tables; those before the tables are as the formatter makes them.
const SMALL: u32 = 2048;
const SMALL_TABLE: u32 = 16;
const RESERVED: u32 = 32;
/// The sector that tells how many clusters are free, and fields of it and of the boot sector.
const INFORMATION: u64 = 1;
const FREE_COUNT: usize = 488;
const NEXT_FREE: usize = 492;
const TOTAL_SECTORS: usize = 32;
const TABLE_SECTORS: usize = 36;
/// Where the copies of those two sectors are.
const BACKUP: u64 = 6;

fn set_word(block: &mut Block, at: usize, word: u32) {
    block[at..][..4].copy_from_slice(&word.to_le_bytes());
}

impl Disk {
    /// A card that has no block.
    pub fn empty() -> Self {
        Self::of(0, 0)
    }

    /// A card of zeroes.
    fn of(blocks: u64, start: u64) -> Self {
        let zeroes = Arc::new([[0; BLOCK_BYTES]; TOGETHER]);
        let groups = vec![zeroes; (blocks as usize).div_ceil(TOGETHER)];
        Self(Arc::new(Mutex::new(Contents { blocks, start, groups })))
    }

    /// A card with an empty file system.
    pub fn formatted(base: Base) -> Self {
        let start = if base == Base::Fat12 { 0 } else { START };
        let disk = Self::with_table(start, base.blocks());
        let options = FatOptions::new().with_kind(base.kind());
        format(&mut Part(disk.clone()), &options).expect("the size is right for the kind");
        match base {
            Base::Fat12 | Base::Fat16 => disk,
            Base::Fat32 => disk.shrunk(),
            Base::LargeFat32 => {
                for sector in [INFORMATION, BACKUP + INFORMATION] {
                    disk.with(|contents| {
                        set_word(contents.block_mut(START + sector), NEXT_FREE, 0x1_0000);
                    });
                }
                disk
            }
        }
    }

    /// A card with a partition from this block on, of so many, or without partitions.
    fn with_table(start: u64, blocks: u64) -> Self {
        let disk = Self::of(start + blocks, start);
        if start > 0 {
            let mut table = [0; BLOCK_BYTES];
            table[446 + 4] = 0x0C;
            set_word(&mut table, 446 + 8, start as u32);
            set_word(&mut table, 446 + 12, blocks as u32);
            table[510..].copy_from_slice(&[0x55, 0xAA]);
            disk.set_block(0, table);
        }
        disk
    }

    /// The same empty FAT32 with fewer clusters.
    fn shrunk(&self) -> Self {
        let small = Self::with_table(START, SMALL.into());
        for sector in 0..u64::from(RESERVED) {
            let mut block = self.block(START + sector);
            if sector % BACKUP == 0 && sector <= BACKUP {
                set_word(&mut block, TOTAL_SECTORS, SMALL);
                set_word(&mut block, TABLE_SECTORS, SMALL_TABLE);
            } else if sector % BACKUP == INFORMATION && sector <= BACKUP + INFORMATION {
                let root = 1;
                set_word(&mut block, FREE_COUNT, SMALL - RESERVED - 2 * SMALL_TABLE - root);
            }
            small.set_block(START + sector, block);
        }
        // The tables' first entries; the root directory has none.
        let first = self.block(START + u64::from(RESERVED));
        for table in 0..2 {
            small.set_block(START + u64::from(RESERVED + table * SMALL_TABLE), first);
        }
        small
    }

    /// Another card with the same blocks.
    pub fn copy(&self) -> Self {
        Self(Arc::new(Mutex::new(self.with(|contents| contents.clone()))))
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
        self.with(|contents| {
            let is_used = |number: &u64| *contents.block(*number) != [0; BLOCK_BYTES];
            (0..contents.blocks).filter(is_used).collect()
        })
    }

    /// What a block holds.
    pub fn block(&self, number: u64) -> Block {
        self.with(|contents| *contents.block(number))
    }

    /// Sets it.
    pub fn set_block(&self, number: u64, block: Block) {
        self.write(number, &[block]);
    }

    fn read(&self, first: u64, to: &mut [Block]) {
        self.with(|contents| {
            (first..).zip(to).for_each(|(number, block)| *block = *contents.block(number));
        });
    }

    fn write(&self, first: u64, from: &[Block]) {
        self.with(|contents| {
            (first..).zip(from).for_each(|(number, block)| *contents.block_mut(number) = *block);
        });
    }

    /// What is wrong with the file system, by the checker, but for the mark that it is in use and what follows of
    /// that.
    pub fn findings(&self) -> Vec<String> {
        let mut found = Vec::new();
        // For paths, and a bit for each cluster.
        let mut scratch = vec![0; 2048 + self.blocks() as usize / 8];
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
        self.0.read(first, blocks);
        Ok(())
    }

    fn write(&mut self, first: u64, blocks: &[Block]) -> Result<(), StorageError> {
        assert!(first + blocks.len() as u64 <= self.blocks(), "a write beyond the card");
        self.0.write(first, blocks);
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
        self.0.read(self.0.start() + first.get(), to.as_chunks_mut().0);
        Ok(())
    }

    fn write_blocks(&mut self, first: BlockIndex, from: &[u8]) -> Result<(), DeviceError> {
        self.0.write(self.0.start() + first.get(), from.as_chunks().0);
        Ok(())
    }
}
