//! `getopts`: goes through options, one with each call.

use super::misuse;
use crate::expand::Environment;
use crate::interpreter::{Run, Shell};
use crate::system::System;
use alloc::format;
use alloc::string::{String, ToString};

/// Where within a word the next letter stands, between two calls.
const PLACE: &str = "GETOPTS_PLACE";

/// What a call has found.
struct Found {
    letter: String,
    argument: Option<String>,
}

pub(super) fn getopts<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    let [_, letters, name, rest @ ..] = arguments else {
        return misuse(shell, arguments, "letters and a variable are needed");
    };
    let words =
        if rest.is_empty() { shell.state.variables.positional.clone() } else { rest.to_vec() };
    let mut index = number(shell, "OPTIND").max(1);
    // It holds the index too: an index that a script has set begins anew.
    let place = shell.state.variables.value(PLACE).unwrap_or_default();
    let mut at = match place.split_once(':') {
        Some((before, at)) if before.parse() == Ok(index) => at.parse().unwrap_or(1),
        _ => 1_usize,
    };
    let found = next(&words, letters, &mut index, &mut at);
    let is_quiet = letters.starts_with(':');
    let (value, argument) = match &found {
        None => ("?".to_string(), None),
        Some(Ok(found)) => (found.letter.clone(), found.argument.clone()),
        Some(Err((letter, problem))) => {
            if !is_quiet {
                shell.complain(&format!("-{letter}: {problem}"));
                ("?".to_string(), None)
            } else {
                let is_missing = *problem != UNKNOWN;
                (if is_missing { ":" } else { "?" }.to_string(), Some(letter.clone()))
            }
        }
    };
    let mut assigned = shell.assign(name, &value);
    match argument {
        Some(argument) => assigned = assigned.and(shell.assign("OPTARG", &argument)),
        None => assigned = assigned.and(shell.state.variables.unset("OPTARG")),
    }
    assigned = assigned.and(shell.assign("OPTIND", &index.to_string()));
    // A variable of its own, so that a copy of the shell goes on where it was.
    assigned = assigned.and(shell.state.variables.set(PLACE, &format!("{index}:{at}")));
    if let Err(message) = assigned {
        shell.complain(&message);
        return Ok(super::MISUSE);
    }
    Ok(i32::from(found.is_none()))
}

const UNKNOWN: &str = "no such option";

fn number<S: System>(shell: &Shell<S>, name: &str) -> usize {
    shell.state.variables.value(name).and_then(|text| text.parse().ok()).unwrap_or(1)
}

/// The option at a letter of a word; none at the options' end.
fn next(
    words: &[String],
    letters: &str,
    index: &mut usize,
    at: &mut usize,
) -> Option<Result<Found, (String, &'static str)>> {
    let word = words.get(*index - 1)?;
    if *at == 1 {
        if !word.starts_with('-') || word == "-" {
            return None;
        }
        if word == "--" {
            *index += 1;
            return None;
        }
    }
    let letter = word.get(*at..)?.chars().next()?;
    let after = *at + letter.len_utf8();
    let rest = &word[after..];
    let known = letters.trim_start_matches(':').find(letter).filter(|_| letter != ':');
    let takes_argument = known.is_some_and(|place| {
        letters.trim_start_matches(':')[place + letter.len_utf8()..].starts_with(':')
    });
    if rest.is_empty() || takes_argument {
        *index += 1;
        *at = 1;
    } else {
        *at = after;
    }
    let letter = letter.to_string();
    if known.is_none() {
        return Some(Err((letter, UNKNOWN)));
    }
    let argument = match (takes_argument, rest.is_empty()) {
        (false, _) => None,
        (true, false) => Some(rest.to_string()),
        (true, true) => match words.get(*index - 1) {
            Some(word) => {
                *index += 1;
                Some(word.clone())
            }
            None => return Some(Err((letter, "its argument is missing"))),
        },
    };
    Some(Ok(Found { letter, argument }))
}
