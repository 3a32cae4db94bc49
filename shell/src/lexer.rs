//! Splits source text into words and operators, as POSIX sh's token recognition does.
//!
//! Quotes are resolved here: a word comes out as parts that remember only whether they were
//! quoted. What is to be expanded is recognised but not looked up. The parser asks for one token
//! after another, since a word that is an alias changes the text that follows.

mod dollar;
mod here;
mod word;

pub(crate) use here::{parse_text, raw_text};
pub(crate) use word::split_tildes_of_value;

use crate::error::{Position, SyntaxError, SyntaxErrorKind};
use crate::syntax::{HereText, Line, RedirectionKind, Word};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// How deep constructs may stand in each other: the parser calls itself for each.
const DEPTH_MAX: usize = 64;
/// How many aliases one text may use: each can make the text longer.
const ALIASES_MAX: usize = 1000;
/// How long a text may become by its aliases.
const EXPANDED_MAX: usize = 1 << 20;

/// A word, an operator or the end, with the bytes of the source that it came from.
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
    Redirect(Option<u32>, RedirectionKind),
    /// Nothing more comes.
    End,
}

/// The operators between commands; longer ones before those that they begin with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Operator {
    /// `||`
    Or,
    /// `|`
    Pipe,
    /// `&&`
    And,
    /// `&`
    Background,
    /// `;;`
    CaseEnd,
    /// `;`
    Semicolon,
    /// `(`
    Open,
    /// `)`
    Close,
    /// A line end.
    Newline,
}

impl Operator {
    const ALL: [Self; 9] = [
        Self::Or,
        Self::Pipe,
        Self::And,
        Self::Background,
        Self::CaseEnd,
        Self::Semicolon,
        Self::Open,
        Self::Close,
        Self::Newline,
    ];

    /// How it is written, for messages.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Pipe => "|",
            Self::Or => "||",
            Self::Background => "&",
            Self::And => "&&",
            Self::Semicolon => ";",
            Self::CaseEnd => ";;",
            Self::Open => "(",
            Self::Close => ")",
            Self::Newline => "end of line",
        }
    }
}

/// Names that stand for other text.
pub type Aliases = BTreeMap<String, String>;

/// Whether a here-document may end with the text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AtEnd {
    /// No: more lines may come.
    MoreMayCome,
    /// Yes: this is all.
    Complete,
}

/// Reads tokens from a text.
pub struct Lexer<'a> {
    pub(crate) source: String,
    pub(crate) offset: usize,
    pub(crate) at_end: AtEnd,
    depth: usize,
    aliases: &'a Aliases,
    /// The aliases in whose text the lexer is, with how many bytes follow that text.
    active: Vec<(String, usize)>,
    /// How many bytes follow the text of an alias that ends in a blank.
    open_alias: Option<usize>,
    replaced: usize,
    /// Here-documents whose operator was read and whose text comes with the next line.
    pending: Vec<(RedirectionKind, Word, HereText, usize)>,
    /// A place in the text, and the line that it is on.
    counted: (usize, usize),
    /// The line that the text begins on.
    first_line: usize,
}

impl<'a> Lexer<'a> {
    /// A lexer at the beginning of a text.
    pub fn new(source: &str, aliases: &'a Aliases, at_end: AtEnd) -> Self {
        Self {
            source: source.to_string(),
            offset: 0,
            at_end,
            depth: 0,
            aliases,
            active: Vec::new(),
            open_alias: None,
            replaced: 0,
            pending: Vec::new(),
            counted: (0, 1),
            first_line: 1,
        }
    }

    /// The same for a text that begins on this line of another one.
    pub fn beginning_at(self, line: usize) -> Self {
        Self { counted: (0, line), first_line: line, ..self }
    }

    /// The line of a byte. Whoever goes on through the text has each line counted once.
    pub fn line_of(&mut self, offset: usize) -> Line {
        let (mut from, mut line) = self.counted;
        if offset < from {
            (from, line) = (0, self.first_line);
        }
        line += self.source.get(from..offset).map_or(0, |text| text.matches('\n').count());
        self.counted = (offset, line);
        Line(line)
    }

