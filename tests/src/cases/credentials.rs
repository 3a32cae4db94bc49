//! `as` and `id`: who somebody is, and what that allows.

use super::region_commands::{has, refuses};
use crate::case::Case;
use crate::failure::Outcome;
use crate::machine::Machine;
use crate::{booted, ensure};

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    booted!("credentials":
        a_command_runs_as_the_user_that_was_named,
        a_mode_counts_for_owner_group_and_others,
        the_kernel_tells_who_was_refused,
    )
}

fn a_command_runs_as_the_user_that_was_named(machine: &mut Machine) -> Outcome {
    let mut told = |line: &str, wanted: &str| -> Outcome {
        let printed = machine.succeed(line)?;
        ensure!(printed.trim() == wanted, "`{line}` printed {printed}");
        Ok(())
    };
    told("id", "uid=0(root) gid=0(root) euid=0(root) egid=0(root)")?;
    told("as 1000 id", "uid=1000 gid=1000 euid=1000 egid=1000")?;
    told("as 1000:50 id", "uid=1000 gid=50 euid=1000 egid=50")?;
    told("as 0 as 7 id", "uid=7 gid=7 euid=7 egid=7")?;
    told("as 1000 echo -n --help", "--help")?;
    refuses(machine, "as 1000 as 0 id", "only root")?;
    refuses(machine, "as nobody id", "nobody.*1000:100")?;
    refuses(machine, "as", "whom")?;
    refuses(machine, "as 1000", "which command")?;
    ensure!(machine.run("as 1000 nonesuch")?.status == 127, "a missing program is not status 127");
    ensure!(machine.run("as 1000 false")?.status == 1, "the status is not the command's");
    has(&machine.succeed("as --help")?, "^usage: as UID")?;
    has(&machine.succeed("id --help")?, "^usage: id")
}

fn a_mode_counts_for_owner_group_and_others(machine: &mut Machine) -> Outcome {
    machine.succeed("as 1000:100 region create /kept 4K --mode 640")?;
    machine.succeed("as 1000:100 region write /kept 0 text")?;
    has(&machine.succeed("as 1001:100 region read /kept")?, "^text$")?;
    refuses(machine, "as 1001:100 region write /kept 0 other", "/kept: permission denied")?;
    refuses(machine, "as 1001:101 region read /kept", "/kept: permission denied")?;
    let opened = machine.succeed("as 1001:100 region open /kept")?;
    has(&opened, r"^/kept: descriptor \d+ to read only$")?;
    refuses(machine, "as 1001:100 region rm /kept", "/kept: permission denied.*owner")?;
    machine.succeed("region write /kept 0 root")?;
    machine.succeed("as 1000 region rm /kept")?;
    Ok(())
}

fn the_kernel_tells_who_was_refused(machine: &mut Machine) -> Outcome {
    machine.succeed("region create /secret 4K --mode 600")?;
    let told = r"process \d+ of user 1000 may not open region /secret \(owner 0, mode 600\)";
    refuses(machine, "as 1000 region read /secret", told)?;
    machine.succeed("sleep 1.1")?;
    refuses(machine, "as 1000 cat /dev/shm/secret", told)
}
