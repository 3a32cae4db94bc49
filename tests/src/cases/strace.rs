//! `strace`: what a command and a running process call, as a person sees it.

use crate::case::Case;
use crate::console::pattern;
use crate::failure::Outcome;
use crate::machine::Machine;
use crate::{booted, ensure};

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    booted!("strace":
        a_commands_calls_are_shown_with_arguments_errors_and_its_end,
        calls_of_commons_own_are_decoded_like_linux_ones,
        children_are_followed_if_asked_for,
        a_running_process_is_looked_at_and_goes_on,
        a_signal_is_shown_with_who_sent_it,
        a_summary_counts_calls_errors_and_time,
        only_the_calls_that_are_asked_for_are_shown,
        what_cannot_be_traced_is_said,
    )
}

/// Fails unless each of these patterns matches a line.
fn has_lines(text: &str, wanted: &[&str]) -> Outcome {
    for line in wanted {
        let expression = pattern(&format!("(?m)^{line}$"));
        ensure!(expression.is_match(text), "no line is like {line:?}:\n{text}");
    }
    Ok(())
}

fn a_commands_calls_are_shown_with_arguments_errors_and_its_end(machine: &mut Machine) -> Outcome {
    machine.succeed("strace -o /tmp/trace ls /etc > /dev/null")?;
    let text = machine.succeed("cat /tmp/trace")?;
    has_lines(
        &text,
        &[
            r#"execve\("/bin/ls", \["ls", "/etc"\], 0x[0-9a-f]+ /\* \d+ vars \*/\) = 0"#,
            r#"openat\(AT_FDCWD, "/etc", O_RDONLY\|O_DIRECTORY\|O_CLOEXEC\) = \d+"#,
            r"close\(\d+\) +=  ?0",
            r"exit_group\(0\) +=  ?\?",
            r"\+\+\+ exited with 0 \+\+\+",
        ],
    )?;
    ensure!(!text.contains('\x1b'), "there are colours in a file: {text:?}");
    // To a file: what the program says itself may else come in the middle of a line.
    let text = machine.command("strace -o /tmp/trace cat /none; echo status $?; cat /tmp/trace")?;
    has_lines(
        &text,
        &[
            r#"openat\(AT_FDCWD, "/none", O_RDONLY[A-Z_|]*\) = -1 ENOENT \(No such file or directory\)"#,
            r"status 1",
        ],
    )?;
    // It goes to standard error: what the program prints can be piped.
    let text = machine.succeed("strace -e openat echo one two 2> /dev/null | wc -w")?;
    ensure!(text.trim() == "2", "the program's output is mixed with the trace: {text}");
    Ok(())
}

