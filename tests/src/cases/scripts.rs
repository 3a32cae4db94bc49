//! `make run CMD=…` and `SCRIPT=…`: Commons as a step of somebody's tests.
//!
//! The front door itself is started, so the image is built anew, from what is built already.

use crate::case::Case;
use crate::failure::{Failure, Outcome};
use crate::{ensure, free, setup};
use std::path::Path;
use std::process::{Command, Output};

/// The cases of this subject. They share the folder that the script's image is built in.
pub fn cases() -> Vec<Case> {
    free!("scripts": a_script_prints_its_output_alone_and_ends_with_its_status)
}

/// Runs the front door's script with a variable.
fn run(variable: &str, value: &str) -> Outcome<Output> {
    let _alone = setup::build_alone();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
    Command::new("sh")
        .arg(root.join(".setup/script.sh"))
        .env("CARGO_TARGET_DIR", root.join("target"))
        .env_remove("CMD")
        .env_remove("SCRIPT")
        .env(variable, value)
        .output()
        .map_err(|error| Failure::new(format!("script.sh cannot be started: {error}")))
}

fn a_script_prints_its_output_alone_and_ends_with_its_status() -> Outcome {
    let line = "region create /ci 64K; echo made > /tmp/a; cat /tmp/a; region rm /ci; exit 7";
    let ran = run("CMD", line)?;
    let (printed, told) =
        (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    ensure!(ran.status.code() == Some(7), "its status is {:?}: {printed}{told}", ran.status);
    ensure!(printed.lines().last() == Some("made"), "it printed {printed:?}");
    ensure!(
        !printed.contains("Commons 0."),
        "the banner or the kernel's messages are in it: {printed}"
    );

    let file = std::env::temp_dir().join(format!("commons-script-{}", std::process::id()));
    std::fs::write(&file, "echo one\necho two\n")
        .map_err(|error| Failure::new(format!("{}: {error}", file.display())))?;
    let ran = run("SCRIPT", &file.display().to_string());
    let _ = std::fs::remove_file(&file);
    let ran = ran?;
    ensure!(ran.stdout == b"one\ntwo\n", "it printed {:?}", String::from_utf8_lossy(&ran.stdout));
    ensure!(ran.status.success(), "its status is {:?}", ran.status);

    let ran = run("SCRIPT", "/nowhere/script")?;
    let told = String::from_utf8_lossy(&ran.stderr);
    ensure!(
        ran.status.code() == Some(2) && told.contains("/nowhere/script"),
        "not refused: {told}"
    );
    Ok(())
}
