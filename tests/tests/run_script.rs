//! What `make run` tells the emulator: a stand-in for it prints what it was told.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// Lists displays when it is asked for them, and else prints its arguments.
const EMULATOR: &str = "#!/bin/sh\n\
    case \"$*\" in\n\
    '-display help') printf 'Available display backend types:\\nnone\\n%s\\n' \"$DISPLAYS\" ;;\n\
    *) echo \"$*\" ;;\n\
    esac\n";

/// What is printed with this `SCREEN`, by an emulator that has these displays; and whether it went well.
fn told(screen: Option<&str>, displays: &str) -> (String, bool) {
    let folder = tempfile::tempdir().expect("a folder of its own");
    let emulator = folder.path().join("qemu-system-aarch64");
    std::fs::write(&emulator, EMULATOR).expect("it can be written to");
    std::fs::set_permissions(&emulator, std::fs::Permissions::from_mode(0o755))
        .expect("its mode can be set");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.setup/run.sh");
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").expect("a PATH"));
    let mut command = Command::new("sh");
    command.arg(script).args(["image", "-smp", "4"]).env("PATH", path).env("DISPLAYS", displays);
    command.env_remove("SCREEN").env_remove("COMMONS_BOARD").stdin(Stdio::null());
    command.envs(screen.map(|screen| ("SCREEN", screen)));
    let output = command.output().expect("the script runs");
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    (text.into_owned(), output.status.success())
}

#[test]
fn without_a_screen_the_emulator_opens_none() {
    let line = "-M raspi3b -kernel image -serial mon:stdio -display none -smp 4\n";
    assert_eq!(told(None, "gtk"), (line.into(), true));
}

#[test]
fn a_window_is_opened_by_whatever_the_emulator_has_for_that() {
    for display in ["gtk", "sdl", "cocoa"] {
        let (text, went_well) = told(Some("1"), display);
        assert!(went_well && text.contains(&format!("-display {display} -smp 4")), "{text}");
    }
    let (text, went_well) = told(Some("1"), "curses");
    assert!(
        !went_well && text.contains("opens no windows") && text.contains("SCREEN=vnc"),
        "{text}"
    );
}

#[test]
fn the_screen_is_served_on_loopback_and_nowhere_else() {
    let (text, went_well) = told(Some("vnc"), "");
    assert!(went_well && text.contains("-display vnc=127.0.0.1:0 "), "{text}");
    assert!(told(Some("vnc:7"), "").0.contains("-display vnc=127.0.0.1:7 "));
    assert!(!told(Some("what"), "").1);
}
