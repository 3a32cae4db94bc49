//! `ulimit`: what the shell and the programs that it starts may use.

use super::misuse;
use crate::interpreter::{MISUSE, Run, Shell};
use crate::system::System;
use abi::Errno;
use abi::resource::{
    Limit, RLIMIT_AS, RLIMIT_CORE, RLIMIT_CPU, RLIMIT_DATA, RLIMIT_FSIZE, RLIMIT_NOFILE,
    RLIMIT_NPROC, RLIMIT_STACK, UNLIMITED,
};
use alloc::format;
use alloc::string::{String, ToString};

/// A limit, and how it is written.
#[derive(Clone, Copy, Debug)]
struct Kind {
    letter: char,
    resource: usize,
    name: &'static str,
    unit_name: &'static str,
    /// What one of it is for the kernel.
    unit: u64,
}

const fn kind(
    letter: char,
    resource: usize,
    name: &'static str,
    unit_name: &'static str,
    unit: u64,
) -> Kind {
    Kind { letter, resource, name, unit_name, unit }
}

/// POSIX has 512 bytes for files and 1024 for memory.
const KINDS: [Kind; 8] = [
    kind('c', RLIMIT_CORE, "core dump", "blocks of 512 bytes", 512),
    kind('d', RLIMIT_DATA, "data", "KiB", 1024),
    kind('f', RLIMIT_FSIZE, "length of a file", "blocks of 512 bytes", 512),
    kind('n', RLIMIT_NOFILE, "descriptors", "", 1),
    kind('s', RLIMIT_STACK, "stack", "KiB", 1024),
    kind('t', RLIMIT_CPU, "time on a core", "seconds", 1),
    kind('u', RLIMIT_NPROC, "threads of a user", "", 1),
    kind('v', RLIMIT_AS, "memory that is seen", "KiB", 1024),
];

/// Which of the two values is meant.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Side {
    /// `-S`: what holds.
    Soft,
    /// `-H`: the most that it may be raised to.
    Hard,
    /// Both are set, and the soft one is told.
    Both,
}

pub(super) fn ulimit<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    let (mut side, mut wanted, mut is_all) = (Side::Both, None, false);
    let mut words = arguments.get(1..).unwrap_or_default();
    while let [first, rest @ ..] = words
        && let Some(letters) = first.strip_prefix('-').filter(|letters| !letters.is_empty())
    {
        words = rest;
        if letters == "-" {
            break;
        }
        for letter in letters.chars() {
            match letter {
                'a' => is_all = true,
                'H' if side == Side::Soft => side = Side::Both,
                'S' if side == Side::Hard => side = Side::Both,
                'H' => side = Side::Hard,
                'S' => side = Side::Soft,
                _ => match KINDS.iter().find(|kind| kind.letter == letter) {
                    Some(kind) => wanted = Some(*kind),
                    None => return misuse(shell, arguments, &format!("-{letter}: no such limit")),
                },
            }
        }
    }
    let kind = wanted.unwrap_or(KINDS[2]);
    match words {
        [] if is_all => list(shell, side),
        [] => tell(shell, kind, side),
        [_] if is_all => misuse(shell, arguments, "-a lists, and sets nothing"),
        [value] => match parse(value, kind.unit) {
            Some(value) => Ok(set(shell, kind, side, value)),
            None => misuse(shell, arguments, &format!("{value}: neither a number nor unlimited")),
        },
        _ => misuse(shell, arguments, "one limit at a time"),
    }
}

/// A value as the kernel has it.
fn parse(text: &str, unit: u64) -> Option<u64> {
    if text == "unlimited" {
        return Some(UNLIMITED);
    }
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let value = text.parse::<u64>().ok().filter(|_| is_number)?.checked_mul(unit)?;
    Some(value).filter(|value| *value != UNLIMITED)
}

/// A value as a person has it.
fn written(limit: Limit, kind: Kind, side: Side) -> String {
    let value = if side == Side::Hard { limit.hard } else { limit.soft };
    if value == UNLIMITED { "unlimited".into() } else { (value / kind.unit).to_string() }
}

fn tell<S: System>(shell: &mut Shell<S>, kind: Kind, side: Side) -> Run {
    match shell.system.limit(kind.resource) {
        Ok(limit) => Ok(shell.print(&format!("{}\n", written(limit, kind, side)))),
        Err(errno) => Ok(refused(shell, kind, errno.text())),
    }
}

fn list<S: System>(shell: &mut Shell<S>, side: Side) -> Run {
    let mut text = String::new();
    for kind in KINDS {
        let Ok(limit) = shell.system.limit(kind.resource) else { continue };
        let unit = if kind.unit_name.is_empty() { "" } else { ", " };
        let what = format!("{}{unit}{}", kind.name, kind.unit_name);
        text += &format!("-{}  {what:<38}{}\n", kind.letter, written(limit, kind, side));
    }
    Ok(shell.print(&text))
}

fn set<S: System>(shell: &mut Shell<S>, kind: Kind, side: Side, value: u64) -> i32 {
    let before = match shell.system.limit(kind.resource) {
        Ok(limit) => limit,
        Err(errno) => return refused(shell, kind, errno.text()),
    };
    let soft = if side == Side::Hard { before.soft } else { value };
    let hard = if side == Side::Soft { before.hard } else { value };
    let most = written(before, kind, Side::Hard);
    match shell.system.set_limit(kind.resource, Limit { soft, hard }) {
        Ok(()) => 0,
        Err(Errno::EPERM) => {
            refused(shell, kind, &format!("the hard limit is {most}, and only root can raise one"))
        }
        Err(Errno::EINVAL) if soft > hard => match side {
            Side::Hard => refused(shell, kind, "the hard limit can't be below the soft one"),
            _ => refused(shell, kind, &format!("the hard limit is {most}")),
        },
        Err(errno) => refused(shell, kind, errno.text()),
    }
}

fn refused<S: System>(shell: &mut Shell<S>, kind: Kind, problem: &str) -> i32 {
    shell.error_text(&format!("ulimit: -{} ({}): {problem}\n", kind.letter, kind.name));
    MISUSE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_counted_in_its_unit_and_no_more_than_there_can_be() {
        assert_eq!(parse("3", 512), Some(1536));
        assert_eq!(parse("unlimited", 512), Some(UNLIMITED));
        assert_eq!(parse("18446744073709551615", 1), None, "that is no limit at all");
        for text in ["", "-1", "+1", "1k", " 1", "18446744073709551616", "36028797018963968"] {
            assert_eq!(parse(text, 512), None, "{text}");
        }
    }
}
