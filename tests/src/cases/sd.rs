//! Files on the SD card: what the host has put there, what Commons writes, and what outlasts a power cut.
//!
//! The cards are made by `mkcard`, and looked at with another FAT library and with `fsck.fat`.

use crate::case::{Case, on_checked_machine, on_machine};
use crate::failure::Outcome;
use crate::machine::Machine;
use crate::sd_card::{Card, START, failed};
use crate::{ensure, free, guest};
use std::fs::File;
use std::os::unix::fs::FileExt;

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    free!("sd":
        what_the_host_has_put_on_the_card_is_read,
        what_commons_writes_is_read_on_the_host,
        the_kernel_that_checks_itself_writes_the_same,
        what_was_synced_outlasts_a_power_cut,
        power_off_leaves_a_clean_card,
        a_large_card_is_mounted_and_written,
        a_full_card_is_an_error_and_has_room_again_when_files_go,
        without_a_card_everything_else_works,
        a_damaged_card_is_an_error,
        programs_run_from_the_card,
        views_of_files_and_calls_see_the_same_bytes,
        a_region_with_a_file_behind_it_outlasts_a_reboot,
        a_region_is_saved_on_the_card_and_loaded_after_a_reboot,
    )
}

/// Text of a length that is no multiple of anything.
fn text() -> Vec<u8> {
    (0..9000).map(|line| format!("line {line} of the file\n")).collect::<String>().into_bytes()
}

fn what_the_host_has_put_on_the_card_is_read() -> Outcome {
    let text = text();
    let name = "a folder/a file with a long name.text";
    let card = Card::new("64M", &[(name, &text), ("config.txt", b"arm_64bit=1\n")])?;
    card.boot(|machine| {
        let listing = machine.succeed("ls /sd")?;
        ensure!(listing.contains("a folder") && listing.contains("config.txt"), "{listing}");
        let config = machine.succeed("cat /sd/CONFIG.TXT")?;
        ensure!(config.trim() == "arm_64bit=1", "config.txt has {config}");
        machine.succeed(&format!("cat '/sd/{name}' > /tmp/copy"))?;
        machine.succeed(&format!("/extra/guest same /tmp/copy '/sd/{name}'"))?;
        let sizes = machine.succeed("ls -l /tmp/copy")?;
        ensure!(sizes.contains(&text.len().to_string()), "the copy: {sizes}");
        let mounts = machine.succeed("cat /proc/mounts")?;
        ensure!(mounts.contains("/dev/mmcblk0 /sd vfat rw"), "the mounts are {mounts}");
        Ok(())
    })
}

/// Writes, moves and removes files, and powers off.
fn write_files(machine: &mut Machine) -> Outcome {
    machine.succeed("mkdir /sd/written")?;
    machine.succeed("cat /bin/shell > '/sd/written/the shell, as a file'")?;
    machine.succeed("/extra/guest same /bin/shell '/sd/written/the shell, as a file'")?;
    machine.succeed("echo gone > /sd/gone")?;
    machine.succeed("echo first > /sd/text")?;
    machine.succeed("echo second >> /sd/text")?;
    machine.succeed("rm /sd/gone")?;
    let message = machine.fail("rm /sd/written")?;
    ensure!(message.contains("directory"), "rm of a directory: {message}");
    machine.type_line("poweroff")?;
    machine.expect_exit().map(drop)
}

fn look_at_files(card: &Card) -> Outcome {
    card.check()?;
    let text = card.read("text")?;
    ensure!(text == b"first\nsecond\n", "the text is {:?}", String::from_utf8_lossy(&text));
    let program = card.read("written/the shell, as a file")?;
    ensure!(program.starts_with(b"\x7fELF"), "the program begins with {:x?}", &program[..4]);
    ensure!(card.read("gone").is_err(), "a removed file is there");
    Ok(())
}

fn what_commons_writes_is_read_on_the_host() -> Outcome {
    let card = Card::new("64M", &[])?;
    card.boot(write_files)?;
    look_at_files(&card)
}

