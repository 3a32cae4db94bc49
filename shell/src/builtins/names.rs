//! Builtins about what names stand for.

use super::misuse;
use super::variables::in_quotes;
use crate::interpreter::{Run, Shell, find_program};
use crate::parser::RESERVED;
use crate::system::System;
use alloc::format;
use alloc::string::{String, ToString};

const NOT_FOUND: i32 = 127;
/// Where the system's own programs are.
const STANDARD_PATH: &str = "/bin:/usr/bin";

pub(super) fn alias<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    if arguments.len() == 1 {
        let aliases = shell.state.aliases.iter();
        let text: String =
            aliases.map(|(name, value)| format!("{name}={}\n", in_quotes(value))).collect();
        return Ok(shell.print(&text));
    }
    let mut status = 0;
    for argument in &arguments[1..] {
        match (argument.split_once('='), shell.state.aliases.get(argument)) {
            (Some((name, value)), _) if !name.is_empty() => {
                shell.state.aliases.insert(name.to_string(), value.to_string());
            }
            (_, Some(value)) => {
                let line = format!("{argument}={}\n", in_quotes(value));
                shell.print(&line);
            }
            (_, None) => {
                shell.error_text(&format!("alias: {argument}: no such alias\n"));
                status = 1;
            }
        }
    }
    Ok(status)
}

pub(super) fn unalias<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    let mut status = 0;
    for name in &arguments[1..] {
        if name == "-a" {
            shell.state.aliases.clear();
        } else if shell.state.aliases.remove(name).is_none() {
            shell.error_text(&format!("unalias: {name}: no such alias\n"));
            status = 1;
        }
    }
    Ok(status)
}

pub(super) fn command<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    let mut words = arguments.get(1..).unwrap_or_default();
    let mut description = None;
    let mut before = None;
    while let [first, rest @ ..] = words
        && first.starts_with('-')
    {
        words = rest;
        match first.as_str() {
            "-v" | "-V" => description = Some(first.clone()),
            "-p" => before = Some(shell.state.variables.remember("PATH")),
            "--" => break,
            _ => return misuse(shell, arguments, &format!("{first}: no such option")),
        }
    }
    if before.is_some() {
        // The usual variable is only put aside.
        let _ = shell.state.variables.set("PATH", STANDARD_PATH);
    }
    let run = match description.as_deref() {
        None => shell.run_plainly(words),
        Some(option) => Ok(describe_all(shell, words, option == "-v")),
    };
    if let Some(path) = before {
        shell.state.variables.restore("PATH", path);
    }
    run
}

fn describe_all<S: System>(shell: &mut Shell<S>, names: &[String], is_short: bool) -> i32 {
    let mut status = 0;
    for name in names {
        match describe(shell, name, is_short) {
            Some(line) => {
                shell.print(&format!("{line}\n"));
            }
            None => {
                if !is_short {
                    shell.error_text(&format!("{name}: not found\n"));
                }
                status = NOT_FOUND;
            }
        }
    }
    status
}

fn describe<S: System>(shell: &mut Shell<S>, name: &str, is_short: bool) -> Option<String> {
    let (short, long) = if let Some(value) = shell.state.aliases.get(name) {
        (format!("alias {name}={}", in_quotes(value)), format!("is an alias for {value}"))
    } else if RESERVED.contains(&name) || name == "time" {
        (name.to_string(), "is a shell keyword".to_string())
    } else if super::is_special(name) {
        (name.to_string(), "is a special shell builtin".to_string())
    } else if shell.state.functions.contains_key(name) {
        (name.to_string(), "is a shell function".to_string())
    } else if super::find::<S>(name).is_some() {
        (name.to_string(), "is a shell builtin".to_string())
    } else {
        let path = shell.search_path();
        let file = find_program(&mut shell.system, name, &path)?;
        (file.clone(), format!("is {file}"))
    };
    Some(if is_short { short } else { format!("{name} {long}") })
}

pub(super) fn type_of<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    let mut status = 0;
    for name in &arguments[1..] {
        match describe(shell, name, false) {
            Some(line) => {
                shell.print(&format!("{line}\n"));
            }
            None => {
                shell.error_text(&format!("{name}: not found\n"));
                status = NOT_FOUND;
            }
        }
    }
    Ok(status)
}

pub(super) fn hash<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    let mut status = 0;
    match arguments.get(1..).unwrap_or_default() {
        [] => {
            let text: String = shell.state.found.values().map(|file| format!("{file}\n")).collect();
            return Ok(shell.print(&text));
        }
        [option] if option == "-r" => shell.state.found.clear(),
        names => {
            for name in names {
                let path = shell.search_path();
                match find_program(&mut shell.system, name, &path) {
                    Some(file) => drop(shell.state.found.insert(name.clone(), file)),
                    None if super::find::<S>(name).is_some() => {}
                    None => {
                        shell.error_text(&format!("hash: {name}: not found\n"));
                        status = 1;
                    }
                }
            }
        }
    }
    Ok(status)
}
