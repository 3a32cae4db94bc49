//! Compound commands: groups, conditions, loops, functions.

use super::{Operator, Parser, TokenKind, is_variable_name};
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::lexer::raw_text;
use crate::syntax::{Command, Compound, LoopKind, Script, Word};
use alloc::rc::Rc;
use alloc::string::ToString;
use alloc::vec::Vec;

impl Parser<'_, '_> {
    /// The compound command that begins here, if one does.
    pub(super) fn compound(&mut self) -> Result<Option<Compound>, SyntaxError> {
        let opens = self.operator()? == Some(Operator::Open);
        let word = if opens { "(" } else { self.reserved()?.unwrap_or_default() };
        if !["(", "{", "if", "while", "until", "for", "case"].contains(&word) {
            return Ok(None);
        }
        self.lexer.enter()?;
        let compound = self.compound_of(word);
        self.lexer.leave();
        compound.map(Some)
    }

    fn compound_of(&mut self, word: &'static str) -> Result<Compound, SyntaxError> {
        let at = self.start()?;
        self.take()?;
        match word {
            "(" => {
                let body = self.body(at, "(", ")")?;
                self.expect_close(at, "(")?;
                Ok(Compound::Subshell(body))
            }
            "{" => {
                let body = self.body(at, "{", "}")?;
                self.expect("}", at, "{")?;
                Ok(Compound::Group(body))
            }
            "if" => self.if_command(at),
            "for" => self.for_command(at),
            "case" => self.case_command(at),
            _ => {
                let kind = if word == "while" { LoopKind::While } else { LoopKind::Until };
                let condition = self.body(at, word, "do")?;
                let body = self.do_group(at, word)?;
                Ok(Compound::Loop(kind, condition, body))
            }
        }
    }

    /// A list that must not be empty; `close` is what would end the construct.
    fn body(
        &mut self,
        at: usize,
        open: &'static str,
        close: &'static str,
    ) -> Result<Script, SyntaxError> {
        let script = self.list()?;
        if script.statements.is_empty() {
            return Err(match self.peek()?.kind {
                TokenKind::End => self.lexer.error(SyntaxErrorKind::Unclosed(open, close), at),
                _ => self.unexpected()?,
            });
        }
        Ok(script)
    }

    fn expect(
        &mut self,
        word: &'static str,
        at: usize,
        open: &'static str,
    ) -> Result<(), SyntaxError> {
        if self.reserved()? == Some(word) {
            self.take()?;
            return Ok(());
        }
        Err(match self.peek()?.kind {
            TokenKind::End => self.lexer.error(SyntaxErrorKind::Unclosed(open, word), at),
            _ => self.unexpected()?,
        })
    }

    fn expect_close(&mut self, at: usize, open: &'static str) -> Result<(), SyntaxError> {
        match self.peek()?.kind {
            TokenKind::Operator(Operator::Close) => self.take().map(drop),
            TokenKind::End => Err(self.lexer.error(SyntaxErrorKind::Unclosed(open, ")"), at)),
            _ => Err(self.unexpected()?),
        }
    }

    fn do_group(&mut self, at: usize, open: &'static str) -> Result<Script, SyntaxError> {
        self.expect("do", at, open)?;
        let body = self.body(at, open, "done")?;
        self.expect("done", at, open)?;
        Ok(body)
    }

    fn if_command(&mut self, at: usize) -> Result<Compound, SyntaxError> {
        let mut arms = Vec::new();
        let mut otherwise = None;
        loop {
            let condition = self.body(at, "if", "then")?;
            self.expect("then", at, "if")?;
            let body = self.body(at, "if", "fi")?;
            arms.push((condition, body));
            match self.reserved()? {
                Some("elif") => self.take().map(drop)?,
                Some("else") => {
                    self.take()?;
                    otherwise = Some(self.body(at, "if", "fi")?);
                    break;
                }
                _ => break,
            }
        }
        self.expect("fi", at, "if")?;
        Ok(Compound::If(arms, otherwise))
    }

