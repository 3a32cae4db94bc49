//! The power is cut at any block: what was synced is there, and the rest can be repaired.

use super::card::{Shared, is_mark};
use super::{READ, system};
use crate::fs::Rule;
use crate::fs::tests::{System, read, write};
use abi::file::OpenFlags;
use proptest::prelude::*;

fn fill(system: &System, path: &str, length: usize, byte: u8) {
    let flags = OpenFlags::CREATE | OpenFlags::TRUNCATE | OpenFlags::READ_WRITE;
    if let Ok(file) = system.open(path, flags) {
        let _ = write(&file, &vec![byte; length]);
    }
}

/// Work that changes much; nothing of it is looked at when it fails.
fn work(system: &System) {
    for number in 0..6_u8 {
        fill(system, &format!("sd/a new file with number {number}"), 3000, number);
        let _ = system.make_directory(&format!("sd/directory {number}"));
        let from = format!("sd/a new file with number {number}");
        let _ = system.rename(&from, &format!("sd/directory {number}/moved"));
        fill(system, "sd/grows", 900 * usize::from(number), number);
        let _ = system.rename(&format!("sd/directory {number}"), &format!("sd/Directory {number}"));
        let _ = system.rename_by("sd/grows", "sd/directory 0", Rule::Exchange);
        let _ = system.rename_by("sd/grows", "sd/directory 0", Rule::Exchange);
        let _ = system.unlink(&format!("sd/directory {}/moved", number / 2));
    }
}

/// What may be found after a cut: room that nobody has, chains that are too long, a file under both
/// of its names, long names without their files, and copies of the table that lag.
fn can_be_repaired(finding: &str) -> bool {
    let harmless = [
        "no chain reaches",
        "does not match the file size",
        "in more than one chain",
        "without a short entry",
        "copies differ",
    ];
    is_mark(finding) || harmless.iter().any(|word| finding.contains(word))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn what_was_synced_outlasts_a_power_cut(blocks in 0..400_u64) {
        let card = Shared::formatted(40 << 20);
        let first = system(&card);
        first.make_directory("sd/kept").unwrap();
        for number in 0..5_u8 {
            fill(&first, &format!("sd/kept/a file {number}"), 2500, number);
        }
        first.open("sd", READ).unwrap().node().synchronise().unwrap();
        card.fail_after(blocks);
        work(&first);
        let cut = card.copy();
        let wrong: Vec<_> =
            cut.findings().into_iter().filter(|text| !can_be_repaired(text)).collect();
        prop_assert!(wrong.is_empty(), "{:#?}", wrong);
        let second = system(&cut);
        for number in 0..5_u8 {
            let file = second.open(&format!("sd/kept/a file {number}"), READ).unwrap();
            prop_assert_eq!(read(&file, 9000).unwrap(), vec![number; 2500]);
        }
        // It can be used as it is.
        work(&second);
        second.open("sd", READ).unwrap().node().synchronise().unwrap();
    }
}
