//! `limit`: quotas bite where they are set, are told, and leave nothing half made.

use super::region_commands::{has, refuses};
use crate::case::Case;
use crate::failure::Outcome;
use crate::machine::Machine;
use crate::{booted, ensure};

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    booted!("limits":
        ten_pages_are_the_limit_of_every_region,
        a_user_and_a_process_have_limits_of_their_own,
    )
}

fn ten_pages_are_the_limit_of_every_region(machine: &mut Machine) -> Outcome {
    let limits = machine.succeed("limit")?;
    has(&limits, r"^WHOSE +LIMIT +USED$")?;
    has(&limits, r"^each region +none ")?;
    has(&limits, r"^each user but root +16384 pages \(64M\)")?;
    has(&machine.succeed("limit regions 10")?, r"^each region: 10 pages \(40K\), before none$")?;
    machine.succeed("region create /ten 40K")?;
    refuses(machine, "region create /eleven 44K", "/eleven.*quota of a region.*limit")?;
    ensure!(!machine.succeed("region ls")?.contains("/eleven"), "it was half made");
    refuses(machine, "region grow /ten 44K", "/ten.*limit")?;
    has(&machine.succeed("region stat /ten")?, "^size +40960 bytes")?;
    has(
        &machine.succeed("limit")?,
        r"^each region +10 pages \(40K\) +10 pages \(40K\) in the longest",
    )?;
    machine.succeed("limit regions 44K")?;
    machine.succeed("region grow /ten 44K")?;
    machine.succeed("limit regions none")?;
    machine.succeed("region create /eleven 1M")?;
    machine.succeed("region rm /ten /eleven")?;
    Ok(())
}

fn a_user_and_a_process_have_limits_of_their_own(machine: &mut Machine) -> Outcome {
    machine.succeed("limit user 1000 16K")?;
    machine.succeed("as 1000 region create /mine 8K --max 1M")?;
    machine.succeed("as 1000 region create /more 8K")?;
    refuses(machine, "as 1000 region create /most 1", "quota of user 1000.*limit")?;
    refuses(machine, "as 1000 region grow /mine 12K", "/mine.*limit")?;
    machine.succeed("as 1001 region create /other 64K")?;
    let limits = machine.succeed("as 1000 limit")?;
    has(&limits, r"^user 1000 +4 pages \(16K\) +4 pages \(16K\)")?;
    has(&limits, r"^user 1001 +16384 pages \(64M\) +16 pages \(64K\)")?;
    machine.succeed("as 1000 region rm /more")?;
    machine.succeed("as 1000 region grow /mine 16K")?;
    machine.succeed("limit users 8")?;
    refuses(machine, "as 1002 region create /third 36K", "quota of user 1002")?;

    machine.succeed("limit processes 2")?;
    refuses(machine, "region create /process 12K", "quota of process")?;
    machine.succeed("region create /process 8K")?;
    machine.succeed("limit processes none")?;

    refuses(machine, "as 1000 limit user 1000 none", "only root")?;
    refuses(machine, "limit process 99999 10", "99999")?;
    for line in ["limit regions", "limit user 1000", "limit walls 10"] {
        refuses(machine, line, "--help")?;
    }
    refuses(machine, "limit regions ten", "amounts are pages")?;
    has(&machine.succeed("limit --help")?, "^usage: limit")
}
