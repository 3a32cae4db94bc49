//! `set`: switches and the positional parameters.

use super::misuse;
use super::variables::in_quotes;
use crate::interpreter::{Options, Run, Shell};
use crate::system::System;
use alloc::format;
use alloc::string::String;

pub(super) fn set<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    let mut words = arguments.get(1..).unwrap_or_default();
    if words.is_empty() {
        return list(shell);
    }
    while let [first, rest @ ..] = words {
        let is_on = first.starts_with('-');
        if first == "--" || first == "-" {
            words = rest;
            shell.state.variables.positional = words.to_vec();
            return Ok(0);
        }
        if !is_on && !first.starts_with('+') {
            break;
        }
        words = rest;
        for letter in first[1..].chars() {
            if letter != 'o' {
                match shell.state.options.by_letter(letter) {
                    Some(switch) => *switch = is_on,
                    // Jobs are controlled where a person types; the rest has no effect here.
                    None if "mbhiI".contains(letter) => {}
                    None => return misuse(shell, arguments, &format!("-{letter}: no such switch")),
                }
                continue;
            }
            let [name, rest @ ..] = words else { return switches(shell, is_on) };
            words = rest;
            match shell.state.options.by_name(name) {
                Some(switch) => *switch = is_on,
                None => return misuse(shell, arguments, &format!("{name}: no such switch")),
            }
        }
    }
    if !words.is_empty() {
        shell.state.variables.positional = words.to_vec();
    }
    Ok(0)
}

fn list<S: System>(shell: &mut Shell<S>) -> Run {
    let variables = shell.state.variables.iter();
    let text: String = variables
        .filter_map(|(name, variable)| {
            Some(format!("{name}={}\n", in_quotes(variable.value.as_deref()?)))
        })
        .collect();
    Ok(shell.print(&text))
}

fn switches<S: System>(shell: &mut Shell<S>, for_a_person: bool) -> Run {
    let mut options: Options = shell.state.options;
    let text: String = crate::interpreter::SWITCHES
        .iter()
        .map(|(_, name)| {
            let is_on = options.by_name(name).is_some_and(|switch| *switch);
            match for_a_person {
                true => format!("{name:<12}{}\n", if is_on { "on" } else { "off" }),
                false => format!("set {}o {name}\n", if is_on { "-" } else { "+" }),
            }
        })
        .collect();
    Ok(shell.print(&text))
}
