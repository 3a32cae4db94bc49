//! `trap`: what is done on signals and at the shell's end.

use super::misuse;
use super::variables::in_quotes;
use crate::interpreter::{Run, Shell};
use crate::system::System;
use abi::signal::{SIGNAL_MAX, Signal};
use alloc::format;
use alloc::string::{String, ToString};

/// The number of a signal's name, with or without `SIG`, or of a number; 0 is the end.
pub(super) fn signal_number(text: &str) -> Option<u32> {
    if let Ok(number) = text.parse::<u32>() {
        return Some(number).filter(|number| *number <= SIGNAL_MAX);
    }
    let upper = text.to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    if name == "EXIT" {
        return Some(0);
    }
    Signal::ALL.iter().find(|signal| signal.name() == name).map(|signal| *signal as u32)
}

fn signal_name(number: u32) -> String {
    match (number, Signal::from_number(number)) {
        (0, _) => "EXIT".to_string(),
        (_, Some(signal)) => signal.name().to_string(),
        (number, None) => number.to_string(),
    }
}

pub(super) fn trap<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    let words = match arguments.get(1..).unwrap_or_default() {
        [first, rest @ ..] if first == "--" => rest,
        words => words,
    };
    let (action, signals) = match words {
        [] => {
            let traps = shell.state.traps.iter();
            let text: String = traps
                .map(|(signal, action)| {
                    format!("trap -- {} {}\n", in_quotes(action), signal_name(*signal))
                })
                .collect();
            return Ok(shell.print(&text));
        }
        // A number first: all of them are signals whose traps go.
        [first, ..] if first.parse::<u32>().is_ok() => (None, words),
        [signal] => (None, core::slice::from_ref(signal)),
        [first, rest @ ..] if first == "-" => (None, rest),
        [action, rest @ ..] => (Some(action.as_str()), rest),
    };
    for signal in signals {
        let Some(number) = signal_number(signal) else {
            shell.error_text(&format!("trap: {signal}: no such signal (kill -l lists them)\n"));
            return Ok(1);
        };
        if [Signal::KILL as u32, Signal::STOP as u32].contains(&number) {
            return misuse(shell, arguments, &format!("{signal}: it cannot be caught"));
        }
        shell.set_trap(number, action);
    }
    Ok(0)
}
