//! Patterns: plain text, and POSIX's basic and extended regular expressions, on the `regex` crate.
//!
//! The crate's syntax is close to extended expressions. Basic ones are written anew in it, and bracket
//! expressions of both, where POSIX knows no escapes and the crate has operators of its own. What
//! POSIX has and the crate has not is refused: back-references.

use crate::error::{Error, Result};
use alloc::format;
use alloc::string::{String, ToString};
use regex::bytes::{Regex, RegexBuilder};

/// What a pattern's characters mean.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Syntax {
    /// Themselves.
    Fixed,
    /// `*`, `.`, `[…]`, `^`, `$`, and `\(`, `\)`, `\{`, `\}`, `\+`, `\?`, `\|`.
    #[default]
    Basic,
    /// The same without backslashes.
    Extended,
}

/// Which letters are the same.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Letters {
    /// Those that are.
    #[default]
    Exact,
    /// Capital and small ones.
    Folded,
}

/// A pattern that lines are searched for.
#[derive(Debug)]
pub struct Pattern(Regex);

impl Pattern {
    /// One of these patterns, of which there is at least one.
    pub fn new(patterns: &[&str], syntax: Syntax, letters: Letters) -> Result<Self> {
        let mut all = String::new();
        for pattern in patterns {
            if !all.is_empty() {
                all.push('|');
            }
            all.push_str("(?:");
            all.push_str(&translate(pattern, syntax)?);
            all.push(')');
        }
        let expression = RegexBuilder::new(&all)
            .case_insensitive(letters == Letters::Folded)
            .build()
            .map_err(|error| {
                let text = error.to_string();
                let reason = text.lines().last().unwrap_or("").trim_start_matches("error: ");
                Error::message(format!("{}: no pattern: {reason}", patterns.join("\n")))
            })?;
        Ok(Self(expression))
    }

    /// Whether it is in a line.
    pub fn is_in(&self, line: &[u8]) -> bool {
        self.0.is_match(line)
    }

    /// Where it is in a line, from a place on: from and to.
    pub fn find(&self, line: &[u8], from: usize) -> Option<(usize, usize)> {
        self.0.find_at(line, from).map(|found| (found.start(), found.end()))
    }
}

/// A pattern in the crate's syntax.
fn translate(pattern: &str, syntax: Syntax) -> Result<String> {
    if syntax == Syntax::Fixed {
        return Ok(regex::escape(pattern));
    }
    let mut to = String::new();
    let mut letters = pattern.chars().peekable();
    // Whether an expression begins here, where `*` is itself and `^` an anchor.
    let mut is_start = true;
    while let Some(letter) = letters.next() {
        let was_start = core::mem::replace(&mut is_start, false);
        match letter {
            '[' => bracket(&mut letters, &mut to)
                .ok_or_else(|| Error::message(format!("{pattern}: [ without ]")))?,
            '\\' => {
                let escaped = letters
                    .next()
                    .ok_or_else(|| Error::message(format!("{pattern}: nothing behind \\")))?;
                is_start = matches!(escaped, '(' | '|') && syntax == Syntax::Basic;
                escape(escaped, syntax, &mut to).ok_or_else(|| {
                    Error::message(format!("{pattern}: \\{escaped} is not known"))
                })?;
            }
            '*' if was_start => to.push_str(r"\*"),
            '^' if syntax == Syntax::Basic && !was_start => to.push_str(r"\^"),
            '^' => {
                to.push('^');
                is_start = syntax == Syntax::Basic;
            }
            '$' if syntax == Syntax::Basic && !ends(&letters) => to.push_str(r"\$"),
            '(' | ')' | '{' | '}' | '|' | '+' | '?' if syntax == Syntax::Basic => {
                to.push('\\');
                to.push(letter);
            }
            '(' | '|' => {
                to.push(letter);
                is_start = true;
            }
            letter => to.push(letter),
        }
    }
    Ok(to)
}

/// Whether an expression ends here.
fn ends(rest: &core::iter::Peekable<core::str::Chars<'_>>) -> bool {
    let mut rest = rest.clone();
    match rest.next() {
        None => true,
        Some('\\') => matches!(rest.next(), Some(')' | '|')),
        Some(_) => false,
    }
}

/// What a backslash makes of a letter.
fn escape(letter: char, syntax: Syntax, to: &mut String) -> Option<()> {
    match letter {
        '(' | ')' | '{' | '}' | '|' | '+' | '?' if syntax == Syntax::Basic => to.push(letter),
        '<' => to.push_str(r"\b{start}"),
        '>' => to.push_str(r"\b{end}"),
        'b' | 'B' | 'w' | 'W' | 's' | 'S' => {
            to.push('\\');
            to.push(letter);
        }
        letter if letter.is_ascii_alphanumeric() => return None,
        letter => to.push_str(&regex::escape(letter.encode_utf8(&mut [0; 4]))),
    }
    Some(())
}

/// A bracket expression behind its `[`, in which a backslash and the crate's operators are themselves.
fn bracket(
    letters: &mut core::iter::Peekable<core::str::Chars<'_>>,
    to: &mut String,
) -> Option<()> {
    to.push('[');
    if letters.next_if_eq(&'^').is_some() {
        to.push('^');
    }
    let mut is_first = true;
    loop {
        let letter = letters.next()?;
        match letter {
            ']' if !is_first => {
                to.push(']');
                return Some(());
            }
            '[' if letters.next_if_eq(&':').is_some() => {
                to.push_str("[:");
                loop {
                    let letter = letters.next()?;
                    to.push(letter);
                    if letter == ':' && letters.next_if_eq(&']').is_some() {
                        to.push(']');
                        break;
                    }
                }
            }
            '[' | ']' | '\\' | '&' | '~' | '^' => {
                to.push('\\');
                to.push(letter);
            }
            // Between two letters it is a range, else itself.
            '-' if is_first || letters.peek() == Some(&']') => to.push_str(r"\-"),
            letter => to.push(letter),
        }
        is_first = false;
    }
}

#[cfg(test)]
mod tests;
