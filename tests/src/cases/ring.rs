//! Producers and consumers in other orders and numbers, and their deaths.

use super::leaks::unchanged_by;
use super::shell_jobs::process_of;
use crate::case::Case;
use crate::console::pattern;
use crate::failure::Outcome;
use crate::machine::Machine;
use crate::{booted, ensure, guest, setup};

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    booted!("ring":
        a_consumer_may_start_first,
        several_producers_and_consumers_handle_each_message_once,
        a_full_ring_blocks_the_producer_without_using_a_core,
        an_empty_ring_blocks_the_consumer_without_using_a_core,
        a_consumer_whose_producer_is_killed_says_so_and_fails,
        a_producer_whose_consumer_is_killed_can_be_ended,
        killing_either_side_at_any_moment_leaks_nothing,
        killing_from_the_shell_leaks_nothing,
        a_missing_region_is_named_with_what_to_do,
        nonsense_arguments_are_explained,
    )
}

fn a_consumer_may_start_first(machine: &mut Machine) -> Outcome {
    machine.succeed("region create /first 64K")?;
    machine.command("consume /first --count 20000 &")?;
    machine.succeed("produce /first --count 20000 --size 64")?;
    machine.command("wait")?;
    let transcript = machine.transcript();
    let wanted = "consume: 20000 messages, 1280000 bytes, checksum ok";
    ensure!(transcript.contains(wanted), "the consumer did not print ‘{wanted}’");
    Ok(())
}

fn several_producers_and_consumers_handle_each_message_once(machine: &mut Machine) -> Outcome {
    machine.succeed("region create /many 64K")?;
    machine.command("produce /many --count 30000 --size 64 --producers 3 &")?;
    let patience = setup::patience() * 3;
    let report = machine.run_within("consume /many --count 30000 --consumers 2", patience)?;
    let wanted = r"(?m)^consume: 30000 messages, 1920000 bytes, checksum ok";
    ensure!(pattern(wanted).is_match(&report.text), "consume printed: {}", report.text);
    ensure!(report.status == 0, "consume ended with status {}", report.status);
    machine.command("wait")?;
    Ok(())
}

fn a_full_ring_blocks_the_producer_without_using_a_core(machine: &mut Machine) -> Outcome {
    machine.succeed("region create /full 8K")?;
    machine.command("produce /full --count 100000 --size 64 &")?;
    machine.succeed(&format!("{} still produce", guest::PROGRAM))?;
    let report = machine.run_within("consume /full --count 100000", setup::patience() * 3)?;
    ensure!(report.status == 0, "the ring did not go on: {}", report.text);
    Ok(())
}

fn an_empty_ring_blocks_the_consumer_without_using_a_core(machine: &mut Machine) -> Outcome {
    machine.succeed("region create /empty 8K")?;
    machine.command("consume /empty --count 1000 &")?;
    machine.succeed(&format!("{} still consume", guest::PROGRAM))?;
    machine.succeed("produce /empty --count 1000 --size 64")?;
    machine.command("wait")?;
    ensure!(machine.transcript().contains("consume: 1000 messages"), "the consumer did not go on");
    Ok(())
}

fn a_consumer_whose_producer_is_killed_says_so_and_fails(machine: &mut Machine) -> Outcome {
    machine.succeed("region create /dead 8K")?;
    machine.command("produce /dead --count 100000000 --size 64 &")?;
    let producer = process_of(machine, "produce")?;
    // The shell waits for the consumer, so the test program kills while both are at work.
    machine.command(&format!("{} kill-after 1000 {producer} &", guest::PROGRAM))?;
    let report = machine.run("consume /dead --count 100000000")?;
    ensure!(report.status != 0, "consume succeeded: {}", report.text);
    let says_so = pattern(r"(?im)^consume: .*producer");
    ensure!(says_so.is_match(&report.text), "consume did not say why: {}", report.text);
    Ok(())
}

fn a_producer_whose_consumer_is_killed_can_be_ended(machine: &mut Machine) -> Outcome {
    machine.succeed("region create /alone 8K")?;
    machine.command("produce /alone --count 100000000 --size 64 &")?;
    machine.command("consume /alone --count 100000000 &")?;
    kill_both(machine, ["consume", "produce"])?;
    machine.succeed("region rm /alone")?;
    Ok(())
}

/// Kills two programs that run in the background, and waits for their end.
fn kill_both(machine: &mut Machine, programs: [&str; 2]) -> Outcome {
    // Both are looked up first: the second may end by itself after the death of the first.
    let first = process_of(machine, programs[0])?;
    let second = process_of(machine, programs[1])?;
    for process in [first, second] {
        machine.command(&format!("kill -9 {process}"))?;
    }
    machine.command("wait")?;
    Ok(())
}

fn killing_either_side_at_any_moment_leaks_nothing(machine: &mut Machine) -> Outcome {
    guest::run_suite(machine, guest::PROGRAM, "killing")
}

fn killing_from_the_shell_leaks_nothing(machine: &mut Machine) -> Outcome {
    unchanged_by(machine, |machine| {
        machine.succeed("region create /killed 64K")?;
        machine.command("produce /killed --count 100000000 --size 64 &")?;
        machine.command("consume /killed --count 100000000 &")?;
        kill_both(machine, ["produce", "consume"])?;
        machine.succeed("region rm /killed")?;
        Ok(())
    })
}

fn a_missing_region_is_named_with_what_to_do(machine: &mut Machine) -> Outcome {
    for line in ["consume /none --count 1", "produce /none --count 1 --size 64"] {
        let message = machine.fail(line)?;
        ensure!(message.contains("/none"), "`{line}` does not name the region: {message}");
        ensure!(message.contains("region create"), "`{line}` does not help: {message}");
    }
    Ok(())
}

fn nonsense_arguments_are_explained(machine: &mut Machine) -> Outcome {
    for line in [
        "produce",
        "consume",
        "region",
        "produce /x --count many",
        "consume /x --wrong",
        "region create /x elephant",
        "region create x 64K",
        "region frobnicate",
    ] {
        let message = machine.fail(line)?;
        let program = line.split(' ').next().unwrap_or(line);
        ensure!(message.contains(program), "`{line}` only printed: {message}");
    }
    Ok(())
}