    /// A lexer for a text that stands within this one's, from a byte on.
    fn inner(&mut self, source: &str, start: usize) -> Self {
        let Line(line) = self.line_of(start);
        let inner = Self::new(source, self.aliases, AtEnd::Complete).beginning_at(line);
        Self { depth: self.depth, ..inner }
    }

    /// The next token.
    pub fn next_token(&mut self) -> Result<Token, SyntaxError> {
        self.skip_blanks();
        let start = self.offset;
        let kind = if self.rest().is_empty() {
            self.read_here_documents()?;
            TokenKind::End
        } else if let Some((descriptor, kind)) = self.redirect()? {
            TokenKind::Redirect(descriptor, kind)
        } else if let Some(operator) = self.operator() {
            if operator == Operator::Newline {
                self.read_here_documents()?;
            }
            TokenKind::Operator(operator)
        } else {
            TokenKind::Word(self.word()?)
        };
        Ok(Token { kind, start, end: self.offset })
    }

    /// Puts an alias's text in the place of the word `token`, whose text is `name`; false if it is
    /// none, or one in whose own text it stands.
    pub fn expand_alias(&mut self, name: &str, token: &Token) -> bool {
        let Some(value) = self.aliases.get(name) else { return false };
        let after = self.source.len() - token.end;
        self.active.retain(|(_, limit)| self.source.len() - token.start > *limit);
        let full = self.replaced >= ALIASES_MAX || self.source.len() + value.len() > EXPANDED_MAX;
        if full || self.active.iter().any(|(active, _)| active == name) {
            return false;
        }
        self.replaced += 1;
        self.source.replace_range(token.start..token.end, value);
        self.active.push((name.to_string(), after));
        self.open_alias = value.ends_with([' ', '\t']).then_some(after);
        self.offset = token.start;
        true
    }

    /// Whether the word at `start` is the first after an alias that ends in a blank: it may be one
    /// too. That is told once.
    pub fn takes_open_alias(&mut self, start: usize) -> bool {
        let follows = self.open_alias.is_some_and(|after| self.source.len() - start <= after);
        if follows {
            self.open_alias = None;
        }
        follows
    }

    /// Notes that a here-document's text comes with the next line.
    pub fn expect_here(
        &mut self,
        kind: RedirectionKind,
        delimiter: Word,
        text: HereText,
        at: usize,
    ) {
        self.pending.push((kind, delimiter, text, at));
    }

    /// Goes into a construct within another.
    pub fn enter(&mut self) -> Result<(), SyntaxError> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.error(SyntaxErrorKind::TooDeep, self.offset));
        }
        Ok(())
    }

    /// Comes out of a construct.
    pub fn leave(&mut self) {
        self.depth -= 1;
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

    fn redirect(&mut self) -> Result<Option<(Option<u32>, RedirectionKind)>, SyntaxError> {
        let rest = self.rest();
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, after) = rest.split_at(digits);
        let found = RedirectionKind::ALL.into_iter().find(|kind| after.starts_with(kind.text()));
        let Some(kind) = found else { return Ok(None) };
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
        self.offset += digits + kind.text().len();
        Ok(Some((descriptor, kind)))
    }

    fn operator(&mut self) -> Option<Operator> {
        let rest = self.rest();
        let written = |operator: &Operator| match operator {
            Operator::Newline => "\n",
            other => other.text(),
        };
        let found = Operator::ALL.into_iter().find(|entry| rest.starts_with(written(entry)))?;
        self.offset += written(&found).len();
        Some(found)
    }

    pub(crate) fn rest(&self) -> &str {
        &self.source[self.offset..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) {
        self.offset += self.peek().map_or(0, char::len_utf8);
    }

    pub(crate) fn error(&self, kind: SyntaxErrorKind, offset: usize) -> SyntaxError {
        SyntaxError::new(kind, &self.source, Position::of(&self.source, offset))
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
