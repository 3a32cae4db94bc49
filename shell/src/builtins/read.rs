//! `read`: a line of standard input into variables.

use super::misuse;
use crate::expand::Environment;
use crate::interpreter::{Run, Shell, Unwind};
use crate::lexer::is_variable_name;
use crate::system::System;
use abi::Errno;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// A byte, and whether a backslash protects it from being a separator.
type Letter = (u8, bool);

pub(super) fn read<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    let mut is_raw = false;
    let mut prompt = None;
    let mut words = arguments.get(1..).unwrap_or_default();
    while let [first, rest @ ..] = words
        && first.starts_with('-')
    {
        words = rest;
        match first.as_str() {
            "-r" => is_raw = true,
            "--" => break,
            "-p" => {
                prompt = words.first().cloned();
                words = words.get(1..).unwrap_or_default();
            }
            _ => return misuse(shell, arguments, &format!("{first}: no such option")),
        }
    }
    let names: Vec<String> =
        if words.is_empty() { ["REPLY".to_string()].to_vec() } else { words.to_vec() };
    if let Some(wrong) = names.iter().find(|name| !is_variable_name(name)) {
        return misuse(shell, arguments, &format!("{wrong}: not a variable's name"));
    }
    if let Some(prompt) = prompt.filter(|_| shell.system.is_terminal(0)) {
        shell.error_text(&prompt);
    }
    if shell.state.controls_jobs {
        shell.system.read_lines();
    }
    let (letters, is_whole) = line(shell, is_raw)?;
    let ifs = shell.state.variables.value("IFS").unwrap_or_else(|| " \t\n".to_string());
    let values = split(&letters, ifs.as_bytes(), names.len());
    for (index, name) in names.iter().enumerate() {
        let value = values.get(index).map(Vec::as_slice).unwrap_or_default();
        if let Err(message) = shell.assign(name, &String::from_utf8_lossy(value)) {
            shell.complain(&message);
            return Ok(super::MISUSE);
        }
    }
    Ok(i32::from(!is_whole))
}

/// A line, and whether it had an end. Not a byte is read beyond it.
fn line<S: System>(shell: &mut Shell<S>, is_raw: bool) -> Result<(Vec<Letter>, bool), Unwind> {
    let mut letters = Vec::new();
    let mut is_escaped = false;
    let mut byte = [0];
    loop {
        match shell.system.read(0, &mut byte) {
            Ok(0) => return Ok((letters, false)),
            Err(Errno::EINTR) => {
                shell.act_on_signals()?;
                continue;
            }
            Err(errno) => {
                shell.error_text(&format!("read: {}\n", errno.text()));
                return Ok((letters, false));
            }
            Ok(_) => {}
        }
        match byte[0] {
            b'\n' if is_escaped => is_escaped = false,
            b'\n' => return Ok((letters, true)),
            b'\\' if !is_raw && !is_escaped => is_escaped = true,
            0 => {}
            other => {
                letters.push((other, is_escaped));
                is_escaped = false;
            }
        }
    }
}

/// The fields of a line; the last of them has the rest.
fn split(letters: &[Letter], ifs: &[u8], count: usize) -> Vec<Vec<u8>> {
    let separates = |letter: &Letter| !letter.1 && ifs.contains(&letter.0);
    let is_blank = |letter: &Letter| separates(letter) && matches!(letter.0, b' ' | b'\t' | b'\n');
    let text = |letters: &[Letter]| letters.iter().map(|(byte, _)| *byte).collect::<Vec<u8>>();
    let skip_blanks = |rest: &[Letter]| rest.iter().take_while(|letter| is_blank(letter)).count();
    let mut rest = letters;
    while let [before @ .., last] = rest
        && is_blank(last)
    {
        rest = before;
    }
    rest = &rest[skip_blanks(rest)..];
    let mut fields = Vec::new();
    while !rest.is_empty() && fields.len() + 1 < count {
        let end = rest.iter().position(separates).unwrap_or(rest.len());
        fields.push(text(&rest[..end]));
        rest = &rest[end..];
        rest = &rest[skip_blanks(rest)..];
        if rest.first().is_some_and(separates) {
            rest = &rest[1..];
            rest = &rest[skip_blanks(rest)..];
        }
    }
    if !rest.is_empty() {
        // A single separator at the end is the last field's end and no part of it.
        let inner = rest.iter().filter(|letter| separates(letter) && !is_blank(letter)).count();
        if inner == 1 && rest.last().is_some_and(separates) {
            rest = &rest[..rest.len() - 1];
            while rest.last().is_some_and(is_blank) {
                rest = &rest[..rest.len() - 1];
            }
        }
        fields.push(text(rest));
    }
    fields
}
