//! The texts of here-documents, which stand below the line with their operators.

use super::word::push_text;
use super::{Aliases, AtEnd, Lexer};
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::syntax::{Content, Quoting, RedirectionKind, Word};
use alloc::string::String;

impl Lexer<'_> {
    /// Reads the texts that are expected, at the beginning of a line.
    pub(super) fn read_here_documents(&mut self) -> Result<(), SyntaxError> {
        for (kind, delimiter, text, at) in core::mem::take(&mut self.pending) {
            let end = raw_text(&delimiter);
            let start = self.offset;
            let lines = self.lines_until(&end, kind, at)?;
            let is_quoted = delimiter.parts.iter().any(|part| part.quoting == Quoting::Quoted);
            let word = if is_quoted {
                Word::literal(&lines, Quoting::Quoted)
            } else {
                let mut inner = self.inner(&lines, start);
                inner.enter()?;
                inner.here_text().map_err(|error| self.error(error.kind.inside_quotes(), at))?
            };
            // It is expected only once, so nothing was there.
            let _ = text.set(word);
        }
        Ok(())
    }

    fn lines_until(
        &mut self,
        end: &str,
        kind: RedirectionKind,
        at: usize,
    ) -> Result<String, SyntaxError> {
        let mut lines = String::new();
        loop {
            if self.rest().is_empty() {
                return match self.at_end {
                    AtEnd::Complete => Ok(lines),
                    AtEnd::MoreMayCome => {
                        Err(self.error(SyntaxErrorKind::UnclosedHere(end.into()), at))
                    }
                };
            }
            let rest = self.rest();
            let length = rest.find('\n').map_or(rest.len(), |position| position + 1);
            let line = kind.kept(&rest[..length]);
            let is_end = line.strip_suffix('\n').unwrap_or(line) == end;
            if !is_end {
                lines.push_str(line);
            }
            self.offset += length;
            if is_end {
                return Ok(lines);
            }
        }
    }

    fn here_text(&mut self) -> Result<Word, SyntaxError> {
        let mut word = Word::default();
        while self.peek().is_some() {
            self.quoted_piece(&mut word, &[])?;
        }
        if word.parts.is_empty() {
            push_text(&mut word, "", Quoting::Quoted);
        }
        Ok(word)
    }
}

/// Reads a text that is expanded as a here-document's is: the value of `PS4` and its like.
pub(crate) fn parse_text(text: &str) -> Result<Word, SyntaxError> {
    let aliases = Aliases::new();
    let mut lexer = Lexer::new(text, &aliases, AtEnd::Complete);
    lexer.enter()?;
    lexer.here_text()
}

/// A word as it is compared with a line: without quotes, and nothing expanded.
pub(crate) fn raw_text(word: &Word) -> String {
    let mut text = String::new();
    for part in &word.parts {
        match &part.content {
            Content::Text(literal) => text.push_str(literal),
            Content::Tilde(user) => text.extend(["~", user]),
            Content::Parameter(parameter) => text.extend(["$", &parameter.name]),
            Content::Output(_) | Content::Arithmetic(_) => {}
        }
    }
    text
}
