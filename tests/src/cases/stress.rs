//! Random calls by many processes, right ones and hostile ones: nothing is lost, nobody is let in, nothing hangs.

use crate::case::{Case, on_checked_machine};
use crate::console::pattern;
use crate::failure::{Failure, Outcome};
use crate::machine::Machine;
use crate::{booted, ensure, free, guest, setup};

/// How much longer than a command the fuzzer may take.
const PATIENCE: u32 = 9;

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    let mut cases = booted!("stress":
        random_calls_leave_the_system_sound,
        random_calls_of_commons_own_leave_the_system_sound,
        a_fuzzer_that_is_interrupted_tidies_up,
        stress_says_which_groups_there_are,
        a_kernel_that_refuses_no_memory_says_so,
    );
    let on_checked = booted!("stress":
        random_calls_break_no_order_of_locks_and_no_arithmetic,
        each_call_fails_for_want_of_memory_and_changes_nothing,
    );
    cases.extend(on_checked.into_iter().map(Case::checked));
    cases.extend(free!("stress": storms_leave_the_system_sound_where_the_cores_run_one_by_one));
    cases
}

/// Runs the fuzzer; it must have done something and have found nothing.
fn fuzz(machine: &mut Machine, options: &str) -> Outcome {
    let output =
        machine.run_within(&format!("stress syscalls {options}"), setup::patience() * PATIENCE)?;
    let found = pattern(r"seed \d+: (\d+) calls in .* (\d+) rounds").captures(&output.text);
    let number = |group: usize| found.as_ref().and_then(|found| found[group].parse::<u64>().ok());
    let counts = number(1).zip(number(2));
    let (calls, rounds) = counts.ok_or_else(|| Failure::new(format!("no sum: {}", output.text)))?;
    ensure!(calls > 2000 && rounds > 1, "only {calls} calls in {rounds} rounds: {}", output.text);
    ensure!(output.status == 0, "status {}: {}", output.status, output.text);
    ensure!(output.text.contains("the system is sound"), "it does not say so: {}", output.text);
    // Others can still do what they could.
    let listing = machine.succeed("region create /after 64K && region rm /after && ls /tmp")?;
    ensure!(!listing.contains("stress-"), "files are left: {listing}");
    Ok(())
}

fn random_calls_leave_the_system_sound(machine: &mut Machine) -> Outcome {
    fuzz(machine, "--seed 1 --seconds 20 --calls 400000")
}

fn random_calls_of_commons_own_leave_the_system_sound(machine: &mut Machine) -> Outcome {
    for group in ["regions", "offers", "topics"] {
        fuzz(machine, &format!("--seed 2 --seconds 6 --group {group}"))?;
    }
    Ok(())
}

fn random_calls_break_no_order_of_locks_and_no_arithmetic(machine: &mut Machine) -> Outcome {
    fuzz(machine, "--seed 3 --seconds 20 --calls 400000")
}

/// Each call with each of its questions for memory refused in turn.
fn each_call_fails_for_want_of_memory_and_changes_nothing(machine: &mut Machine) -> Outcome {
    let patience = setup::patience() * PATIENCE;
    let output = machine.run_within("stress refusals --seed 1 --sets 2", patience)?;
    ensure!(output.status == 0, "status {}: {}", output.status, output.text);
    let families = pattern(r"(?m)^\w+ +(\d+) +\d+ +\d+ +(\d+) +\d+ +\d+\s*$");
    let [mut calls, mut failed] = [0, 0];
    for family in families.captures_iter(&output.text) {
        let number = |group: usize| family[group].parse::<u32>().unwrap_or(0);
        (calls, failed) = (calls + number(1), failed + number(2));
    }
    ensure!(calls > 250, "only {calls} calls: {}", output.text);
    ensure!(failed > 100, "only {failed} failed for want of memory: {}", output.text);
    machine.succeed("debug check").map(drop)
}

fn a_kernel_that_refuses_no_memory_says_so(machine: &mut Machine) -> Outcome {
    let refused = machine.fail("stress refusals")?;
    ensure!(refused.contains("PROFILE=checked"), "no advice: {refused}");
    machine.fail("stress refusals --call Nothing").map(drop)
}

/// QEMU plays each core for a while, whatever the others wait for: a core is left at any instruction, also with a
/// lock that the next one wants.
fn storms_leave_the_system_sound_where_the_cores_run_one_by_one() -> Outcome {
    on_checked_machine(&["-accel", "tcg,thread=single"], |machine| {
        for storm in ["region-storm", "signal-storm"] {
            guest::run_suite(machine, guest::PROGRAM, storm)?;
        }
        fuzz(machine, "--seed 4 --seconds 6 --calls 100000")?;
        machine.succeed("debug check").map(drop)
    })
}

fn a_fuzzer_that_is_interrupted_tidies_up(machine: &mut Machine) -> Outcome {
    machine.type_line("stress syscalls --seconds 1000")?;
    machine.wait_for(" calls, ")?;
    machine.press_ctrl('c')?;
    machine.wait_for_prompt()?;
    ensure!(machine.succeed("echo $?")?.trim() == "130", "it did not end by Ctrl-C");
    let left = machine.succeed("ls /tmp; region ls; ps")?;
    ensure!(!left.contains("stress"), "something is left: {left}");
    Ok(())
}

fn stress_says_which_groups_there_are(machine: &mut Machine) -> Outcome {
    let refused = machine.fail("stress syscalls --group weather")?;
    ensure!(refused.contains("weather") && refused.contains(" topics"), "no advice: {refused}");
    let refused = machine.fail("as 1000 stress syscalls")?;
    ensure!(refused.contains("root"), "it does not say who may: {refused}");
    machine.fail("stress").map(drop)
}
