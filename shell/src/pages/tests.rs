//! Tests of the pages themselves, and of how they are found.

use super::*;
use crate::help;
use abi::Sysno;
use std::collections::BTreeMap;
use std::format;
use std::fs;
use std::path::{Path, PathBuf};

fn user() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../user")
}

/// Every page, by its name.
fn pages() -> BTreeMap<String, String> {
    let root = user().join("files").join(DIRECTORY.trim_start_matches('/'));
    let mut pages = BTreeMap::new();
    for group in fs::read_dir(root).unwrap() {
        for file in fs::read_dir(group.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            let name = name.strip_suffix(SUFFIX).expect("a page's name");
            let before = pages.insert(String::from(name), fs::read_to_string(&path).unwrap());
            assert!(before.is_none(), "{name} is in two groups");
        }
    }
    pages
}

fn has_page(name: &str) -> bool {
    pages().keys().any(|page| is_same(page, name))
}

/// The functions that a module offers to programs: what its `pub use` names in small letters.
fn functions(module: &str) -> Vec<String> {
    let text = fs::read_to_string(user().join("src").join(module)).unwrap();
    let mut functions = Vec::new();
    for part in text.split("pub use ").skip(1) {
        let names = part.split(';').next().unwrap();
        let names = names.rsplit("::").next().unwrap();
        let names = names.split(|c: char| !c.is_alphanumeric() && c != '_');
        let names = names.filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase()));
        functions.extend(names.map(String::from));
    }
    functions
}

#[test]
fn every_call_about_regions_offers_and_topics_has_a_page() {
    let mut count = 0;
    for call in Sysno::ALL {
        let name = format!("{call:?}");
        let is_ours = ["Region", "Vm", "Topic"].iter().any(|family| name.starts_with(family));
        // Linux's, whose manual page is Linux's.
        if is_ours && *call != Sysno::Vmsplice {
            assert!(has_page(&name), "no page for {name}");
            count += 1;
        }
    }
    assert!(count > 35, "only {count} calls were found");
}

#[test]
fn every_function_of_the_other_families_has_a_page() {
    for (module, example) in [("posix/mod.rs", "shm_open"), ("mmf/mod.rs", "create_region")] {
        let functions = functions(module);
        assert!(functions.iter().any(|name| name == example), "{module}: {functions:?}");
        for name in functions {
            assert!(has_page(&name), "no page for {name} of {module}");
        }
    }
}

#[test]
fn every_page_has_a_signature_errors_and_an_example_and_fits_a_terminal() {
    for (name, text) in pages() {
        let signature = text.split('(').next().unwrap();
        assert!(is_same(signature, &name), "{name}: the first line is not its signature");
        for part in ["\n\nErrors\n  ", "\n\nExample\n  ", "\n  Try   "] {
            assert!(text.contains(part), "{name}: {part:?} is missing");
        }
        assert!(text.ends_with('\n') && text.lines().all(|line| line.chars().count() <= 80));
        let tried = text.lines().filter_map(|line| line.strip_prefix("  Try   "));
        for command in tried {
            assert!(crate::parser::parse(command).is_ok(), "{name}: {command}");
            assert!(help::find(command.split(' ').next().unwrap()).is_some(), "{name}: {command}");
        }
    }
}

#[test]
fn every_page_leads_to_pages_that_exist() {
    let pages = pages();
    for (name, text) in &pages {
        let Some((_, see)) = text.split_once("See also: ") else { continue };
        for other in see.split([',', '\n']).map(str::trim).filter(|other| !other.is_empty()) {
            assert!(pages.contains_key(other), "{name} leads to {other}, which is no page");
        }
    }
}

#[test]
fn names_in_both_spellings_mean_one_page() {
    assert!(is_same("create_region", "CreateRegion"));
    assert!(is_same("MMF_Read", "mmf_read"));
    assert!(!is_same("region_create", "CreateRegion"));
}

#[test]
fn a_name_that_does_not_exist_finds_those_like_it() {
    let names = ["shm_open", "shm_unlink", "sem_open", "mmap", "munmap"];
    assert_eq!(near("shm_opn", &names), ["shm_open"]);
    assert_eq!(near("shm", &names), ["shm_open", "shm_unlink"]);
    assert_eq!(near("frobnicate", &names), [""; 0]);
    assert_eq!(near("mm", &names), [""; 0]);
}

#[test]
fn words_fill_lines_without_crossing_the_width() {
    let words = ["one", "two", "three"].map(String::from);
    assert_eq!(fill(&words, 10), "  one  two\n  three");
    assert_eq!(fill(&words, 1), "  one\n  two\n  three");
    assert_eq!(fill(&[], 10), "");
}
