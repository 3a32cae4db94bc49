//! `region`, as a person types it: each command with what it prints and what it changes.

use super::shell_jobs::process_of;
use crate::case::Case;
use crate::console::pattern;
use crate::failure::Outcome;
use crate::machine::Machine;
use crate::{booted, ensure};

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    booted!("region_commands":
        a_region_is_made_described_and_removed,
        bytes_go_in_and_out_as_typed,
        lengths_seals_modes_and_owners_change_as_typed,
        a_watcher_sees_each_change_with_who_and_where,
        the_lock_keeps_others_out_and_tells_of_a_death,
        what_a_process_has_of_regions_is_listed,
        an_ephemeral_region_goes_with_its_last_user,
        what_is_wrong_is_told_with_what_to_do,
    )
}

/// Fails unless the text has a line that matches.
pub(super) fn has(text: &str, wanted: &str) -> Outcome {
    let line = pattern(&format!("(?m){wanted}"));
    ensure!(line.is_match(text), "‘{wanted}’ is missing in: {text}");
    Ok(())
}

/// Fails unless the command fails and says this.
pub(super) fn refuses(machine: &mut Machine, line: &str, wanted: &str) -> Outcome {
    let message = machine.fail(line)?;
    let says_so = pattern(&format!("(?i){wanted}")).is_match(&message);
    ensure!(says_so, "`{line}` does not say ‘{wanted}’ but: {message}");
    Ok(())
}

