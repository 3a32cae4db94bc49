//! `fc`: lists commands of the history, runs them again, or has them edited first.
//!
//! The newest line of the history is the one that `fc` itself stands in; it is none of the commands.

use super::misuse;
use crate::expand::Environment;
use crate::interpreter::{Run, Shell};
use crate::reader::Reader;
use crate::system::System;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// How many commands `-l` lists unasked.
const LISTED: usize = 16;

/// What is asked for.
#[derive(Debug, Eq, PartialEq)]
struct Request<'a> {
    action: Action<'a>,
    is_reversed: bool,
    first: Option<&'a str>,
    last: Option<&'a str>,
}

#[derive(Debug, Eq, PartialEq)]
enum Action<'a> {
    /// `-l`, and whether with numbers.
    List { numbered: bool },
    /// `-s`, with `OLD=NEW`.
    Again(Option<(&'a str, &'a str)>),
    /// With the editor that `-e` names.
    Edit(Option<&'a str>),
}

/// The commands with their numbers, from the oldest on.
type Commands = Vec<(usize, String)>;

pub(super) fn fc<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    let request = match parse(arguments.get(1..).unwrap_or_default()) {
        Ok(request) => request,
        Err(problem) => return misuse(shell, arguments, &problem),
    };
    let mut commands: Commands =
        shell.state.history.entries().map(|(number, line)| (number, line.into())).collect();
    if shell.state.is_interactive {
        commands.pop();
    }
    if commands.is_empty() {
        return Ok(refuse(shell, "there is nothing in the history yet"));
    }
    match do_it(shell, &request, &commands) {
        Ok(run) => run,
        Err(problem) => Ok(refuse(shell, &problem)),
    }
}

fn refuse<S: System>(shell: &mut Shell<S>, problem: &str) -> i32 {
    shell.error_text(&format!("fc: {problem}\n"));
    1
}

fn parse(words: &[String]) -> Result<Request<'_>, String> {
    let (mut is_list, mut is_again, mut numbered, mut is_reversed) = (false, false, true, false);
    let mut editor = None;
    let mut words = words.iter().map(String::as_str).peekable();
    // A hyphen and a digit are a command, counted from the newest.
    let is_option = |word: &&str| {
        word.strip_prefix('-').is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    while let Some(word) = words.next_if(is_option) {
        if word == "--" {
            break;
        }
        for (place, letter) in word[1..].char_indices() {
            match letter {
                'l' => is_list = true,
                's' => is_again = true,
                'n' => numbered = false,
                'r' => is_reversed = true,
                'e' => {
                    let rest = &word[place + 2..];
                    let named = if rest.is_empty() { words.next() } else { Some(rest) };
                    editor = Some(named.ok_or("-e: an editor must follow")?);
                    break;
                }
                _ => return Err(format!("-{letter}: no such option")),
            }
        }
        if word == "-" {
            return Err("-: no such command".into());
        }
    }
    let mut change = None;
    if is_again {
        change = words.next_if(|word| word.contains('=')).and_then(|word| word.split_once('='));
    }
    let (first, last) = (words.next(), words.next());
    if words.next().is_some() || (is_again && last.is_some()) {
        return Err("too many arguments".into());
    }
    let action = match (is_list, is_again, editor) {
        (true, false, None) => Action::List { numbered },
        (false, true, None) => Action::Again(change),
        (false, false, editor) if numbered => Action::Edit(editor),
        (false, false, _) => return Err("-n belongs to -l".into()),
        _ => return Err("one of -l, -s and -e".into()),
    };
    Ok(Request { action, is_reversed, first, last })
}

/// The index of the command that a word names: by number, by number from the newest, or by its beginning.
fn find(commands: &Commands, word: &str) -> Result<usize, String> {
    let newest = commands.len() - 1;
    if let Some(back) = word.strip_prefix('-').and_then(|digits| digits.parse::<usize>().ok()) {
        return Ok(commands.len().saturating_sub(back).min(newest));
    }
    if let Ok(number) = word.parse::<usize>() {
        // A range may begin before the oldest and end behind the newest one.
        return Ok(number.saturating_sub(commands[0].0).min(newest));
    }
    let found = commands.iter().rposition(|(_, command)| command.starts_with(word));
    found.ok_or_else(|| format!("{word}: no command begins like this (fc -l lists some)"))
}

