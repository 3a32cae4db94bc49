//! `demo`: every story is told to its end, does what it says, and leaves nothing behind.

use super::region_commands::{has, refuses};
use crate::case::Case;
use crate::console::pattern;
use crate::failure::Outcome;
use crate::machine::Machine;
use crate::{booted, ensure, setup};

/// The cases of this subject; `main_job` has the first story.
pub fn cases() -> Vec<Case> {
    booted!("demos":
        every_story_holds_and_leaves_nothing_behind,
        pipe_and_region_are_timed_with_the_same_bytes,
        a_robot_goes_on_without_a_process_that_was_killed,
        a_robot_at_100_hz_goes_on_while_its_device_handler_is_killed,
        a_story_that_needs_root_says_so,
    )
}

fn every_story_holds_and_leaves_nothing_behind(machine: &mut Machine) -> Outcome {
    let list = machine.succeed("demo")?;
    let names = [
        "semaphore",
        "fork",
        "denied",
        "growth",
        "lifetime",
        "boundary",
        "offer",
        "pointers",
        "topics",
    ];
    let mut failed = Vec::new();
    for name in names {
        has(&list, &format!(r"^demo {name} +(< )?\d+ s  +\S"))?;
        let story = machine.run_within(&format!("demo {name}"), setup::patience() * 3)?;
        let claims = pattern(r"(?m)^ok ").find_iter(&story.text).count();
        if story.status != 0 || claims < 2 {
            failed.push(format!("demo {name} ended with status {}:\n{}", story.status, story.text));
        }
    }
    ensure!(failed.is_empty(), "{}", failed.join("\n"));
    let regions = machine.succeed("region ls")?;
    ensure!(regions.lines().count() == 1, "regions are left: {regions}");
    let topics = machine.succeed("topic ls")?;
    ensure!(topics.lines().count() == 1, "topics are left: {topics}");
    let semaphores = machine.succeed("sem ls")?;
    ensure!(semaphores.lines().count() == 1, "semaphores are left: {semaphores}");
    Ok(())
}

fn pipe_and_region_are_timed_with_the_same_bytes(machine: &mut Machine) -> Outcome {
    let story = machine.run_within("demo pipe", setup::patience() * 3)?;
    ensure!(story.status == 0, "it ended with status {}:\n{}", story.status, story.text);
    for line in [
        "^ok through the pipe every byte",
        "^ok through the region every byte",
        r"^ +pipe +\d+\.\d MiB/s, +\d+ ms$",
        r"^ +region +\d+\.\d MiB/s, +\d+ ms$",
        r"^ +the region has \d+\.\d\d times the rate",
    ] {
        has(&story.text, line)?;
    }
    Ok(())
}

fn a_robot_goes_on_without_a_process_that_was_killed(machine: &mut Machine) -> Outcome {
    let story = machine.run_within("demo robot", setup::patience() * 3)?;
    ensure!(story.status == 0, "it ended with status {}:\n{}", story.status, story.text);
    for line in [
        "^ok it has gone, and 20 names are there",
        "^DEVICE +READINGS +VALUE",
        r"^ +0 +100 +\d+ +\[#*\.*\] +\d+ +\d+$",
        "^ok 100 rounds, and no record was torn",
        "^ok a semaphore does not know who took it",
        "^ok devices and monitor finished all 200 rounds",
        "^ok the next one has the lock at once, and is told",
        "^ok no block and no semaphore is left",
    ] {
        has(&story.text, line)?;
    }
    let left = machine.succeed("ls /dev/shm")?;
    ensure!(!left.contains("robot"), "names are left: {left}");
    let processes = machine.succeed("ps")?;
    ensure!(!processes.contains("demo"), "processes are left: {processes}");
    Ok(())
}

fn a_robot_at_100_hz_goes_on_while_its_device_handler_is_killed(machine: &mut Machine) -> Outcome {
    let story = machine.run_within("demo runtime", setup::patience() * 3)?;
    ensure!(story.status == 0, "it ended with status {}:\n{}", story.status, story.text);
    for line in [
        r"^PROCESS +CYCLES +RATE +MISSED",
        r"^network +\d+ +\d+\.\d Hz +\d+ +\d+ +\d+ +-",
        r"^devices +\d+ +\d+\.\d Hz +\d+ +\d+ +\d+ +\d+\.\d{3} ms",
        "^ok who took the lock next was told that its holder had died",
        "^ok and found 1 half-written record, and repaired it",
        r"^ok the others carried on: \d+ and \d+ cycles since",
        r"^ok \d+ records were read, and each checksum was right",
        "^ok no block and no semaphore is left",
    ] {
        has(&story.text, line)?;
    }
    let left = machine.succeed("ls /dev/shm")?;
    ensure!(!left.contains("runtime"), "names are left: {left}");
    let processes = machine.succeed("ps")?;
    ensure!(!processes.contains("demo"), "processes are left: {processes}");
    Ok(())
}

fn a_story_that_needs_root_says_so(machine: &mut Machine) -> Outcome {
    refuses(machine, "as 1000 demo denied", "needs root")?;
    refuses(machine, "demo nonesuch", "nonesuch.*lists them")
}
