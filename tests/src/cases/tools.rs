//! Programs for text, files and looking at the system, as people combine them.

use crate::case::Case;
use crate::console::pattern;
use crate::failure::Outcome;
use crate::machine::Machine;
use crate::setup;
use crate::{booted, ensure};
use std::time::Instant;

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    booted!("tools":
        lines_are_cut_counted_and_sorted,
        standard_input_can_be_named_more_than_once,
        grep_finds_lines_and_says_so_by_its_status,
        tee_and_hexdump_show_what_goes_through,
        files_are_moved_copied_and_removed_with_their_directories,
        a_directory_is_not_copied_into_itself,
        touch_makes_files_and_changes_their_time,
        date_prints_and_sets_the_time,
        env_and_nice_run_commands_otherwise,
        watch_runs_a_command_again,
        tail_follows_a_file_that_grows,
        less_shows_pages_and_finds_lines,
        top_tells_who_is_busy_and_what_is_shared,
        vmmap_and_lsfd_show_a_region_in_a_process,
    )
}

/// Runs a command and compares what it prints.
fn prints(machine: &mut Machine, command: &str, expected: &str) -> Outcome {
    let printed = machine.succeed(command)?;
    ensure!(printed == expected, "`{command}` printed {printed:?} and not {expected:?}");
    Ok(())
}

fn standard_input_can_be_named_more_than_once(machine: &mut Machine) -> Outcome {
    prints(machine, "printf 'a\nb\n' | cat - - /etc/hostname -", "a\nb\ncommons\n")?;
    prints(machine, "printf 'a\nb\n' | sort -r - -", "b\na\n")
}

fn lines_are_cut_counted_and_sorted(machine: &mut Machine) -> Outcome {
    prints(machine, "seq 3", "1\n2\n3\n")?;
    prints(machine, "seq 10 -5 0", "10\n5\n0\n")?;
    prints(machine, "seq 100 | head -n 2", "1\n2\n")?;
    prints(machine, "seq 100 | tail -n 2", "99\n100\n")?;
    prints(machine, "seq 100 | tail -n +99", "99\n100\n")?;
    prints(machine, "seq 100 | head -c 4", "1\n2\n")?;
    prints(machine, "seq 1000 | wc -l", "1000\n")?;
    prints(machine, "echo one two three | wc -w", "3\n")?;
    prints(machine, "seq 11 | sort | head -n 3", "1\n10\n11\n")?;
    prints(machine, "seq 11 | sort -nr | head -n 2", "11\n10\n")?;
    prints(machine, "yes again | head -n 2", "again\nagain\n")?;
    machine.command("echo b:2 > /tmp/s; echo a:10 >> /tmp/s; echo b:2 >> /tmp/s")?;
    prints(machine, "sort -t : -k 2 -n /tmp/s", "b:2\nb:2\na:10\n")?;
    prints(machine, "sort -u /tmp/s", "a:10\nb:2\n")?;
    prints(machine, "wc /tmp/s", "      3       3      13 /tmp/s\n")?;
    let refused = machine.fail("head -n many /tmp/s")?;
    ensure!(refused.contains("many"), "what was wrong is not named: {refused}");
    Ok(())
}

fn grep_finds_lines_and_says_so_by_its_status(machine: &mut Machine) -> Outcome {
    prints(machine, "seq 30 | grep '^.0$' | tee /tmp/g", "10\n20\n30\n")?;
    prints(machine, "grep -n 2 /tmp/g | tee /tmp/g2", "2:20\n")?;
    prints(machine, "grep -c 0 /tmp/g", "3\n")?;
    prints(machine, "grep -v 20 /tmp/g | wc -l", "2\n")?;
    prints(machine, "echo 'a.c(' | grep -F '.c(' | wc -l", "1\n")?;
    prints(machine, "echo abab | grep -E '^(ab)+$' | wc -l", "1\n")?;
    prints(machine, "grep -l 20 /tmp/g /tmp/g2", "/tmp/g\n/tmp/g2\n")?;
    let status = machine.command("grep -q 99 /tmp/g; echo $?")?;
    ensure!(status.trim() == "1", "a pattern that is not there: {status}");
    let status = machine.command("grep -q 99 /tmp/none; echo $?")?;
    ensure!(status.trim().ends_with('2'), "a file that is not there: {status}");
    let refused = machine.fail("grep '[' /tmp/g")?;
    ensure!(
        refused.contains("[ without ]"),
        "what is wrong with the pattern is not said: {refused}"
    );
    Ok(())
}

