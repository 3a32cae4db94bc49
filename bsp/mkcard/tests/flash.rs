//! `make flash` writes to cards alone: its script against disks of every kind, which a stand-in for
//! `lsblk` tells of.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../.setup/flash.sh");

/// Prints what the test says of the column that is asked for.
const LSBLK: &str = r#"#!/bin/sh
[ -z "$NO_DISK" ] || exit 32
while [ $# -gt 0 ]; do
    if [ "$1" = --output ]; then
        case $2 in
            TYPE) echo "$TYPE" ;;
            RM) echo "$RM" ;;
            HOTPLUG) echo 0 ;;
            TRAN) echo "$TRAN" ;;
            MOUNTPOINT) printf '\n%s\n' "$MOUNTED" ;;
            RO) echo "$RO" ;;
            SIZE) echo "$SIZE" ;;
            *) echo "PATH SIZE MODEL" ;;
        esac
    fi
    shift
done
"#;

/// A card reader with a card in it, and what is different about it.
fn flash(folder: &Path, different: &[(&str, &str)], answer: &str) -> Output {
    let lsblk = folder.join("lsblk");
    fs::write(&lsblk, LSBLK).expect("a script");
    fs::set_permissions(&lsblk, fs::Permissions::from_mode(0o755)).expect("its mode");
    fs::write(folder.join("card.img"), vec![7; 8192]).expect("the image");
    fs::write(folder.join("device"), vec![0; 16384]).expect("the disk");
    fs::write(folder.join("answer"), answer).expect("the answer");
    let usual = [("TYPE", "disk"), ("RM", "1"), ("TRAN", "usb"), ("RO", "0"), ("SIZE", "16384")];
    Command::new("sh")
        .arg(SCRIPT)
        .arg(folder.join("card.img"))
        .arg(folder.join("device"))
        .env("PATH", format!("{}:{}", folder.display(), std::env::var("PATH").expect("a PATH")))
        .envs(usual)
        .envs([("MOUNTED", ""), ("NO_DISK", ""), ("CI", "1")])
        .envs(different.iter().copied())
        .stdin(Stdio::from(fs::File::open(folder.join("answer")).expect("the answer")))
        .output()
        .expect("the script runs")
}

fn untouched(folder: &Path) -> bool {
    fs::read(folder.join("device")).expect("the disk") == vec![0; 16384]
}

#[test]
fn a_disk_that_is_no_card_is_refused_and_stays_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let device = format!("{}\n", folder.path().join("device").display());
    let refusals: [(&[(&str, &str)], &str); 6] = [
        (&[("NO_DISK", "1")], "is no disk"),
        (&[("TYPE", "part")], "not a whole disk"),
        (&[("RM", "0"), ("TRAN", "sata")], "cannot be taken out"),
        (&[("MOUNTED", "/media/card")], "is in use (/media/card"),
        (&[("RO", "1")], "write-protected"),
        (&[("SIZE", "4096")], "has 4096 bytes"),
    ];
    for (different, reason) in refusals {
        let output = flash(folder.path(), different, &device);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && told.contains(reason), "{reason}: {told}");
        assert!(untouched(folder.path()), "{reason}");
    }
}

#[test]
fn another_answer_than_the_name_writes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    for answer in ["", "y\n", "yes\n", "/dev/sda\n"] {
        let output = flash(folder.path(), &[], answer);
        assert!(!output.status.success() && untouched(folder.path()), "{answer:?}");
    }
}

#[test]
fn the_name_as_the_answer_writes_the_card_and_reads_it_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let device = format!("{}\n", folder.path().join("device").display());
    let output = flash(folder.path(), &[], &device);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    let written = fs::read(folder.path().join("device")).expect("the disk");
    assert!(written[..8192] == vec![7; 8192]);
}
