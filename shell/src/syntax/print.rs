//! Commands as source text, which parses to the same commands: for tests, which so see what was
//! parsed.

use super::{
    Choice, Command, Compound, Connector, Content, Emptiness, Extent, LoopKind, Mode, Operation,
    Parameter, Part, Pipeline, Prefix, Quoting, Redirection, Script, Side, Simple, Statement, Word,
};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// What must be written after a backslash within double quotes.
const ACTIVE_IN_QUOTES: [char; 4] = ['$', '`', '"', '\\'];

impl fmt::Display for Script {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut printer = Printer::default();
        printer.script(self);
        formatter.write_str(&printer.text)
    }
}

impl fmt::Display for Command {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut printer = Printer::default();
        printer.command(self);
        printer.end_line();
        formatter.write_str(printer.text.trim_end_matches('\n'))
    }
}

#[derive(Default)]
struct Printer {
    text: String,
    /// Here-documents whose text comes with the next line end.
    waiting: Vec<String>,
}

impl Printer {
    fn end_line(&mut self) {
        self.text.push('\n');
        for document in core::mem::take(&mut self.waiting) {
            self.text.push_str(&document);
        }
    }

    /// Where a line may end: a text that waits would else come with the first line end of a command
    /// within a word, and its parentheses be taken for that word's.
    fn end_line_of_here_documents(&mut self) {
        if !self.waiting.is_empty() {
            self.end_line();
        }
    }

    fn script(&mut self, script: &Script) {
        for statement in &script.statements {
            self.statement(statement);
            self.end_line();
        }
    }

