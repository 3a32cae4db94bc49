//! Nothing leaks: the count of free frames after a storm is the one before.

use crate::case::Case;
use crate::failure::Outcome;
use crate::machine::Machine;
use crate::{booted, ensure, guest};

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    booted!("leaks":
        pipelines_from_the_shell_leak_nothing,
        regions_made_and_removed_by_the_shell_leak_nothing,
        jobs_ended_by_ctrl_c_leak_nothing,
        a_thousand_programs_in_a_row_leak_nothing,
        a_thousand_processes_that_die_with_regions_leak_nothing,
        sixty_four_processes_at_once_leak_nothing,
    )
}

/// Runs the work once to warm up, then again with the frames counted before and after.
pub fn unchanged_by(
    machine: &mut Machine,
    mut work: impl FnMut(&mut Machine) -> Outcome,
) -> Outcome {
    work(machine)?;
    let before = guest::holdings(machine)?;
    for _ in 0..3 {
        work(machine)?;
    }
    let after = guest::holdings(machine)?;
    ensure!(before.is_same(after), "{before:?} before and {after:?} after");
    Ok(())
}

fn pipelines_from_the_shell_leak_nothing(machine: &mut Machine) -> Outcome {
    unchanged_by(machine, |machine| {
        for _ in 0..5 {
            machine.command("echo a | cat | cat > /dev/null; no-such-program; ls /bin | cat")?;
        }
        Ok(())
    })
}

fn regions_made_and_removed_by_the_shell_leak_nothing(machine: &mut Machine) -> Outcome {
    unchanged_by(machine, |machine| {
        machine.succeed("region create /leak 4M")?;
        machine.command("produce /leak --count 2000 --size 64 &")?;
        machine.succeed("consume /leak --count 2000")?;
        machine.command("wait")?;
        machine.succeed("region rm /leak")?;
        Ok(())
    })
}

fn jobs_ended_by_ctrl_c_leak_nothing(machine: &mut Machine) -> Outcome {
    unchanged_by(machine, |machine| {
        machine.type_line(&format!("{} spin", guest::PROGRAM))?;
        machine.wait_for("spinning\n")?;
        machine.press_ctrl('c')?;
        machine.wait_for_prompt()?;
        Ok(())
    })
}

fn a_thousand_programs_in_a_row_leak_nothing(machine: &mut Machine) -> Outcome {
    guest::run_suite(machine, guest::PROGRAM, "thousand")
}

fn a_thousand_processes_that_die_with_regions_leak_nothing(machine: &mut Machine) -> Outcome {
    guest::run_suite(machine, guest::PROGRAM, "region-thousand")
}

fn sixty_four_processes_at_once_leak_nothing(machine: &mut Machine) -> Outcome {
    guest::run_suite(machine, guest::PROGRAM, "crowd")
}
