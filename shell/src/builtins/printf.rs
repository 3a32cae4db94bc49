//! `printf`: formatted output, as often as there are arguments.

use super::misuse;
use super::text::{Escaped, Octal, Stopped, escape, unescape, write};
use crate::arithmetic;
use crate::interpreter::{Run, Shell};
use crate::system::System;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// The widest a field may be asked for.
const WIDTH_MAX: usize = 4096;

#[derive(Default)]
struct Specification {
    is_left: bool,
    is_zero: bool,
    is_alternative: bool,
    sign: Option<char>,
    width: usize,
    precision: Option<usize>,
}

struct Printer<'a> {
    arguments: core::slice::Iter<'a, String>,
    bytes: Vec<u8>,
    problems: Vec<String>,
    stopped: Stopped,
}

pub(super) fn printf<S: System>(shell: &mut Shell<S>, arguments: &[String]) -> Run {
    let words = match arguments.get(1..).unwrap_or_default() {
        [first, rest @ ..] if first == "--" => rest,
        words => words,
    };
    let [format, values @ ..] = words else {
        return misuse(shell, arguments, "what is to be printed?");
    };
    let mut printer = Printer {
        arguments: values.iter(),
        bytes: Vec::new(),
        problems: Vec::new(),
        stopped: Stopped::No,
    };
    loop {
        let left = printer.arguments.len();
        printer.once(format);
        let is_done = printer.arguments.len() == 0 || printer.arguments.len() == left;
        if is_done || printer.stopped == Stopped::Yes {
            break;
        }
    }
    let Printer { bytes, problems, .. } = printer;
    let status = write(shell, &bytes);
    for problem in &problems {
        shell.error_text(&format!("printf: {problem}\n"));
    }
    Ok(if problems.is_empty() { status } else { 1 })
}

