//! The shell's line editor at the serial line: keys, history, hints, pastes.

use crate::case::Case;
use crate::failure::Outcome;
use crate::machine::Machine;
use crate::{booted, ensure};

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    booted!("line_editor":
        keys_move_cut_yank_and_undo,
        control_r_finds_what_a_shell_before_was_told,
        a_command_of_several_lines_is_one_in_the_history,
        a_hint_is_shown_and_the_right_key_takes_it,
        ten_kilobytes_in_a_line_arrive_whole,
        ten_kilobytes_of_commands_run_one_after_the_other,
        a_marked_paste_waits_for_enter,
        what_the_terminal_says_of_its_size_counts,
        tab_completes_commands_paths_and_options,
        tab_completes_names_of_regions_topics_and_semaphores,
        tab_completes_processes_jobs_and_variables,
        a_terminal_that_can_do_nothing_gets_no_control_characters,
    )
}

const PASTE_BYTES: usize = 10_000;

/// Types keys that end a command, and compares what it prints.
fn prints(machine: &mut Machine, keys: &str, wanted: &str) -> Outcome {
    machine.type_keys(keys)?;
    let printed = machine.wait_for_prompt()?;
    let printed = printed.split_once('\n').map(|(_, output)| output);
    ensure!(printed == Some(wanted), "{keys:?} printed {printed:?} and not {wanted:?}");
    Ok(())
}

fn keys_move_cut_yank_and_undo(machine: &mut Machine) -> Outcome {
    prints(machine, "cho ne\x01e\x1b[1;5C\x1b[Co\x1b[F two\r", "one two\n")?;
    prints(machine, "echo one two\x17\x17\x19\x19\r", "one twoone two\n")?;
    prints(machine, "echo ab\x15\x1f\x7fc\r", "ac\n")?;
    prints(machine, "echo ü\x1b[Dä\x1b[3~ö\r", "äö\n")
}

fn control_r_finds_what_a_shell_before_was_told(machine: &mut Machine) -> Outcome {
    machine.command("echo needle one")?;
    machine.command("echo straw")?;
    prints(machine, "\x12need\r", "needle one\n")?;
    machine.command("exit")?;
    prints(machine, "\x12stra\x1b[F!\r", "straw!\n")?;
    prints(machine, "\x12edle\r", "needle one\n")
}

fn a_command_of_several_lines_is_one_in_the_history(machine: &mut Machine) -> Outcome {
    prints(machine, "for i in 1 2\rdo echo +$i; done\r", "> do echo +$i; done\n+1\n+2\n")?;
    machine.command("exit")?;
    machine.type_keys("\x1b[A\x1b[A\r")?;
    let printed = machine.wait_for_prompt()?;
    ensure!(printed.ends_with("done\n+1\n+2\n"), "it printed {printed:?}");
    Ok(())
}

fn a_hint_is_shown_and_the_right_key_takes_it(machine: &mut Machine) -> Outcome {
    machine.command("echo taken from the history")?;
    machine.type_keys("echo ta")?;
    machine.wait_for_bytes(b"\x1b[90mken from the history\x1b[0m")?;
    prints(machine, "\x1b[C!\r", "taken from the history!\n")
}

fn ten_kilobytes_in_a_line_arrive_whole(machine: &mut Machine) -> Outcome {
    let words: String = (0..PASTE_BYTES / 5).map(|number| format!(" {number:04}")).collect();
    for paste in [words.clone(), format!("\x1b[200~{words}\x1b[201~")] {
        machine.type_keys("echo")?;
        machine.type_keys(&paste)?;
        machine.type_line(" end")?;
        let printed = machine.wait_for_prompt()?;
        ensure!(printed.trim_end() == format!("{} end", words.trim()), "it printed {printed:?}");
    }
    Ok(())
}

fn ten_kilobytes_of_commands_run_one_after_the_other(machine: &mut Machine) -> Outcome {
    let line = "count=$((count+1))\r";
    let lines = PASTE_BYTES / line.len();
    machine.type_keys(&line.repeat(lines))?;
    for _ in 0..lines {
        machine.wait_for_prompt()?;
    }
    let printed = machine.command("echo $count")?;
    ensure!(printed == format!("{lines}\n"), "of {lines} commands {printed:?} ran");
    Ok(())
}

fn a_marked_paste_waits_for_enter(machine: &mut Machine) -> Outcome {
    machine.command("touch /tmp/precious")?;
    machine.type_keys("\x1b[200~rm /tmp/precious\rrm -r /tmp\r\x1b[201~")?;
    machine.wait_for("rm -r /tmp\n> $")?;
    machine.press_ctrl('c')?;
    machine.wait_for_prompt()?;
    machine.succeed("test -e /tmp/precious")?;
    prints(machine, "\x1b[200~echo one\recho two\x1b[201~\r", "> echo two\none\ntwo\n")
}

