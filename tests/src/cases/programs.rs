//! The programs of `/bin`, each with what a person expects of it.

use super::shell_jobs::{is_running, process_of};
use crate::case::Case;
use crate::console::pattern;
use crate::failure::{Failure, Outcome};
use crate::machine::Machine;
use crate::{booted, ensure};
use std::time::{Duration, Instant};

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    booted!("programs":
        echo_prints_its_words,
        cat_joins_files_and_names_missing_ones,
        ls_lists_directories_and_names_missing_ones,
        ps_shows_every_process_with_its_parent,
        ps_draws_who_has_started_whom,
        free_tells_pages_and_sizes,
        free_tells_what_regions_were_promised,
        debug_says_which_kernel_counts_locks,
        all_memory_of_the_board_is_accounted_for,
        uptime_tells_how_long_the_system_runs,
        kill_sends_the_named_signal,
        sleep_waits_as_long_as_asked,
        true_and_false_are_what_they_say,
        head_and_tail_take_a_bare_number,
    )
}

fn echo_prints_its_words(machine: &mut Machine) -> Outcome {
    let printed = machine.succeed("echo one two   three")?;
    ensure!(printed == "one two three\n", "it printed {printed:?}");
    let printed = machine.succeed("echo")?;
    ensure!(printed == "\n", "without words it printed {printed:?}");
    Ok(())
}

fn cat_joins_files_and_names_missing_ones(machine: &mut Machine) -> Outcome {
    machine.command("echo a > /tmp/a; echo b > /tmp/b")?;
    let printed = machine.succeed("cat /tmp/a /tmp/b /tmp/a")?;
    ensure!(printed == "a\nb\na\n", "it printed {printed:?}");
    let message = machine.fail("cat /tmp/a /tmp/none")?;
    ensure!(message.contains("/tmp/none"), "the missing file is not named: {message}");
    ensure!(message.contains("a\n"), "the other file was not printed: {message}");
    Ok(())
}

fn ls_lists_directories_and_names_missing_ones(machine: &mut Machine) -> Outcome {
    let root = machine.succeed("ls /")?;
    for name in ["bin", "dev", "tmp", "extra"] {
        ensure!(pattern(&format!(r"\b{name}\b")).is_match(&root), "no {name} in: {root}");
    }
    let programs = machine.succeed("ls /bin")?;
    for name in ["produce", "consume", "region", "shell", "init", "poweroff"] {
        ensure!(pattern(&format!(r"\b{name}\b")).is_match(&programs), "no {name} in: {programs}");
    }
    let message = machine.fail("ls /nowhere")?;
    ensure!(message.contains("/nowhere"), "the missing directory is not named: {message}");
    Ok(())
}

fn ps_shows_every_process_with_its_parent(machine: &mut Machine) -> Outcome {
    let listing = machine.succeed("ps")?;
    let header = listing.lines().next().unwrap_or_default();
    ensure!(header.contains("PID"), "`ps` has no header: {listing}");
    for program in ["init", "shell", "ps"] {
        ensure!(listing.contains(program), "`ps` does not show {program}: {listing}");
    }
    ensure!(process_of(machine, "init")? == 1, "init is not process 1: {listing}");
    Ok(())
}

fn ps_draws_who_has_started_whom(machine: &mut Machine) -> Outcome {
    let listing = machine.succeed("shell -c 'sleep 9 & ps --tree; kill $!'")?;
    let names: Vec<&str> =
        listing.lines().skip(1).filter_map(|line| line.split("  ").last()).map(str::trim).collect();
    let place = |name: &str| names.iter().position(|found| *found == name);
    ensure!(place("init") == Some(0), "init has started all the others: {listing}");
    // The job may not have become its program yet.
    for line in ["└─ shell\n", "├─ (sleep|shell)\n", "└─ ps\n"] {
        ensure!(pattern(line).is_match(&listing), "there is no {line}: {listing}");
    }
    Ok(())
}

