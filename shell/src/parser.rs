//! Puts tokens together to commands, pipelines and lists, after POSIX sh's grammar.

mod compound;

use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::lexer::{
    Aliases, AtEnd, Lexer, Operator, Token, TokenKind, is_variable_name, split_tildes_of_value,
};
use crate::syntax::{
    Assignment, Command, Connector, Content, HereText, Mode, Part, Pipeline, Prefix, Quoting,
    Redirection, Script, Simple, Statement, Word,
};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Words that are commands of the grammar where a command may begin.
pub const RESERVED: [&str; 16] = [
    "!", "case", "do", "done", "elif", "else", "esac", "fi", "for", "if", "in", "then", "until",
    "while", "{", "}",
];

/// Parses `source`: one line, or several.
pub fn parse(source: &str) -> Result<Script, SyntaxError> {
    parse_with(source, &Aliases::new(), AtEnd::MoreMayCome)
}

/// Parses `source`, in which names may be aliases.
pub fn parse_with(source: &str, aliases: &Aliases, at_end: AtEnd) -> Result<Script, SyntaxError> {
    parse_all(&mut Lexer::new(source, aliases, at_end))
}

/// The same for a text that begins on this line of a longer one.
pub fn parse_at(
    line: usize,
    source: &str,
    aliases: &Aliases,
    at_end: AtEnd,
) -> Result<Script, SyntaxError> {
    parse_all(&mut Lexer::new(source, aliases, at_end).beginning_at(line))
}

/// Parses everything that a lexer gives.
pub(crate) fn parse_all(lexer: &mut Lexer) -> Result<Script, SyntaxError> {
    let mut parser = Parser { lexer, ahead: None, end: 0 };
    let script = parser.list()?;
    match parser.peek()?.kind {
        TokenKind::End => Ok(script),
        _ => Err(parser.unexpected()?),
    }
}

/// Parses what stands in `$(…)` and takes the closing parenthesis; none if the text ends before.
pub(crate) fn parse_until_parenthesis(lexer: &mut Lexer) -> Result<Option<Script>, SyntaxError> {
    let mut parser = Parser { lexer, ahead: None, end: 0 };
    let script = parser.list()?;
    match parser.peek()?.kind {
        TokenKind::Operator(Operator::Close) => Ok(Some(script)),
        TokenKind::End => Ok(None),
        _ => Err(parser.unexpected()?),
    }
}

struct Parser<'a, 'b> {
    lexer: &'a mut Lexer<'b>,
    ahead: Option<Token>,
    end: usize,
}

impl Parser<'_, '_> {
    /// Statements up to something that cannot begin one.
    fn list(&mut self) -> Result<Script, SyntaxError> {
        let mut script = Script::default();
        loop {
            self.skip_newlines()?;
            if self.ends_list()? {
                return Ok(script);
            }
            let statement = self.statement()?;
            script.statements.push(statement);
        }
    }

    fn ends_list(&mut self) -> Result<bool, SyntaxError> {
        let word = self.reserved()?;
        Ok(match &self.peek()?.kind {
            TokenKind::End => true,
            TokenKind::Operator(operator) => {
                matches!(operator, Operator::Close | Operator::CaseEnd)
            }
            _ => word.is_some_and(|word| {
                ["then", "else", "elif", "fi", "do", "done", "esac", "}"].contains(&word)
            }),
        })
    }

    fn statement(&mut self) -> Result<Statement, SyntaxError> {
        let start = self.start()?;
        let first = self.pipeline(None)?;
        let mut rest = Vec::new();
        while let Some(operator @ (Operator::And | Operator::Or)) = self.operator()? {
            let at = self.start()?;
            self.take()?;
            self.skip_newlines()?;
            let connector = if operator == Operator::And { Connector::And } else { Connector::Or };
            rest.push((connector, self.pipeline(Some((operator, at)))?));
        }
        let text = self.text_since(start);
        let mode = match self.operator()? {
            Some(Operator::Background) => Mode::Background,
            _ => Mode::Foreground,
        };
        let separators = [Operator::Background, Operator::Semicolon, Operator::Newline];
        if self.operator()?.is_some_and(|operator| separators.contains(&operator)) {
            self.take()?;
        } else if !self.ends_list()? {
            // What else could follow a pipeline is a word after a compound command.
            return Err(self.unexpected()?);
        }
        Ok(Statement { first, rest, mode, text })
    }

