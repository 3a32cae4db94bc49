//! What can be wrong with a command line, where, and what to do about it.

use alloc::string::String;
use core::fmt;

/// A place in the source text, counted from 1.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character within the line.
    pub column: usize,
}

impl Position {
    /// The place of the byte `offset` of `source`.
    pub fn of(source: &str, offset: usize) -> Self {
        let before = source.get(..offset).unwrap_or(source);
        let line_start = before.rfind('\n').map_or(0, |index| index + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

/// A command line that cannot be run.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SyntaxError {
    /// What is wrong.
    pub kind: SyntaxErrorKind,
    /// Where.
    pub at: Position,
}

/// What is wrong with a command line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum SyntaxErrorKind {
    /// This quote has no partner.
    UnclosedQuote(char),
    /// A `${` has no `}`.
    UnclosedBrace,
    /// A backslash is the last character.
    TrailingBackslash,
    /// This cannot stand here.
    Unexpected(&'static str),
    /// Nothing follows this operator.
    MissingCommand(&'static str),
    /// No file follows this redirection.
    MissingFile(&'static str),
    /// This is no name of a variable.
    BadVariableName(String),
    /// A descriptor's number is too large.
    BadDescriptor(String),
    /// The shell does not know this construct.
    Unsupported(&'static str),
}

impl SyntaxError {
    /// Whether further lines could complete the text.
    pub fn is_unfinished(&self) -> bool {
        matches!(
            self.kind,
            SyntaxErrorKind::UnclosedQuote(_)
                | SyntaxErrorKind::UnclosedBrace
                | SyntaxErrorKind::TrailingBackslash
                | SyntaxErrorKind::MissingCommand(_)
        )
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let column = self.at.column;
        match &self.kind {
            SyntaxErrorKind::UnclosedQuote(quote) => {
                write!(f, "the {quote} at column {column} is not closed (add another {quote})")
            }
            SyntaxErrorKind::UnclosedBrace => {
                write!(f, "the ${{ at column {column} is not closed (add a }})")
            }
            SyntaxErrorKind::TrailingBackslash => write!(
                f,
                "the \\ at column {column} has nothing to quote (remove it, or write '\\')"
            ),
            SyntaxErrorKind::Unexpected(what) => {
                write!(f, "unexpected {what} at column {column} (quote it if it is meant as text)")
            }
            SyntaxErrorKind::MissingCommand(operator) => {
                write!(f, "a command must follow {operator} at column {column}")
            }
            SyntaxErrorKind::MissingFile(operator) => {
                write!(f, "a file name must follow {operator} at column {column}")
            }
            SyntaxErrorKind::BadVariableName(name) => write!(
                f,
                "${{{name}}} at column {column}: a name has letters, digits and _, and no digit first"
            ),
            SyntaxErrorKind::BadDescriptor(number) => {
                write!(f, "descriptor {number} at column {column} is out of range")
            }
            SyntaxErrorKind::Unsupported(what) => write!(
                f,
                "{what} at column {column} is not supported (put it in '…' if it is meant as text)"
            ),
        }
    }
}

impl core::error::Error for SyntaxError {}
