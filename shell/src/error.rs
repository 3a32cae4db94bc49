//! What can be wrong with a command line, where, and what to do about it.

use alloc::format;
use alloc::string::{String, ToString};
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
    /// The line where it is.
    pub line_text: String,
}

/// What is wrong with a command line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum SyntaxErrorKind {
    /// This quote has no partner.
    UnclosedQuote(char),
    /// A `${` has no `}`.
    UnclosedBrace,
    /// This construct has no end, which would be that.
    Unclosed(&'static str, &'static str),
    /// A here-document has no such line at its end.
    UnclosedHere(String),
    /// A backslash is the last character.
    TrailingBackslash,
    /// This cannot stand here.
    Unexpected(&'static str),
    /// More would have to follow.
    UnexpectedEnd,
    /// Nothing follows this operator.
    MissingCommand(&'static str),
    /// No file follows this redirection.
    MissingFile(&'static str),
    /// This is no name of a variable.
    BadVariableName(String),
    /// This is no name of a function.
    BadFunctionName(String),
    /// What follows this function's name is no compound command.
    BadFunctionBody(String),
    /// A descriptor's number is too large.
    BadDescriptor(String),
    /// Constructs stand in each other too often.
    TooDeep,
    /// Something is wrong in commands within quotes, in these words.
    Inside(String),
}

impl SyntaxErrorKind {
    /// The same within quotes, where no further line can complete it.
    pub(crate) fn inside_quotes(self) -> Self {
        Self::Inside(self.to_string())
    }
}

impl SyntaxError {
    /// An error at a place of a text.
    pub(crate) fn new(kind: SyntaxErrorKind, source: &str, at: Position) -> Self {
        let line_text = source.split('\n').nth(at.line - 1).unwrap_or_default().to_string();
        Self { kind, at, line_text }
    }

    /// Whether further lines could complete the text.
    pub fn is_unfinished(&self) -> bool {
        matches!(
            self.kind,
            SyntaxErrorKind::UnclosedQuote(_)
                | SyntaxErrorKind::UnclosedBrace
                | SyntaxErrorKind::Unclosed(..)
                | SyntaxErrorKind::UnclosedHere(_)
                | SyntaxErrorKind::UnexpectedEnd
                | SyntaxErrorKind::TrailingBackslash
                | SyntaxErrorKind::MissingCommand(_)
        )
    }

    /// The line where it is, and below it a caret under the place.
    pub fn excerpt(&self) -> String {
        let before = self.line_text.chars().take(self.at.column - 1);
        let indent: String = before.map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
        format!("  {}\n  {indent}^", self.line_text)
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (column {})", self.kind, self.at.column)
    }
}

impl fmt::Display for SyntaxErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnclosedQuote(quote) => {
                write!(f, "the {quote} is not closed: add another {quote}")
            }
            Self::UnclosedBrace => write!(f, "the ${{ is not closed: add a }}"),
            Self::Unclosed(open, close) => {
                write!(f, "the {open} is not closed: {close} is missing")
            }
            Self::UnclosedHere(end) => {
                write!(f, "the here-document is not closed: the line {end} is missing")
            }
            Self::TrailingBackslash => {
                write!(f, "the \\ has nothing to quote: remove it, or write '\\'")
            }
            Self::Unexpected(what) => {
                write!(f, "unexpected {what}: quote it if it is meant as text")
            }
            Self::UnexpectedEnd => write!(f, "unexpected end: a command is missing"),
            Self::MissingCommand(operator) => write!(f, "a command must follow {operator}"),
            Self::MissingFile(operator) => write!(f, "a file name must follow {operator}"),
            Self::BadVariableName(name) => {
                write!(f, "{name}: a name has letters, digits and _, and no digit first")
            }
            Self::BadFunctionName(name) => {
                write!(f, "{name}(): a name has letters, digits and _, and no digit first")
            }
            Self::BadFunctionBody(name) => {
                write!(f, "after {name}() a body must follow, as in {name}() {{ COMMAND; }}")
            }
            Self::BadDescriptor(number) => write!(f, "descriptor {number} is out of range"),
            Self::TooDeep => write!(f, "constructs stand too deep in each other"),
            Self::Inside(message) => write!(f, "within the quotes: {message}"),
        }
    }
}

impl core::error::Error for SyntaxError {}
