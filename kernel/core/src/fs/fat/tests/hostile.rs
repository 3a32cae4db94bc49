//! Volumes that somebody has damaged, by chance or on purpose: errors, never a hang or a panic.

use super::card::{START, Shared};
use super::{READ, names, system};
use crate::fs::tests::{System, read, write};
use abi::file::{OpenFlags, SEEK_SET};
use proptest::prelude::*;

/// A card with some files on it.
fn filled() -> Shared {
    let card = Shared::formatted(40 << 20);
    let system = system(&card);
    system.make_directory("sd/directory").unwrap();
    system.make_directory("sd/directory/below").unwrap();
    for number in 0..40 {
        let path = format!("sd/directory/a file with a long name {number}");
        write(&system.create(&path), &vec![number; 700 * usize::from(number)]).unwrap();
    }
    system.open("sd", READ).unwrap().node().synchronise().unwrap();
    card
}

/// Does all there is to do; what it answers does not matter.
fn use_all(system: &System) {
    let Ok(root) = system.open("sd", OpenFlags::DIRECTORY) else { return };
    let _ = root.node().room();
    for directory in ["sd", "sd/directory", "sd/directory/below"] {
        if system.open(directory, OpenFlags::DIRECTORY).is_err() {
            continue;
        }
        for name in names(system, directory).iter().take(60) {
            let path = format!("{directory}/{name}");
            if let Ok(file) = system.open(&path, READ) {
                let _ = read(&file, 40_000);
                file.stat();
            }
            if let Ok(file) = system.open(&path, OpenFlags::READ_WRITE) {
                let _ = file.seek(3000, SEEK_SET);
                let _ = write(&file, &[1; 2000]);
                let _ = file.set_length(100);
            }
        }
    }
    let _ = system.rename("sd/directory/a file with a long name 7", "sd/directory/below/x");
    let _ = system.unlink("sd/directory/a file with a long name 9");
    let _ = system.open("sd/new", OpenFlags::CREATE | OpenFlags::READ_WRITE);
    let _ = system.make_directory("sd/directory/new");
    let _ = system.remove_directory("sd/directory/below");
    let _ = root.node().synchronise();
}

/// The blocks that matter: the boot sector, the first of both tables, and directories.
fn places() -> impl Strategy<Value = u64> {
    let reserved = 32;
    let table = (40 << 20) / 512 * 4 / 512;
    prop_oneof![
        2 => 0..2_u64,
        6 => Just(START),
        2 => START + 1..START + 8,
        6 => START + reserved..START + reserved + 12,
        6 => START + reserved + 2 * table..START + reserved + 2 * table + 200,
        1 => START..START + 3000,
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn damage_is_an_error(
        damage in prop::collection::vec((places(), 0..512_usize, any::<u8>()), 1..30),
        noise in prop::option::of((places(), any::<[u8; 32]>())),
    ) {
        let card = filled();
        for (place, at, byte) in damage {
            let mut block = card.block(place);
            block[at] = byte;
            card.set_block(place, block);
        }
        if let Some((place, bytes)) = noise {
            card.set_block(place, core::array::from_fn(|index| bytes[index % 32]));
        }
        use_all(&system(&card));
    }

    #[test]
    fn chains_that_lead_anywhere_end(
        links in prop::collection::vec((2_u32..900, prop_oneof![2_u32..900, any::<u32>()]), 1..200),
    ) {
        let card = filled();
        for (cluster, next) in links {
            let place = START + 32 + u64::from(cluster) / 128;
            let mut block = card.block(place);
            block[cluster as usize % 128 * 4..][..4].copy_from_slice(&next.to_le_bytes());
            card.set_block(place, block);
        }
        use_all(&system(&card));
    }
}

#[test]
fn a_file_whose_chain_is_a_circle_is_an_error() {
    let card = filled();
    // Every cluster leads to itself.
    for place in START + 32..START + 40 {
        let first = (place - START - 32) as u32 * 128;
        let mut block = [0; 512];
        for index in 0..128 {
            block[index as usize * 4..][..4].copy_from_slice(&(first + index).to_le_bytes());
        }
        card.set_block(place, block);
    }
    use_all(&system(&card));
}
