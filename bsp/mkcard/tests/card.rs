//! Cards as the firmware and other systems read them.

use fatfs::{FileSystem, FsOptions};
use fscommon::StreamSlice;
use mkcard::contents::Contents;
use mkcard::size::CardSize;
use mkcard::{Error, build_at};
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

const START: u64 = 8192 * 512;

fn size(text: &str) -> CardSize {
    CardSize::parse(text).expect("a size")
}

/// A folder with files as a card has them.
fn sources(folder: &Path) -> Contents {
    fs::create_dir_all(folder.join("tree/overlays")).expect("folders");
    fs::write(folder.join("kernel8.img"), vec![0x5A; 3 << 20]).expect("a file");
    fs::write(folder.join("tree/config.txt"), "arm_64bit=1\n").expect("a file");
    fs::write(folder.join("tree/overlays/a long name of an overlay.dtbo"), "x").expect("a file");
    fs::write(folder.join("tree/overlays/empty"), "").expect("a file");
    let mut contents = Contents::default();
    contents.add_file("kernel8.img", &folder.join("kernel8.img")).expect("a name");
    contents.add_tree("/", &folder.join("tree")).expect("names");
    contents
}

#[test]
fn the_first_partition_is_fat32_and_fills_the_card() {
    let folder = tempfile::tempdir().expect("a folder");
    let card = folder.path().join("card.img");
    build_at(&card, size("64M"), &sources(folder.path())).expect("a card");
    let mut sector = [0; 512];
    File::open(&card).expect("the card").read_exact(&mut sector).expect("its first sector");
    assert_eq!(sector[510..], [0x55, 0xAA]);
    let entry = &sector[446..462];
    assert_eq!(entry[4], 0x0C, "FAT32 by LBA");
    assert_eq!(u32::from_le_bytes(entry[8..12].try_into().expect("four bytes")), 8192);
    let sectors = u32::from_le_bytes(entry[12..16].try_into().expect("four bytes"));
    assert_eq!(u64::from(8192 + sectors) * 512, 64 << 20);
    assert!(sector[462..510].iter().all(|byte| *byte == 0), "no other partition");
    assert_eq!(fs::metadata(&card).expect("the card").len(), 64 << 20);
}

#[test]
fn every_file_is_on_the_card_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let contents = sources(folder.path());
    for text in ["64M", "512M", "4G"] {
        let card = folder.path().join("card.img");
        build_at(&card, size(text), &contents).expect("a card");
        let whole = File::open(&card).expect("the card");
        let length = whole.metadata().expect("its length").len();
        let partition = StreamSlice::new(whole, START, length).expect("the partition");
        let system = FileSystem::new(partition, FsOptions::new()).expect("a file system");
        assert_eq!(system.fat_type(), fatfs::FatType::Fat32);
        assert_eq!(system.volume_label(), "COMMONS");
        for (path, source) in contents.iter() {
            let mut read = Vec::new();
            let file = system.root_dir().open_file(path.as_str());
            file.expect("the file").read_to_end(&mut read).expect("its bytes");
            assert!(read == fs::read(source).expect("the source"), "{text}: {}", path.as_str());
        }
    }
}

#[test]
fn the_same_files_make_the_same_card() {
    let folder = tempfile::tempdir().expect("a folder");
    let contents = sources(folder.path());
    let cards = ["a.img", "b.img"].map(|name| {
        let card = folder.path().join(name);
        build_at(&card, size("64M"), &contents).expect("a card");
        fs::read(card).expect("the card")
    });
    assert!(cards[0] == cards[1]);
}

#[test]
fn files_that_do_not_fit_leave_the_old_card() {
    let folder = tempfile::tempdir().expect("a folder");
    let card = folder.path().join("card.img");
    fs::write(&card, "the old one").expect("a file");
    File::create(folder.path().join("large"))
        .and_then(|file| file.set_len(64 << 20))
        .expect("a file");
    let mut contents = Contents::default();
    contents.add_file("large", &folder.path().join("large")).expect("a name");
    let refused = build_at(&card, size("64M"), &contents);
    assert!(matches!(refused, Err(Error::TooSmall { .. })), "{refused:?}");
    assert_eq!(fs::read_to_string(&card).expect("the card"), "the old one");
    assert!(!folder.path().join("card.unfinished").exists());
}
