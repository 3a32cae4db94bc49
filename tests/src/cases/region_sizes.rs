//! What was asked for and what it costs: sizes in bytes and pages, names that stay, names that fit.

use super::region_commands::{has, refuses};
use super::shell_jobs::process_of;
use crate::case::Case;
use crate::console::pattern;
use crate::failure::Outcome;
use crate::machine::Machine;
use crate::{booted, ensure};

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    booted!("region_sizes":
        a_size_is_exact_and_its_pages_are_told_and_charged,
        a_name_that_is_left_is_told_and_goes_by_one_command,
        any_name_within_the_rule_is_good,
    )
}

fn a_size_is_exact_and_its_pages_are_told_and_charged(machine: &mut Machine) -> Outcome {
    for (bytes, pages) in [(1, 1), (4095, 1), (4096, 1), (4097, 2)] {
        machine.succeed(&format!("as 1000 region create /sized {bytes}"))?;
        let record = machine.succeed("region stat /sized")?;
        has(&record, &format!("^size +{bytes} bytes"))?;
        has(&record, &format!("^pages +0 of {pages} hold memory"))?;
        has(&machine.succeed("limit")?, &format!(r"^user 1000 .* {pages} pages? \("))?;
        machine.succeed(&format!("region fill /sized x {}", bytes - 1))?;
        refuses(machine, &format!("region write /sized {bytes} x"), &format!("end at {bytes}"))?;
        let record = machine.succeed("region stat /sized")?;
        has(&record, &format!("^pages +1 of {pages} hold memory"))?;
        machine.succeed("region rm /sized")?;
    }
    let limits = machine.succeed("limit")?;
    let still = pattern(r"(?m)^user 1000 .* [1-9]\d* pages? \([^)]*\)$");
    ensure!(!still.is_match(&limits), "what is gone is charged: {limits}");
    Ok(())
}

fn a_name_that_is_left_is_told_and_goes_by_one_command(machine: &mut Machine) -> Outcome {
    machine.command("region create /left 64K -- sleep 1000 &")?;
    machine.succeed("region wait /left --timeout 10")?;
    // The child is a region, too, until it is the sleeper.
    let sleeper = process_of(machine, "sleep")?;
    let holder = process_of(machine, "region")?;
    machine.succeed(&format!("kill -9 {holder}"))?;
    machine.succeed(&format!("kill -9 {sleeper}"))?;
    machine.command("wait")?;
    has(&machine.succeed("region ls")?, "^/left +64K +0 .* 0 +0\\b")?;
    refuses(machine, "region create /left 64K --exclusive", "/left.*exists")?;
    machine.succeed("region rm /left")?;
    machine.succeed("region create /left 8K --exclusive")?;
    machine.succeed("region rm /left")?;
    ensure!(!machine.succeed("region ls")?.contains("/left"), "the name is still there");
    Ok(())
}

fn any_name_within_the_rule_is_good(machine: &mut Machine) -> Outcome {
    for name in ["/dev-shm", "/plain", "/agnocast@42", "/.hidden", "/a.b", "/-x"] {
        machine.succeed(&format!("region create {name} 4K --exclusive"))?;
        has(&machine.succeed("region ls")?, &format!("^{} +4K ", regex::escape(name)))?;
        machine.succeed(&format!("region rm {name}"))?;
    }
    for name in ["plain", "/", "//", "/a/b", "/..", "/."] {
        refuses(machine, &format!("region create {name} 4K"), "a region's name is /")?;
    }
    let longest = "n".repeat(255);
    machine.succeed(&format!("region create /{longest} 4K"))?;
    machine.succeed(&format!("region rm /{longest}"))?;
    refuses(machine, &format!("region create /{longest}n 4K"), "name|long")
}
