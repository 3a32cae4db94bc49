//! The SD card: small and large ones, none at all, and what Commons has written read on the host.

use crate::case::{Case, on_machine};
use crate::failure::{Failure, Outcome};
use crate::{ensure, free, guest};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// As the suite `card` writes at each of its places.
const LENGTH: u64 = 1500;

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    free!("card":
        a_card_that_counts_in_bytes_keeps_what_is_written,
        a_card_that_counts_in_blocks_keeps_what_is_written,
        what_the_host_has_put_on_a_card_is_read,
        an_empty_slot_is_an_error_and_no_hang,
    )
}

fn a_card_that_counts_in_bytes_keeps_what_is_written() -> Outcome {
    runs_the_suite(64 << 20)
}

fn a_card_that_counts_in_blocks_keeps_what_is_written() -> Outcome {
    runs_the_suite(4 << 30)
}

fn what_the_host_has_put_on_a_card_is_read() -> Outcome {
    // Small, because the emulator moves a card's words one by one.
    with_card(4 << 20, |card, switches| {
        // A name would end at a zero, and the shell prints what it gets.
        let text = format!("{}\n", "from the host ".repeat(100));
        write_at(card, 0, text.as_bytes())?;
        on_machine(switches, |machine| {
            let listing = machine.succeed("ls -l /dev/mmcblk0")?;
            ensure!(listing.contains("brw-------"), "the card is listed as {listing}");
            machine.succeed("cat /dev/mmcblk0 > /tmp/card")?;
            let size = machine.succeed("ls -l /tmp/card")?;
            ensure!(size.contains("4194304"), "the copy of the card: {size}");
            machine.succeed("cat /tmp/card > /dev/mmcblk0")?;
            machine.succeed("/extra/guest same /tmp/card /dev/mmcblk0")?;
            Ok(())
        })?;
        let mut read = vec![0; text.len()];
        read_at(card, 0, &mut read)?;
        ensure!(read == text.as_bytes(), "the copy back has changed the card");
        Ok(())
    })
}

fn an_empty_slot_is_an_error_and_no_hang() -> Outcome {
    on_machine(&[], |machine| {
        let message = machine.fail("cat /dev/mmcblk0")?;
        ensure!(message.contains("no card in the slot"), "without a card: {message}");
        let message = machine.fail("cat /dev/mmcblk0")?;
        ensure!(message.contains("no card in the slot"), "and again: {message}");
        Ok(())
    })
}

fn runs_the_suite(size: u64) -> Outcome {
    with_card(size, |card, switches| {
        on_machine(switches, |machine| guest::run_suite(machine, guest::PROGRAM, "card"))?;
        for at in [3, 5 << 20, size / 2 - 700, size / 2 + (1 << 20), size - LENGTH] {
            let mut found = vec![0; LENGTH as usize];
            read_at(card, at, &mut found)?;
            let wanted: Vec<u8> = (at..at + LENGTH).map(byte_at).collect();
            ensure!(found == wanted, "byte {at} and those behind it are not as written");
        }
        let mut rest = vec![0; 4096];
        read_at(card, 1 << 20, &mut rest)?;
        ensure!(rest.iter().all(|byte| *byte == 0), "something was written that nobody asked for");
        Ok(())
    })
}

/// The rule of the suite.
fn byte_at(at: u64) -> u8 {
    (at ^ at >> 9 ^ at >> 20) as u8
}

/// An empty card with holes for zeroes, and the emulator's switches for it.
fn with_card(size: u64, check: impl FnOnce(&Path, &[&str]) -> Outcome) -> Outcome {
    let failed = |error| Failure::new(format!("cannot make a card: {error}"));
    let file = tempfile::NamedTempFile::new().map_err(failed)?;
    file.as_file().set_len(size).map_err(failed)?;
    let drive = format!("if=sd,format=raw,file={}", file.path().display());
    check(file.path(), &["-drive", &drive])
}

fn read_at(card: &Path, at: u64, bytes: &mut [u8]) -> Outcome {
    let read = File::open(card).and_then(|file| file.read_exact_at(bytes, at));
    read.map_err(|error| Failure::new(format!("cannot read the card's image: {error}")))
}

fn write_at(card: &Path, at: u64, bytes: &[u8]) -> Outcome {
    let file = File::options().write(true).open(card);
    let written = file.and_then(|file| file.write_all_at(bytes, at));
    written.map_err(|error| Failure::new(format!("cannot write the card's image: {error}")))
}
