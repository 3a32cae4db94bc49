//! `sem`: POSIX's named semaphores from the shell.

use super::region_commands::{has, refuses};
use super::shell_jobs::process_of;
use crate::case::Case;
use crate::failure::Outcome;
use crate::machine::Machine;
use crate::{booted, ensure};

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    booted!("semaphores":
        a_semaphore_counts_as_typed,
        who_waits_goes_on_at_the_post,
    )
}

fn value(machine: &mut Machine, name: &str, wanted: u32) -> Outcome {
    let printed = machine.succeed(&format!("sem value {name}"))?;
    ensure!(printed.trim() == wanted.to_string(), "{name} is {printed} and not {wanted}");
    Ok(())
}

fn a_semaphore_counts_as_typed(machine: &mut Machine) -> Outcome {
    machine.succeed("sem create /count 2 --mode 640")?;
    machine.succeed("sem create /zero")?;
    has(&machine.succeed("sem ls")?, "^NAME +VALUE +WAIT +MODE +OWNER$")?;
    has(&machine.succeed("sem ls")?, "^/count +2 +0 +640 +root$")?;
    has(&machine.succeed("ls /dev/shm")?, r"\bsem\.count\b")?;
    machine.succeed("sem wait /count")?;
    machine.succeed("sem wait /count --timeout 5")?;
    value(machine, "/count", 0)?;
    refuses(machine, "sem wait /count --timeout 0.1", "/count: nobody posted in that time")?;
    machine.succeed("sem post /count /zero /count")?;
    value(machine, "/count", 2)?;
    value(machine, "/zero", 1)?;
    refuses(machine, "sem create /count --exclusive", "/count.*exists already")?;
    refuses(machine, "sem create /count 7", "exists with value 2")?;
    refuses(machine, "as 1000 sem post /count", "/count: permission denied.*sem ls")?;
    refuses(machine, "as 1000 sem rm /count", "/count: permission denied")?;
    has(&machine.succeed("as 1000 sem ls")?, r"^/count +\? +\? +640 +root$")?;
    machine.succeed("sem rm /count /zero")?;
    refuses(machine, "sem post /count", "/count: no such semaphore.*sem create /count")?;
    refuses(machine, "sem rm /count", "/count: no such semaphore")?;
    for line in ["sem", "sem wave /x", "sem create", "sem create /x -1", "sem create /x 2147483648"]
    {
        refuses(machine, line, "--help")?;
    }
    refuses(machine, "sem create count", "a name is /")?;
    has(&machine.succeed("sem --help")?, "^usage: sem ")
}

fn who_waits_goes_on_at_the_post(machine: &mut Machine) -> Outcome {
    machine.succeed("sem create /gate")?;
    machine.command("sem wait /gate &")?;
    process_of(machine, "sem")?;
    machine.succeed("sem post /gate")?;
    machine.command("wait")?;
    value(machine, "/gate", 0)?;
    machine.succeed("sem rm /gate")?;
    Ok(())
}
