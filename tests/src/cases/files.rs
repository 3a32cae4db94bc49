//! Files: `/tmp` in memory, the archive read-only, `/dev`.

use crate::case::Case;
use crate::console::pattern;
use crate::failure::{Failure, Outcome};
use crate::machine::Machine;
use crate::{booted, ensure};

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    booted!("files":
        files_in_tmp_are_written_read_and_listed,
        a_large_file_survives_a_copy,
        cp_copies_files_with_their_permissions,
        cp_tells_how_far_it_is_on_a_terminal_only,
        df_tells_how_full_the_memory_s_file_systems_are,
        the_archive_cannot_be_written,
        the_null_device_swallows_and_gives_nothing,
        a_region_is_a_file_in_dev_shm,
        a_directory_is_not_a_file,
    )
}

fn files_in_tmp_are_written_read_and_listed(machine: &mut Machine) -> Outcome {
    machine.command("echo hello > /tmp/note")?;
    let text = machine.succeed("cat /tmp/note")?;
    ensure!(text == "hello\n", "the file holds {text:?}");
    let listing = machine.succeed("ls /tmp")?;
    ensure!(pattern(r"\bnote\b").is_match(&listing), "`ls /tmp` printed: {listing}");
    machine.command("echo shorter > /tmp/note")?;
    let text = machine.succeed("cat /tmp/note")?;
    ensure!(text == "shorter\n", "after writing anew the file holds {text:?}");
    Ok(())
}

fn a_large_file_survives_a_copy(machine: &mut Machine) -> Outcome {
    // A program is the largest file at hand; the copy has no x mode, so it must not run.
    machine.succeed("cat /bin/shell > /tmp/shell1")?;
    machine.succeed("cat /tmp/shell1 | cat > /tmp/shell2")?;
    machine.succeed("/extra/guest same /bin/shell /tmp/shell2")?;
    let message = machine.fail("/tmp/shell2")?;
    ensure!(message.contains("permission"), "the copy without x mode: {message}");
    Ok(())
}

fn cp_copies_files_with_their_permissions(machine: &mut Machine) -> Outcome {
    machine.succeed("cp /bin/echo /tmp/said")?;
    ensure!(machine.succeed("/tmp/said it runs")? == "it runs\n", "the copy does not run");
    machine.succeed("mkdir /tmp/both && cp /bin/echo /bin/cat /tmp/both")?;
    for name in ["echo", "cat"] {
        machine.succeed(&format!("/extra/guest same /bin/{name} /tmp/both/{name}"))?;
    }
    machine.succeed("echo short > /tmp/said && cp /tmp/said /tmp/both/echo")?;
    ensure!(machine.succeed("cat /tmp/both/echo")? == "short\n", "the old file's end is left");
    for (line, wanted) in [
        ("cp", "which file"),
        ("cp /bin/echo", "to where"),
        ("cp /tmp/said /tmp/said", "same file"),
        ("cp /tmp/both /tmp/other", "directory"),
        ("cp /bin/echo /bin/cat /tmp/said", "no directory"),
        ("cp /tmp/absent /tmp/other", "no such file"),
        ("cp /tmp/said /bin/new", "read-only"),
    ] {
        let message = machine.fail(line)?;
        ensure!(message.contains(wanted), "`{line}` printed: {message}");
    }
    ensure!(machine.succeed("cat /tmp/said")? == "short\n", "a file that stays was changed");
    Ok(())
}

fn cp_tells_how_far_it_is_on_a_terminal_only(machine: &mut Machine) -> Outcome {
    let slow = "shell -c 'echo one; sleep 1; echo two'";
    let told = machine.succeed(&format!("{slow} | cp /dev/stdin /tmp/slow"))?;
    ensure!(pattern(r"/dev/stdin: 8, \d+ a second").is_match(&told), "`cp` printed: {told:?}");
    machine.succeed(&format!("{slow} | cp /dev/stdin /tmp/slow 2> /tmp/told"))?;
    ensure!(machine.succeed("cat /tmp/told")?.is_empty(), "it was told to a file");
    ensure!(machine.succeed("cat /tmp/slow")? == "one\ntwo\n", "the copy is not the whole");
    let quick = machine.succeed("cp /tmp/slow /tmp/quick")?;
    ensure!(quick.is_empty(), "a quick copy printed: {quick}");
    Ok(())
}

fn df_tells_how_full_the_memory_s_file_systems_are(machine: &mut Machine) -> Outcome {
    let used = |machine: &mut Machine| -> Outcome<u64> {
        let text = machine.succeed("df /tmp")?;
        let row = pattern(r"(?m)^/tmp +(\S+) +([\d.]+)([KM]?) +(\S+) +\d+ %$");
        let found = row.captures(&text);
        let found = found.ok_or_else(|| Failure::new(format!("`df /tmp` printed: {text}")))?;
        let number: f64 = found[2].parse().unwrap_or(f64::NAN);
        Ok((number * if &found[3] == "M" { 1024.0 } else { 1.0 }) as u64)
    };
    let before = used(machine)?;
    machine.succeed("cp /bin/shell /tmp/large")?;
    ensure!(used(machine)? > before + 100, "a program of some 100 KiB takes no room");
    let all = machine.succeed("df")?;
    ensure!(pattern(r"(?m)^/tmp ").is_match(&all), "`df` leaves out /tmp: {all}");
    ensure!(!pattern(r"(?m)^/(proc|sd) ").is_match(&all), "`df` tells of what has no room: {all}");
    let message = machine.fail("df /absent")?;
    ensure!(message.contains("no such file"), "`df /absent` printed: {message}");
    Ok(())
}

fn the_archive_cannot_be_written(machine: &mut Machine) -> Outcome {
    let message = machine.fail("echo broken > /bin/echo")?;
    ensure!(message.contains("/bin/echo"), "the message does not name the file: {message}");
    let text = machine.succeed("echo intact")?;
    ensure!(text == "intact\n", "echo now prints {text:?}");
    Ok(())
}

fn the_null_device_swallows_and_gives_nothing(machine: &mut Machine) -> Outcome {
    let text = machine.succeed("echo gone > /dev/null; cat /dev/null; cat < /dev/null")?;
    ensure!(text.is_empty(), "it gave {text:?}");
    Ok(())
}

fn a_region_is_a_file_in_dev_shm(machine: &mut Machine) -> Outcome {
    machine.succeed("region create /seen 8K")?;
    let listing = machine.succeed("ls /dev/shm")?;
    ensure!(pattern(r"\bseen\b").is_match(&listing), "`ls /dev/shm` printed: {listing}");
    machine.succeed("echo text > /dev/shm/made")?;
    let regions = machine.succeed("region ls")?;
    ensure!(regions.contains("/made"), "`region ls` printed: {regions}");
    let text = machine.succeed("cat /dev/shm/made")?;
    ensure!(text == "text\n", "the region holds {text:?}");
    machine.succeed("region rm /made && region rm /seen")?;
    Ok(())
}

fn a_directory_is_not_a_file(machine: &mut Machine) -> Outcome {
    for line in ["cat /bin", "echo x > /tmp", "cat /bin/echo/x", "/bin"] {
        let message = machine.fail(line)?;
        ensure!(message.contains('/'), "`{line}` does not say what is wrong: {message}");
    }
    Ok(())
}
