//! The card comes out of its slot, and processes are killed, while the card is at work.

use crate::case::{Case, on_checked_machine};
use crate::failure::Outcome;
use crate::machine::Machine;
use crate::monitor::{Monitor, with_monitor_of};
use crate::sd_card::Card;
use crate::setup::{Board, Kernel};
use crate::{ensure, free, guest};

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    free!("pulled":
        a_card_that_is_pulled_is_an_error_for_all_and_the_next_one_is_mounted,
        the_kernel_that_checks_itself_outlives_its_card,
        processes_that_are_killed_while_the_card_works_leave_nothing_behind,
        the_kernel_that_checks_itself_ends_them_too,
    )
}

/// Pages of the file that the suites read: each begins with its number.
const PAGES: usize = 1000;

fn long() -> Vec<u8> {
    let mut long = vec![0; PAGES * 4096];
    for (page, bytes) in long.chunks_mut(4096).enumerate() {
        bytes[..8].copy_from_slice(&(page as u64).to_le_bytes());
    }
    long
}

fn a_card_that_is_pulled_is_an_error_for_all_and_the_next_one_is_mounted() -> Outcome {
    pull(Kernel::Release)
}

fn the_kernel_that_checks_itself_outlives_its_card() -> Outcome {
    pull(Kernel::Checked)
}

fn pull(kernel: Kernel) -> Outcome {
    let card = Card::new("64M", &[("long", &long())])?;
    let next = Card::new("64M", &[("other", b"of the next card\n")])?;
    let drive = card.drive();
    with_monitor_of(kernel, Board::usual()?, &["-drive", &drive], |machine, connect| {
        machine.wait_for_prompt()?;
        machine.succeed("ls /sd")?;
        let mut monitor = connect()?;
        guest::run_suite_and(machine, "card-pulled", "all are at work\n", || eject(&mut monitor))?;
        let message = machine.fail("cat /sd/long")?;
        ensure!(message.contains("no card in the slot"), "an empty slot: {message}");
        // What could not be written is told once more, and lost.
        machine.run("sync")?;
        machine.succeed("sync")?;
        let before = guest::holdings(machine)?;
        insert(&mut monitor, &next)?;
        let text = machine.succeed("cat /sd/other")?;
        ensure!(text.ends_with("of the next card\n"), "the next card has {text}");
        machine.succeed("umount /sd")?;
        let after = guest::holdings(machine)?;
        ensure!(before.is_same(after), "there were {before:?}, then {after:?}");
        machine.succeed("mount /sd")?;
        machine.succeed("cp /bin/true /sd/true")?;
        machine.succeed("/sd/true")?;
        machine.type_line("poweroff")?;
        machine.expect_exit().map(drop)
    })?;
    // Of the first one, what was written up to then can be repaired.
    let files = card.repaired("")?;
    ensure!(files.contains_key("long"), "the card has {:?}", files.keys());
    next.check()
}

/// Takes the card out of the slot.
fn eject(monitor: &mut Monitor) -> Outcome {
    let answer = monitor.ask(r#"{"execute":"eject","arguments":{"device":"sd0","force":true}}"#)?;
    ensure!(answer.contains("return"), "the card stays: {answer}");
    Ok(())
}

/// Puts a card into the slot.
fn insert(monitor: &mut Monitor, card: &Card) -> Outcome {
    let answer = monitor.ask(&format!(
        r#"{{"execute":"blockdev-change-medium","arguments":{{"device":"sd0","format":"raw","filename":"{}"}}}}"#,
        card.path().display()
    ))?;
    ensure!(answer.contains("return"), "the card does not go in: {answer}");
    Ok(())
}

fn kill(machine: &mut Machine) -> Outcome {
    machine.succeed(&format!("cat {} > /sd/guest", guest::PROGRAM))?;
    guest::run_suite(machine, guest::PROGRAM, "card-kills")?;
    // Nobody holds anything there.
    machine.succeed("umount /sd")?;
    machine.type_line("poweroff")?;
    machine.expect_exit().map(drop)
}

fn processes_that_are_killed_while_the_card_works_leave_nothing_behind() -> Outcome {
    let card = Card::new("64M", &[("long", &long())])?;
    card.boot(kill)?;
    card.check()
}

fn the_kernel_that_checks_itself_ends_them_too() -> Outcome {
    let card = Card::new("64M", &[("long", &long())])?;
    on_checked_machine(&["-drive", &card.drive()], kill)?;
    card.check()
}