    fn pipeline(&mut self, after: Option<(Operator, usize)>) -> Result<Pipeline, SyntaxError> {
        self.expand_alias()?;
        let start = self.start()?;
        let line = self.lexer.line_of(start);
        let mut prefixes = Vec::new();
        while let Some(prefix) = self.prefix()? {
            self.take()?;
            if prefix == Prefix::Time && self.is_bare("-p")? {
                self.take()?;
            }
            self.expand_alias()?;
            prefixes.push(prefix);
        }
        let mut commands = Vec::new();
        let is_bare = prefixes.contains(&Prefix::Time) && self.ends_pipeline()?;
        if !is_bare {
            commands.push(self.command(after)?);
        }
        while self.operator()? == Some(Operator::Pipe) {
            let at = self.start()?;
            self.take()?;
            self.skip_newlines()?;
            commands.push(self.command(Some((Operator::Pipe, at)))?);
        }
        Ok(Pipeline { prefixes, commands, text: self.text_since(start), line })
    }

    fn prefix(&mut self) -> Result<Option<Prefix>, SyntaxError> {
        let TokenKind::Word(word) = &self.peek()?.kind else { return Ok(None) };
        Ok(match word.bare() {
            Some("!") => Some(Prefix::Not),
            Some("time") => Some(Prefix::Time),
            _ => None,
        })
    }

    fn is_bare(&mut self, text: &str) -> Result<bool, SyntaxError> {
        let TokenKind::Word(word) = &self.peek()?.kind else { return Ok(false) };
        Ok(word.bare() == Some(text))
    }

    fn ends_pipeline(&mut self) -> Result<bool, SyntaxError> {
        let separates = |operator| !matches!(operator, Operator::Open | Operator::Pipe);
        Ok(self.peek()?.kind == TokenKind::End || self.operator()?.is_some_and(separates))
    }

    fn command(&mut self, after: Option<(Operator, usize)>) -> Result<Command, SyntaxError> {
        self.expand_alias()?;
        if let Some(compound) = self.compound()? {
            let mut redirections = Vec::new();
            while let Some(redirection) = self.redirection()? {
                redirections.push(redirection);
            }
            return Ok(Command::Compound(compound, redirections));
        }
        let start = self.start()?;
        if let Some(word) = self.reserved()?.filter(|word| *word != "in") {
            return Err(self.lexer.error(SyntaxErrorKind::Unexpected(word), start));
        }
        let line = self.lexer.line_of(start);
        let command = Simple { line, ..self.simple()? };
        if command == Simple::default() {
            return Err(self.missing_command(after)?);
        }
        if self.operator()? == Some(Operator::Open)
            && let [name] = command.words.as_slice()
            && command.assignments.is_empty()
            && command.redirections.is_empty()
        {
            return self.function(name);
        }
        Ok(Command::Simple(command))
    }

    fn simple(&mut self) -> Result<Simple, SyntaxError> {
        let mut command = Simple::default();
        loop {
            if let Some(redirection) = self.redirection()? {
                command.redirections.push(redirection);
                continue;
            }
            let start = self.start()?;
            let is_name = command.words.is_empty() && !command.assignments.is_empty();
            if is_name || self.lexer.takes_open_alias(start) {
                self.expand_alias()?;
            }
            let Some(word) = self.word()? else { return Ok(command) };
            if !command.words.is_empty() {
                command.words.push(word);
                continue;
            }
            match assignment(word) {
                Ok(assignment) => command.assignments.push(assignment),
                Err(word) => command.words.push(word),
            }
        }
    }

    fn redirection(&mut self) -> Result<Option<Redirection>, SyntaxError> {
        let TokenKind::Redirect(descriptor, kind) = self.peek()?.kind else { return Ok(None) };
        let at = self.take()?.start;
        let Some(target) = self.word()? else {
            return Err(self.lexer.error(SyntaxErrorKind::MissingFile(kind.text()), at));
        };
        let here = HereText::default();
        if kind.is_here() {
            self.lexer.expect_here(kind, target.clone(), here.clone(), at);
        }
        let descriptor = descriptor.unwrap_or(kind.default_descriptor());
        Ok(Some(Redirection { descriptor, kind, target, here }))
    }

