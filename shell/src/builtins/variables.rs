//! Builtins about variables and parameters.

use super::misuse;
use crate::expand::Environment;
use crate::interpreter::{Run, Shell};
use crate::lexer::is_variable_name;
use crate::system::System;
use crate::variables::Variable;
use alloc::format;
use alloc::string::String;

/// A text so that the shell reads it back, as `export -p` and `trap` print it.
pub(super) fn in_quotes(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// `NAME` or `NAME=VALUE` of each argument: sets it and has `change` do the rest.
fn declare<S: System>(
    shell: &mut Shell<S>,
    arguments: &[String],
    change: impl Fn(&mut Shell<S>, &str) -> bool,
) -> Run {
    for argument in arguments.iter().skip(1).filter(|argument| *argument != "--") {
        let (name, value) = match argument.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (argument.as_str(), None),
        };
        if !is_variable_name(name) {
            let problem = format!("{name}: a name has letters, digits and _, and no digit first");
            return misuse(shell, arguments, &problem);
        }
        if let Err(message) = before_change(shell, name, value, &change) {
            shell.complain(&message);
            return shell.fail(super::MISUSE);
        }
    }
    Ok(0)
}

fn before_change<S: System>(
    shell: &mut Shell<S>,
    name: &str,
    value: Option<&str>,
    change: &impl Fn(&mut Shell<S>, &str) -> bool,
) -> Result<(), String> {
    // Made local before it is set, and read-only after.
    let is_first = change(shell, name);
    if let Some(value) = value {
        shell.assign(name, value)?;
    }
    if !is_first {
        shell.state.variables.protect(name);
    }
    Ok(())
}

pub(super) fn export<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    if arguments.len() == 1 || arguments[1] == "-p" {
        return list(shell, "export", |variable| variable.is_exported);
    }
    declare(shell, arguments, |shell, name| {
        shell.state.variables.export(name);
        true
    })
}

pub(super) fn read_only<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    if arguments.len() == 1 || arguments[1] == "-p" {
        return list(shell, "readonly", |variable| variable.is_read_only);
    }
    declare(shell, arguments, |_, _| false)
}

fn list<S: System>(shell: &mut Shell<S>, word: &str, wanted: fn(&Variable) -> bool) -> Run {
    let text: String = shell
        .state
        .variables
        .iter()
        .filter(|(_, variable)| wanted(variable))
        .map(|(name, variable)| match &variable.value {
            Some(value) => format!("{word} {name}={}\n", in_quotes(value)),
            None => format!("{word} {name}\n"),
        })
        .collect();
    Ok(shell.print(&text))
}

pub(super) fn local<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    declare(shell, arguments, |shell, name| {
        shell.state.variables.make_local(name);
        true
    })
}

pub(super) fn unset<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    let (is_function, names) = match arguments.get(1).map(String::as_str) {
        Some("-f") => (true, &arguments[2..]),
        Some("-v" | "--") => (false, &arguments[2..]),
        _ => (false, &arguments[1..]),
    };
    for name in names {
        if is_function {
            shell.state.functions.remove(name);
        } else if let Err(message) = shell.state.variables.unset(name) {
            shell.complain(&message);
            return shell.fail(super::MISUSE);
        }
    }
    Ok(0)
}

pub(super) fn shift<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    let count = match arguments.get(1) {
        None => Ok(1),
        Some(text) => text.parse::<usize>(),
    };
    match count {
        Ok(count) if count <= shell.state.variables.positional.len() => {
            shell.state.variables.positional.drain(..count);
            Ok(0)
        }
        Ok(_) => misuse(shell, arguments, "there are not so many parameters"),
        Err(_) => misuse(shell, arguments, "not a number"),
    }
}