fn what_the_terminal_says_of_its_size_counts(machine: &mut Machine) -> Outcome {
    machine.wait_for_bytes(b"\x1b[999;999H\x1b[6n")?;
    // With 40 columns it takes two rows, so that its beginning is one above its end.
    machine.type_keys("\x1b[10;40R")?;
    machine.type_keys(&"a".repeat(40))?;
    machine.wait_for("a{40}$")?;
    machine.type_keys("\x01")?;
    machine.wait_for_bytes(b"\x1b[A")?;
    machine.press_ctrl('c')?;
    machine.wait_for_prompt()?;
    Ok(())
}

/// Types keys and a tabulator, and waits for what the line is then.
fn completes(machine: &mut Machine, keys: &str, line: &str) -> Outcome {
    machine.type_keys(keys)?;
    machine.type_keys("\t")?;
    machine.wait_for(&format!("{}$", regex::escape(line)))?;
    Ok(())
}

/// Ends the line, and gives back what it printed.
fn enter(machine: &mut Machine) -> Outcome<String> {
    machine.type_keys("\r")?;
    let printed = machine.wait_for_prompt()?;
    Ok(printed.trim_start_matches('\n').to_owned())
}

fn tab_completes_commands_paths_and_options(machine: &mut Machine) -> Outcome {
    completes(machine, "ech", "echo ")?;
    completes(machine, "/etc/inittab /et", "/etc/")?;
    completes(machine, "passw", "passwd ")?;
    let printed = enter(machine)?;
    ensure!(printed == "/etc/inittab /etc/passwd\n", "it printed {printed:?}");
    machine.command("touch '/tmp/two words'")?;
    completes(machine, "cat /tmp/tw", "/tmp/two\\ words ")?;
    ensure!(enter(machine)?.is_empty(), "the name with a blank is not found");
    // What only the program itself tells, and of a subcommand.
    completes(machine, "produce /x --prod", "--producers ")?;
    machine.press_ctrl('c')?;
    completes(machine, "region create /x 4K --ephem", "--ephemeral ")?;
    machine.press_ctrl('c')?;
    lists(machine, "region r", r"read  rm\n")
}

/// Types keys and two tabulators, and waits for the list and the line below it.
fn lists(machine: &mut Machine, keys: &str, list: &str) -> Outcome {
    machine.type_keys(&format!("{keys}\t"))?;
    // The bell says that the first one was understood.
    machine.wait_for_bytes(format!("{keys}\x07").as_bytes())?;
    machine.type_keys("\t")?;
    machine.wait_for(&format!("{list}.*{keys}$"))?;
    machine.press_ctrl('c')?;
    machine.wait_for_prompt()?;
    Ok(())
}

fn tab_completes_names_of_regions_topics_and_semaphores(machine: &mut Machine) -> Outcome {
    machine.succeed("region create /tabbed 64K; sem create /gated 1")?;
    completes(machine, "region st", "region stat ")?;
    completes(machine, "/tab", "/tabbed ")?;
    let printed = enter(machine)?;
    ensure!(printed.contains("/tabbed"), "it printed {printed:?}");
    completes(machine, "sem value /ga", "/gated ")?;
    let printed = enter(machine)?;
    ensure!(printed == "1\n", "it printed {printed:?}");
    machine.start_job("topic pub -r 1 /posed hello &", "times a second\n")?;
    completes(machine, "topic info /pos", "/posed ")?;
    let printed = enter(machine)?;
    ensure!(printed.contains("/posed"), "it printed {printed:?}");
    machine.succeed("kill %1; wait; region rm /tabbed; sem rm /gated")?;
    Ok(())
}

fn tab_completes_processes_jobs_and_variables(machine: &mut Machine) -> Outcome {
    lists(machine, "vmmap ", r"1 \(init\) .*\n")?;
    machine.command("sleep 100 &")?;
    completes(machine, "kill %", "kill %1 ")?;
    enter(machine)?;
    machine.succeed("wait")?;
    let jobs = machine.succeed("jobs")?;
    ensure!(jobs.is_empty(), "the job was not ended: {jobs:?}");
    machine.command("greeting=hello")?;
    completes(machine, "echo $greet", "echo $greeting")?;
    let printed = enter(machine)?;
    ensure!(printed == "hello\n", "it printed {printed:?}");
    Ok(())
}

fn a_terminal_that_can_do_nothing_gets_no_control_characters(machine: &mut Machine) -> Outcome {
    machine.type_line("TERM=dumb shell")?;
    machine.wait_for_prompt()?;
    let before = machine.raw_transcript().len();
    let printed = machine.command("echo plain")?;
    ensure!(printed == "plain\n", "it printed {printed:?}");
    machine.type_line("echo 'two")?;
    machine.wait_for("> $")?;
    let printed = machine.command("lines'")?;
    ensure!(printed == "two\nlines\n", "it printed {printed:?}");
    // At once: it may come before the shell waits for it.
    for _ in 0..20 {
        machine.type_keys("half")?;
        machine.press_ctrl('c')?;
        machine.wait_for_prompt()?;
    }
    ensure!(machine.command("echo on")? == "on\n", "Ctrl-C left something behind");
    let sent = machine.raw_transcript().split_off(before);
    ensure!(!sent.contains(&0x1B), "it was sent {:?}", String::from_utf8_lossy(&sent));
    Ok(())
}