fn the_kernel_that_checks_itself_writes_the_same() -> Outcome {
    let card = Card::new("64M", &[])?;
    on_checked_machine(&["-drive", &card.drive()], write_files)?;
    look_at_files(&card)
}

fn what_was_synced_outlasts_a_power_cut() -> Outcome {
    let card = Card::new("64M", &[])?;
    card.boot(|machine| {
        machine.succeed("cp /bin/shell /sd/kept")?;
        let room = machine.succeed("df /sd")?;
        let row = crate::console::pattern(r"(?m)^/sd +[\d.]+M +\d{3}[.\d]*K +[\d.]+M +[01] %$");
        ensure!(row.is_match(&room), "`df /sd` printed: {room}");
        machine.succeed("mkdir /sd/folder")?;
        machine.succeed("sync")?;
        Ok(())
    })?;
    card.check()?;
    card.boot(|machine| {
        machine.succeed("/extra/guest same /bin/shell /sd/kept")?;
        let listing = machine.succeed("ls /sd")?;
        ensure!(listing.contains("folder"), "the card has {listing}");
        Ok(())
    })
}

fn power_off_leaves_a_clean_card() -> Outcome {
    let card = Card::new("64M", &[])?;
    card.boot(|machine| {
        machine.succeed("echo x > /sd/x")?;
        machine.type_line("poweroff")?;
        machine.expect_exit().map(drop)
    })?;
    card.check()
}

fn a_large_card_is_mounted_and_written() -> Outcome {
    let card = Card::new("4G", &[("hello", b"hello")])?;
    card.boot(|machine| {
        let hello = machine.succeed("cat /sd/hello")?;
        ensure!(hello.trim() == "hello", "the file has {hello}");
        machine.succeed("cat /bin/shell > /sd/shell")?;
        machine.type_line("poweroff")?;
        machine.expect_exit().map(drop)
    })?;
    card.check()?;
    ensure!(card.read("shell")?.starts_with(b"\x7fELF"), "the program is not there");
    Ok(())
}

fn a_full_card_is_an_error_and_has_room_again_when_files_go() -> Outcome {
    // All but a megabyte is taken.
    let most = vec![1; 58 << 20];
    let card = Card::new("64M", &[("most", &most)])?;
    card.boot(|machine| {
        let message = machine.fail("cat /sd/most > /sd/more")?;
        ensure!(message.contains("no space left"), "a full card: {message}");
        machine.succeed("rm /sd/more")?;
        machine.succeed("cat /bin/shell > /sd/shell")?;
        machine.succeed("/extra/guest same /bin/shell /sd/shell")?;
        machine.type_line("poweroff")?;
        machine.expect_exit().map(drop)
    })?;
    card.check()
}

fn without_a_card_everything_else_works() -> Outcome {
    on_machine(&[], |machine| {
        let message = machine.fail("cat /sd/x")?;
        ensure!(message.contains("no card in the slot"), "without a card: {message}");
        let message = machine.fail("ls /sd")?;
        ensure!(message.contains("no card in the slot"), "the directory: {message}");
        machine.succeed("echo x > /tmp/x")?;
        let mounts = machine.succeed("cat /proc/mounts")?;
        ensure!(!mounts.contains("/sd"), "the mounts are {mounts}");
        Ok(())
    })
}

fn a_damaged_card_is_an_error() -> Outcome {
    let card = Card::new("64M", &[("file", &text())])?;
    // The first table's first block: every file's chain leads nowhere.
    let image = File::options().write(true).open(card.path()).map_err(failed("open the card"))?;
    let noise: Vec<u8> = (0..1 << 16).map(|at: u32| (at * 7 + 3) as u8).collect();
    image.write_all_at(&noise, START + 32 * 512).map_err(failed("damage the card"))?;
    card.boot(|machine| {
        machine.run("ls /sd")?;
        machine.run("cat /sd/file > /tmp/file")?;
        machine.run("echo x > /sd/new")?;
        machine.run("rm /sd/file")?;
        machine.succeed("echo still here")?;
        Ok(())
    })
}

