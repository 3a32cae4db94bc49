//! What every program owes to who types it: help, a clear word about a wrong option, and an end by Ctrl-C.

use super::region_commands::has;
use crate::case::Case;
use crate::console::pattern;
use crate::failure::Outcome;
use crate::machine::Machine;
use crate::sd_card::Card;
use crate::setup;
use crate::{booted, ensure, free};
use std::time::Instant;

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    let mut cases = booted!("usage":
        every_program_has_help_and_names_an_unknown_option,
        ps_draws_plain_characters_where_the_locale_asks_for_them,
        ls_tells_when_a_file_was_changed,
        ctrl_c_ends_a_copy_and_leaves_no_half_of_it,
        ctrl_c_ends_a_measurement_and_leaves_no_name,
    );
    cases.extend(free!("usage": a_long_copy_tells_how_far_it_is_and_how_long_it_will_take));
    cases
}

/// What issue and habit expect to be there.
const EXPECTED: [&str; 46] = [
    "ls", "cat", "head", "tail", "wc", "grep", "sort", "hexdump", "cp", "mv", "rm", "mkdir",
    "touch", "tee", "seq", "yes", "date", "env", "ps", "top", "free", "kill", "nice", "uptime",
    "dmesg", "mount", "df", "sync", "id", "as", "vmmap", "lsfd", "strace", "watch", "clear",
    "reboot", "poweroff", "less", "sleep", "region", "topic", "offer", "sem", "demo", "bench",
    "stress",
];

/// Programs that take every word for what it is, as POSIX has them, and the first process.
const TAKES_ALL: [&str; 5] = ["true", "false", "echo", "yes", "init"];

fn every_program_has_help_and_names_an_unknown_option(machine: &mut Machine) -> Outcome {
    let listing = machine.succeed("ls /bin")?;
    let programs: Vec<&str> = listing.lines().collect();
    for name in EXPECTED {
        ensure!(programs.contains(&name), "there is no {name} in /bin: {listing}");
    }
    let mut wrong = Vec::new();
    for name in programs {
        if ["true", "false", "init", "sh", "busybox"].contains(&name) {
            continue;
        }
        let help = machine.run(&format!("/bin/{name} --help < /dev/null"))?;
        if help.status != 0 || !pattern(&format!("^usage: {name}\\b")).is_match(&help.text) {
            wrong.push(format!("{name} --help: status {}, {}", help.status, help.text));
        }
        if TAKES_ALL.contains(&name) {
            continue;
        }
        let refused = machine.run(&format!("/bin/{name} --frobnicate < /dev/null"))?;
        let says = refused.text.contains("frobnicate") && refused.text.contains("--help");
        if refused.status == 0 || !says {
            wrong.push(format!("{name} --frobnicate: {}, {}", refused.status, refused.text));
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

fn ps_draws_plain_characters_where_the_locale_asks_for_them(machine: &mut Machine) -> Outcome {
    machine.command("sleep 100 &")?;
    let tree = machine.succeed("LANG=C ps -t")?;
    has(&tree, r" `- shell$")?;
    has(&tree, r" +\|- (sleep|shell)$")?;
    has(&tree, r" +`- ps$")?;
    has(&machine.succeed("LANG=C.UTF-8 ps -t")?, " └─ shell$")?;
    machine.command("kill %1; wait").map(drop)
}

fn ls_tells_when_a_file_was_changed(machine: &mut Machine) -> Outcome {
    machine.succeed("date -s '2026-11-22 03:30' && touch /tmp/now")?;
    has(&machine.succeed("ls -l /tmp/now")?, r"^-rw-r--r-- +0 +0  2026-11-22 03:3\d  /tmp/now$")?;
    has(&machine.succeed("ls -la /tmp")?, r"^MODE +OWNER +SIZE +CHANGED +NAME$")
}

fn ctrl_c_ends_a_copy_and_leaves_no_half_of_it(machine: &mut Machine) -> Outcome {
    machine.type_line("cp /dev/zero /tmp/zeros")?;
    machine.wait_for("/dev/zero: ")?;
    machine.press_ctrl('c')?;
    machine.wait_for_prompt()?;
    ensure!(machine.succeed("echo $?")?.trim() == "130", "it did not end by Ctrl-C");
    let left = machine.fail("ls /tmp/zeros")?;
    ensure!(left.contains("no such file"), "half of a copy is left: {left}");
    Ok(())
}

fn ctrl_c_ends_a_measurement_and_leaves_no_name(machine: &mut Machine) -> Outcome {
    for group in ["crossover", "growth", "cores", "topics"] {
        machine.type_line(&format!("bench {group}"))?;
        machine.wait_for("this clock goes by time")?;
        machine.press_ctrl('c')?;
        machine.wait_for_prompt()?;
    }
    // The shell waits for the first process of each; the others end by the same signal, a moment later.
    let deadline = Instant::now() + setup::patience();
    for list in ["region ls", "topic ls", "sem ls"] {
        loop {
            let left = machine.succeed(list)?;
            if left.lines().count() == 1 {
                break;
            }
            ensure!(Instant::now() < deadline, "{list} tells of what is left: {left}");
        }
    }
    Ok(())
}

fn a_long_copy_tells_how_far_it_is_and_how_long_it_will_take() -> Outcome {
    let text = vec![b'x'; 24 << 20];
    let card = Card::new("64M", &[("long.txt", &text)])?;
    card.boot(|machine| {
        machine.type_line("cp /sd/long.txt /tmp/copy")?;
        let told = machine.wait_for(" s to go")?;
        has(&told, r"/sd/long.txt: [\d.]+[KM] of 24M \(\d+ %\), \d+ s to go")?;
        machine.press_ctrl('c')?;
        machine.wait_for_prompt()?;
        machine.fail("ls /tmp/copy").map(drop)
    })
}