/// The commands from the first to the last one that is asked for, in the order that is.
fn range(request: &Request<'_>, commands: &Commands) -> Result<Commands, String> {
    let newest = commands.len() - 1;
    let is_list = matches!(request.action, Action::List { .. });
    let first = match request.first {
        Some(word) => find(commands, word)?,
        None if is_list => commands.len().saturating_sub(LISTED),
        None => newest,
    };
    let last = match request.last {
        Some(word) => find(commands, word)?,
        None if is_list => newest,
        None => first,
    };
    let mut chosen = commands[first.min(last)..=first.max(last)].to_vec();
    if (first > last) != request.is_reversed {
        chosen.reverse();
    }
    Ok(chosen)
}

fn do_it<S: System>(
    shell: &mut Shell<S>,
    request: &Request<'_>,
    commands: &Commands,
) -> Result<Run, String> {
    match request.action {
        Action::List { numbered } => {
            let chosen = range(request, commands)?;
            let text: String =
                chosen.iter().map(|(number, command)| listed(*number, command, numbered)).collect();
            Ok(Ok(shell.print(&text)))
        }
        Action::Again(change) => {
            let command = &commands[find(commands, request.first.unwrap_or("-1"))?].1;
            let command = match change {
                Some((old, new)) => command.replacen(old, new, 1),
                None => command.clone(),
            };
            Ok(run_instead(shell, &command))
        }
        Action::Edit(editor) => {
            let chosen = range(request, commands)?;
            let text: String = chosen.iter().map(|(_, command)| format!("{command}\n")).collect();
            edit(shell, editor, &text)
        }
    }
}

fn listed(number: usize, command: &str, numbered: bool) -> String {
    let number = if numbered { format!("{number}") } else { String::new() };
    format!("{number}\t{}\n", command.replace('\n', "\n\t"))
}

/// Has an editor change commands, and runs what it leaves; nothing if it fails.
fn edit<S: System>(shell: &mut Shell<S>, editor: Option<&str>, text: &str) -> Result<Run, String> {
    let variable = |name| shell.value(name).filter(|value| !value.is_empty());
    let editor =
        editor.map(String::from).or_else(|| variable("FCEDIT")).or_else(|| variable("EDITOR"));
    let editor = editor.ok_or(
        "no editor: name one with -e, or in FCEDIT or EDITOR (fc -l lists commands, \
         fc -s OLD=NEW runs one again)",
    )?;
    let file =
        shell.system.temporary_file(text).map_err(|errno| format!("/tmp: {}", errno.text()))?;
    let run = shell.run_text("fc", &format!("{editor} {file}"));
    let edited = shell.system.read_file(&file);
    shell.system.remove_file(&file);
    match run {
        Ok(0) => {}
        run => return Ok(run),
    }
    let edited = edited.map_err(|errno| format!("{file}: {}", errno.text()))?;
    Ok(run_instead(shell, &edited))
}

