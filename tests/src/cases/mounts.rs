//! `mount` and `umount`: the card comes and goes while the system runs.

use crate::case::{Case, on_checked_machine};
use crate::failure::Outcome;
use crate::machine::Machine;
use crate::sd_card::Card;
use crate::{ensure, free, guest};

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    free!("mounts":
        the_card_is_unmounted_clean_and_mounted_again,
        the_kernel_that_checks_itself_mounts_too,
        who_uses_the_card_keeps_it_mounted,
        a_card_that_is_mounted_read_only_stays_as_it_is,
    )
}

fn mount_and_unmount(machine: &mut Machine) -> Outcome {
    machine.succeed("echo kept > /sd/file")?;
    let listed = machine.succeed("mount")?;
    let row = crate::console::pattern(r"(?m)^/sd +/dev/mmcblk0 +vfat +rw$");
    ensure!(row.is_match(&listed), "`mount` printed: {listed}");
    let message = machine.fail("echo x > /dev/mmcblk0")?;
    ensure!(message.contains("busy"), "writing to the device: {message}");
    let message = machine.fail("mount /sd")?;
    ensure!(message.contains("mounted already"), "mounting twice: {message}");
    machine.succeed("umount /sd")?;
    let mounts = machine.succeed("cat /proc/mounts")?;
    ensure!(!mounts.contains("/sd"), "the mounts are {mounts}");
    let message = machine.fail("cat /sd/file")?;
    ensure!(message.contains("no such device"), "what is not mounted: {message}");
    let message = machine.fail("umount /sd")?;
    ensure!(message.contains("nothing is mounted"), "unmounting twice: {message}");
    // Into the part of the first block that a boot loader would have.
    machine.succeed("echo x > /dev/mmcblk0")?;
    machine.succeed("mount /dev/mmcblk0 /sd")?;
    let text = machine.succeed("cat /sd/file")?;
    ensure!(text.trim() == "kept", "the file has {text}");
    machine.succeed("umount /sd").map(drop)
}

fn the_card_is_unmounted_clean_and_mounted_again() -> Outcome {
    let card = Card::new("64M", &[])?;
    card.boot(mount_and_unmount)?;
    card.check()
}

fn the_kernel_that_checks_itself_mounts_too() -> Outcome {
    let card = Card::new("64M", &[])?;
    on_checked_machine(&["-drive", &card.drive()], mount_and_unmount)?;
    card.check()
}

fn who_uses_the_card_keeps_it_mounted() -> Outcome {
    let card = Card::new("64M", &[])?;
    card.boot(|machine| {
        machine.succeed("mkdir /sd/folder")?;
        for place in ["/sd", "/sd/folder"] {
            machine.succeed(&format!("cd {place}"))?;
            let message = machine.fail("umount /sd")?;
            ensure!(message.contains("somebody has"), "in {place}: {message}");
            machine.succeed("cd /")?;
        }
        machine.succeed(&format!("cat {} > /sd/guest", guest::PROGRAM))?;
        machine.start_job("/sd/guest spin &", "spinning\n")?;
        let message = machine.fail("umount /sd")?;
        ensure!(message.contains("somebody has"), "a program runs: {message}");
        machine.succeed("kill $!")?;
        machine.run("wait")?;
        machine.succeed("umount /sd")?;
        let message = machine.fail("umount /tmp")?;
        ensure!(message.contains("/tmp"), "the system's own: {message}");
        Ok(())
    })?;
    card.check()
}

fn a_card_that_is_mounted_read_only_stays_as_it_is() -> Outcome {
    let card = Card::new("64M", &[("file", b"text\n")])?;
    card.boot(|machine| {
        machine.succeed("cat /sd/file")?;
        machine.succeed("region create /log 8K --file /sd/log.bin")?;
        machine.succeed(&format!("cat {} > /sd/guest", guest::PROGRAM))?;
        machine.start_job("/extra/guest spin 2> /sd/written &", "spinning\n")?;
        let message = machine.fail("mount -o remount,ro /sd")?;
        ensure!(message.contains("open for writing"), "a file is open for writing: {message}");
        machine.succeed("kill $!")?;
        machine.run("wait")?;
        // A program of the card's runs, and a file of it is a region: neither changes anything.
        machine.start_job("/sd/guest spin &", "spinning\n")?;
        machine.succeed("mount -o remount,ro /sd")?;
        machine.succeed("region read /log 0 4")?;
        let message = machine.fail("region write /log 0 text")?;
        ensure!(message.contains("read-only"), "the region was written: {message}");
        machine.succeed("region rm /log")?;
        machine.succeed("kill $!")?;
        machine.run("wait")?;
        let mounts = machine.succeed("cat /proc/mounts")?;
        ensure!(mounts.contains("/dev/mmcblk0 /sd vfat ro"), "the mounts are {mounts}");
        machine.fail("echo x > /sd/file")?;
        machine.fail("rm /sd/file")?;
        machine.succeed("umount /sd")?;
        machine.succeed("mount -r /sd")?;
        machine.fail("mkdir /sd/folder")?;
        machine.succeed("mount -o remount,rw /sd")?;
        machine.succeed("mkdir /sd/folder")?;
        machine.type_line("poweroff")?;
        machine.expect_exit().map(drop)
    })?;
    card.check()?;
    ensure!(card.read("file")? == b"text\n", "the file was changed");
    Ok(())
}
