//! Files on the SD card that are mapped: pages come in when they are touched, and go when memory is short.

use crate::case::{Case, on_checked_machine};
use crate::failure::{Failure, Outcome};
use crate::machine::Machine;
use crate::sd_card::Card;
use crate::{ensure, free, guest};

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    free!("sd":
        a_file_longer_than_the_memory_left_is_mapped_and_walked_along,
        a_program_on_the_card_is_in_memory_once,
        processes_that_store_while_pages_come_and_go_lose_nothing,
    )
}

/// Pages of the file that is mapped and walked along.
const LONG_PAGES: usize = 10_000;

fn a_file_longer_than_the_memory_left_is_mapped_and_walked_along() -> Outcome {
    let mut long = vec![0; LONG_PAGES * 4096];
    for (page, bytes) in long.chunks_mut(4096).enumerate() {
        bytes[..8].copy_from_slice(&(page as u64).to_le_bytes());
    }
    let suite = |machine: &mut Machine| {
        guest::run_suite(machine, guest::PROGRAM, "card-paging")?;
        machine.type_line("poweroff")?;
        machine.expect_exit().map(drop)
    };
    for checks_itself in [false, true] {
        let card = Card::new("64M", &[("long", &long)])?;
        if checks_itself {
            on_checked_machine(&["-drive", &card.drive()], suite)?;
        } else {
            card.boot(suite)?;
        }
        card.check()?;
        let bytes = card.read("long")?;
        ensure!(bytes.len() == long.len(), "the file has {} bytes", bytes.len());
        for page in (8000..LONG_PAGES).step_by(50) {
            let word = &bytes[page * 4096 + 8..][..8];
            ensure!(word == (page as u64 + 1).to_le_bytes(), "page {page} has {word:?}");
        }
        ensure!(bytes[2229 * 4096..][..8] == 2329_u64.to_le_bytes(), "what a call wrote is lost");
    }
    Ok(())
}

/// The pages of the card's files that are in memory while a command runs that tells it, in KiB.
fn cached(machine: &mut Machine, command: &str) -> Outcome<u64> {
    let text = machine.succeed(command)?;
    let found = crate::console::pattern(r"(?m)^Cached: +(\d+) kB").captures(&text);
    let number = found.and_then(|found| found[1].parse().ok());
    number.ok_or_else(|| Failure::new(format!("no cached pages in: {text}")))
}

fn a_program_on_the_card_is_in_memory_once() -> Outcome {
    let card = Card::new("64M", &[])?;
    card.boot(|machine| {
        machine.succeed("cp /bin/shell /sd/shell")?;
        ensure!(cached(machine, "cat /proc/meminfo")? == 0, "nobody maps the file");
        // A shell that runs a shell that runs a shell.
        machine.succeed("echo 'cat /proc/meminfo; echo' > /tmp/one")?;
        machine.succeed("echo '/sd/shell /tmp/one; echo' > /tmp/two")?;
        machine.succeed("echo '/sd/shell /tmp/two; echo' > /tmp/three")?;
        let length = machine.succeed("wc -c < /sd/shell")?;
        let length = length.trim().parse::<u64>().map_err(|_| Failure::new(length))?;
        let pages = length.div_ceil(4096) * 4;
        // A shell in the middle runs code that the last one does not, but each page is there once.
        for script in ["/tmp/two", "/tmp/three"] {
            let there = cached(machine, &format!("/sd/shell {script}"))?;
            ensure!(there > pages / 2, "of the programs that run {there} KiB are in memory");
            ensure!(there <= pages, "{script} needs {there} KiB of a file of {pages} KiB");
        }
        machine.type_line("poweroff")?;
        machine.expect_exit().map(drop)
    })?;
    card.check()
}

fn processes_that_store_while_pages_come_and_go_lose_nothing() -> Outcome {
    let card = Card::new("64M", &[])?;
    card.boot(|machine| {
        guest::run_suite(machine, guest::PROGRAM, "card-paging-storm")?;
        machine.type_line("poweroff")?;
        machine.expect_exit().map(drop)
    })?;
    card.check()
}
