//! docs/linux-abi.md has a row for every call of Linux's that the kernel has, and says of no other
//! one that it is there.

use abi::Sysno;
use std::collections::BTreeMap;
use std::path::Path;

/// The first of Commons' own calls.
const OWN: u64 = 0x1000;

/// What the page says of each call: its name, and how much of it there is.
fn rows() -> BTreeMap<u64, (String, String)> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/linux-abi.md");
    let text = std::fs::read_to_string(page).expect("docs has the page");
    let mut rows = BTreeMap::new();
    for line in text.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let Ok(number) = cells[0].parse() else { continue };
        let row = (cells[1].trim_matches('`').to_owned(), cells[2].to_owned());
        assert!(rows.insert(number, row).is_none(), "call {number} is there twice");
    }
    rows
}

/// `Newfstatat` for the call `newfstatat`, `RtSigaction` for `rt_sigaction`.
fn plain(name: &str) -> String {
    name.chars().filter(|letter| *letter != '_').flat_map(char::to_lowercase).collect()
}

#[test]
fn every_call_of_linuxs_is_told_with_how_much_of_it_there_is() {
    let rows = rows();
    for call in Sysno::ALL.iter().filter(|call| (**call as u64) < OWN) {
        let number = *call as u64;
        let (name, extent) = rows.get(&number).unwrap_or_else(|| panic!("no row for {call:?}"));
        assert_eq!(plain(name), plain(&format!("{call:?}")), "the name of call {number}");
        let is_told = extent == "full" || extent.starts_with("full: ");
        assert!(is_told || extent.starts_with("partial: "), "call {number}: {extent}");
    }
}

#[test]
fn a_call_that_is_not_there_is_told_as_such() {
    let is_there = |number: u64| Sysno::from_number(number).is_some();
    for (number, (_, extent)) in rows() {
        assert_eq!(is_there(number), !extent.starts_with("ENOSYS"), "call {number}");
    }
}
