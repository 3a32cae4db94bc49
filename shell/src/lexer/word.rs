//! One word: bare text, quotes, backslashes and `$NAME`.

use super::{Lexer, is_name_character, is_variable_name};
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::syntax::{Content, Part, Quoting, Word};
use alloc::string::{String, ToString};

impl Lexer<'_> {
    pub(super) fn word(&mut self) -> Result<Word, SyntaxError> {
        let mut word = Word::default();
        while let Some(next) = self.peek() {
            match next {
                ' ' | '\t' | '\r' | '\n' | '|' | '&' | ';' | '<' | '>' | '(' | ')' => break,
                '\'' => self.single_quoted(&mut word)?,
                '"' => self.double_quoted(&mut word)?,
                '\\' => self.escaped(&mut word)?,
                _ => self.plain(&mut word, Quoting::Bare)?,
            }
        }
        Ok(word)
    }

    fn single_quoted(&mut self, word: &mut Word) -> Result<(), SyntaxError> {
        let text = &self.rest()[1..];
        let Some(length) = text.find('\'') else {
            return Err(self.error(SyntaxErrorKind::UnclosedQuote('\''), self.offset));
        };
        push_text(word, &text[..length], Quoting::Quoted);
        self.offset += length + 2;
        Ok(())
    }

    fn double_quoted(&mut self, word: &mut Word) -> Result<(), SyntaxError> {
        let start = self.offset;
        self.bump();
        // "" alone is a word too, an empty one.
        push_text(word, "", Quoting::Quoted);
        loop {
            match self.peek() {
                None => return Err(self.error(SyntaxErrorKind::UnclosedQuote('"'), start)),
                Some('"') => {
                    self.bump();
                    return Ok(());
                }
                Some('\\') => {
                    self.bump();
                    match self.peek() {
                        Some('\n') => self.bump(),
                        Some(next @ ('$' | '`' | '"' | '\\')) => {
                            self.bump();
                            push_text(word, next.encode_utf8(&mut [0; 4]), Quoting::Quoted);
                        }
                        _ => push_text(word, "\\", Quoting::Quoted),
                    }
                }
                Some(_) => self.plain(word, Quoting::Quoted)?,
            }
        }
    }

    fn escaped(&mut self, word: &mut Word) -> Result<(), SyntaxError> {
        let start = self.offset;
        self.bump();
        match self.peek() {
            None => return Err(self.error(SyntaxErrorKind::TrailingBackslash, start)),
            Some('\n') => {}
            Some(next) => push_text(word, next.encode_utf8(&mut [0; 4]), Quoting::Quoted),
        }
        self.bump();
        Ok(())
    }

    /// One character that no quoting concerns, or a variable.
    fn plain(&mut self, word: &mut Word, quoting: Quoting) -> Result<(), SyntaxError> {
        match self.peek() {
            Some('$') => self.variable(word, quoting),
            Some('`') => {
                Err(self
                    .error(SyntaxErrorKind::Unsupported("the command substitution `"), self.offset))
            }
            Some(next) => {
                self.bump();
                push_text(word, next.encode_utf8(&mut [0; 4]), quoting);
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn variable(&mut self, word: &mut Word, quoting: Quoting) -> Result<(), SyntaxError> {
        let start = self.offset;
        self.bump();
        let rest = self.rest();
        let name = match rest.chars().next() {
            Some('(') => {
                let kind = SyntaxErrorKind::Unsupported("the command substitution $(");
                return Err(self.error(kind, start));
            }
            Some('{') => {
                let Some(end) = rest.find('}') else {
                    return Err(self.error(SyntaxErrorKind::UnclosedBrace, start));
                };
                self.offset += end + 1;
                &rest[1..end]
            }
            Some('?' | '$' | '!' | '#' | '0'..='9') => {
                self.offset += 1;
                &rest[..1]
            }
            _ => {
                let name = &rest[..rest.find(|c| !is_name_character(c)).unwrap_or(rest.len())];
                self.offset += name.len();
                name
            }
        };
        if name.is_empty() && !rest.starts_with('{') {
            push_text(word, "$", quoting);
            return Ok(());
        }
        if !is_variable_name(name) && !is_special_parameter(name) {
            return Err(self.error(SyntaxErrorKind::BadVariableName(name.to_string()), start));
        }
        word.parts.push(Part { content: Content::Variable(name.to_string()), quoting });
        Ok(())
    }
}

fn is_special_parameter(name: &str) -> bool {
    matches!(name, "?" | "$" | "!" | "#")
        || (!name.is_empty() && name.chars().all(|c| c.is_ascii_digit()))
}

/// Adds text, joining it with text before it that is quoted in the same way.
fn push_text(word: &mut Word, text: &str, quoting: Quoting) {
    if let Some(Part { content: Content::Text(before), quoting: same }) = word.parts.last_mut()
        && *same == quoting
    {
        before.push_str(text);
    } else {
        word.parts.push(Part { content: Content::Text(String::from(text)), quoting });
    }
}
