//! What the shell's scripts are expected to print is what dash prints, where there is a dash.
//!
//! `COMMONS_RECORD=1 cargo test -p tests --test shell_scripts` writes it down anew.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const DASH: &str = "/bin/dash";

/// All scripts, in order.
fn scripts() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("shell");
    let entries = |folder: &Path| {
        let entries = fs::read_dir(folder).expect("the scripts' folder");
        entries.map(|entry| entry.expect("a script").path())
    };
    let groups = entries(&folder).filter(|path| path.is_dir());
    let mut scripts: Vec<PathBuf> = groups
        .flat_map(|group| entries(&group).collect::<Vec<_>>())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sh"))
        .collect();
    scripts.sort();
    scripts
}

/// What dash prints for a script in an empty directory, and its status.
fn of_dash(script: &Path) -> String {
    let directory = tempfile::tempdir().expect("a directory");
    // Scripts call `sh`, which is to be dash too.
    let programs = tempfile::tempdir().expect("a directory");
    std::os::unix::fs::symlink(DASH, programs.path().join("sh")).expect("a link");
    let output = Command::new(DASH)
        .arg(script)
        .current_dir(directory.path())
        .env_clear()
        .env("PATH", format!("{}:/usr/bin:/bin", programs.path().display()))
        .env("HOME", "/")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .expect("dash runs");
    let status = output.status.code().expect("a status");
    format!("{}=== status {status}\n", String::from_utf8_lossy(&output.stdout))
}

#[test]
fn the_recorded_outputs_are_dashs() {
    if !Path::new(DASH).exists() {
        eprintln!("{DASH} is not there: the recorded outputs are not compared with it");
        return;
    }
    let mut wrong = Vec::new();
    for script in scripts() {
        let recorded = script.with_extension("expected");
        let printed = of_dash(&script);
        if std::env::var_os("COMMONS_RECORD").is_some() {
            fs::write(&recorded, &printed).unwrap();
        }
        if fs::read_to_string(&recorded).ok().as_ref() != Some(&printed) {
            wrong.push(script.display().to_string());
        }
    }
    assert!(wrong.is_empty(), "dash prints something else for {wrong:?}");
}

#[test]
fn there_are_at_least_150_scripts_and_each_has_its_output() {
    let scripts = scripts();
    assert!(scripts.len() >= 150, "only {}", scripts.len());
    for script in scripts {
        assert!(script.with_extension("expected").exists(), "{}", script.display());
    }
}
