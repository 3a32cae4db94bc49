//! Replays what is kept: inputs that reach as much as fuzzing has found, and each crash that there ever was.

use fuzz::TARGETS;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// Targets that have found something.
const FOUND: [&str; 7] = ["expansion", "fat", "ring", "shell", "strace", "tables", "terminal"];

/// The files in a folder, in their order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> =
        entries.map(|entry| entry.expect("it can be listed").path()).collect();
    files.sort();
    files
}

/// Runs a target with all that is kept for it.
fn replay(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).expect("there is such a target");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let corpus = files(&root.join("corpus").join(name));
    assert!(!corpus.is_empty(), "corpus/{name} has no files");
    let crashes = files(&root.join("crashes").join(name));
    assert!(!crashes.is_empty() || !FOUND.contains(&name), "crashes/{name} has no files");
    for file in corpus.iter().chain(&crashes) {
        let bytes = fs::read(file).expect("it can be read");
        let outcome = catch_unwind(AssertUnwindSafe(|| (target.run)(&bytes)));
        assert!(outcome.is_ok(), "{} fails", file.display());
    }
    (target.seeds)().iter().for_each(|seed| (target.run)(seed));
}

macro_rules! replays {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            replay(stringify!($name));
        })*

        #[test]
        fn every_target_is_replayed() {
            let replayed = [$(stringify!($name)),*];
            assert!(TARGETS.iter().all(|target| replayed.contains(&target.name)));
            for folder in ["corpus", "crashes"] {
                for kept in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)) {
                    let name = kept.file_name().expect("a name").to_string_lossy();
                    assert!(replayed.contains(&&*name), "{folder}/{name} is of no target");
                }
            }
        }
    };
}

replays! { cpio device_tree elf expansion fat frame linker path ring shell strace tables terminal topic }
