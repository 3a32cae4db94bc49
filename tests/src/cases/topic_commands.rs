//! `topic`, as a person types it: each command with what it prints, and what is wrong told.

use super::region_commands::{has, refuses};
use crate::case::Case;
use crate::console::pattern;
use crate::failure::{Failure, Outcome};
use crate::machine::Machine;
use crate::{booted, ensure};

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    booted!("topic_commands":
        topics_are_listed_and_described_with_all_who_are_there,
        messages_are_echoed_as_text_numbers_and_bytes,
        rate_and_bandwidth_are_measured_as_robot_programmers_know_it,
        what_is_lost_is_told,
        ctrl_c_ends_a_listener_and_leaves_nothing,
        a_pool_has_the_size_that_the_environment_says,
        a_pools_name_is_its_own_processs,
        what_is_wrong_is_told_with_what_to_do,
    )
}

/// The number of the last background job.
fn last_job(machine: &mut Machine) -> Outcome<String> {
    let text = machine.succeed("echo job=$!")?;
    let found = pattern(r"job=(\d+)").captures(&text).map(|found| found[1].to_owned());
    found.ok_or_else(|| Failure::new(format!("`echo $!` printed {text}")))
}

fn topics_are_listed_and_described_with_all_who_are_there(machine: &mut Machine) -> Outcome {
    let list = machine.succeed("topic ls")?;
    ensure!(list.lines().count() == 1, "there are topics: {list}");
    let job = "topic pub /pose --type f64 1 2 3 --rate 0.01 --depth 7 &";
    machine.start_job(job, "/pose: 24 bytes, 0.01 times a second\n")?;
    let publisher = last_job(machine)?;
    machine.succeed("topic echo /pose --kept --once")?;
    let list = machine.succeed("topic ls")?;
    has(&list, r"^NAME +TYPE +PUBS +SUBS +KEPT +WAITING +PUBLISHED +BYTES$")?;
    has(&list, r"^/pose +f64\[\] +1 +0 +1 +0 +1 +24$")?;

    machine.run("topic echo /pose --count 1 > /tmp/echoed &")?;
    let subscriber = last_job(machine)?;
    // A further publisher waits for that subscriber, so it is there.
    machine.succeed("topic pub /pose --type f64 4 5 6 --wait 1")?;
    machine.run(&format!("wait {subscriber}"))?;
    let info = machine.succeed("topic info /pose")?;
    for line in [
        "^name +/pose$",
        r"^type +f64\[\] \(24 bytes, alignment 8, layout 0\)$",
        "^policy +overwrite: a full queue loses its oldest message$",
        "^mode +644$",
        r"^owner +root \(group root\)$",
        "^published +2 messages, 48 bytes$",
        "^kept +1 messages$",
        "^publishers +1$",
        &format!(r"^ +{publisher} +topic +7 +1 +0 +0x[0-9a-f]+ +97\.6K$"),
        "^subscribers +0$",
    ] {
        has(&info, line)?;
    }
    machine.run(&format!("kill {publisher}"))?;
    machine.run(&format!("wait {publisher}"))?;
    refuses(machine, "topic info /pose", "/pose: no such topic.*topic pub /pose hello")?;
    machine.succeed("rm /tmp/echoed").map(drop)
}

fn messages_are_echoed_as_text_numbers_and_bytes(machine: &mut Machine) -> Outcome {
    for (words, shown) in [
        ("good morning", r"^#\d+ from \d+: good morning$"),
        ("--type i16 -- -1 7", r"^#\d+ from \d+: -1 7$"),
        ("--type f64 1.5", r"^#\d+ from \d+: 1\.5$"),
        ("--file /bin/true --size 16", r"^00000000  7f 45 4c 46 02 01 01 00 .*\|\.ELF"),
    ] {
        machine.run("topic echo /words --once > /tmp/echoed &")?;
        machine.succeed(&format!("topic pub /words --wait 1 {words}"))?;
        machine.run("wait")?;
        has(&machine.succeed("cat /tmp/echoed")?, shown)?;
    }
    machine.succeed("rm /tmp/echoed").map(drop)
}

fn rate_and_bandwidth_are_measured_as_robot_programmers_know_it(machine: &mut Machine) -> Outcome {
    machine.start_job("topic pub /beat --size 2K --rate 50 &", "/beat: 2048 bytes, 50 times")?;
    let publisher = last_job(machine)?;
    let text = machine.succeed("topic hz /beat --count 20 | cat")?;
    has(&text, r"^average rate: \d+\.\d{3}$")?;
    has(&text, r"^ +min: 0\.\d{6}s max: \d\.\d{6}s std dev: \d\.\d{6}s window: 20$")?;
    let rate = pattern(r"average rate: (\d+)").captures_iter(&text).last();
    let rate = rate.and_then(|rate| rate[1].parse::<u32>().ok());
    // A machine under load is late, and never early.
    ensure!(rate.is_some_and(|rate| (5..=55).contains(&rate)), "50 Hz were measured as: {text}");
    let text = machine.succeed("topic bw /beat --count 10 | cat")?;
    has(&text, r"^\d+(\.\d)?K bytes/s from 10 messages$")?;
    has(&text, r"^ +message size mean: 2K min: 2K max: 2K$")?;
    machine.run(&format!("kill {publisher}"))?;
    machine.run("wait")?;
    refuses(machine, "topic hz /beat --seconds 0.1", "no message came in that time")
}

