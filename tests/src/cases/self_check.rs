//! `debug check`: the kernel's books are right, at rest and while everything goes on.

use crate::case::Case;
use crate::failure::Outcome;
use crate::machine::Machine;
use crate::{booted, ensure};

/// Looks that are taken while others work.
const LOOKS: usize = 12;

/// A user whose programs fork, share memory, publish and make files without end.
const WORK: [&str; 4] = [
    "while :; do ls / | cat > /dev/null; done",
    "while :; do region create /mine 1M && region rm /mine; done",
    "while :; do demo topics; demo offer; done",
    "cd /tmp; while :; do head -c 300000 /dev/zero > mine; cp mine yours; rm mine yours; done",
];

/// The cases of this subject; the second kernel checks the order of its locks meanwhile.
pub fn cases() -> Vec<Case> {
    let mut cases = booted!("self_check":
        at_rest_every_frame_is_found,
        nothing_is_wrong_while_everything_goes_on,
        only_root_may_stop_all_cores_to_look,
    );
    let checked = booted!("checked::self_check":
        at_rest_every_frame_is_found,
        nothing_is_wrong_while_everything_goes_on,
    );
    cases.extend(checked.into_iter().map(Case::checked));
    cases
}

fn at_rest_every_frame_is_found(machine: &mut Machine) -> Outcome {
    for _ in 0..2 {
        let text = machine.succeed("debug check")?;
        ensure!(text.contains("nothing is wrong"), "{text}");
        ensure!(text.contains(" 0 not found there, 0 held by calls"), "frames are lost: {text}");
        for area in ["processes", "memory", "cores", "regions", "topics", "offers"] {
            ensure!(text.lines().any(|line| line.starts_with(area)), "nothing of {area}: {text}");
        }
        // Something of each kind that holds memory without having it mapped.
        machine.succeed("region create /kept 300K && yes | head -c 200000 > /dev/shm/kept; echo text > /tmp/file")?;
    }
    Ok(())
}

fn nothing_is_wrong_while_everything_goes_on(machine: &mut Machine) -> Outcome {
    for work in WORK {
        machine.command(&format!("as 1000 sh -c '{work}' > /dev/null 2>&1 &"))?;
    }
    for _ in 0..LOOKS {
        let text = machine.succeed("debug check")?;
        ensure!(text.contains("nothing is wrong"), "{text}");
        machine.succeed("ls / > /dev/null")?;
    }
    machine.command("as 1000 kill -9 -1; wait")?;
    machine.succeed("debug check").map(drop)
}

fn only_root_may_stop_all_cores_to_look(machine: &mut Machine) -> Outcome {
    for line in ["as 1000 cat /proc/check", "as 1000 debug check"] {
        let message = machine.fail(line)?;
        ensure!(message.contains("ermission"), "`{line}`: {message}");
    }
    Ok(())
}