impl Printer<'_> {
    fn once(&mut self, format: &str) {
        let mut rest = format;
        while let Some(position) = rest.find(['\\', '%']) {
            self.bytes.extend_from_slice(&rest.as_bytes()[..position]);
            let is_escape = rest[position..].starts_with('\\');
            rest = &rest[position + 1..];
            if is_escape {
                let (escaped, length) = escape(rest, Octal::Direct);
                rest = &rest[length..];
                match escaped {
                    Escaped::Bytes(found) => self.bytes.extend(found),
                    Escaped::Stop => {
                        self.stopped = Stopped::Yes;
                        return;
                    }
                }
            } else {
                rest = self.conversion(rest);
                if self.stopped == Stopped::Yes {
                    return;
                }
            }
        }
        self.bytes.extend_from_slice(rest.as_bytes());
    }

    /// What `%` begins; gives what follows it.
    fn conversion<'t>(&mut self, text: &'t str) -> &'t str {
        let mut specification = Specification::default();
        let mut rest = text;
        while let Some(flag) = rest.chars().next().filter(|c| "-0+ #".contains(*c)) {
            match flag {
                '-' => specification.is_left = true,
                '0' => specification.is_zero = true,
                '#' => specification.is_alternative = true,
                sign => specification.sign = Some(sign),
            }
            rest = &rest[1..];
        }
        let (width, after) = self.size(rest);
        specification.width = width.unwrap_or(0);
        rest = after;
        if let Some(after) = rest.strip_prefix('.') {
            let (precision, after) = self.size(after);
            specification.precision = Some(precision.unwrap_or(0));
            rest = after;
        }
        let Some(letter) = rest.chars().next() else {
            self.problems.push("a letter is missing after %".to_string());
            return rest;
        };
        self.convert(letter, &specification);
        &rest[letter.len_utf8()..]
    }

    fn size<'t>(&mut self, text: &'t str) -> (Option<usize>, &'t str) {
        if let Some(rest) = text.strip_prefix('*') {
            let value = self.number();
            return (usize::try_from(value).ok().map(|size| size.min(WIDTH_MAX)), rest);
        }
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let size = text[..end].parse::<usize>().ok().map(|size| size.min(WIDTH_MAX));
        (size, &text[end..])
    }

    fn convert(&mut self, letter: char, specification: &Specification) {
        match letter {
            '%' => self.bytes.push(b'%'),
            's' => {
                let text = self.argument().as_bytes().to_vec();
                self.text(&text, specification);
            }
            'b' => {
                let text = self.argument();
                let (text, stopped) = unescape(&text, Octal::AfterZero);
                self.stopped = stopped;
                self.text(&text, specification);
            }
            'c' => {
                let text = self.argument();
                let first: String = text.chars().take(1).collect();
                self.text(first.as_bytes(), specification);
            }
            'd' | 'i' => {
                let value = self.number();
                self.integer(value < 0, value.unsigned_abs().to_string(), specification);
            }
            'u' | 'o' | 'x' | 'X' => {
                let value = self.number() as u64;
                let (prefix, digits) = match letter {
                    'u' => ("", value.to_string()),
                    'o' => ("0", format!("{value:o}")),
                    'x' => ("0x", format!("{value:x}")),
                    _ => ("0X", format!("{value:X}")),
                };
                let is_prefixed = specification.is_alternative && value != 0;
                let digits = if is_prefixed { format!("{prefix}{digits}") } else { digits };
                let plain = Specification { sign: None, ..copy(specification) };
                self.integer(false, digits, &plain);
            }
            'f' | 'F' | 'e' | 'E' | 'g' | 'G' => {
                let text = self.argument();
                let value = text.trim().parse::<f64>().unwrap_or_else(|_| {
                    if !text.is_empty() {
                        self.problems.push(format!("{text}: not a number"));
                    }
                    0.0
                });
                let digits = floating(letter, value.abs(), specification.precision.unwrap_or(6));
                let plain = Specification { precision: None, ..copy(specification) };
                self.integer(value.is_sign_negative(), digits, &plain);
            }
            other => self.problems.push(format!("%{other}: no such conversion")),
        }
    }

    fn argument(&mut self) -> String {
        self.arguments.next().cloned().unwrap_or_default()
    }

    fn number(&mut self) -> i64 {
        let text = self.argument();
        // A quote stands for the number of the character after it.
        if let Some(character) = text.strip_prefix(['\'', '"']) {
            return character.chars().next().map_or(0, |c| i64::from(u32::from(c)));
        }
        let trimmed = text.trim_start();
        if trimmed.is_empty() {
            return 0;
        }
        arithmetic::number(trimmed).unwrap_or_else(|| {
            self.problems.push(format!("{text}: not a number"));
            let end = trimmed.char_indices().skip(1).find(|(_, c)| !c.is_ascii_digit());
            let digits = &trimmed[..end.map_or(trimmed.len(), |(at, _)| at)];
            digits.parse().unwrap_or(0)
        })
    }

    fn text(&mut self, text: &[u8], specification: &Specification) {
        let length = specification.precision.unwrap_or(text.len()).min(text.len());
        self.padded(&text[..length], b' ', specification);
    }

    fn integer(&mut self, is_negative: bool, digits: String, specification: &Specification) {
        let missing = specification.precision.unwrap_or(1).saturating_sub(digits.len());
        let mut digits = "0".repeat(missing) + &digits;
        if specification.precision == Some(0) && digits == "0" {
            digits.clear();
        }
        let sign = match (is_negative, specification.sign) {
            (true, _) => "-".to_string(),
            (false, Some(sign)) => sign.to_string(),
            (false, None) => String::new(),
        };
        let is_zero =
            specification.is_zero && !specification.is_left && specification.precision.is_none();
        if is_zero {
            let used = digits.len() + sign.len();
            digits = "0".repeat(specification.width.saturating_sub(used)) + &digits;
        }
        self.padded((sign + &digits).as_bytes(), b' ', specification);
    }

    fn padded(&mut self, text: &[u8], filling: u8, specification: &Specification) {
        let missing = specification.width.saturating_sub(text.len());
        let padding = core::iter::repeat_n(filling, missing);
        if specification.is_left {
            self.bytes.extend_from_slice(text);
            self.bytes.extend(padding);
        } else {
            self.bytes.extend(padding);
            self.bytes.extend_from_slice(text);
        }
    }
}

fn copy(specification: &Specification) -> Specification {
    Specification { ..*specification }
}

/// A number that is not negative, as C's `printf` writes it.
fn floating(letter: char, value: f64, precision: usize) -> String {
    let precision = precision.min(WIDTH_MAX);
    match letter {
        'f' | 'F' => format!("{value:.precision$}"),
        'e' | 'E' => {
            let text = format!("{value:.precision$e}");
            let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
            let exponent: i32 = exponent.parse().unwrap_or(0);
            let sign = if exponent < 0 { '-' } else { '+' };
            let lower = format!("{digits}e{sign}{:02}", exponent.abs());
            if letter == 'E' { lower.to_uppercase() } else { lower }
        }
        _ => {
            let precision = precision.max(1);
            let text = format!("{value:.*e}", precision - 1);
            let exponent: i32 = text.split_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(0);
            let is_wide = exponent < -4 || exponent >= precision as i32;
            let text = if is_wide {
                floating(if letter == 'g' { 'e' } else { 'E' }, value, precision - 1)
            } else {
                format!("{value:.*}", (precision as i32 - 1 - exponent).max(0) as usize)
            };
            let (digits, exponent) = match text.find(['e', 'E']) {
                Some(at) => text.split_at(at),
                None => (text.as_str(), ""),
            };
            let digits = match digits.contains('.') {
                true => digits.trim_end_matches('0').trim_end_matches('.'),
                false => digits,
            };
            format!("{digits}{exponent}")
        }
    }
}
