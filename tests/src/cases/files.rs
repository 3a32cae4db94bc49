//! Files: `/tmp` in memory, the archive read-only, `/dev`.

use crate::case::Case;
use crate::console::pattern;
use crate::failure::Outcome;
use crate::machine::Machine;
use crate::{booted, ensure};

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    booted!("files":
        files_in_tmp_are_written_read_and_listed,
        a_large_file_survives_a_copy,
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
