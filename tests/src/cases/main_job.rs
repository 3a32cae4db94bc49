//! The main job, typed word for word: a producer and a consumer share a named region.

use crate::case::Case;
use crate::console::pattern;
use crate::failure::Outcome;
use crate::machine::Machine;
use crate::{booted, ensure, setup};
use std::time::Duration;

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    booted!("main_job":
        the_session_of_the_readme_works_as_typed,
        the_session_works_twenty_times_in_a_row,
        the_region_is_listed_with_all_that_a_person_asks_for,
        a_removed_region_is_gone,
        the_demonstration_tells_the_whole_story,
    )
}

/// How long a hundred thousand messages may take.
fn long() -> Duration {
    setup::patience() * 3
}

/// The session of the README.
pub fn session(machine: &mut Machine) -> Outcome {
    machine.succeed("region create /demo 64K")?;
    machine.command("produce /demo --count 100000 --size 64 &")?;
    let report = machine.run_within("consume /demo --count 100000", long())?;
    let wanted = r"(?m)^consume: 100000 messages, 6400000 bytes, checksum ok, .*msg/s";
    ensure!(pattern(wanted).is_match(&report.text), "consume printed: {}", report.text);
    ensure!(report.status == 0, "consume ended with status {}", report.status);
    let listing = machine.succeed("region ls")?;
    ensure!(pattern(r"(?m)^\s*/demo\s").is_match(&listing), "`region ls` printed: {listing}");
    machine.succeed("region rm /demo")?;
    machine.command("wait")?;
    Ok(())
}

fn the_session_of_the_readme_works_as_typed(machine: &mut Machine) -> Outcome {
    session(machine)
}

fn the_session_works_twenty_times_in_a_row(machine: &mut Machine) -> Outcome {
    (1..=20).try_for_each(|round| {
        session(machine).map_err(|failure| failure.and(&format!("in round {round}")))
    })
}

fn the_region_is_listed_with_all_that_a_person_asks_for(machine: &mut Machine) -> Outcome {
    machine.succeed("region create /listed 64K")?;
    let listing = machine.succeed("region ls")?;
    let header = r"(?m)^\s*NAME\s+SIZE\s+PAGES\s+MODE\s+OWNER\s+USERS\b";
    ensure!(pattern(header).is_match(&listing), "`region ls` has no header: {listing}");
    let row = pattern(r"(?m)^\s*/listed\s+64(\.0)?\s*Ki?B?\s");
    ensure!(row.is_match(&listing), "`region ls` does not tell the size: {listing}");
    machine.succeed("region rm /listed")?;
    Ok(())
}

fn a_removed_region_is_gone(machine: &mut Machine) -> Outcome {
    machine.succeed("region create /gone 64K")?;
    machine.succeed("region rm /gone")?;
    let listing = machine.succeed("region ls")?;
    ensure!(!listing.contains("/gone"), "it is still listed: {listing}");
    let answer = machine.fail("region rm /gone")?;
    ensure!(answer.contains("/gone"), "the message does not name the region: {answer}");
    Ok(())
}

fn the_demonstration_tells_the_whole_story(machine: &mut Machine) -> Outcome {
    let story = machine.run_within("demo prodcons", long())?;
    ensure!(story.status == 0, "the demonstration failed: {}", story.text);
    ensure!(story.text.contains("checksum ok"), "nothing was consumed: {}", story.text);
    ensure!(story.text.lines().count() >= 5, "there is hardly any commentary: {}", story.text);
    let listing = machine.succeed("region ls")?;
    ensure!(!listing.contains("/demo"), "it left its region behind: {listing}");
    Ok(())
}