fn tee_and_hexdump_show_what_goes_through(machine: &mut Machine) -> Outcome {
    prints(machine, "echo Commons | tee /tmp/t1 /tmp/t2 | wc -c", "8\n")?;
    machine.command("echo again | tee -a /tmp/t1")?;
    prints(machine, "cat /tmp/t1 /tmp/t2", "Commons\nagain\nCommons\n")?;
    let dump = machine.succeed("hexdump -s 3 -n 4 /tmp/t1")?;
    let expected = r"(?m)^00000003  6d 6f 6e 73 +\|mons\|\n00000007$";
    ensure!(pattern(expected).is_match(&dump), "the dump is {dump}");
    let piped = machine.succeed("cat /tmp/t1 | hexdump -s 3 -n 4")?;
    ensure!(piped == dump, "from a pipe it is {piped}");
    Ok(())
}

fn files_are_moved_copied_and_removed_with_their_directories(machine: &mut Machine) -> Outcome {
    machine.succeed("mkdir -p /tmp/m/one/two && mkdir -p /tmp/m/one")?;
    machine.succeed("echo deep > /tmp/m/one/two/file")?;
    machine.succeed("cp -r /tmp/m/one /tmp/m/copy")?;
    prints(machine, "cat /tmp/m/copy/two/file", "deep\n")?;
    machine.succeed("mv /tmp/m/copy/two/file /tmp/m/renamed")?;
    machine.succeed("mv /tmp/m/renamed /tmp/m/copy")?;
    prints(machine, "ls /tmp/m/copy", "renamed\ntwo\n")?;
    // Another file system: copied, and gone where it was.
    machine.succeed("mv /tmp/m/copy/renamed /dev/shm/moved")?;
    prints(machine, "cat /dev/shm/moved", "deep\n")?;
    let message = machine.fail("cat /tmp/m/copy/renamed")?;
    ensure!(message.contains("no such file"), "it is still there: {message}");
    let message = machine.fail("cp /tmp/m/one /tmp/m/x")?;
    ensure!(message.contains("cp -r"), "what to do is not said: {message}");
    let message = machine.fail("rm /tmp/m")?;
    ensure!(message.contains("rm -r"), "what to do is not said: {message}");
    machine.succeed("rm -r /tmp/m /dev/shm/moved")?;
    machine.succeed("rm -f /tmp/m")?;
    let message = machine.fail("ls /tmp/m")?;
    ensure!(message.contains("/tmp/m"), "the directory is still there: {message}");
    Ok(())
}

fn a_directory_is_not_copied_into_itself(machine: &mut Machine) -> Outcome {
    machine.succeed("mkdir -p /tmp/self/in")?;
    for target in ["/tmp/self/in/copy", "/tmp/self/in", "/tmp/self"] {
        let message = machine.fail(&format!("cp -r /tmp/self {target}"))?;
        ensure!(message.contains("into itself"), "to {target}: {message}");
    }
    let message = machine.fail("cd /tmp/self && cp -r . in/x")?;
    ensure!(message.contains("into itself"), "by a relative path: {message}");
    machine.command("cd /")?;
    machine.succeed("rm -r /tmp/self")?;
    Ok(())
}

fn touch_makes_files_and_changes_their_time(machine: &mut Machine) -> Outcome {
    machine.succeed("touch -c /tmp/touched")?;
    machine.fail("cat /tmp/touched")?;
    machine.succeed("touch /tmp/touched && cat /tmp/touched")?;
    let message = machine.fail("touch /nowhere/file")?;
    ensure!(message.contains("/nowhere/file"), "the file is not named: {message}");
    Ok(())
}

fn date_prints_and_sets_the_time(machine: &mut Machine) -> Outcome {
    prints(machine, "date -d @86400 '+%Y-%m-%d %H:%M:%S'", "1970-01-02 00:00:00\n")?;
    prints(machine, "date -d @0", "Thu Jan  1 00:00:00 UTC 1970\n")?;
    machine.succeed("date -s '2026-11-21 18:30'")?;
    let now = machine.succeed("date '+%Y-%m-%d %H:%M'")?;
    ensure!(now.starts_with("2026-11-21 18:3"), "it is {now}");
    let message = machine.fail("date -s yesterday")?;
    ensure!(message.contains("yesterday"), "what was wrong is not named: {message}");
    let message = machine.fail("as 1000 date -s @0")?;
    ensure!(message.contains("not permitted"), "somebody else sets the time: {message}");
    machine.fail("date +%Q")?;
    Ok(())
}

