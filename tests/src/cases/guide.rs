//! What leads people in: the tour of `help` and its examples, and the tutorial.

use super::region_commands::{has, refuses};
use crate::case::Case;
use crate::failure::Outcome;
use crate::machine::Machine;
use crate::{booted, ensure};

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    booted!("guide":
        help_is_a_tour_by_topic,
        every_example_that_help_shows_succeeds,
        the_tutorial_leads_through_ten_steps_whatever_is_typed,
        the_tutorial_goes_on_where_it_was_left,
    )
}

/// The topics that `help` has a page for.
const TOPICS: [&str; 9] = [
    "regions",
    "offers",
    "topics",
    "semaphores",
    "processes",
    "files",
    "shell",
    "screen",
    "system",
];

fn help_is_a_tour_by_topic(machine: &mut Machine) -> Outcome {
    let tour = machine.succeed("help")?;
    for topic in TOPICS {
        has(&tour, &format!("^  {topic} +[a-z]"))?;
    }
    has(&tour, "^ +region  produce  consume")?;
    ensure!(tour.lines().count() <= 45, "it does not fit two screens: {tour}");
    let page = machine.succeed("help shell")?;
    for word in ["PS2", "HISTFILE", "fc -l lists it"] {
        has(&page, word)?;
    }
    has(&machine.succeed("help region")?, "^More: region --help, help regions$")?;
    has(&machine.succeed("help commands")?, "^unset +remove variables")?;
    refuses(machine, "help semaphors", "did you mean: semaphores")
}

fn every_example_that_help_shows_succeeds(machine: &mut Machine) -> Outcome {
    for topic in TOPICS {
        let page = machine.succeed(&format!("help {topic}"))?;
        let examples = examples(&page);
        ensure!(!examples.is_empty(), "help {topic} has no example: {page}");
        for lines in examples {
            let (last, before) = lines.split_last().expect("invariant: an example has a line");
            for line in before {
                machine.type_line(line)?;
                machine.wait_for("> ")?;
            }
            machine.succeed(last).map_err(|failure| failure.and(&format!("in help {topic}")))?;
        }
    }
    for list in ["region ls", "sem ls", "topic ls"] {
        let left = machine.succeed(list)?;
        ensure!(left.lines().count() == 1, "the examples leave something in {list}: {left}");
    }
    Ok(())
}

/// The examples of a page: what stands behind `$`, and what goes on behind `>`.
fn examples(page: &str) -> Vec<Vec<String>> {
    let mut examples: Vec<Vec<String>> = Vec::new();
    for line in page.lines() {
        if let Some(first) = line.strip_prefix("  $ ") {
            examples.push(vec![first.to_owned()]);
        } else if let (Some(rest), Some(example)) = (line.strip_prefix("  > "), examples.last_mut())
        {
            example.push(rest.to_owned());
        }
    }
    examples
}

/// Types a line that is not what the step asks for.
fn wrong(machine: &mut Machine, line: &str, problem: &str) -> Outcome {
    machine.type_line(line)?;
    machine.wait_for(&format!("not yet: {problem}"))?;
    Ok(())
}

/// Types a line that does what step `step` asks for.
fn right(machine: &mut Machine, step: u32, line: &str) -> Outcome {
    machine.type_line(line)?;
    machine.wait_for("ok ")?;
    match step {
        10 => machine.wait_for("That was all").map(drop),
        _ => machine.wait_for(&format!("Step {} of 10", step + 1)).map(drop),
    }
}

fn the_tutorial_leads_through_ten_steps_whatever_is_typed(machine: &mut Machine) -> Outcome {
    machine.type_line("tutorial")?;
    machine.wait_for("Step 1 of 10")?;
    wrong(machine, "ls /tmp", "not all that is in /")?;
    machine.wait_for("A command is")?;
    wrong(machine, "sl", "not all")?;
    machine.wait_for("Type: ls /\n")?;
    right(machine, 1, "ls -l /")?;
    wrong(machine, "cd /tnp", "you are in /, not in /tmp")?;
    right(machine, 2, "cd tmp")?;
    wrong(machine, "echo a note", "there is no file /tmp/note")?;
    wrong(machine, "echo 'open >note; cat '", "there is no file")?;
    right(machine, 3, "words='a note'; echo $words >note")?;
    wrong(machine, "ls /bin | wc -c", "that is not the number")?;
    right(machine, 4, "ls /bin | sort | wc -l")?;
    wrong(machine, "sleep 0.1", "nothing new runs")?;
    right(machine, 5, "sleep 1000 &")?;
    wrong(machine, "kill %7", "it still runs")?;
    right(machine, 6, "kill %1")?;
    wrong(machine, "region create /mine 32K", "/mine has 32768 bytes, not 65536")?;
    machine.type_line("region rm /mine")?;
    machine.wait_for("not yet: there is no region /mine")?;
    right(machine, 7, "region create /mine 65536")?;
    wrong(machine, "region write /mine 8 text", "the first byte of /mine is still 0")?;
    right(machine, 8, "region write /mine 0 text")?;
    wrong(machine, "region create /stream 64K", "/stream is there, but nobody sends")?;
    right(machine, 9, "produce /stream --count 5000 &")?;
    wrong(machine, "consume /strem", "that has failed")?;
    right(machine, 10, "consume /stream")?;
    machine.wait_for_prompt()?;
    let left =
        machine.succeed("region ls; ls /tmp/note").or_else(|_| machine.succeed("region ls"))?;
    ensure!(left.lines().count() == 1, "the tutorial leaves something: {left}");
    // What was typed there is this shell's.
    ensure!(machine.succeed("echo $words")? == "a note\n", "the variable is gone");
    ensure!(machine.succeed("pwd")? == "/tmp\n", "the directory is another");
    Ok(())
}

fn the_tutorial_goes_on_where_it_was_left(machine: &mut Machine) -> Outcome {
    machine.type_line("tutorial")?;
    for step in 2..=8 {
        machine.wait_for("> ")?;
        machine.type_line("skip")?;
        machine.wait_for(&format!("Step {step} of 10"))?;
    }
    machine.type_line("back")?;
    machine.wait_for("Step 7 of 10")?;
    // A key that is more than a letter before the line is edited is one to the program that runs.
    machine.wait_for("step 7 /tmp> ")?;
    machine.press_ctrl('c')?;
    machine.type_line("quit")?;
    machine.wait_for("goes on at step 7")?;
    machine.wait_for_prompt()?;
    // Another shell finds the place; what it builds upon is made where it is missing.
    machine.command("exit")?;
    machine.type_line("tutorial")?;
    machine.wait_for("Step 7 of 10")?;
    machine.type_line("skip")?;
    machine.wait_for("(What the step before would have left: region create /mine 64K)")?;
    right(machine, 8, "region write /mine 0 here")?;
    machine.wait_for("step 9 /> ")?;
    machine.press_ctrl('d')?;
    machine.wait_for("goes on at step 9")?;
    machine.wait_for_prompt()?;
    machine.succeed("region rm /mine")?;
    Ok(())
}