fn a_region_is_made_described_and_removed(machine: &mut Machine) -> Outcome {
    // Lines that a terminal of 80 columns does not wrap.
    machine.succeed("region create /made 10000 --max 4M -m 640 --seal shrink,grow")?;
    machine.succeed("region create /lone 64K --single-writer --views-read-only -x")?;
    machine.succeed("region create /agnocast@42 64K --same-address --sparse")?;
    refuses(machine, "region create /made 10000 --exclusive", "/made.*exists")?;
    refuses(machine, "region create /made 10000 --sparse", "not sparse.*creation")?;
    refuses(machine, "region create /made 20000", "10000 bytes.*region resize")?;

    let list = machine.succeed("region ls")?;
    has(&list, r"^NAME +SIZE +PAGES +MODE +OWNER +USERS +VIEWS\b")?;
    has(&list, r"^/made +9\.7K +0 +640 +root +0 +0 +0 +sealed$")?;
    has(&list, r"^/lone +64K .* single-writer views-read-only$")?;
    has(&list, r"^/agnocast@42 +64K .* same-address sparse$")?;
    let list = machine.succeed("region ls --json")?;
    has(&list, r#"^\[\{.*\}\]$"#)?;
    has(&list, r#""name":"/made""#)?;
    has(&list, r#""seals":\["shrink","grow"\]"#)?;

    let record = machine.succeed("region stat /made")?;
    for line in [
        "name +/made",
        "size +10000 bytes",
        "maximum +4194304 bytes",
        "pages +0 of 3 hold memory",
        "mode +640",
        "owner +root",
        "charged to +root",
        "flags +none",
        "seals +shrink grow",
        "users +0 ",
        "readers +0 ",
        "writers +0 ",
        "changes +0",
        "lock +free",
        "state +clean",
    ] {
        has(&record, &format!("^{line}"))?;
    }
    has(&machine.succeed("region stat /agnocast@42")?, "^address +0x[0-9a-f]+ in every process$")?;
    machine.succeed("region rm /made /lone /agnocast@42")?;
    refuses(machine, "region stat /made", "/made: no such region.*region create")
}

fn bytes_go_in_and_out_as_typed(machine: &mut Machine) -> Outcome {
    machine.succeed("region create /bytes 64K")?;
    machine.succeed("region write /bytes 0 hello commons")?;
    machine.succeed("echo from a pipe | region write /bytes 0x20 -")?;
    machine.succeed("region fill /bytes 0xff 0x30 16")?;
    machine.succeed("region fill /bytes x 65534")?;
    let printed = machine.succeed("region read /bytes 0 13")?;
    ensure!(printed == "hello commons\n", "`region read` printed {printed:?}");
    let printed = machine.succeed("region read /bytes 32 12 | cat")?;
    ensure!(printed.starts_with("from a pipe"), "through a pipe it printed {printed:?}");
    let dump = machine.succeed("region dump /bytes")?;
    let wanted = [
        "00000000  68 65 6c 6c 6f 20 63 6f  6d 6d 6f 6e 73 00 00 00  |hello commons...|",
        "00000010  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|",
        "00000020  66 72 6f 6d 20 61 20 70  69 70 65 0a 00 00 00 00  |from a pipe.....|",
        "00000030  ff ff ff ff ff ff ff ff  ff ff ff ff ff ff ff ff  |................|",
        "00000040  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|",
        "*",
        "0000fff0  00 00 00 00 00 00 00 00  00 00 00 00 00 00 78 78  |..............xx|",
        "00010000",
    ];
    ensure!(dump.lines().eq(wanted), "`region dump` printed: {dump}");
    let dump = machine.succeed("region dump /bytes 0x20 4")?;
    ensure!(dump.starts_with("00000020  66 72 6f 6d "), "a part is dumped as: {dump}");

    refuses(machine, "region write /bytes 65530 1234567", "end at 65536.*region grow")?;
    let dump = machine.succeed("region dump /bytes 65530 6")?;
    has(&dump, r"^0000fffa  00 00 00 00 78 78 ")?;
    refuses(machine, "region read /bytes 65537", "end at 65536")?;
    refuses(machine, "region fill /bytes 256", "from 0 to 255")?;
    refuses(machine, "region read /none", "/none: no such region.*region create")
}

fn lengths_seals_modes_and_owners_change_as_typed(machine: &mut Machine) -> Outcome {
    machine.succeed("region create /changing 4K --max 1M")?;
    machine.succeed("region grow /changing 64K")?;
    refuses(machine, "region grow /changing 8K", "65536 bytes already.*region resize")?;
    refuses(machine, "region grow /changing 2M", "longer than it may.*maximum")?;
    machine.succeed("region resize /changing 8K")?;
    has(&machine.succeed("region seal /changing")?, "^/changing: no seals$")?;
    has(&machine.succeed("region seal /changing shrink grow")?, "^/changing: shrink grow$")?;
    refuses(machine, "region resize /changing 4K", "seal forbids")?;
    refuses(machine, "region grow /changing 12K", "seal forbids")?;
    machine.succeed("region seal /changing write seal")?;
    refuses(machine, "region write /changing 0 text", "seal forbids|not permitted")?;
    refuses(machine, "region seal /changing future-write", "sealed against more")?;
    machine.succeed("region chmod /changing 644")?;
    machine.succeed("region chown /changing 1000:100")?;
    let record = machine.succeed("region stat /changing")?;
    for line in ["size +8192 bytes", "mode +644", r"owner +1000 \(group 100\)", "changes +4"] {
        has(&record, &format!("^{line}"))?;
    }
    refuses(machine, "as 1001 region chmod /changing 777", "only its owner")?;
    refuses(machine, "as 1000 region chown /changing 1001", "only root")?;
    machine.succeed("as 1000 region chmod 600 /changing")?;
    machine.succeed("as 1000 region rm /changing")?;
    Ok(())
}

fn a_watcher_sees_each_change_with_who_and_where(machine: &mut Machine) -> Outcome {
    machine.succeed("region create /watched 4K --max 1M")?;
    machine.succeed("region write /watched 0 before")?;
    machine
        .start_job("region watch /watched --count 5 &", "/watched: watching, after change 1\n")?;
    machine.succeed("region write /watched 16 hello")?;
    machine.succeed("region grow /watched 8K")?;
    machine.succeed("region notify /watched 4096 64")?;
    machine.succeed("region resize /watched 4K")?;
    machine.succeed("region seal /watched grow")?;
    machine.command("wait")?;
    let seen = machine.transcript();
    for line in [
        r"#2 +written +at 0x10, 5 bytes +by process \d+",
        r"#3 +grown +to 8192 bytes +by process \d+",
        r"#4 +notified +at 0x1000, 64 bytes +by process \d+",
        r"#5 +shrunk +to 4096 bytes +by process \d+",
        r"#6 +sealed +by process \d+",
    ] {
        has(&seen, line)?;
    }
    refuses(machine, "region watch /watched --timeout 0.1", "no change in that time")
}

fn the_lock_keeps_others_out_and_tells_of_a_death(machine: &mut Machine) -> Outcome {
    machine.succeed("region create /locked 4K")?;
    let printed = machine.succeed("region lock /locked echo with the lock")?;
    ensure!(printed == "with the lock\n", "it printed {printed:?}");
    ensure!(
        machine.run("region lock /locked false")?.status == 1,
        "the status is not the command's"
    );
    machine.command("region lock /locked sleep 1000 &")?;
    process_of(machine, "sleep")?;
    let holder = process_of(machine, "region")?;
    refuses(machine, "region lock --timeout 0.1 /locked true", &format!("process {holder} "))?;
    has(&machine.succeed("region stat /locked")?, &format!(r"^lock +held by process {holder} "))?;
    machine.succeed(&format!("kill -9 {holder}"))?;
    machine.command("wait")?;
    has(&machine.succeed("region stat /locked")?, "^state +DIRTY")?;
    has(&machine.succeed("region ls")?, "^/locked .*DIRTY$")?;
    has(&machine.succeed("region lock /locked true")?, "died.*half changed")?;
    has(&machine.succeed("region lock --repair /locked true")?, "died.*half changed")?;
    has(&machine.succeed("region stat /locked")?, "^state +clean")?;
    ensure!(machine.succeed("region lock /locked true")?.is_empty(), "it is told once more");
    let sleeper = process_of(machine, "sleep")?;
    machine.succeed(&format!("kill {sleeper}"))?;
    Ok(())
}

fn what_a_process_has_of_regions_is_listed(machine: &mut Machine) -> Outcome {
    machine.succeed("region create /held 16M")?;
    machine.succeed("region fill /held 1")?;
    let opened = machine.succeed("region open /held")?;
    has(&opened, r"^/held: descriptor \d+ to read and write$")?;
    has(&opened, r"^view at 0x[0-9a-f]+: 16777216 bytes to read and write, room for 16M$")?;
    machine.start_job("region open --read-only /held sleep 1000 &", "room for 16M\n")?;
    // Until its child runs `sleep`, there are two processes of that name.
    process_of(machine, "sleep")?;
    let process = process_of(machine, "region")?;
    let handles = machine.succeed(&format!("region of {process}"))?;
    has(&handles, r"^FD +REGION +SIZE +RIGHTS +CHILDREN +NAME$")?;
    has(&handles, r"^ *\d+ +\d+ +16M +r-x +share +/held$")?;
    let views = machine.succeed(&format!("region maps {process}"))?;
    // Eight units are linked, so that all of it is reached without a fault.
    has(&views, r"^0x[0-9a-f]+ +16M +r-- +r-[-x] +shared +8 +4096 +share +/held$")?;
    has(&machine.succeed("region stat /held")?, "^readers +1 ")?;
    refuses(machine, &format!("as 1000 region of {process}"), "another user")?;
    refuses(machine, "region maps 99999", "99999.*ps")?;
    machine.succeed(&format!("kill {process}"))?;
    let sleeper = process_of(machine, "sleep")?;
    machine.succeed(&format!("kill {sleeper}"))?;
    machine.command("wait")?;
    has(&machine.succeed("region stat /held")?, "^users +0 ")
}

fn an_ephemeral_region_goes_with_its_last_user(machine: &mut Machine) -> Outcome {
    let printed = machine.succeed("region create /brief 64K --ephemeral")?;
    has(&printed, "/brief is ephemeral.*--ephemeral -- COMMAND")?;
    ensure!(!machine.succeed("region ls")?.contains("/brief"), "it is there without a user");
    machine.command("region create /brief 64K --ephemeral -- sleep 1000 &")?;
    machine.succeed("region wait /brief --timeout 10")?;
    process_of(machine, "sleep")?;
    let holder = process_of(machine, "region")?;
    has(&machine.succeed("region ls")?, "^/brief .*ephemeral$")?;
    machine.succeed(&format!("kill -9 {holder}"))?;
    machine.command("wait")?;
    ensure!(!machine.succeed("region ls")?.contains("/brief"), "it outlived its last user");
    refuses(machine, "region wait /brief --timeout 0.1", "/brief.*in that time")?;
    let sleeper = process_of(machine, "sleep")?;
    machine.succeed(&format!("kill {sleeper}"))?;
    Ok(())
}

fn what_is_wrong_is_told_with_what_to_do(machine: &mut Machine) -> Outcome {
    let manual = machine.succeed("region --help")?;
    let commands = pattern(r"(?m)^  region (\w+) +(\S.*)$");
    let names: Vec<String> =
        commands.captures_iter(&manual).map(|found| found[1].to_owned()).collect();
    ensure!(names.len() >= 18, "the commands are not listed: {manual}");
    for name in names {
        let help = machine.succeed(&format!("region {name} --help"))?;
        has(&help, &format!("^usage: region {name} "))?;
    }
    for (line, wanted) in [
        ("region", "region --help"),
        ("region frobnicate", "frobnicate.*--help"),
        ("region create /x", "name and a size.*--help"),
        ("region create /x elephant", "elephant.*64K"),
        ("region create x 64K", "a region's name is /"),
        ("region create /x/y 64K", "a region's name is /"),
        ("region create /x 64K --mode rw", "octal"),
        ("region create /x 64K --seal wax", "wax.*future-write"),
        ("region create /x 64K --max 4K", "4096: that is less than the size"),
        ("region rm", "needs a name"),
        ("region rm /none", "/none: no such region"),
        ("region chmod /none 600", "/none: no such region"),
        ("region chown /none root", "/none: no such region"),
        ("region watch /none", "/none: no such region"),
        ("region lock /none true", "/none: no such region"),
        ("region of nobody", "nobody.*ps"),
    ] {
        refuses(machine, line, wanted)?;
    }
    Ok(())
}