fn free_tells_pages_and_sizes(machine: &mut Machine) -> Outcome {
    let text = machine.succeed("free")?;
    ensure!(text.to_lowercase().contains("free"), "`free` printed: {text}");
    ensure!(text.to_lowercase().contains("total"), "`free` printed: {text}");
    ensure!(pattern(r"\d{2,}").is_match(&text), "there are no numbers: {text}");
    Ok(())
}

fn debug_says_which_kernel_counts_locks(machine: &mut Machine) -> Outcome {
    let message = machine.fail("debug locks")?;
    ensure!(message.contains("PROFILE=checked"), "no advice: {message}");
    ensure!(machine.fail("debug")?.contains("check, locks"), "it does not say what can be told");
    Ok(())
}

fn free_tells_what_regions_were_promised(machine: &mut Machine) -> Outcome {
    let promised = |machine: &mut Machine| -> Outcome<u64> {
        let text = machine.succeed("free")?;
        let found = pattern(r"(?m)^promised +(\d+) ").captures(&text);
        let pages = found.and_then(|found| found[1].parse().ok());
        pages.ok_or_else(|| Failure::new(format!("`free` does not tell it: {text}")))
    };
    let before = promised(machine)?;
    machine.succeed("region create /aside 1M")?;
    // 256 pages, and the table that leads to them.
    ensure!(promised(machine)? == before + 257, "1M is not set aside");
    machine.succeed("region fill /aside 1")?;
    ensure!(promised(machine)? == before, "it is still set aside after it was taken");
    machine.succeed("region rm /aside")?;
    ensure!(promised(machine)? == before, "it is not given back");
    Ok(())
}

pub(super) fn all_memory_of_the_board_is_accounted_for(machine: &mut Machine) -> Outcome {
    let text = machine.succeed("free")?;
    let pages = |name: &str| {
        let row = pattern(&format!(r"(?m)^{name}\s+(\d+)"));
        let found = row.captures(&text).and_then(|found| found[1].parse::<u64>().ok());
        found.ok_or_else(|| Failure::new(format!("`free` does not tell {name}: {text}")))
    };
    let board = machine.board()?.pages();
    let (total, image) = (pages("total")?, pages("image")?);
    ensure!(total + image == board, "{total} and {image} are not {board} pages");
    Ok(())
}

fn uptime_tells_how_long_the_system_runs(machine: &mut Machine) -> Outcome {
    let text = machine.succeed("uptime")?;
    ensure!(pattern(r"\d").is_match(&text), "`uptime` printed: {text}");
    Ok(())
}

fn kill_sends_the_named_signal(machine: &mut Machine) -> Outcome {
    for line in ["kill", "kill -9", "kill -TERM"] {
        machine.command("sleep 1000 &")?;
        let process = process_of(machine, "sleep")?;
        machine.succeed(&format!("{line} {process}"))?;
        machine.command("wait")?;
    }
    ensure!(!is_running(machine, "sleep")?, "a killed sleep lives on");
    let message = machine.fail("kill 99999")?;
    ensure!(message.contains("99999"), "the missing process is not named: {message}");
    machine.fail("kill nobody")?;
    Ok(())
}

fn sleep_waits_as_long_as_asked(machine: &mut Machine) -> Outcome {
    let start = Instant::now();
    machine.succeed("sleep 1")?;
    let took = start.elapsed();
    ensure!(took >= Duration::from_millis(950), "`sleep 1` took only {took:?}");
    machine.fail("sleep")?;
    machine.fail("sleep forever")?;
    Ok(())
}

fn true_and_false_are_what_they_say(machine: &mut Machine) -> Outcome {
    ensure!(machine.run("true")?.status == 0, "true is not 0");
    ensure!(machine.run("false")?.status == 1, "false is not 1");
    Ok(())
}

fn head_and_tail_take_a_bare_number(machine: &mut Machine) -> Outcome {
    let printed = machine.succeed("seq 30 | head -12 | tail -2")?;
    ensure!(printed == "11\n12\n", "it printed {printed:?}");
    Ok(())
}