    fn missing_command(
        &mut self,
        after: Option<(Operator, usize)>,
    ) -> Result<SyntaxError, SyntaxError> {
        let start = self.start()?;
        let operator = self.operator()?;
        Ok(match (operator, after) {
            (Some(operator), _) => {
                self.lexer.error(SyntaxErrorKind::Unexpected(operator.text()), start)
            }
            (None, Some((operator, at))) => {
                self.lexer.error(SyntaxErrorKind::MissingCommand(operator.text()), at)
            }
            (None, None) => self.lexer.error(SyntaxErrorKind::UnexpectedEnd, start),
        })
    }

    fn unexpected(&mut self) -> Result<SyntaxError, SyntaxError> {
        let start = self.start()?;
        let reserved = self.reserved()?;
        let kind = match (&self.peek()?.kind, reserved) {
            (TokenKind::Operator(operator), _) => SyntaxErrorKind::Unexpected(operator.text()),
            (TokenKind::End, _) => SyntaxErrorKind::UnexpectedEnd,
            (_, Some(word)) => SyntaxErrorKind::Unexpected(word),
            (_, None) => SyntaxErrorKind::Unexpected("word"),
        };
        Ok(self.lexer.error(kind, start))
    }

    fn skip_newlines(&mut self) -> Result<(), SyntaxError> {
        while self.operator()? == Some(Operator::Newline) {
            self.take()?;
        }
        Ok(())
    }

    /// Replaces the next word as long as it is an alias.
    fn expand_alias(&mut self) -> Result<(), SyntaxError> {
        loop {
            let token = self.peek()?.clone();
            let TokenKind::Word(word) = &token.kind else { return Ok(()) };
            let Some(name) = word.bare() else { return Ok(()) };
            if !self.lexer.expand_alias(name, &token) {
                return Ok(());
            }
            self.ahead = None;
        }
    }

    fn reserved(&mut self) -> Result<Option<&'static str>, SyntaxError> {
        let TokenKind::Word(word) = &self.peek()?.kind else { return Ok(None) };
        let text = word.bare();
        Ok(RESERVED.into_iter().find(|reserved| Some(*reserved) == text))
    }

    fn operator(&mut self) -> Result<Option<Operator>, SyntaxError> {
        Ok(match self.peek()?.kind {
            TokenKind::Operator(operator) => Some(operator),
            _ => None,
        })
    }

    fn word(&mut self) -> Result<Option<Word>, SyntaxError> {
        if !matches!(self.peek()?.kind, TokenKind::Word(_)) {
            return Ok(None);
        }
        match self.take()?.kind {
            TokenKind::Word(word) => Ok(Some(word)),
            _ => Ok(None),
        }
    }

    fn peek(&mut self) -> Result<&Token, SyntaxError> {
        let token = match self.ahead.take() {
            Some(token) => token,
            None => self.lexer.next_token()?,
        };
        Ok(self.ahead.insert(token))
    }

    fn take(&mut self) -> Result<Token, SyntaxError> {
        let token = match self.ahead.take() {
            Some(token) => token,
            None => self.lexer.next_token()?,
        };
        self.end = token.end;
        Ok(token)
    }

    fn start(&mut self) -> Result<usize, SyntaxError> {
        Ok(self.peek()?.start)
    }

    fn text_since(&self, start: usize) -> String {
        self.lexer.source.get(start..self.end).unwrap_or_default().trim_end().to_string()
    }
}

/// Reads a word as `NAME=VALUE`, or gives it back. A quoted name is no name.
fn assignment(mut word: Word) -> Result<Assignment, Word> {
    let Some(Part { content: Content::Text(text), quoting: Quoting::Bare }) =
        word.parts.first_mut()
    else {
        return Err(word);
    };
    let Some((name, value)) = text.split_once('=') else { return Err(word) };
    if !is_variable_name(name) {
        return Err(word);
    }
    let (name, value) = (name.to_string(), value.to_string());
    if value.is_empty() {
        word.parts.remove(0);
    } else {
        *text = value;
        split_tildes_of_value(&mut word);
    }
    Ok(Assignment { name, value: word })
}

#[cfg(test)]
mod tests;