fn a_region_is_saved_on_the_card_and_loaded_after_a_reboot() -> Outcome {
    let card = Card::new("64M", &[])?;
    card.boot(|machine| {
        machine.succeed("region create /state 3M")?;
        machine.succeed("region write /state 2000000 'kept for later'")?;
        machine.succeed("region save /state /sd/state.bin")?;
        machine.succeed("region save /state /tmp/state.bin")?;
        machine.succeed("/extra/guest same /tmp/state.bin /sd/state.bin")?;
        let message = machine.fail("region save /none /sd/none.bin")?;
        ensure!(message.contains("/none"), "a region that is not there: {message}");
        // The file is there after its save; that the volume is marked clean, too, takes this.
        machine.succeed("sync").map(drop)
    })?;
    card.check()?;
    ensure!(card.read("state.bin")?.len() == 3 << 20, "the file has another length");
    card.boot(|machine| {
        machine.succeed("region load /sd/state.bin /state")?;
        let text = machine.succeed("region read /state 2000000 14")?;
        ensure!(text.trim() == "kept for later", "the region has {text}");
        let listing = machine.succeed("ls /sd")?;
        ensure!(!listing.contains("part"), "the card has {listing}");
        Ok(())
    })
}

fn programs_run_from_the_card() -> Outcome {
    let card = Card::new("64M", &[])?;
    card.boot(|machine| {
        machine.succeed("cat /bin/echo > /sd/echo")?;
        let printed = machine.succeed("/sd/echo from the card")?;
        ensure!(printed.trim() == "from the card", "it printed {printed}");
        machine.succeed("cat /bin/shell > /sd/shell")?;
        let printed = machine.succeed("/sd/shell -c '/sd/echo one; /sd/echo two'")?;
        ensure!(printed == "one\ntwo\n", "it printed {printed}");
        machine.succeed("rm /sd/echo")?;
        machine.fail("/sd/echo again")?;
        machine.type_line("poweroff")?;
        machine.expect_exit().map(drop)
    })?;
    card.check()
}

fn a_region_with_a_file_behind_it_outlasts_a_reboot() -> Outcome {
    let card = Card::new("64M", &[])?;
    card.boot(|machine| {
        machine.succeed("region create /log 1M --file /sd/log.bin")?;
        machine.succeed("region write /log 500000 'the first entry'")?;
        let found = machine.succeed("region read /log 500000 15")?;
        ensure!(found.trim() == "the first entry", "the region has {found}");
        let listing = machine.succeed("region ls")?;
        ensure!(listing.contains("/log"), "the regions are {listing}");
        machine.succeed("/extra/guest same /dev/shm/log /sd/log.bin")?;
        machine.succeed("sync").map(drop)
    })?;
    card.check()?;
    let bytes = card.read("log.bin")?;
    ensure!(bytes.len() == 1 << 20, "the file has {} bytes", bytes.len());
    ensure!(&bytes[500_000..500_015] == b"the first entry", "the file is without it");
    card.boot(|machine| {
        machine.succeed("region create /log 1M --file /sd/log.bin")?;
        let found = machine.succeed("region read /log 500000 15")?;
        ensure!(found.trim() == "the first entry", "the region has {found}");
        machine.succeed("region write /log 0 second")?;
        machine.succeed("region rm /log")?;
        machine.type_line("poweroff")?;
        machine.expect_exit().map(drop)
    })?;
    card.check()?;
    ensure!(card.read("log.bin")?.starts_with(b"second"), "what was written last is not there");
    Ok(())
}

fn views_of_files_and_calls_see_the_same_bytes() -> Outcome {
    let card = Card::new("64M", &[])?;
    let suite = |machine: &mut Machine| {
        guest::run_suite(machine, guest::PROGRAM, "card-views")?;
        machine.type_line("poweroff")?;
        machine.expect_exit().map(drop)
    };
    card.boot(suite)?;
    on_checked_machine(&["-drive", &card.drive()], suite)?;
    card.check()?;
    let bytes = card.read("views.bin")?;
    ensure!(bytes.len() == 40 * 4096, "the file has {} bytes", bytes.len());
    ensure!(bytes[39 * 4096] == 123 && bytes[7 * 4096] == 78, "what views stored is not there");
    Ok(())
}
