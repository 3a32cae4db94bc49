//! Splits source text into words and operators, as POSIX sh's token recognition does.
//!
//! Quotes are resolved here: a word comes out as parts that remember only whether they were
//! quoted. Variables are recognised but not looked up.

mod word;

use crate::error::{Position, SyntaxError, SyntaxErrorKind};
use crate::syntax::{RedirectionKind, Word};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// A word, an operator or a line end, with the bytes of the source that it came from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// The offset of its first byte.
    pub start: usize,
    /// The offset after its last byte.
    pub end: usize,
}

/// What a token is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum TokenKind {
    /// A word.
    Word(Word),
    /// An operator between commands.
    Operator(Operator),
    /// A redirection's operator, with the descriptor before it.
    Redirect(Option<u32>, RedirectOperator),
}

/// The operators between commands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Operator {
    /// `|`
    Pipe,
    /// `||`
    Or,
    /// `&`
    Background,
    /// `&&`
    And,
    /// `;`
    Semicolon,
    /// A line end.
    Newline,
}

impl Operator {
    /// How it is written, for messages.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Pipe => "|",
            Self::Or => "||",
            Self::Background => "&",
            Self::And => "&&",
            Self::Semicolon => ";",
            Self::Newline => "end of line",
        }
    }
}

/// A redirection's operator.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RedirectOperator {
    /// What it does.
    pub kind: RedirectionKind,
    /// The descriptor if none is written before it.
    pub default_descriptor: u32,
    /// How it is written.
    pub text: &'static str,
}

const REDIRECTS: [RedirectOperator; 5] = [
    RedirectOperator { kind: RedirectionKind::Append, default_descriptor: 1, text: ">>" },
    RedirectOperator { kind: RedirectionKind::Duplicate, default_descriptor: 1, text: ">&" },
    RedirectOperator { kind: RedirectionKind::Duplicate, default_descriptor: 0, text: "<&" },
    RedirectOperator { kind: RedirectionKind::Write, default_descriptor: 1, text: ">" },
    RedirectOperator { kind: RedirectionKind::Read, default_descriptor: 0, text: "<" },
];

// Longer ones first: the first that fits is taken.
const OPERATORS: [Operator; 5] =
    [Operator::Or, Operator::Pipe, Operator::And, Operator::Background, Operator::Semicolon];

const UNSUPPORTED: [(&str, &str); 3] =
    [("<<", "the here-document <<"), ("(", "the parenthesis ("), (")", "the parenthesis )")];

/// Splits `source` into tokens.
pub fn tokenize(source: &str) -> Result<Vec<Token>, SyntaxError> {
    let mut lexer = Lexer { source, offset: 0 };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next_token()? {
        tokens.push(token);
    }
    Ok(tokens)
}

struct Lexer<'a> {
    source: &'a str,
    offset: usize,
}

impl<'a> Lexer<'a> {
    fn next_token(&mut self) -> Result<Option<Token>, SyntaxError> {
        self.skip_blanks();
        let start = self.offset;
        let Some(next) = self.peek() else { return Ok(None) };
        let kind = if next == '\n' {
            self.bump();
            TokenKind::Operator(Operator::Newline)
        } else if let Some((descriptor, operator)) = self.redirect()? {
            TokenKind::Redirect(descriptor, operator)
        } else if let Some(operator) = self.operator() {
            TokenKind::Operator(operator)
        } else {
            TokenKind::Word(self.word()?)
        };
        Ok(Some(Token { kind, start, end: self.offset }))
    }

    fn skip_blanks(&mut self) {
        loop {
            match self.peek() {
                Some(' ' | '\t' | '\r') => self.bump(),
                Some('\\') if self.rest().starts_with("\\\n") => self.offset += 2,
                Some('#') => self.offset += self.rest().find('\n').unwrap_or(self.rest().len()),
                _ => return,
            }
        }
    }

    fn redirect(&mut self) -> Result<Option<(Option<u32>, RedirectOperator)>, SyntaxError> {
        let rest = self.rest();
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, after) = rest.split_at(digits);
        self.refuse_unsupported(after)?;
        let Some(operator) = REDIRECTS.iter().find(|entry| after.starts_with(entry.text)) else {
            return Ok(None);
        };
        let descriptor = match number {
            "" => None,
            _ => match number.parse() {
                Ok(descriptor) => Some(descriptor),
                Err(_) => {
                    let kind = SyntaxErrorKind::BadDescriptor(number.to_string());
                    return Err(self.error(kind, self.offset));
                }
            },
        };
        self.offset += digits + operator.text.len();
        Ok(Some((descriptor, *operator)))
    }

    fn operator(&mut self) -> Option<Operator> {
        let rest = self.rest();
        let found = OPERATORS.into_iter().find(|operator| rest.starts_with(operator.text()));
        self.offset += found.map_or(0, |operator| operator.text().len());
        found
    }

    fn refuse_unsupported(&self, rest: &str) -> Result<(), SyntaxError> {
        match UNSUPPORTED.iter().find(|(text, _)| rest.starts_with(text)) {
            Some((_, name)) => Err(self.error(SyntaxErrorKind::Unsupported(name), self.offset)),
            None => Ok(()),
        }
    }

    fn rest(&self) -> &'a str {
        &self.source[self.offset..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) {
        self.offset += self.peek().map_or(0, char::len_utf8);
    }

    fn error(&self, kind: SyntaxErrorKind, offset: usize) -> SyntaxError {
        SyntaxError { kind, at: Position::of(self.source, offset) }
    }
}

/// Whether `name` can be a variable's name.
pub fn is_variable_name(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name.chars().all(is_name_character)
}

fn is_name_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

/// Writes `text` so that the lexer reads it back as one word.
pub fn quote(text: &str) -> String {
    match shlex::try_quote(text) {
        Ok(quoted) => quoted.into_owned(),
        // Only NUL is refused, and no argument can hold one.
        Err(_) => text.replace('\0', ""),
    }
}
