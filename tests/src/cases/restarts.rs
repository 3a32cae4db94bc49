//! What a restart leaves: the log of the run before, with its panic.

use crate::case::Case;
use crate::failure::Outcome;
use crate::machine::Machine;
use crate::setup::{Board, Kernel};
use crate::{ensure, free};

/// The emulator stands for a board: a panic cannot end it, and it starts anew when the board would.
const AS_A_BOARD: [&str; 4] = ["-semihosting-config", "enable=off", "-action", "reboot=reset"];
/// What is said about a panic when the next run begins.
const TOLD: &str = "the run before this one ended in a panic";

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    free!("restarts":
        a_panic_is_told_by_the_next_run,
        the_next_run_has_the_log_of_one_that_was_restarted,
    )
}

fn on_both_boards(words: &str, check: impl Fn(&mut Machine) -> Outcome) -> Outcome {
    for board in [Board::Raspi3b, Board::Raspi4b] {
        let switches = [&AS_A_BOARD[..], &["-append", words]].concat();
        let mut machine = Machine::start_on(board, Kernel::Release, &switches)?;
        check(&mut machine).map_err(|failure| machine.explain(failure))?;
    }
    Ok(())
}

fn a_panic_is_told_by_the_next_run() -> Outcome {
    on_both_boards("panic=once panic=1", |machine| {
        machine.expect_panic();
        machine.wait_for("the machine restarts in 1 s")?;
        machine.wait_for(TOLD)?;
        machine.wait_for_prompt()?;
        let last = machine.succeed("dmesg --last")?;
        for wanted in
            ["4 cores run", "kernel panic on core", "one panic was asked for", "called from"]
        {
            ensure!(last.contains(wanted), "‘{wanted}’ is not in what is left:\n{last}");
        }
        // The log tells of everybody's processes.
        let refused = machine.fail("as 1000 dmesg --last")?;
        ensure!(refused.contains("only root"), "a user is told: {refused}");
        machine.fail("as 1000 cat /proc/last_kmsg").map(drop)
    })
}

fn the_next_run_has_the_log_of_one_that_was_restarted() -> Outcome {
    on_both_boards("panic=none", |machine| {
        machine.wait_for_prompt()?;
        let nothing = machine.fail("dmesg --last")?;
        ensure!(nothing.contains("without power"), "of no run before is told: {nothing}");
        machine.type_line("reboot")?;
        machine.wait_for("4 cores run")?;
        machine.wait_for_prompt()?;
        let (last, log) = (machine.succeed("dmesg --last")?, machine.succeed("dmesg")?);
        ensure!(last.contains("4 cores run"), "the run before has left:\n{last}");
        ensure!(!log.contains(TOLD), "a restart is told as a panic:\n{log}");
        Ok(())
    })
}
