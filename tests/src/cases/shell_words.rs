//! The shell's words: quotes, pipes, redirections, lists, `$?`, comments.

use crate::case::Case;
use crate::failure::Outcome;
use crate::machine::Machine;
use crate::{booted, ensure};

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    booted!("shell_words":
        quotes_keep_words_together,
        pipes_join_programs,
        redirections_read_write_and_append,
        and_or_and_semicolon_decide_what_runs,
        the_last_status_is_a_word,
        comments_are_ignored,
        errors_of_grammar_are_told_and_change_nothing,
        an_unfinished_command_goes_on_on_the_next_line,
        an_unknown_command_is_named_and_is_127,
        an_empty_line_does_nothing,
    )
}

/// Types each line and compares what it prints.
fn prints(machine: &mut Machine, lines: &[(&str, &str)]) -> Outcome {
    for (line, wanted) in lines {
        let printed = machine.command(line)?;
        ensure!(printed == *wanted, "`{line}` printed {printed:?} and not {wanted:?}");
    }
    Ok(())
}

fn quotes_keep_words_together(machine: &mut Machine) -> Outcome {
    prints(
        machine,
        &[
            ("echo 'a  b'   c", "a  b c\n"),
            ("echo \"a  b\" 'c'\"d\"", "a  b cd\n"),
            ("echo a\\ \\ b", "a  b\n"),
            ("echo 'a|b' \"c;d\" 'e&f' '>g'", "a|b c;d e&f >g\n"),
            ("echo \"it's\" 'say \"x\"'", "it's say \"x\"\n"),
            ("echo '' | cat", "\n"),
        ],
    )
}

fn pipes_join_programs(machine: &mut Machine) -> Outcome {
    prints(machine, &[("echo a | cat", "a\n"), ("echo b|cat|cat|cat|cat|cat", "b\n")])?;
    ensure!(machine.run("true | false")?.status == 1, "a pipeline's status is its last part's");
    ensure!(machine.run("false | true")?.status == 0, "a pipeline's status is its last part's");
    Ok(())
}

fn redirections_read_write_and_append(machine: &mut Machine) -> Outcome {
    prints(
        machine,
        &[
            ("echo one > /tmp/f", ""),
            ("cat /tmp/f", "one\n"),
            ("echo two >> /tmp/f", ""),
            ("cat < /tmp/f", "one\ntwo\n"),
            ("echo three >/tmp/f; cat </tmp/f", "three\n"),
            ("cat < /tmp/f | cat > /tmp/g; cat /tmp/g", "three\n"),
        ],
    )?;
    let message = machine.fail("cat < /tmp/nothing")?;
    ensure!(message.contains("/tmp/nothing"), "the missing file is not named: {message}");
    Ok(())
}

fn and_or_and_semicolon_decide_what_runs(machine: &mut Machine) -> Outcome {
    prints(
        machine,
        &[
            ("true && echo yes || echo no", "yes\n"),
            ("false && echo yes || echo no", "no\n"),
            ("false || false || echo third", "third\n"),
            ("true && false && echo never; echo always", "always\n"),
            ("echo a; echo b ;echo c", "a\nb\nc\n"),
        ],
    )
}

fn the_last_status_is_a_word(machine: &mut Machine) -> Outcome {
    prints(
        machine,
        &[
            ("false; echo $?", "1\n"),
            ("true; echo x$?y", "x0y\n"),
            ("false; echo \"$?\"", "1\n"),
            ("false; echo '$?'", "$?\n"),
        ],
    )
}

fn comments_are_ignored(machine: &mut Machine) -> Outcome {
    prints(
        machine,
        &[("echo a # b", "a\n"), ("# echo a", ""), ("echo a#b", "a#b\n"), ("echo '# a'", "# a\n")],
    )
}

fn errors_of_grammar_are_told_and_change_nothing(machine: &mut Machine) -> Outcome {
    let whole = ["| cat", "echo a >", "&& true", "; ;", "echo a; fi"].map(String::from);
    // At the prompt more lines could complete these.
    let unfinished = ["echo a |", "echo \"a", "if echo a", "echo $(echo a"];
    let unfinished = unfinished.map(|line| format!("shell -c '{line}'"));
    for line in whole.iter().chain(&unfinished) {
        let message = machine.fail(line)?;
        ensure!(!message.trim().is_empty(), "`{line}` failed without a word");
        ensure!(!message.starts_with("a\n"), "`{line}` ran");
    }
    let message = machine.fail("shell -c \"echo 'a\"")?;
    ensure!(message.contains("line 1, column 6"), "it does not tell where: {message}");
    ensure!(message.contains("\n  echo 'a\n       ^\n"), "it does not point there: {message}");
    prints(machine, &[("echo on", "on\n")])
}

fn an_unfinished_command_goes_on_on_the_next_line(machine: &mut Machine) -> Outcome {
    machine.type_line("for i in 1 2; do")?;
    machine.wait_for("> $")?;
    machine.type_line("echo \"<$i")?;
    machine.wait_for("> $")?;
    machine.type_line("end>\"")?;
    machine.wait_for("> $")?;
    let printed = machine.command("done")?;
    ensure!(printed == "<1\nend>\n<2\nend>\n", "it printed {printed:?}");
    machine.type_line("cat <<END | cat")?;
    machine.wait_for("> $")?;
    machine.type_line("text")?;
    machine.wait_for("> $")?;
    let printed = machine.command("END")?;
    ensure!(printed == "text\n", "it printed {printed:?}");
    machine.type_line("echo 'half")?;
    machine.wait_for("> $")?;
    machine.press_ctrl('c')?;
    machine.wait_for_prompt()?;
    prints(machine, &[("echo whole", "whole\n")])
}

fn an_unknown_command_is_named_and_is_127(machine: &mut Machine) -> Outcome {
    let output = machine.run("no-such-program a b")?;
    ensure!(output.status == 127, "the status is {}", output.status);
    ensure!(output.text.contains("no-such-program"), "it printed: {}", output.text);
    Ok(())
}

fn an_empty_line_does_nothing(machine: &mut Machine) -> Outcome {
    prints(machine, &[("", ""), ("   ", ""), ("echo still", "still\n")])
}
