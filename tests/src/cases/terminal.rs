//! The terminal: Ctrl-C, Ctrl-D, editing, and much input at once.

use crate::case::Case;
use crate::failure::Outcome;
use crate::machine::Machine;
use crate::{booted, ensure, guest, setup};

/// The size of the paste that must arrive whole.
const PASTE_BYTES: usize = 10 * 1024;

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    booted!("terminal":
        ctrl_c_ends_a_reader_but_not_the_shell,
        ctrl_c_ends_a_busy_program_but_not_the_shell,
        ctrl_c_ends_every_part_of_a_pipeline,
        ctrl_c_throws_a_half_typed_line_away,
        ctrl_d_ends_the_input_of_a_program,
        ctrl_d_ends_the_shell_and_init_starts_it_again,
        backspace_takes_the_last_character_back,
        ten_kilobytes_pasted_into_a_program_arrive_whole,
        ten_kilobytes_of_pasted_commands_all_run,
    )
}

/// Starts `cat` and sees a line, so that the terminal is known to be `cat`'s.
///
/// A line that is typed before `cat` runs is not echoed again, one that is typed later is.
fn start_cat(machine: &mut Machine, line: &str) -> Outcome {
    machine.type_line(line)?;
    machine.type_keys("probe\r")?;
    machine.wait_for("probe\n")?;
    Ok(())
}

fn status_is(machine: &mut Machine, wanted: &str) -> Outcome {
    let status = machine.command("echo $?")?;
    ensure!(status.trim() == wanted, "$? is {status:?} and not {wanted}");
    Ok(())
}

fn ctrl_c_ends_a_reader_but_not_the_shell(machine: &mut Machine) -> Outcome {
    start_cat(machine, "cat")?;
    machine.press_ctrl('c')?;
    machine.wait_for_prompt()?;
    status_is(machine, "130")
}

fn ctrl_c_ends_a_busy_program_but_not_the_shell(machine: &mut Machine) -> Outcome {
    machine.type_line(&format!("{} spin", guest::PROGRAM))?;
    machine.wait_for("spinning\n")?;
    machine.press_ctrl('c')?;
    machine.wait_for_prompt()?;
    status_is(machine, "130")
}

fn ctrl_c_ends_every_part_of_a_pipeline(machine: &mut Machine) -> Outcome {
    start_cat(machine, "cat | cat | cat")?;
    machine.press_ctrl('c')?;
    machine.wait_for_prompt()?;
    let listing = machine.succeed("ps")?;
    let left = listing.lines().filter(|line| line.split_whitespace().any(|word| word == "cat"));
    ensure!(left.count() == 0, "a part of the pipeline lives on: {listing}");
    Ok(())
}

fn ctrl_c_throws_a_half_typed_line_away(machine: &mut Machine) -> Outcome {
    machine.type_keys("echo half")?;
    machine.wait_for("echo half")?;
    machine.press_ctrl('c')?;
    machine.wait_for_prompt()?;
    let answer = machine.command("echo whole")?;
    ensure!(answer == "whole\n", "the shell printed {answer:?}");
    Ok(())
}

fn ctrl_d_ends_the_input_of_a_program(machine: &mut Machine) -> Outcome {
    start_cat(machine, "cat")?;
    machine.press_ctrl('d')?;
    machine.wait_for_prompt()?;
    status_is(machine, "0")
}

fn ctrl_d_ends_the_shell_and_init_starts_it_again(machine: &mut Machine) -> Outcome {
    machine.press_ctrl('d')?;
    machine.wait_for_prompt()?;
    let answer = machine.succeed("echo back")?;
    ensure!(answer == "back\n", "the new shell printed {answer:?}");
    Ok(())
}

fn backspace_takes_the_last_character_back(machine: &mut Machine) -> Outcome {
    machine.type_keys("echo abx\x7fc\r")?;
    machine.wait_for(r"\nabc\n")?;
    machine.wait_for_prompt()?;
    machine.type_line("cat")?;
    machine.type_keys("xyq\x7fz\r")?;
    machine.wait_for(r"xyz\n")?;
    machine.press_ctrl('d')?;
    machine.wait_for_prompt()?;
    Ok(())
}

fn ten_kilobytes_pasted_into_a_program_arrive_whole(machine: &mut Machine) -> Outcome {
    let lines: Vec<String> =
        (0..PASTE_BYTES / 64).map(|number| format!("{number:04} {}", "p".repeat(58))).collect();
    machine.type_line("cat > /tmp/paste")?;
    machine.type_keys(&(lines.join("\r") + "\r"))?;
    machine.press_ctrl('d')?;
    machine.wait_for_prompt_within(setup::patience() * 3)?;
    let arrived = machine.command("cat /tmp/paste")?;
    let wanted = lines.join("\n") + "\n";
    let differs = arrived.lines().zip(&lines).find(|(arrived, sent)| arrived != sent);
    ensure!(
        arrived == wanted,
        "{} of {} bytes arrived; the first wrong line is {differs:?}",
        arrived.len(),
        wanted.len()
    );
    Ok(())
}

fn ten_kilobytes_of_pasted_commands_all_run(machine: &mut Machine) -> Outcome {
    let count = PASTE_BYTES / 32;
    let paste: String = (0..count)
        .map(|number| format!("echo {number:04} {} >>/tmp/p\r", "p".repeat(11)))
        .collect();
    machine.type_keys(&(paste + "echo the end\r"))?;
    machine.wait_for_within(r"\nthe end\n", setup::patience() * 6)?;
    machine.wait_for_prompt()?;
    // What they printed is looked at later: on the screen, typing and output are mixed.
    let written = machine.command("cat /tmp/p")?;
    let printed: Vec<&str> =
        written.lines().filter_map(|line| line.strip_suffix(" ppppppppppp")).collect();
    let wanted: Vec<String> = (0..count).map(|number| format!("{number:04}")).collect();
    ensure!(printed == wanted, "{} of {count} commands ran in order", printed.len());
    Ok(())
}
