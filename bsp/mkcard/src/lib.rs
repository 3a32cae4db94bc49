//! Builds an image of an SD card that a Raspberry Pi boots from, without root's rights: a partition
//! table (MBR) with one FAT32 partition, as the firmware wants it.
//!
//! The image has holes where nothing is written, and the same files make the same bytes: names are
//! in order, times are FAT's first one, and the volume's number is fixed.

pub mod contents;
mod error;
pub mod size;

pub use error::Error;

use contents::Contents;
use fatfs::{FatType, FileSystem, FormatVolumeOptions, FsOptions};
use fscommon::{BufStream, StreamSlice};
use size::CardSize;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

/// What mbrman and FAT count in here.
const SECTOR: u32 = 512;
/// Where the partition begins: 4 MiB, the erase unit of most cards.
const PARTITION_START: u32 = 8192;
/// FAT32 with sectors by number (LBA), which every boot ROM reads.
const FAT32_LBA: u8 = 0x0C;
/// The disk's number in the partition table, and the volume's in the file system: "COMM".
const SERIAL: u32 = u32::from_be_bytes(*b"COMM");
/// The volume's name, padded as FAT has it.
const LABEL: [u8; 11] = *b"COMMONS    ";

/// Writes the card to `output`, which must be open for reading too; it becomes `size` bytes long.
pub fn build(output: &mut File, size: CardSize, contents: &Contents) -> Result<(), Error> {
    output.set_len(0).and_then(|()| output.set_len(size.bytes())).map_err(Error::card("image"))?;
    let start = u64::from(PARTITION_START) * u64::from(SECTOR);
    write_partitions(output, size)?;
    let slice = StreamSlice::new(output, start, size.bytes()).map_err(Error::card("partition"))?;
    let mut partition = BufStream::new(slice);
    let options = FormatVolumeOptions::new()
        .fat_type(FatType::Fat32)
        .bytes_per_cluster(bytes_per_cluster(size))
        .volume_id(SERIAL)
        .volume_label(LABEL);
    fatfs::format_volume(&mut partition, options).map_err(Error::card("file system"))?;
    partition.seek(SeekFrom::Start(0)).map_err(Error::card("file system"))?;
    let system =
        FileSystem::new(&mut partition, FsOptions::new()).map_err(Error::card("file system"))?;
    write_files(&system, contents)?;
    system.unmount().map_err(Error::card("file system"))?;
    partition.flush().map_err(Error::card("file system"))
}

/// What Microsoft's table of cluster sizes says for FAT32 (FAT specification 1.03, page 20).
fn bytes_per_cluster(size: CardSize) -> u32 {
    match size.bytes() >> 20 {
        ..=256 => 512,
        257..=8192 => 4096,
        8193..=16384 => 8192,
        16385..=32768 => 16384,
        _ => 32768,
    }
}

fn write_partitions(output: &mut File, size: CardSize) -> Result<(), Error> {
    let mut table = mbrman::MBR::new_from(output, SECTOR, SERIAL.to_be_bytes())?;
    let sectors = u32::try_from(size.bytes() / u64::from(SECTOR)).unwrap_or(u32::MAX);
    table[1] = mbrman::MBRPartitionEntry {
        boot: mbrman::BOOT_INACTIVE,
        first_chs: mbrman::CHS::empty(),
        sys: FAT32_LBA,
        last_chs: mbrman::CHS::empty(),
        starting_lba: PARTITION_START,
        sectors: sectors - PARTITION_START,
    };
    table.write_into(output)?;
    Ok(())
}

fn write_files<T: Read + Write + Seek>(
    system: &FileSystem<T>,
    contents: &Contents,
) -> Result<(), Error> {
    check_room(system, contents)?;
    let root = system.root_dir();
    let mut made = BTreeSet::new();
    for (path, source) in contents.iter() {
        for directory in path.directories() {
            if made.insert(directory.to_lowercase()) {
                root.create_dir(directory).map_err(Error::card(directory))?;
            }
        }
        let bytes = fs::read(source).map_err(Error::io("read", source))?;
        let mut file = root.create_file(path.as_str()).map_err(Error::card(path.as_str()))?;
        file.write_all(&bytes).map_err(Error::card(path.as_str()))?;
        file.flush().map_err(Error::card(path.as_str()))?;
    }
    Ok(())
}

/// Says so before anything is written when the files cannot fit.
fn check_room<T: Read + Write + Seek>(
    system: &FileSystem<T>,
    contents: &Contents,
) -> Result<(), Error> {
    let free = system.stats().map_err(Error::card("file system"))?;
    let cluster = u64::from(free.cluster_size());
    let mut needed = 0;
    for (path, source) in contents.iter() {
        let length = fs::metadata(source).map_err(Error::io("read", source))?.len();
        // A directory's entry or its own cluster: more than a file ever needs.
        let directories = path.directories().count() as u64 + 1;
        needed += length.div_ceil(cluster) * cluster + directories * cluster;
    }
    let room = u64::from(free.free_clusters()) * cluster;
    if needed > room { Err(Error::TooSmall { needed, room }) } else { Ok(()) }
}

/// Builds the card beside `path` and puts it in place in one step: an interrupted build leaves the
/// old card or none.
pub fn build_at(path: &Path, size: CardSize, contents: &Contents) -> Result<(), Error> {
    let unfinished = path.with_extension("unfinished");
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(true);
    let mut file = options.open(&unfinished).map_err(Error::io("write", &unfinished))?;
    let built = build(&mut file, size, contents);
    if built.is_err() {
        // What is half built helps nobody; that it cannot be removed is the lesser news.
        let _ = fs::remove_file(&unfinished);
        return built;
    }
    fs::rename(&unfinished, path).map_err(Error::io("write", path))
}
