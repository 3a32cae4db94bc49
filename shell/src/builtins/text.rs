//! Builtins that only print.

use crate::interpreter::{Run, Shell};
use crate::system::System;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// What an escape sequence stands for.
pub(super) enum Escaped {
    /// These bytes.
    Bytes(Vec<u8>),
    /// The end of all output.
    Stop,
}

pub(super) fn echo<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    let mut words = arguments.get(1..).unwrap_or_default();
    let mut end: &[u8] = b"\n";
    if let [first, rest @ ..] = words
        && first == "-n"
    {
        words = rest;
        end = b"";
    }
    let mut bytes = Vec::new();
    match unescape(&words.join(" "), Octal::AfterZero) {
        (text, Stopped::No) => {
            bytes.extend(text);
            bytes.extend_from_slice(end);
        }
        (text, Stopped::Yes) => bytes.extend(text),
    }
    Ok(write(shell, &bytes))
}

/// Prints bytes; gives the status.
pub(super) fn write<S: System>(shell: &mut Shell<S>, bytes: &[u8]) -> i32 {
    match shell.system.write(1, bytes) {
        Ok(()) => 0,
        Err(errno) => {
            shell.complain(&format!("standard output: {}", errno.text()));
            1
        }
    }
}

/// Whether `\c` came.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Stopped {
    No,
    Yes,
}

/// How octal numbers are written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Octal {
    /// `\0123`, as `echo` has them.
    AfterZero,
    /// `\123`, as the format of `printf` has them.
    Direct,
}

/// A text with its escape sequences replaced.
pub(super) fn unescape(text: &str, octal: Octal) -> (Vec<u8>, Stopped) {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(position) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..position]);
        let (escaped, length) = escape(&rest[position + 1..], octal);
        match escaped {
            Escaped::Bytes(found) => bytes.extend(found),
            Escaped::Stop => return (bytes, Stopped::Yes),
        }
        rest = &rest[position + 1 + length..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    (bytes, Stopped::No)
}

/// What stands after a backslash, and how many bytes of the text it is.
pub(super) fn escape(text: &str, octal: Octal) -> (Escaped, usize) {
    let one = |byte: u8| (Escaped::Bytes([byte].to_vec()), 1);
    match text.as_bytes().first() {
        Some(b'a') => one(7),
        Some(b'b') => one(8),
        Some(b'c') => (Escaped::Stop, 1),
        Some(b'f') => one(12),
        Some(b'n') => one(b'\n'),
        Some(b'r') => one(b'\r'),
        Some(b't') => one(b'\t'),
        Some(b'v') => one(11),
        Some(b'\\') => one(b'\\'),
        Some(b'0') if octal == Octal::AfterZero => {
            let (value, length) = octal_number(&text[1..]);
            (Escaped::Bytes([value].to_vec()), length + 1)
        }
        Some(b'0'..=b'7') if octal == Octal::Direct => {
            let (value, length) = octal_number(text);
            (Escaped::Bytes([value].to_vec()), length)
        }
        _ => (Escaped::Bytes(b"\\".to_vec()), 0),
    }
}

fn octal_number(text: &str) -> (u8, usize) {
    let digits = text.bytes().take(3).take_while(|byte| (b'0'..=b'7').contains(byte));
    let mut value = 0_u32;
    let mut length = 0;
    for digit in digits {
        value = value * 8 + u32::from(digit - b'0');
        length += 1;
    }
    (value as u8, length)
}

pub(super) fn history<S: System>(shell: &mut Shell<S>, _: &[String]) -> Run {
    let lines = shell.state.history.entries();
    let text: String = lines.map(|(number, line)| format!("{number:5}  {line}\n")).collect();
    Ok(shell.print(&text))
}

pub(super) fn times<S: System>(shell: &mut Shell<S>, _: &[String]) -> Run {
    let (own, children) = shell.system.processor_times();
    let minutes = |seconds: f64| format!("{}m{:.6}s", (seconds / 60.0) as u64, seconds % 60.0);
    // The kernel does not tell time in calls apart.
    let zero = minutes(0.0);
    Ok(shell.print(&format!("{} {zero}\n{} {zero}\n", minutes(own), minutes(children))))
}
