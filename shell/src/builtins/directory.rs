//! Where the shell is, and what permissions new files do not get.

use super::misuse;
use crate::expand::Environment;
use crate::interpreter::{Run, Shell};
use crate::system::System;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

pub(super) fn change<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    let mut words = arguments.get(1..).unwrap_or_default();
    while let [first, rest @ ..] = words
        && ["-L", "-P", "--"].contains(&first.as_str())
    {
        words = rest;
    }
    let mut is_told = false;
    let target = match words {
        [] => match shell.state.variables.value("HOME") {
            Some(home) => home,
            None => "/".to_string(),
        },
        [word] if word == "-" => match shell.state.variables.value("OLDPWD") {
            Some(before) => {
                is_told = true;
                before
            }
            None => return misuse(shell, arguments, "there is no directory before this one"),
        },
        [word] => word.clone(),
        _ => return misuse(shell, arguments, "too many arguments"),
    };
    let before = here(shell);
    let mut tried = Vec::new();
    if !target.starts_with('/')
        && !target.starts_with("./")
        && !target.starts_with("../")
        && target != "."
        && target != ".."
    {
        let path = shell.state.variables.value("CDPATH").unwrap_or_default();
        tried.extend(
            path.split(':')
                .filter(|entry| !entry.is_empty())
                .map(|entry| format!("{entry}/{target}")),
        );
    }
    for candidate in tried {
        if shell.system.change_directory(&candidate).is_ok() {
            return arrived(shell, &before, true);
        }
    }
    match shell.system.change_directory(&target) {
        Ok(()) => arrived(shell, &before, is_told),
        Err(errno) => {
            shell.error_text(&format!("cd: {target}: {}\n", errno.text()));
            Ok(super::MISUSE)
        }
    }
}

fn here<S: System>(shell: &mut Shell<S>) -> String {
    shell.system.current_directory().unwrap_or_default()
}

fn arrived<S: System>(shell: &mut Shell<S>, before: &str, is_told: bool) -> Run {
    let now = here(shell);
    for (name, value) in [("OLDPWD", before), ("PWD", now.as_str())] {
        if let Err(message) = shell.assign(name, value) {
            shell.complain(&message);
        }
    }
    Ok(if is_told { shell.print(&format!("{now}\n")) } else { 0 })
}

pub(super) fn print<S: System>(shell: &mut Shell<S>, _: &[String]) -> Run {
    match shell.system.current_directory() {
        Ok(directory) => Ok(shell.print(&format!("{directory}\n"))),
        Err(errno) => {
            shell.error_text(&format!("pwd: {}\n", errno.text()));
            Ok(1)
        }
    }
}

pub(super) fn umask<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    let current = shell.system.set_umask(0o022);
    shell.system.set_umask(current);
    match arguments.get(1).map(String::as_str) {
        None => Ok(shell.print(&format!("{current:04o}\n"))),
        Some("-S") => {
            let letters = |bits: u32| {
                let allowed = !bits & 7;
                [(4, 'r'), (2, 'w'), (1, 'x')]
                    .iter()
                    .filter(|(bit, _)| allowed & bit != 0)
                    .map(|(_, letter)| *letter)
                    .collect::<String>()
            };
            let (user, group, others) =
                (letters(current >> 6), letters(current >> 3), letters(current));
            Ok(shell.print(&format!("u={user},g={group},o={others}\n")))
        }
        Some(text) => match new_mask(text, current) {
            Some(mask) => {
                shell.system.set_umask(mask);
                Ok(0)
            }
            None => misuse(shell, arguments, &format!("{text}: not a mask")),
        },
    }
}

/// An octal mask, or what `chmod` would allow as in `u=rwx,g-w`.
fn new_mask(text: &str, current: u32) -> Option<u32> {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return u32::from_str_radix(text, 8).ok().filter(|mask| *mask <= 0o777);
    }
    let mut allowed = !current & 0o777;
    for clause in text.split(',') {
        let at = clause.find(['+', '-', '='])?;
        let (whom, rest) = clause.split_at(at);
        let mut bits = 0;
        for letter in rest[1..].chars() {
            bits |= match letter {
                'r' => 4,
                'w' => 2,
                'x' => 1,
                _ => return None,
            };
        }
        let whom = if whom.is_empty() || whom == "a" { "ugo" } else { whom };
        for letter in whom.chars() {
            let shift = match letter {
                'u' => 6,
                'g' => 3,
                'o' => 0,
                _ => return None,
            };
            allowed = match &rest[..1] {
                "+" => allowed | bits << shift,
                "-" => allowed & !(bits << shift),
                _ => allowed & !(7 << shift) | bits << shift,
            };
        }
    }
    Some(!allowed & 0o777)
}
