//! One word: bare text, quotes and backslashes; what `$` begins is in `dollar`.

use super::Lexer;
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::syntax::{Content, Part, Quoting, Word};
use alloc::string::String;

impl Lexer<'_> {
    pub(super) fn word(&mut self) -> Result<Word, SyntaxError> {
        let mut word = Word::default();
        while let Some(next) = self.peek() {
            if is_word_end(next) {
                break;
            }
            self.piece(&mut word)?;
        }
        split_tilde(&mut word);
        Ok(word)
    }

    /// A quoted stretch, an expansion, or one character without quotes.
    pub(super) fn piece(&mut self, word: &mut Word) -> Result<(), SyntaxError> {
        match self.peek() {
            Some('\'') => self.single_quoted(word),
            Some('"') => self.double_quoted(word),
            Some('\\') => self.escaped(word),
            _ => self.plain(word, Quoting::Bare),
        }
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

    pub(super) fn double_quoted(&mut self, word: &mut Word) -> Result<(), SyntaxError> {
        let start = self.offset;
        let parts = word.parts.len();
        let length = last_length(word);
        self.bump();
        loop {
            match self.peek() {
                None => return Err(self.error(SyntaxErrorKind::UnclosedQuote('"'), start)),
                Some('"') => break self.bump(),
                _ => self.quoted_piece(word, &['"'])?,
            }
        }
        if word.parts.len() == parts && last_length(word) == length {
            // "" alone is a word too, an empty one; "$@" can be none.
            push_text(word, "", Quoting::Quoted);
        }
        Ok(())
    }

    /// One character or expansion within double quotes, or what is like them; a backslash also
    /// takes the meaning of `escapable`.
    pub(super) fn quoted_piece(
        &mut self,
        word: &mut Word,
        escapable: &[char],
    ) -> Result<(), SyntaxError> {
        if self.peek() != Some('\\') {
            return self.plain(word, Quoting::Quoted);
        }
        self.bump();
        match self.peek() {
            Some('\n') => self.bump(),
            Some(next) if matches!(next, '$' | '`' | '\\') || escapable.contains(&next) => {
                self.bump();
                push_text(word, next.encode_utf8(&mut [0; 4]), Quoting::Quoted);
            }
            _ => push_text(word, "\\", Quoting::Quoted),
        }
        Ok(())
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

    /// One character that no quoting concerns, or an expansion.
    pub(super) fn plain(&mut self, word: &mut Word, quoting: Quoting) -> Result<(), SyntaxError> {
        match self.peek() {
            Some('$') => self.dollar(word, quoting),
            Some('`') => self.backquoted(word, quoting),
            Some(next) => {
                self.bump();
                push_text(word, next.encode_utf8(&mut [0; 4]), quoting);
                Ok(())
            }
            None => Ok(()),
        }
    }
}

fn is_word_end(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n' | '|' | '&' | ';' | '<' | '>' | '(' | ')')
}

fn last_length(word: &Word) -> usize {
    match word.parts.last() {
        Some(Part { content: Content::Text(text), .. }) => text.len(),
        _ => 0,
    }
}

/// Adds text, joining it with text before it that is quoted in the same way.
pub(super) fn push_text(word: &mut Word, text: &str, quoting: Quoting) {
    if let Some(Part { content: Content::Text(before), quoting: same }) = word.parts.last_mut()
        && *same == quoting
    {
        before.push_str(text);
    } else {
        word.parts.push(Part { content: Content::Text(String::from(text)), quoting });
    }
}

/// Makes a `~` at a word's beginning a part of its own, unless a part of the name is quoted.
pub(crate) fn split_tilde(word: &mut Word) {
    let Some(Part { content: Content::Text(text), quoting: Quoting::Bare }) = word.parts.first()
    else {
        return;
    };
    let Some(after) = text.strip_prefix('~') else { return };
    let end = after.find(['/', ':']);
    if end.is_none() && word.parts.len() > 1 {
        return;
    }
    let (user, rest) = after.split_at(end.unwrap_or(after.len()));
    if !user.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')) {
        return;
    }
    let tilde = Part { content: Content::Tilde(user.into()), quoting: Quoting::Bare };
    let rest = Part { content: Content::Text(rest.into()), quoting: Quoting::Bare };
    word.parts.splice(..1, [tilde, rest]);
    word.parts.retain(|part| part.content != Content::Text(String::new()) || is_quoted(part));
}

/// The same after each `:` of an assigned value, as `PATH` has them.
pub(crate) fn split_tildes_of_value(word: &mut Word) {
    split_tilde(word);
    let mut parts = alloc::vec::Vec::new();
    let mut rest = core::mem::take(&mut word.parts);
    while let Some(position) = rest.iter().position(has_later_tilde) {
        let mut tail = rest.split_off(position);
        parts.append(&mut rest);
        let Content::Text(text) = &mut tail[0].content else { break };
        let after = text.find(":~").map_or(text.len(), |at| at + 1);
        let tilde = text.split_off(after);
        parts.push(Part { content: Content::Text(text.clone()), quoting: Quoting::Bare });
        *text = tilde;
        let mut inner = Word { parts: tail };
        split_tilde(&mut inner);
        rest = inner.parts;
        if let Some(Part { content: Content::Text(_), .. }) = rest.first() {
            // No user's name follows: the part stays text.
            parts.push(rest.remove(0));
        }
    }
    parts.append(&mut rest);
    word.parts = parts;
}

fn has_later_tilde(part: &Part) -> bool {
    match &part.content {
        Content::Text(text) => part.quoting == Quoting::Bare && text.contains(":~"),
        _ => false,
    }
}

fn is_quoted(part: &Part) -> bool {
    part.quoting == Quoting::Quoted
}
