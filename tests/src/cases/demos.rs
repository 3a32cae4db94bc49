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
        a_story_that_needs_root_says_so,
    )
}

fn every_story_holds_and_leaves_nothing_behind(machine: &mut Machine) -> Outcome {
    let list = machine.succeed("demo")?;
    let names = ["semaphore", "fork", "denied", "growth", "lifetime", "boundary", "pointers"];
    let mut failed = Vec::new();
    for name in names {
        has(&list, &format!(r"^demo {name} +\S"))?;
        let story = machine.run_within(&format!("demo {name}"), setup::patience() * 3)?;
        let claims = pattern(r"(?m)^ok ").find_iter(&story.text).count();
        if story.status != 0 || claims < 2 {
            failed.push(format!("demo {name} ended with status {}:\n{}", story.status, story.text));
        }
    }
    ensure!(failed.is_empty(), "{}", failed.join("\n"));
    let regions = machine.succeed("region ls")?;
    ensure!(regions.lines().count() == 1, "regions are left: {regions}");
    let semaphores = machine.succeed("sem ls")?;
    ensure!(semaphores.lines().count() == 1, "semaphores are left: {semaphores}");
    Ok(())
}

fn a_story_that_needs_root_says_so(machine: &mut Machine) -> Outcome {
    refuses(machine, "as 1000 demo denied", "needs root")?;
    refuses(machine, "demo nonesuch", "nonesuch.*lists them")
}