/// Shows commands and runs them, in the place of `fc` in the history.
fn run_instead<S: System>(shell: &mut Shell<S>, text: &str) -> Run {
    if shell.state.is_interactive {
        shell.state.history.remove_newest();
    }
    let mut status = 0;
    let mut reader = Reader::new(text.lines().map(String::from));
    while let Some((command, _)) = reader.read(&shell.state.aliases) {
        shell.state.history.add(&command);
        shell.error_text(&format!("{command}\n"));
        status = shell.run_text("fc", &command)?;
    }
    Ok(status)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interpreter::tests::fake;
    use std::string::ToString;

    /// What comes of a line at a prompt, where these were typed before.
    #[track_caller]
    fn typed(before: &[&str], line: &str) -> (String, String, Vec<String>) {
        let mut shell = fake::shell(&["shell"]);
        shell.state.is_interactive = true;
        for line in before.iter().chain([&line]) {
            shell.state.history.add(line);
        }
        let _ = shell.run_text("test", line);
        let history = shell.state.history.entries().map(|(_, line)| line.to_string()).collect();
        (shell.system.take_output(), shell.system.take_errors(), history)
    }

    #[track_caller]
    fn lists(line: &str, wanted: &str) {
        let (printed, errors, _) = typed(&["echo a", "ls\n  x", "echo b", "ps"], line);
        assert_eq!(printed, wanted, "{line}: {errors}");
    }

    #[test]
    fn it_lists_by_number_from_the_newest_and_by_beginning() {
        lists("fc -l", "1\techo a\n2\tls\n\t  x\n3\techo b\n4\tps\n");
        lists("fc -ln", "\techo a\n\tls\n\t  x\n\techo b\n\tps\n");
        lists("fc -l 3", "3\techo b\n4\tps\n");
        lists("fc -l -2", "3\techo b\n4\tps\n");
        lists("fc -l -3 -3", "2\tls\n\t  x\n");
        lists("fc -l ec", "3\techo b\n4\tps\n");
        lists("fc -lr 3 4", "4\tps\n3\techo b\n");
        lists("fc -l 4 3", "4\tps\n3\techo b\n");
        lists("fc -lr 4 3", "3\techo b\n4\tps\n");
        lists("fc -l -- 'echo a' 2", "1\techo a\n2\tls\n\t  x\n");
        lists("fc -l -99 99", "1\techo a\n2\tls\n\t  x\n3\techo b\n4\tps\n");
    }

    #[test]
    fn of_many_it_lists_sixteen() {
        let before: Vec<String> = (0..40).map(|number| format!("echo {number}")).collect();
        let before: Vec<&str> = before.iter().map(String::as_str).collect();
        let (printed, _, _) = typed(&before, "fc -l");
        assert_eq!(printed.lines().count(), LISTED);
        assert!(printed.starts_with("25\techo 24\n") && printed.ends_with("40\techo 39\n"));
    }

    #[test]
    fn a_command_is_run_again_with_another_word_and_takes_the_place_of_fc() {
        let before = ["echo one two one", "echo three"];
        let ran = |line| {
            let (printed, told, history) = typed(&before, line);
            (printed, told, history.last().cloned().unwrap_or_default())
        };
        let three = ("three\n".into(), "echo three\n".into(), "echo three".into());
        assert_eq!(ran("fc -s"), three);
        let changed = ("2 two one\n".into(), "echo 2 two one\n".into(), "echo 2 two one".into());
        assert_eq!(ran("fc -s one=2 1"), changed);
        assert_eq!(ran("fc -s one=2 -2"), changed);
        assert_eq!(ran("fc -s one=2 'echo o'"), changed);
    }

    #[test]
    fn what_the_editor_leaves_is_run_and_remembered() {
        // The test's system has no editor: functions play one.
        let before = ["change() { echo 'echo new' >$1; echo 'echo lines' >>$1; }", "echo old"];
        let (printed, told, history) =
            typed(&before, "change() { echo 'echo new' >$1; }; fc -e change");
        assert_eq!((printed.as_str(), told.as_str()), ("new\n", "echo new\n"));
        assert_eq!(history.last().map(String::as_str), Some("echo new"));
        let (printed, ..) = typed(&before, "show() { cat $1; }; fc -e show 1 2");
        assert!(printed.starts_with(before[0]) && printed.contains("\necho old\n"), "{printed}");
        let (printed, ..) = typed(&before, "fail() { return 3; }; FCEDIT=fail; fc; echo $?");
        assert_eq!(printed, "3\n", "nothing is run when the editor fails");
    }

    #[test]
    fn what_is_wrong_is_told() {
        let says = |before: &[&str], line: &str, wanted: &str| {
            let (_, errors, _) = typed(before, line);
            assert!(errors.contains(wanted), "{line}: {errors}");
        };
        let before = ["echo a"];
        says(&[], "fc -l", "nothing in the history");
        says(&before, "fc", "no editor");
        says(&before, "fc", "fc -s OLD=NEW");
        says(&before, "fc -l nothing", "nothing: no command begins like this");
        for line in ["fc -x", "fc -l -s", "fc -e", "fc -l 1 2 3", "fc -s 1 2", "fc -n", "fc -"] {
            says(&before, line, "usage: fc");
        }
    }
}
