//! What `$` and the backquote begin: parameters, the output of commands, arithmetic.

use super::word::push_text;
use super::{Lexer, is_name_character};
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::parser;
use crate::syntax::{
    Choice, Content, Emptiness, Extent, Operation, Parameter, Part, Quoting, Side, Word,
};
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::{String, ToString};

const SPECIAL: [char; 7] = ['@', '*', '#', '?', '-', '$', '!'];

impl Lexer<'_> {
    pub(super) fn dollar(&mut self, word: &mut Word, quoting: Quoting) -> Result<(), SyntaxError> {
        let start = self.offset;
        self.bump();
        self.skip_line_ends();
        let content = match self.peek() {
            Some('(') => {
                self.enter()?;
                let content = self.parenthesized(start);
                self.leave();
                content?
            }
            Some('{') => {
                self.enter()?;
                let parameter = self.braced(start, quoting);
                self.leave();
                Content::Parameter(Box::new(parameter?))
            }
            Some(next) if SPECIAL.contains(&next) || next.is_ascii_digit() => {
                self.bump();
                value_of(next.to_string())
            }
            Some(next) if is_name_character(next) => value_of(self.name()),
            _ => {
                push_text(word, "$", quoting);
                return Ok(());
            }
        };
        word.parts.push(Part { content, quoting });
        Ok(())
    }

    /// A name, which may go on in the next line.
    fn name(&mut self) -> String {
        let mut name = String::new();
        while self.peek().is_some_and(is_name_character) {
            let rest = self.rest();
            let length = rest.find(|c| !is_name_character(c)).unwrap_or(rest.len());
            name.push_str(&rest[..length]);
            self.offset += length;
            self.skip_line_ends();
        }
        name
    }

    /// A backslash takes a line end away, wherever it is not quoted.
    fn skip_line_ends(&mut self) {
        while self.rest().starts_with("\\\n") {
            self.offset += 2;
        }
    }

    /// `$(…)` or `$((…))`, from the first parenthesis on.
    fn parenthesized(&mut self, start: usize) -> Result<Content, SyntaxError> {
        self.bump();
        if self.peek() == Some('(') && self.is_arithmetic() {
            self.bump();
            return self.arithmetic(start).map(Content::Arithmetic);
        }
        self.output_until_parenthesis(start)
    }

    fn output_until_parenthesis(&mut self, start: usize) -> Result<Content, SyntaxError> {
        match parser::parse_until_parenthesis(self)? {
            Some(script) => Ok(Content::Output(Rc::new(script))),
            None => Err(self.error(SyntaxErrorKind::Unclosed("$(", ")"), start)),
        }
    }

    /// Whether what `$((` begins ends with two parentheses, and so is no subshell's output. It is
    /// told by counting: trying both would take twice as long for each level.
    fn is_arithmetic(&self) -> bool {
        let mut open = 0_usize;
        let mut characters = self.rest()[1..].chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '(' => open += 1,
                ')' if open == 0 => return characters.peek() == Some(&')'),
                ')' => open -= 1,
                _ => {}
            }
        }
        // More lines will tell.
        true
    }

    /// A computation up to its two parentheses.
    fn arithmetic(&mut self, start: usize) -> Result<Word, SyntaxError> {
        let mut word = Word::default();
        let mut open = 0_usize;
        loop {
            match self.peek() {
                None => return Err(self.error(SyntaxErrorKind::Unclosed("$((", "))"), start)),
                Some(')') if open == 0 && self.rest().starts_with("))") => {
                    self.offset += 2;
                    return Ok(word);
                }
                Some('"') => self.double_quoted(&mut word)?,
                Some(next) => {
                    open = match next {
                        '(' => open + 1,
                        ')' => open.saturating_sub(1),
                        _ => open,
                    };
                    self.quoted_piece(&mut word, &[])?;
                }
            }
        }
    }

    /// `{…}` of a parameter.
    fn braced(&mut self, start: usize, quoting: Quoting) -> Result<Parameter, SyntaxError> {
        self.bump();
        self.skip_line_ends();
        let inside = self.offset;
        if let Some(name) = self.length_of() {
            return Ok(Parameter { name, operation: Operation::Length });
        }
        let name = match self.peek() {
            Some(next) if next.is_ascii_digit() => {
                let rest = self.rest();
                let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
                let name = rest[..end].to_string();
                self.offset += end;
                name
            }
            Some(next) if is_name_character(next) => self.name(),
            Some(next) if SPECIAL.contains(&next) => {
                self.bump();
                next.to_string()
            }
            _ => return Err(self.bad_name(start, inside)),
        };
        let Some(operation) = self.operation(quoting, start)? else {
            return Err(self.bad_name(start, inside));
        };
        Ok(Parameter { name, operation })
    }

    /// The name in `#NAME}`; `#` alone or with an operation is a parameter itself.
    fn length_of(&mut self) -> Option<String> {
        let rest = self.rest().strip_prefix('#')?;
        let name = &rest[..rest.find('}')?];
        let is_special = SPECIAL.iter().any(|c| name.len() == 1 && name.starts_with(*c));
        if name.is_empty() || !(is_special || name.chars().all(is_name_character)) {
            return None;
        }
        let name = name.to_string();
        self.offset += name.len() + 2;
        Some(name)
    }

    /// What is done with the value, up to the closing brace.
    fn operation(
        &mut self,
        quoting: Quoting,
        start: usize,
    ) -> Result<Option<Operation>, SyntaxError> {
        let rest = self.rest();
        if rest.starts_with('}') {
            self.bump();
            return Ok(Some(Operation::Value));
        }
        let trims = [
            ("##", Side::Start, Extent::Longest),
            ("#", Side::Start, Extent::Shortest),
            ("%%", Side::End, Extent::Longest),
            ("%", Side::End, Extent::Shortest),
        ];
        if let Some((sign, side, extent)) =
            trims.into_iter().find(|(sign, ..)| rest.starts_with(sign))
        {
            self.offset += sign.len();
            let word = self.until_brace(Quoting::Bare, start)?;
            return Ok(Some(Operation::Trim(side, extent, word)));
        }
        let (emptiness, sign) = match rest.strip_prefix(':') {
            Some(rest) => (Emptiness::CountsAsUnset, rest.chars().next()),
            None => (Emptiness::IsAValue, rest.chars().next()),
        };
        let choice = match sign {
            Some('-') => Choice::Default,
            Some('=') => Choice::Assign,
            Some('?') => Choice::Refuse,
            Some('+') => Choice::Alternative,
            None => return Err(self.error(SyntaxErrorKind::UnclosedBrace, start)),
            _ => return Ok(None),
        };
        self.offset += 1 + usize::from(emptiness == Emptiness::CountsAsUnset);
        let word = self.until_brace(quoting, start)?;
        Ok(Some(Operation::Choose(choice, emptiness, word)))
    }

    fn until_brace(&mut self, quoting: Quoting, start: usize) -> Result<Word, SyntaxError> {
        let mut word = Word::default();
        loop {
            match (self.peek(), quoting) {
                (None, _) => return Err(self.error(SyntaxErrorKind::UnclosedBrace, start)),
                (Some('}'), _) => {
                    self.bump();
                    super::word::split_tilde(&mut word);
                    return Ok(word);
                }
                (Some('"'), _) => self.double_quoted(&mut word)?,
                (_, Quoting::Quoted) => self.quoted_piece(&mut word, &['"', '}'])?,
                (_, Quoting::Bare) => self.piece(&mut word)?,
            }
        }
    }

    fn bad_name(&self, start: usize, inside: usize) -> SyntaxError {
        let text = &self.source[inside..];
        match text.find('}') {
            None => self.error(SyntaxErrorKind::UnclosedBrace, start),
            Some(end) => {
                self.error(SyntaxErrorKind::BadVariableName(text[..end].to_string()), start)
            }
        }
    }

    /// What commands between backquotes print.
    pub(super) fn backquoted(
        &mut self,
        word: &mut Word,
        quoting: Quoting,
    ) -> Result<(), SyntaxError> {
        let start = self.offset;
        self.bump();
        let mut text = String::new();
        loop {
            match self.peek() {
                None => return Err(self.error(SyntaxErrorKind::UnclosedQuote('`'), start)),
                Some('`') => break self.bump(),
                Some('\\') => {
                    self.bump();
                    match self.peek() {
                        Some(next @ ('$' | '`' | '\\')) => text.push(next),
                        Some('"') if quoting == Quoting::Quoted => text.push('"'),
                        Some(next) => text.extend(['\\', next]),
                        None => continue,
                    }
                }
                Some(next) => text.push(next),
            }
            self.bump();
        }
        let mut inner = self.inner(&text, start);
        inner.enter()?;
        let script = parser::parse_all(&mut inner);
        let script = script.map_err(|error| self.error(error.kind.inside_quotes(), start))?;
        word.parts.push(Part { content: Content::Output(Rc::new(script)), quoting });
        Ok(())
    }
}

fn value_of(name: String) -> Content {
    Content::Parameter(Box::new(Parameter { name, operation: Operation::Value }))
}