fn calls_of_commons_own_are_decoded_like_linux_ones(machine: &mut Machine) -> Outcome {
    let text = machine.command("strace region create /looked 64K 2>&1 | cat")?;
    has_lines(
        &text,
        &[
            r#"region_create\("/looked", 7, \{bytes=65536, maximum=0, flags=[A-Z_|0]+, mode=0600, seals=0\}, 32\) = \d+"#,
        ],
    )?;
    let text = machine.command("strace -e 'region_*' region write /looked 0 hello 2>&1 | cat")?;
    has_lines(
        &text,
        &[
            r#"region_open\("/looked", 7, [A-Z_|0]+\) += \d+"#,
            r#"region_write\(\d+, 0, "hello", 5\) += 5"#,
            r#"region_stat\(\d+, \{name="/looked", id=\d+, length=65536, .*\}\) = 0"#,
        ],
    )?;
    let text =
        machine.command("strace -o /tmp/trace -e 'region_*' region open /none; cat /tmp/trace")?;
    has_lines(
        &text,
        &[r#"region_open\("/none", 5, .*\) += -1 ENOENT \(No such file or directory\)"#],
    )?;
    machine.succeed("region rm /looked")?;
    let text =
        machine.command("strace -o /tmp/trace -e 'topic_*' topic info /none; cat /tmp/trace")?;
    has_lines(&text, &[r#"topic_info\("/none", 5, 0x[0-9a-f]+\) += -1 ENOENT .*"#])?;
    Ok(())
}

fn children_are_followed_if_asked_for(machine: &mut Machine) -> Outcome {
    let text = machine.command("strace -f -o /tmp/trace sh -c 'ls /etc; true' > /dev/null")?;
    ensure!(text.trim().is_empty(), "it prints elsewhere: {text}");
    let text = machine.succeed("cat /tmp/trace")?;
    has_lines(
        &text,
        &[
            r#"\d+ +execve\("/bin/sh", \["sh", "-c", "ls /etc; true"\], .*\) = 0"#,
            // The child's first calls may come before the end of the one that made it.
            r"\d+ +clone\(.*SIGCHLD, .*(\) += \d+| <unfinished \.\.\.>)",
            r#"\d+ +execve\("/bin/ls", \["ls", "/etc"\], .*\) = 0"#,
        ],
    )?;
    let ends = text.matches("+++ exited with 0 +++").count();
    ensure!(ends == 2, "{ends} of two processes have ended: {text}");
    let text = machine.command("strace sh -c 'ls /etc; true' 2>&1 > /dev/null | cat")?;
    ensure!(!text.contains("/bin/ls\", ["), "a child is shown unasked: {text}");
    Ok(())
}

fn a_running_process_is_looked_at_and_goes_on(machine: &mut Machine) -> Outcome {
    machine.command("sleep 1000 &")?;
    machine.type_line("strace -p $!")?;
    machine.wait_for("attached")?;
    machine.wait_for("nanosleep")?;
    machine.press_ctrl('C')?;
    let text = machine.wait_for_prompt()?;
    ensure!(text.contains("detached"), "it does not say that it leaves the process: {text}");
    let text = machine.command("kill -0 $! && echo alive; kill $!; wait $! 2> /dev/null")?;
    ensure!(text.contains("alive"), "the process has ended with the look at it: {text}");
    Ok(())
}

fn a_signal_is_shown_with_who_sent_it(machine: &mut Machine) -> Outcome {
    let text = machine.command("strace sh -c 'kill -TERM $$; true' 2>&1 | cat")?;
    has_lines(
        &text,
        &[
            r"--- SIGTERM \{si_signo=SIGTERM, si_code=SI_USER, si_pid=\d+, si_uid=0\} ---",
            r"\+\+\+ killed by SIGTERM \+\+\+",
        ],
    )?;
    Ok(())
}

fn a_summary_counts_calls_errors_and_time(machine: &mut Machine) -> Outcome {
    let text = machine.command("strace -c cat /none 2>&1 | cat")?;
    has_lines(
        &text,
        &[
            r"% time +seconds  usecs/call +calls +errors syscall",
            r" *\d+\.\d\d +\d+\.\d{6} +\d+ +1 +1 openat",
            r"100\.00 +\d+\.\d{6} +\d+ +\d+ +\d+ total",
        ],
    )?;
    ensure!(!text.contains("openat("), "calls are listed, too: {text}");
    let text =
        machine.command("strace -o /tmp/trace -T -tt -e openat cat /none; cat /tmp/trace")?;
    has_lines(&text, &[r#"\d\d:\d\d:\d\d\.\d{6} openat\(.*\) = -1 ENOENT \(.*\) <\d+\.\d{6}>"#])?;
    Ok(())
}

fn only_the_calls_that_are_asked_for_are_shown(machine: &mut Machine) -> Outcome {
    let text = machine.command("strace -e openat,close cat /etc/passwd 2>&1 > /dev/null | cat")?;
    ensure!(text.contains("openat(") && !text.contains("read("), "the choice is not kept: {text}");
    let text = machine.command("strace -s 4 -e write echo a long word 2>&1 > /dev/null | cat")?;
    has_lines(&text, &[r#"write\(1, "a lo"\.\.\., 12\) +=  ?12"#])?;
    let refused = machine.fail("strace -e opnat ls")?;
    ensure!(refused.contains("did you mean: openat?"), "the nearest is not named: {refused}");
    let refused = machine.fail("strace -s 999999 ls")?;
    ensure!(refused.contains("0 to 4096"), "the limit is not named: {refused}");
    Ok(())
}

fn what_cannot_be_traced_is_said(machine: &mut Machine) -> Outcome {
    let refused = machine.fail("strace -p 99999")?;
    ensure!(refused.contains("ps shows them"), "what to do is not said: {refused}");
    let refused = machine.fail("as 1000 strace -p 1")?;
    ensure!(refused.contains("another user"), "others' processes are traced: {refused}");
    let refused = machine.fail("strace frobnicate")?;
    ensure!(refused.contains("no such program"), "{refused}");
    let refused = machine.fail("strace")?;
    ensure!(refused.contains("--help"), "{refused}");
    // Who is traced already says so to the second one.
    let text = machine.command("strace -f -o /dev/null strace true; echo status $?")?;
    ensure!(text.contains("traced already") && text.contains("status 1"), "{text}");
    Ok(())
}
