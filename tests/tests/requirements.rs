//! `docs/requirements.md` names every requirement once, and only checks that exist.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const PAGE: &str = include_str!("../../docs/requirements.md");

/// Prefixes of the requirements' numbers, and how many there are of each.
const NUMBERS: [(&str, usize); 11] = [
    ("S0", 48),
    ("S1", 52),
    ("S2", 44),
    ("S3", 34),
    ("T", 19),
    ("D", 10),
    ("U", 17),
    ("E", 12),
    ("C", 40),
    ("L", 5),
    ("N", 7),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Numbers and the last columns of the rows that have a number.
fn rows() -> Vec<(&'static str, &'static str)> {
    let row = |line: &'static str| {
        let cells: Vec<&str> = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").collect();
        let number = cells.first().filter(|first| first.contains('-'))?;
        (cells.len() == 3).then(|| (*number, cells[2]))
    };
    PAGE.lines().filter_map(row).collect()
}

/// The checks that a row names: what stands between backquotes and has a colon.
fn named(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.split('`').skip(1).step_by(2).filter(|piece| piece.contains(':'))
}

/// The Rust sources below a folder.
fn sources(folder: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            texts.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            texts.push(fs::read_to_string(&path).expect("a source can be read"));
        }
    }
    texts
}

/// The names of the cases in QEMU, of C programs as well, as the program that runs them tells.
fn cases() -> BTreeSet<String> {
    let listing = Command::new(env!("CARGO_BIN_EXE_tests"))
        .arg("--list")
        .env("COMMONS_C_EXAMPLES", "posix mapping offers topics")
        .output()
        .expect("the program lists its cases");
    let text = String::from_utf8(listing.stdout).expect("names are text");
    text.lines().filter_map(|line| Some(line.split_once(": ")?.0.to_owned())).collect()
}

/// A test program's suites, and the source of each: its file and those in the folder of its name.
fn suites(table: &str, folder: &str, prefix: &str) -> BTreeMap<String, String> {
    let table = fs::read_to_string(root().join(table)).expect("the table of suites");
    let suite = |line: &str| {
        let (name, function) = line.trim().strip_prefix(prefix)?.split_once("\", ")?;
        let module = function.split_once("::")?.0;
        let folder = root().join(folder);
        let mut text = fs::read_to_string(folder.join(format!("{module}.rs"))).ok()?;
        text.extend(sources(&folder.join(module)));
        Some((name.to_owned(), text))
    };
    table.lines().filter_map(suite).collect()
}

/// Where checks are looked up.
struct Checks {
    cases: BTreeSet<String>,
    /// The sources of the cases, which name the suites that are run.
    runners: String,
    guest: BTreeMap<String, String>,
    api: BTreeMap<String, String>,
}

impl Checks {
    fn new() -> Self {
        Self {
            cases: cases(),
            runners: sources(&root().join("tests/src/cases")).concat(),
            guest: suites("tests/guest/src/suites/mod.rs", "tests/guest/src/suites", "(c\""),
            api: suites("tests/api/src/main.rs", "tests/api/src", "(\""),
        }
    }

    fn exists(&self, check: &str) -> bool {
        let Some((place, name)) = check.split_once(": ") else { return self.cases.contains(check) };
        match place.split_once(' ') {
            Some(("guest", suite)) => self.is_run(&self.guest, suite, name),
            Some(("api", suite)) => self.is_run(&self.api, suite, name),
            Some(("host", folder)) => is_on_host(folder, name),
            _ => false,
        }
    }

    /// Whether a suite that a case runs has a check of that name.
    fn is_run(&self, suites: &BTreeMap<String, String>, suite: &str, name: &str) -> bool {
        let has_check = suites.get(suite).is_some_and(|text| text.contains(&format!("\"{name}\"")));
        has_check && self.runners.contains(&format!("\"{suite}\""))
    }
}

fn is_on_host(folder: &str, name: &str) -> bool {
    let function = format!("fn {name}(");
    sources(&root().join(folder)).iter().any(|text| {
        let before = text.split_once(&function).map(|(before, _)| before);
        before.is_some_and(|before| before.trim_end().ends_with("#[test]"))
    })
}

#[test]
fn every_number_is_there_once() {
    let found: Vec<&str> = rows().into_iter().map(|(number, _)| number).collect();
    let wanted: Vec<String> = NUMBERS
        .iter()
        .flat_map(|(prefix, last)| (1..=*last).map(move |index| format!("{prefix}-{index:02}")))
        .collect();
    assert_eq!(found, wanted);
}

#[test]
fn every_row_names_a_check_or_says_why_not() {
    for (number, shown_by) in rows() {
        let says = named(shown_by).next().is_some() || shown_by.contains("not yet: ");
        assert!(says, "{number} names no check");
    }
}

#[test]
fn every_check_that_is_named_exists() {
    let checks = Checks::new();
    let outcome = |(number, shown_by)| {
        let checks = &checks;
        let told = named(shown_by).filter(|check| !checks.exists(check));
        told.map(move |check| format!("{number}: {check}")).collect::<Vec<_>>()
    };
    let missing: Vec<String> = rows().into_iter().flat_map(outcome).collect();
    assert!(missing.is_empty(), "no such checks:\n{}", missing.join("\n"));
}

#[test]
fn what_does_not_exist_is_not_found() {
    let checks = Checks::new();
    for wrong in [
        "region_commands::nothing",
        "guest seals: nothing",
        "guest nothing: no shrinking",
        "guest regions: no shrinking",
        "guest offer-pages: nothing",
        "api posix-objects: nothing",
        "host kernel/core: nothing",
        "host user: main",
        "nobody: nothing",
    ] {
        assert!(!checks.exists(wrong), "{wrong} is found");
    }
}