fn what_is_lost_is_told(machine: &mut Machine) -> Outcome {
    machine.run("topic echo /burst --depth 1 --seconds 1 > /tmp/echoed &")?;
    machine.succeed("topic pub /burst --wait 1 --count 5000 --depth 2 quick")?;
    machine.run("wait")?;
    has(&machine.succeed("cat /tmp/echoed")?, r"^\(\d+ messages were lost\)$")?;
    machine.succeed("rm /tmp/echoed").map(drop)
}

fn ctrl_c_ends_a_listener_and_leaves_nothing(machine: &mut Machine) -> Outcome {
    for command in ["echo", "hz", "bw"] {
        machine.type_line(&format!("topic {command} /silence"))?;
        machine.wait_for("nobody publishes there yet; waiting\n")?;
        machine.press_ctrl('c')?;
        machine.wait_for_prompt()?;
        let status = machine.command("echo status=$?")?;
        ensure!(status == "status=130\n", "after Ctrl-C in {command}: {status}");
    }
    let list = machine.succeed("topic ls")?;
    ensure!(list.lines().count() == 1, "a topic is left: {list}");
    Ok(())
}

fn a_pool_has_the_size_that_the_environment_says(machine: &mut Machine) -> Outcome {
    machine.succeed("export MEMPOOL_SIZE=100001")?;
    machine.start_job("topic pub /large hello --rate 0.01 &", "/large: 5 bytes")?;
    let publisher = last_job(machine)?;
    has(&machine.succeed("topic info /large")?, r" 195\.3K$")?;
    has(&machine.succeed("region ls")?, &format!(r"^/pool@{publisher} +195\.3K "))?;
    machine.run(&format!("kill {publisher}"))?;
    machine.run("wait")?;
    for bad in ["lots", "0", "-5", "1M"] {
        machine.succeed(&format!("export MEMPOOL_SIZE={bad}"))?;
        let wanted = format!("MEMPOOL_SIZE={bad}: that is no size.*a number of bytes above 0");
        refuses(machine, "topic pub /large hello", &wanted)?;
    }
    machine.succeed("export MEMPOOL_SIZE=1").map(drop)
}

fn a_pools_name_is_its_own_processs(machine: &mut Machine) -> Outcome {
    for line in [
        "region create /pool@1 64K",
        "region create /pool@1 64K --same-address --single-writer --ephemeral",
        "region create /pool@x 64K",
        "echo x > /dev/shm/pool@1",
    ] {
        refuses(machine, line, "not permitted")?;
    }
    let regions = machine.succeed("region ls")?;
    ensure!(!regions.contains("pool@"), "there is a pool: {regions}");
    Ok(())
}

fn what_is_wrong_is_told_with_what_to_do(machine: &mut Machine) -> Outcome {
    for (line, wanted) in [
        ("topic", "topic --help lists"),
        ("topic dance", "dance: no such command"),
        ("topic ls /x", "topic info shows one"),
        ("topic info", "which topic"),
        ("topic info /none", "/none: no such topic"),
        ("topic echo", "which topic"),
        ("topic echo pose", "pose.*a topic's name is /"),
        ("topic echo /a/b", "/a/b.*a topic's name is /"),
        ("topic hz /x --count 0", "at least 1"),
        ("topic bw /x --window 3", "no such option"),
        ("topic pub", "which topic"),
        ("topic pub /x", "what is to be published"),
        ("topic pub /x hello --rate 0", "0: no rate"),
        ("topic pub /x --type f64 one", "one: these are no f64 numbers"),
        ("topic pub /x --type pose 1", "pose: no type.*f64"),
        ("topic pub /x hello --depth 2000", "/x: invalid"),
        ("topic pub /x hello --policy never", "overwrite, refuse and wait"),
        ("topic pub /x --file /none", "/none: no such file"),
    ] {
        refuses(machine, line, wanted)?;
    }
    machine.start_job("topic pub /typed --type f64 1 2 --rate 0.01 &", "/typed: 16 bytes")?;
    let both = r"its messages are f64\[\] \(16 bytes.* and not u8 \(1 bytes";
    refuses(machine, "topic pub /typed --type u8 1", both)?;
    refuses(machine, "topic pub /typed hello", r"its messages are f64\[\] .*, and not 5 bytes")?;
    refuses(
        machine,
        "topic pub /typed hello --policy wait",
        "its policy is overwrite, and not wait",
    )?;
    machine.run("kill $!")?;
    machine.run("wait")?;
    let help = machine.succeed("topic --help")?;
    for command in ["ls", "info", "echo", "hz", "bw", "pub"] {
        has(&help, &format!(r"^  topic {command} +\S"))?;
        has(&machine.succeed(&format!("topic {command} --help"))?, "^usage: topic ")?;
    }
    Ok(())
}