fn env_and_nice_run_commands_otherwise(machine: &mut Machine) -> Outcome {
    prints(machine, "env -i A=1 B=2 /bin/env", "A=1\nB=2\n")?;
    prints(machine, "env -i A=1 B=2 /bin/env -u A", "B=2\n")?;
    prints(machine, "nice", "0\n")?;
    prints(machine, "nice -n 5 nice", "5\n")?;
    prints(machine, "nice nice -n 5 nice", "15\n")?;
    let message = machine.fail("as 1000 nice -n -5 true")?;
    ensure!(message.contains("permi"), "somebody else asks for more: {message}");
    let status = machine.command("env none-such; echo $?")?;
    ensure!(status.trim().ends_with("127"), "a command that is not there: {status}");
    Ok(())
}

fn watch_runs_a_command_again(machine: &mut Machine) -> Outcome {
    let printed =
        machine.succeed("watch -n 0.05 -c 3 'echo round >> /tmp/rounds; wc -l /tmp/rounds'")?;
    ensure!(printed.matches("/tmp/rounds").count() >= 3, "it printed {printed}");
    prints(machine, "wc -l /tmp/rounds", "3 /tmp/rounds\n")
}

fn tail_follows_a_file_that_grows(machine: &mut Machine) -> Outcome {
    machine.command("echo first > /tmp/grows")?;
    machine.type_line("tail -f /tmp/grows &")?;
    machine.wait_for("first\n")?;
    machine.type_line("echo second >> /tmp/grows")?;
    machine.wait_for("second\n")?;
    machine.command("kill $!; wait $!")?;
    Ok(())
}

fn less_shows_pages_and_finds_lines(machine: &mut Machine) -> Outcome {
    machine.command("seq 500 > /tmp/long")?;
    machine.type_line("less /tmp/long")?;
    machine.wait_for("/tmp/long 1/500")?;
    machine.type_keys("j")?;
    machine.wait_for("/tmp/long 2/500")?;
    machine.type_keys("G")?;
    machine.wait_for("(end)")?;
    machine.type_keys("g/^250$\r")?;
    machine.wait_for("/tmp/long 250/500")?;
    machine.type_keys("nx")?;
    machine.wait_for("q ends it")?;
    machine.type_keys("q")?;
    machine.wait_for_prompt()?;
    prints(machine, "less /tmp/long | wc -l", "500\n")
}

fn top_tells_who_is_busy_and_what_is_shared(machine: &mut Machine) -> Outcome {
    machine.command("yes > /dev/null &")?;
    let printed = machine.succeed("top -d 0.3 -n 2 | tee /tmp/top")?;
    ensure!(printed.contains("core 3 ["), "there is no fourth core: {printed}");
    let busiest = machine
        .succeed("grep -A yes /tmp/top")
        .or_else(|_| machine.succeed("grep yes /tmp/top"))?;
    ensure!(pattern(r" R .* yes").is_match(&busiest), "the busy process is not told: {printed}");
    machine.type_line("top")?;
    machine.wait_for("COMMAND")?;
    machine.type_keys("q")?;
    machine.wait_for_prompt()?;
    machine.command("kill $!; wait $!")?;
    Ok(())
}

fn vmmap_and_lsfd_show_a_region_in_a_process(machine: &mut Machine) -> Outcome {
    machine.succeed("region create /seen 64K")?;
    machine.command("region watch /seen > /dev/null &")?;
    // It runs in the background: when it has opened the region is its own affair.
    let deadline = Instant::now() + setup::patience();
    loop {
        let open = machine.succeed("lsfd $!")?;
        if pattern(r"\d+ +r. +\d+ .*seen").is_match(&open) {
            break;
        }
        ensure!(Instant::now() < deadline, "the region is not told: {open}");
    }
    let mapped = machine.succeed("vmmap $!")?;
    ensure!(mapped.contains("r-x") && mapped.contains("private"), "the program's memory: {mapped}");
    ensure!(mapped.contains("Resident:"), "there is no sum: {mapped}");
    let message = machine.fail("vmmap 99999")?;
    ensure!(message.contains("ps shows"), "what to do is not said: {message}");
    let message = machine.fail("as 1000 lsfd 1")?;
    ensure!(message.contains("another user"), "others may look: {message}");
    machine.command("kill $!; wait $!")?;
    machine.succeed("region rm /seen")?;
    Ok(())
}
