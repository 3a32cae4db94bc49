//! Puts tokens together to commands, pipelines and lists, after POSIX sh's grammar.

use crate::error::{Position, SyntaxError, SyntaxErrorKind};
use crate::lexer::{Operator, RedirectOperator, Token, TokenKind, is_variable_name, tokenize};
use crate::syntax::{
    Assignment, Command, Connector, Content, Mode, Part, Pipeline, Quoting, Redirection, Script,
    Statement, Word,
};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Parses `source`: one line, or several.
pub fn parse(source: &str) -> Result<Script, SyntaxError> {
    let mut tokens = tokenize(source)?;
    // Taken from the back, so that a word can be moved out.
    tokens.reverse();
    Parser { source, tokens, end: 0 }.script()
}

struct Parser<'a> {
    source: &'a str,
    tokens: Vec<Token>,
    end: usize,
}

impl Parser<'_> {
    fn script(&mut self) -> Result<Script, SyntaxError> {
        let mut script = Script::default();
        loop {
            self.skip_newlines();
            if self.tokens.is_empty() {
                return Ok(script);
            }
            let statement = self.statement()?;
            script.statements.push(statement);
        }
    }

    fn statement(&mut self) -> Result<Statement, SyntaxError> {
        let start = self.start();
        let first = self.pipeline(None)?;
        let mut rest = Vec::new();
        while let Some(operator @ (Operator::And | Operator::Or)) = self.operator() {
            let at = self.start();
            self.take();
            self.skip_newlines();
            let connector = if operator == Operator::And { Connector::And } else { Connector::Or };
            rest.push((connector, self.pipeline(Some((operator, at)))?));
        }
        let text = self.text_since(start);
        let mode = match self.operator() {
            Some(Operator::Background) => Mode::Background,
            _ => Mode::Foreground,
        };
        // What else could follow a pipeline begins a word and would have been part of it.
        self.take();
        Ok(Statement { first, rest, mode, text })
    }

    fn pipeline(&mut self, after: Option<(Operator, usize)>) -> Result<Pipeline, SyntaxError> {
        let start = self.start();
        let mut commands = Vec::new();
        commands.push(self.command(after)?);
        while self.operator() == Some(Operator::Pipe) {
            let at = self.start();
            self.take();
            self.skip_newlines();
            commands.push(self.command(Some((Operator::Pipe, at)))?);
        }
        Ok(Pipeline { commands, text: self.text_since(start) })
    }

    fn command(&mut self, after: Option<(Operator, usize)>) -> Result<Command, SyntaxError> {
        let mut command = Command::default();
        while let Some(token) = self.take_part_of_command() {
            match token.kind {
                TokenKind::Redirect(descriptor, operator) => {
                    let redirection = self.redirection(descriptor, operator, token.start)?;
                    command.redirections.push(redirection);
                }
                TokenKind::Word(word) if command.words.is_empty() => match assignment(word) {
                    Ok(assignment) => command.assignments.push(assignment),
                    Err(word) => command.words.push(word),
                },
                TokenKind::Word(word) => command.words.push(word),
                TokenKind::Operator(_) => {}
            }
        }
        if command == Command::default() {
            return Err(self.missing_command(after));
        }
        Ok(command)
    }

    fn redirection(
        &mut self,
        descriptor: Option<u32>,
        operator: RedirectOperator,
        at: usize,
    ) -> Result<Redirection, SyntaxError> {
        match self.take_if(|kind| matches!(kind, TokenKind::Word(_))) {
            Some(Token { kind: TokenKind::Word(target), .. }) => Ok(Redirection {
                descriptor: descriptor.unwrap_or(operator.default_descriptor),
                kind: operator.kind,
                target,
            }),
            _ => Err(self.error(SyntaxErrorKind::MissingFile(operator.text), at)),
        }
    }

    fn missing_command(&self, after: Option<(Operator, usize)>) -> SyntaxError {
        match (self.operator(), after) {
            (Some(operator), _) => {
                self.error(SyntaxErrorKind::Unexpected(operator.text()), self.start())
            }
            (None, Some((operator, at))) => {
                self.error(SyntaxErrorKind::MissingCommand(operator.text()), at)
            }
            (None, None) => self.error(SyntaxErrorKind::Unexpected("end"), self.start()),
        }
    }

    fn skip_newlines(&mut self) {
        while self.operator() == Some(Operator::Newline) {
            self.take();
        }
    }

    fn operator(&self) -> Option<Operator> {
        match self.tokens.last()?.kind {
            TokenKind::Operator(operator) => Some(operator),
            _ => None,
        }
    }

    fn take_part_of_command(&mut self) -> Option<Token> {
        self.take_if(|kind| !matches!(kind, TokenKind::Operator(_)))
    }

    fn take_if(&mut self, accepts: impl Fn(&TokenKind) -> bool) -> Option<Token> {
        if accepts(&self.tokens.last()?.kind) { self.take() } else { None }
    }

    fn take(&mut self) -> Option<Token> {
        let token = self.tokens.pop()?;
        self.end = token.end;
        Some(token)
    }

    fn start(&self) -> usize {
        self.tokens.last().map_or(self.source.len(), |token| token.start)
    }

    fn text_since(&self, start: usize) -> String {
        self.source.get(start..self.end).unwrap_or_default().to_string()
    }

    fn error(&self, kind: SyntaxErrorKind, offset: usize) -> SyntaxError {
        SyntaxError { kind, at: Position::of(self.source, offset) }
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
    *text = value;
    Ok(Assignment { name, value: word })
}

#[cfg(test)]
mod tests;
