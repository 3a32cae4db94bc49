//! The command that the cursor is in: its words so far, and the one that is being typed.
//!
//! This is not the lexer: it must make sense of a text that ends anywhere, and need not be right
//! about all of it.

use crate::parser::RESERVED;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

/// How the word at the cursor is quoted.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Quote {
    #[default]
    None,
    Single,
    Double,
}

impl Quote {
    /// A text as a word, or the beginning of one, that is quoted like this.
    pub(super) fn quoted(self, text: &str) -> String {
        let special = match self {
            Self::Single if !text.contains('\'') => return String::from("'") + text,
            Self::Double => "\"$`\\",
            // A quote can not stand within its like.
            Self::None | Self::Single => " \t\n\"'$`\\|&;<>()*?[#~=%!{}",
        };
        let mut word = String::from(if self == Self::Double { "\"" } else { "" });
        for (at, character) in text.char_indices() {
            // These have a meaning at a word's beginning only.
            let is_plain = at > 0 && "#~=%!{}".contains(character) && self != Self::Double;
            if special.contains(character) && !is_plain && !(at == 0 && character == '%') {
                word.push('\\');
            }
            word.push(character);
        }
        word
    }

    /// What ends a word that is quoted like this, and a blank.
    pub(super) const fn end(self) -> &'static str {
        match self {
            Self::None => " ",
            Self::Single => "' ",
            Self::Double => "\" ",
        }
    }
}

/// What the word at the cursor is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Place {
    #[default]
    Command,
    Argument,
    /// Behind a redirection.
    File,
    /// A variable's name, which begins at an offset.
    Variable {
        start: usize,
        is_braced: bool,
    },
    Comment,
}

/// A command with its last word open.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    /// The words before, without quotes.
    pub(super) before: Vec<String>,
    /// The beginning of the word at the cursor, without quotes.
    pub(super) current: String,
    /// Where that begins.
    pub(super) start: usize,
    pub(super) quote: Quote,
    pub(super) place: Place,
    text: String,
}

#[derive(Default)]
struct Scanner {
    before: Vec<String>,
    word: Option<(usize, String)>,
    quote: Quote,
    is_file: bool,
    is_comment: bool,
    /// Where the name of a variable begins, if one is being read.
    variable: Option<(usize, bool)>,
    /// The commands around this one, which is in their `$(…)`.
    outer: Vec<Outer>,
}

/// A command that another one is a part of.
#[derive(Default)]
struct Outer {
    before: Vec<String>,
    word: Option<(usize, String)>,
    quote: Quote,
}

impl Words {
    /// The command at a text's end.
    pub(super) fn before(text: &str) -> Self {
        let mut scanner = Scanner::default();
        let mut characters = text.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            let next = characters.peek().map(|(_, next)| *next);
            if scanner.take(at, character, next) {
                characters.next();
            }
        }
        scanner.end(text)
    }

    /// The text from an offset to the cursor.
    pub(super) fn raw_from(&self, start: usize) -> String {
        self.text[start..].into()
    }
}

impl Scanner {
    /// Takes a character; true if it has taken the next one, too.
    fn take(&mut self, at: usize, character: char, next: Option<char>) -> bool {
        if self.is_comment {
            self.is_comment = character != '\n';
            return false;
        }
        let is_name = character.is_ascii_alphanumeric() || character == '_';
        if !is_name {
            self.variable = None;
        }
        match (self.quote, character) {
            (Quote::Single, '\'') | (Quote::Double, '"') => self.quote = Quote::None,
            (Quote::Single, _) => self.push(at, character),
            (_, '$') if next == Some('(') => {
                let word = self.word.take().or(Some((at, String::new())));
                let quote = mem::take(&mut self.quote);
                self.outer.push(Outer { before: mem::take(&mut self.before), word, quote });
                return true;
            }
            (_, '$') => {
                self.push(at, character);
                let is_braced = next == Some('{');
                self.variable = Some((at + 1 + usize::from(is_braced), is_braced));
                return is_braced;
            }
            (_, '\\') => {
                if let Some(next) = next {
                    self.push(at, next);
                }
                return next.is_some();
            }
            (Quote::Double, _) => self.push(at, character),
            (Quote::None, '"' | '\'') => {
                self.word.get_or_insert((at, String::new()));
                self.quote = if character == '"' { Quote::Double } else { Quote::Single };
            }
            (Quote::None, '#') if self.word.is_none() => self.is_comment = true,
            (Quote::None, _) => self.take_plain(at, character),
        }
        false
    }

    fn take_plain(&mut self, at: usize, character: char) {
        match character {
            ' ' | '\t' => self.end_word(),
            '<' | '>' => {
                // A number before it is a descriptor's.
                self.word.take_if(|(_, word)| word.bytes().all(|byte| byte.is_ascii_digit()));
                self.end_word();
                self.is_file = true;
            }
            // As in `2>&1`.
            '&' if self.is_file && self.word.is_none() => {}
            ')' if !self.outer.is_empty() => {
                let Outer { before, word, quote } = self.outer.pop().unwrap_or_default();
                (self.before, self.word, self.quote) = (before, word, quote);
            }
            ';' | '|' | '&' | '(' | ')' | '\n' | '`' => {
                self.word = None;
                self.before.clear();
                self.is_file = false;
            }
            _ => self.push(at, character),
        }
    }

    fn push(&mut self, at: usize, character: char) {
        self.word.get_or_insert((at, String::new())).1.push(character);
    }

    fn end_word(&mut self) {
        let Some((_, word)) = self.word.take() else { return };
        if mem::take(&mut self.is_file) {
            return;
        }
        let is_first = self.before.is_empty();
        let is_assignment = word.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        });
        let is_passed = ["time", "{"].contains(&word.as_str())
            || RESERVED.contains(&&*word) && !["for", "case", "in"].contains(&word.as_str());
        if !(is_first && (is_assignment || is_passed)) {
            self.before.push(word);
        }
    }

    fn end(self, text: &str) -> Words {
        let place = match self.variable {
            _ if self.is_comment => Place::Comment,
            Some((start, is_braced)) if start <= text.len() => Place::Variable { start, is_braced },
            _ if self.is_file => Place::File,
            _ if self.before.is_empty() => Place::Command,
            _ => Place::Argument,
        };
        let (start, current) = self.word.unwrap_or((text.len(), String::new()));
        let Self { before, quote, .. } = self;
        Words { before, current, start, quote, place, text: text.into() }
    }
}