    fn statement(&mut self, statement: &Statement) {
        self.pipeline(&statement.first);
        for (connector, pipeline) in &statement.rest {
            self.text.push_str(match connector {
                Connector::And => " && ",
                Connector::Or => " || ",
            });
            self.end_line_of_here_documents();
            self.pipeline(pipeline);
        }
        if statement.mode == Mode::Background {
            self.text.push_str(" &");
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline) {
        for prefix in &pipeline.prefixes {
            self.text.push_str(match prefix {
                Prefix::Not => "! ",
                Prefix::Time => "time ",
            });
        }
        for (index, command) in pipeline.commands.iter().enumerate() {
            if index > 0 {
                self.text.push_str(" | ");
                self.end_line_of_here_documents();
            }
            self.command(command);
        }
    }

    fn command(&mut self, command: &Command) {
        match command {
            Command::Simple(simple) => self.simple(simple),
            Command::Compound(compound, redirections) => {
                self.compound(compound);
                self.redirections(redirections, &mut " ");
            }
            Command::Function(name, body) => {
                self.text.push_str(name);
                self.text.push_str("() ");
                self.command(body);
            }
        }
    }

    fn simple(&mut self, simple: &Simple) {
        let mut separator = "";
        for assignment in &simple.assignments {
            self.text.push_str(separator);
            self.text.push_str(&assignment.name);
            self.text.push('=');
            self.word(&assignment.value, Quoting::Bare);
            separator = " ";
        }
        // Before the words: after one, `if` is a word like others. With a here-document behind them,
        // for the reason that `end_line_of_here_documents` tells.
        let has_here = simple.redirections.iter().any(|redirection| redirection.kind.is_here());
        if !has_here {
            self.redirections(&simple.redirections, &mut separator);
        }
        for (index, word) in simple.words.iter().enumerate() {
            self.text.push_str(separator);
            separator = " ";
            match word.bare() {
                Some(bare) if has_here && index == 0 && is_of_the_grammar(bare) => {
                    self.text.push_str(&format!("\"{bare}\""));
                }
                _ => self.argument(word),
            }
        }
        if has_here {
            self.redirections(&simple.redirections, &mut separator);
        }
    }

    fn redirections(&mut self, redirections: &[Redirection], separator: &mut &str) {
        for redirection in redirections {
            self.text.push_str(separator);
            self.redirection(redirection);
            *separator = " ";
        }
    }

    fn redirection(&mut self, redirection: &Redirection) {
        if redirection.kind.is_here() && is_never_met(redirection) {
            // The text goes up to the end, and another delimiter will do.
            let target = Word::literal("E", Quoting::Quoted);
            return self.redirection(&Redirection { target, ..redirection.clone() });
        }
        self.text.push_str(&format!("{}{}", redirection.descriptor, redirection.kind.text()));
        // `<<-` is another operator than `<<`.
        if redirection.kind.is_here() && delimiter(&redirection.target).starts_with('-') {
            self.text.push(' ');
        }
        self.argument(&redirection.target);
        if redirection.kind.is_here() {
            self.here_document(redirection);
        }
    }

    /// The text of a here-document, whose operator and delimiter have just been written.
    fn here_document(&mut self, redirection: &Redirection) {
        let body = redirection.here.get().cloned().unwrap_or_default();
        let quoted = redirection.target.parts.iter().any(|part| part.quoting == Quoting::Quoted);
        let mut printer = Self::default();
        for part in &body.parts {
            match &part.content {
                Content::Text(text) if quoted => printer.text.push_str(text),
                Content::Text(text) => printer.escaped(text, &['$', '`', '\\']),
                _ => printer.part(part, Quoting::Quoted),
            }
        }
        // A command in the text may have a here-document with the same delimiter: what stood on one
        // line between backquotes is printed on several, one of which would end this text.
        // A carriage return is a part of its line.
        let mut delimiter = delimiter(&redirection.target);
        let lines = printer.text.split_terminator('\n');
        while lines.clone().any(|line| redirection.kind.kept(line) == delimiter) {
            // Behind a dollar sign, `_` would be the name of a parameter.
            let more = if delimiter.ends_with('$') { '.' } else { '_' };
            delimiter.push(more);
            self.text.push(more);
        }
        // At the text's end the last line may have been cut short.
        let is_whole = printer.text.is_empty() || printer.text.ends_with('\n');
        let end = if is_whole { "" } else { "\n" };
        self.waiting.push(format!("{}{end}{delimiter}\n", printer.text));
    }

    fn compound(&mut self, compound: &Compound) {
        match compound {
            Compound::Group(script) => self.block("{", script, "}"),
            Compound::Subshell(script) => self.block("(", script, ")"),
            Compound::If(arms, otherwise) => {
                for (index, (condition, body)) in arms.iter().enumerate() {
                    self.block(if index == 0 { "if" } else { "elif" }, condition, "then");
                    self.block("", body, "");
                }
                if let Some(body) = otherwise {
                    self.block("else", body, "");
                }
                self.text.push_str("fi");
            }
            Compound::Loop(kind, condition, body) => {
                let word = if *kind == LoopKind::While { "while" } else { "until" };
                self.block(word, condition, "do");
                self.block("", body, "done");
            }
            Compound::For(name, words, body) => {
                self.text.push_str("for ");
                self.text.push_str(name);
                if let Some(words) = words {
                    self.text.push_str(" in");
                    for word in words {
                        self.text.push(' ');
                        self.argument(word);
                    }
                }
                self.end_line();
                self.block("do", body, "done");
            }
            Compound::Case(subject, arms) => self.case(subject, arms),
        }
    }

    fn case(&mut self, subject: &Word, arms: &[(Vec<Word>, Script)]) {
        self.text.push_str("case ");
        self.argument(subject);
        self.text.push_str(" in");
        self.end_line();
        for (patterns, body) in arms {
            for (index, pattern) in patterns.iter().enumerate() {
                self.text.push_str(if index == 0 { "(" } else { " | " });
                self.argument(pattern);
            }
            self.block(")", body, ";;");
            self.end_line();
        }
        self.text.push_str("esac");
    }

    fn block(&mut self, before: &str, script: &Script, after: &str) {
        self.text.push_str(before);
        self.end_line();
        self.script(script);
        self.text.push_str(after);
    }

    /// A word that must be one also if it is empty.
    fn argument(&mut self, word: &Word) {
        let before = self.text.len();
        self.word(word, Quoting::Bare);
        if self.text.len() == before {
            self.text.push_str("''");
        }
    }

    fn word(&mut self, word: &Word, around: Quoting) {
        for (index, part) in word.parts.iter().enumerate() {
            self.part_before(part, word.parts.get(index + 1), around);
        }
    }

    /// A part, and what follows it: a dollar sign that is text would become one with that.
    fn part_before(&mut self, part: &Part, next: Option<&Part>, around: Quoting) {
        match &part.content {
            Content::Text(text)
                if part.quoting == Quoting::Bare
                    && around == Quoting::Bare
                    && next.is_some_and(begins_with_dollar)
                    && text.ends_with('$') =>
            {
                self.text.push_str(&text[..text.len() - 1]);
                self.text.push_str("\"\\$\"");
            }
            _ => self.part(part, around),
        }
    }

    fn part(&mut self, part: &Part, around: Quoting) {
        let quotes = part.quoting == Quoting::Quoted && around == Quoting::Bare;
        let inside = if quotes { Quoting::Quoted } else { around };
        if quotes {
            self.text.push('"');
        }
        match &part.content {
            Content::Text(text) if inside == Quoting::Quoted => {
                self.escaped(text, &ACTIVE_IN_QUOTES);
            }
            Content::Text(text) => self.text.push_str(text),
            Content::Parameter(parameter) => self.parameter(parameter, inside),
            Content::Output(script) => {
                // A blank keeps `( (` from being arithmetic. The texts of here-documents before it
                // come with the first line end in it.
                self.text.push_str("$( ");
                self.script(script);
                self.text.push(')');
            }
            Content::Arithmetic(word) => {
                self.text.push_str("$((");
                self.word(word, Quoting::Quoted);
                self.text.push_str("))");
            }
            Content::Tilde(user) => {
                self.text.push('~');
                self.text.push_str(user);
            }
        }
        if quotes {
            self.text.push('"');
        }
    }

    fn escaped(&mut self, text: &str, active: &[char]) {
        for character in text.chars() {
            if active.contains(&character) {
                self.text.push('\\');
            }
            self.text.push(character);
        }
    }

    fn parameter(&mut self, parameter: &Parameter, around: Quoting) {
        self.text.push_str("${");
        if parameter.operation == Operation::Length {
            self.text.push('#');
        }
        self.text.push_str(&parameter.name);
        match &parameter.operation {
            Operation::Value | Operation::Length => {}
            Operation::Choose(choice, emptiness, word) => {
                if *emptiness == Emptiness::CountsAsUnset {
                    self.text.push(':');
                }
                self.text.push(match choice {
                    Choice::Default => '-',
                    Choice::Assign => '=',
                    Choice::Refuse => '?',
                    Choice::Alternative => '+',
                });
                self.inner(word, around);
            }
            Operation::Trim(side, extent, word) => {
                let sign = if *side == Side::Start { "#" } else { "%" };
                self.text.push_str(sign);
                if *extent == Extent::Longest {
                    self.text.push_str(sign);
                }
                self.inner(word, Quoting::Bare);
            }
        }
        self.text.push('}');
    }

    /// A word within braces, whose closing brace ends it.
    fn inner(&mut self, word: &Word, around: Quoting) {
        let active = ['$', '`', '"', '\\', '}'];
        for (index, part) in word.parts.iter().enumerate() {
            match &part.content {
                Content::Text(text) if around == Quoting::Quoted => self.escaped(text, &active),
                _ => self.part_before(part, word.parts.get(index + 1), around),
            }
        }
    }
}

/// Whether a bare word is more than a word where a command may begin.
fn is_of_the_grammar(word: &str) -> bool {
    word == "time" || crate::parser::RESERVED.contains(&word)
}

/// Whether a part is printed with a dollar sign at its beginning.
fn begins_with_dollar(part: &Part) -> bool {
    part.quoting == Quoting::Bare && !matches!(part.content, Content::Text(_) | Content::Tilde(_))
}

/// Whether no line can be the delimiter: it has several, or begins with what is taken off lines.
fn is_never_met(redirection: &Redirection) -> bool {
    let delimiter = delimiter(&redirection.target);
    delimiter.contains('\n') || redirection.kind.kept(&delimiter) != delimiter
}

/// A here-document's delimiter without its quotes.
fn delimiter(word: &Word) -> String {
    crate::lexer::raw_text(word)
}
