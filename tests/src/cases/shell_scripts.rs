//! The shell's language: scripts print what dash prints.
//!
//! `tests/shell` has the scripts by subject, and beside each what dash printed and its status
//! (`tests/tests/shell_scripts.rs` compares that with dash itself). One boot runs all of them.

use crate::case::Case;
use crate::failure::{Failure, Outcome};
use crate::machine::Machine;
use crate::{booted, ensure, setup};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The fewest scripts that the language is held against.
const LEAST: usize = 150;

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    booted!("shell_scripts":
        every_script_prints_what_dash_prints,
    )
}

fn every_script_prints_what_dash_prints(machine: &mut Machine) -> Outcome {
    let expected = recorded()?;
    ensure!(expected.len() >= LEAST, "there are only {} scripts", expected.len());
    machine.type_line("shell /extra/shell/run.sh")?;
    let printed = machine.wait_for_within("=== end\n", setup::patience() * 10)?;
    let mut wrong = Vec::new();
    for (name, wanted) in &expected {
        match result_of(&printed, name) {
            Some(result) if result == wanted => {}
            Some(result) => wrong.push(format!("{name} printed\n{result}\nand not\n{wanted}")),
            None => wrong.push(format!("{name} was not run")),
        }
    }
    ensure!(wrong.is_empty(), "{} scripts are wrong:\n{}", wrong.len(), wrong.join("\n"));
    Ok(())
}

/// What stands between a script's name and the next one's.
fn result_of<'a>(printed: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = printed.split_once(&format!("=== {name}\n"))?;
    let status = rest.find("=== status ")?;
    let end = status + rest[status..].find('\n')? + 1;
    Some(&rest[..end])
}

/// What each script prints, by its name.
fn recorded() -> Outcome<BTreeMap<String, String>> {
    let mut recorded = BTreeMap::new();
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("shell");
    for group in entries(&folder)?.into_iter().filter(|path| path.is_dir()) {
        for path in entries(&group)? {
            if path.extension().is_some_and(|extension| extension == "sh") {
                let name = path.with_extension("");
                let name = name.strip_prefix(&folder).unwrap_or(&name).display().to_string();
                recorded.insert(name, read(&path.with_extension("expected"))?);
            }
        }
    }
    Ok(recorded)
}

fn entries(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)
        .map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
    Ok(entries.flatten().map(|entry| entry.path()).collect())
}

fn read(path: &Path) -> Outcome<String> {
    std::fs::read_to_string(path)
        .map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}