    fn for_command(&mut self, at: usize) -> Result<Compound, SyntaxError> {
        let start = self.start()?;
        let name = match self.word()? {
            Some(word) => raw_text(&word),
            None if self.peek()?.kind == TokenKind::End => {
                return Err(self.lexer.error(SyntaxErrorKind::Unclosed("for", "done"), at));
            }
            None => return Err(self.unexpected()?),
        };
        if !is_variable_name(&name) {
            return Err(self.lexer.error(SyntaxErrorKind::BadVariableName(name), start));
        }
        self.skip_newlines()?;
        let mut words = None;
        if self.reserved()? == Some("in") {
            self.take()?;
            let mut list = Vec::new();
            while let Some(word) = self.word()? {
                list.push(word);
            }
            words = Some(list);
        }
        match self.peek()?.kind {
            TokenKind::Operator(Operator::Semicolon | Operator::Newline) => {
                self.take().map(drop)?
            }
            TokenKind::End => {
                return Err(self.lexer.error(SyntaxErrorKind::Unclosed("for", "done"), at));
            }
            _ if words.is_none() => {}
            _ => return Err(self.unexpected()?),
        }
        self.skip_newlines()?;
        Ok(Compound::For(name, words, self.do_group(at, "for")?))
    }

    fn case_command(&mut self, at: usize) -> Result<Compound, SyntaxError> {
        let unclosed = SyntaxErrorKind::Unclosed("case", "esac");
        let Some(subject) = self.word()? else {
            return Err(match self.peek()?.kind {
                TokenKind::End => self.lexer.error(unclosed, at),
                _ => self.unexpected()?,
            });
        };
        self.skip_newlines()?;
        self.expect("in", at, "case")?;
        let mut arms = Vec::new();
        loop {
            self.skip_newlines()?;
            if self.reserved()? == Some("esac") {
                self.take()?;
                return Ok(Compound::Case(subject, arms));
            }
            let patterns = self.patterns(at)?;
            let body = self.list()?;
            arms.push((patterns, body));
            match self.operator()? {
                Some(Operator::CaseEnd) => self.take().map(drop)?,
                _ => {
                    self.expect("esac", at, "case")?;
                    return Ok(Compound::Case(subject, arms));
                }
            }
        }
    }

    fn patterns(&mut self, at: usize) -> Result<Vec<Word>, SyntaxError> {
        if self.operator()? == Some(Operator::Open) {
            self.take()?;
        }
        let mut patterns = Vec::new();
        loop {
            match self.word()? {
                Some(word) => patterns.push(word),
                None if self.peek()?.kind == TokenKind::End => {
                    return Err(self.lexer.error(SyntaxErrorKind::Unclosed("case", "esac"), at));
                }
                None => return Err(self.unexpected()?),
            }
            match self.operator()? {
                Some(Operator::Pipe) => self.take().map(drop)?,
                _ => {
                    self.expect_close(at, "case")?;
                    return Ok(patterns);
                }
            }
        }
    }

    /// `NAME() COMMAND`, from the parenthesis on.
    pub(super) fn function(&mut self, name: &Word) -> Result<Command, SyntaxError> {
        let at = self.start()?;
        self.take()?;
        self.expect_close(at, "(")?;
        let Some(text) = name.bare().filter(|name| is_variable_name(name)) else {
            return Err(self.lexer.error(SyntaxErrorKind::BadFunctionName(raw_text(name)), at));
        };
        let text = text.to_string();
        self.skip_newlines()?;
        self.lexer.enter()?;
        let body = self.command(None);
        self.lexer.leave();
        match body? {
            body @ Command::Compound(..) => Ok(Command::Function(text, Rc::new(body))),
            _ => Err(self.lexer.error(SyntaxErrorKind::BadFunctionBody(text), at)),
        }
    }
}
