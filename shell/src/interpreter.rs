//! Runs commands: the shell's state, and how it goes through lists, pipelines and constructs.
//!
//! What leaves a command early (`break`, `return`, `exit`, Ctrl-C) is an [`Unwind`], which goes up
//! as errors do until something takes it.

mod compound;
mod environment;
mod jobs;
mod launch;
mod options;
mod redirect;
mod signals;
mod simple;

pub use options::{Options, SWITCHES};
pub use simple::find_program;

use crate::history::History;
use crate::jobs::JobTable;
use crate::lexer::{Aliases, is_variable_name};
use crate::options::Invocation;
use crate::reader::Reader;
use crate::syntax::{Command, Connector, Mode, Pipeline, Prefix, Script, Statement};
use crate::system::System;
use crate::variables::VariableTable;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

/// The status of a command line that cannot be understood, or of a builtin used wrongly.
pub const MISUSE: i32 = 2;
/// How many lines the history keeps.
const HISTORY_LINES: usize = 1000;
/// How deep functions and `eval` may call each other, as far as the stack is sure to last.
const CALLS_MAX: usize = 400;

/// What leaves commands before their end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Unwind {
    /// `break N`: out of this many loops.
    Break(usize),
    /// `continue N`: to the next round of this many loops up.
    Continue(usize),
    /// `return`: out of the function or script.
    Return(i32),
    /// `exit`: out of the shell.
    Exit(i32),
    /// Ctrl-C, or an error at a terminal: back to the prompt.
    Abort(i32),
}

/// What comes of a command: a status, or it is left.
pub type Run = Result<i32, Unwind>;

/// What the shell remembers between two commands.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Variables and parameters.
    pub variables: VariableTable,
    /// Functions.
    pub functions: BTreeMap<String, Function>,
    /// Aliases.
    pub aliases: Aliases,
    /// What is run on which signal; 0 is the shell's end, and an empty text ignores the signal.
    pub traps: BTreeMap<u32, String>,
    /// Background jobs.
    pub jobs: JobTable,
    /// Lines typed.
    pub history: History,
    /// What `set` switches.
    pub options: Options,
    /// Whether a person types the commands.
    pub is_interactive: bool,
    /// Whether jobs are groups of their own, and have the terminal in turn.
    pub controls_jobs: bool,
    /// How many loops stand around the command.
    pub loops: usize,
    /// How many functions and scripts stand around the command.
    pub calls: usize,
    /// The line of the command that runs, in the text that it stands in.
    pub line: usize,
    /// How many lines a person has typed.
    pub typed_lines: usize,
    /// The line that counts as the first: of the text, or of the function that runs.
    pub(crate) first_line: usize,
    /// Signals that came and were not acted on.
    pub(crate) pending: u64,
    /// Whether a failure is expected, as in a condition, so that `set -e` does nothing.
    expects_failure: bool,
    /// Whether this process is there for the next command only, and may become its program.
    is_all: bool,
    /// The status of the last command substitution, for a command that is nothing else.
    substituted: Option<i32>,
    /// Directories of programs that were found.
    pub(crate) found: BTreeMap<String, String>,
}

/// A function: what it does, and where it is defined.
#[derive(Clone, Debug)]
pub struct Function {
    /// The compound command.
    pub body: Rc<Command>,
    /// The line of its name.
    pub line: usize,
}

/// A shell on a system.
pub struct Shell<S> {
    /// The system.
    pub system: S,
    /// What is remembered.
    pub state: State,
}

impl<S: System> Shell<S> {
    /// A shell that knows nothing yet.
    pub fn new(system: S) -> Self {
        let state =
            State { history: History::new(HISTORY_LINES), first_line: 1, ..State::default() };
        Self { system, state }
    }

    /// Takes over the environment and the command line that the shell was started with.
    pub fn begin<N: AsRef<str>>(
        &mut self,
        environment: impl Iterator<Item = (N, N)>,
        process: u32,
        invocation: &Invocation,
    ) {
        let variables = &mut self.state.variables;
        variables.shell_process = process;
        variables.name = invocation.name.clone();
        variables.positional = invocation.parameters.clone();
        for (name, value) in environment {
            let name = name.as_ref();
            // Names that no shell could have set are left out; nothing is read-only yet.
            if is_variable_name(name) && variables.set(name, value.as_ref()).is_ok() {
                variables.export(name);
            }
        }
        // It tells where this shell is, not the one that it was started by.
        let _ = variables.unset("LINENO");
        let presets = [("IFS", " \t\n"), ("OPTIND", "1"), ("PS2", "> "), ("PS4", "+ ")];
        for (name, value) in presets {
            let is_inherited = name != "IFS" && name != "OPTIND" && variables.value(name).is_some();
            if !is_inherited && variables.unset(name).is_ok() {
                let _ = variables.set(name, value);
            }
        }
        if let Ok(directory) = self.system.current_directory() {
            let _ = self.state.variables.set("PWD", &directory);
        }
        self.state.options = invocation.options;
    }

    /// Runs commands that nobody types, up to the end, `exit` or a syntax error, which is told.
    pub fn run_lines(&mut self, origin: &str, lines: impl Iterator<Item = String>) -> Run {
        let mut reader = Reader::new(lines);
        let mut status = 0;
        while let Some((text, script)) = reader.read(&self.state.aliases) {
            if self.state.options.verbose {
                self.error_text(&format!("{text}\n"));
            }
            match script {
                Ok(script) => status = self.script(&script)?,
                Err(error) => {
                    self.error_text(&format!("shell: {origin}: {error}\n"));
                    self.state.variables.last_status = MISUSE;
                    return self.fail(MISUSE);
                }
            }
        }
        Ok(status)
    }

    /// Runs a text of the shell's own commands, as `eval` and traps have.
    pub fn run_text(&mut self, origin: &str, text: &str) -> Run {
        self.counting_from(1, |shell| {
            shell.deepen(|shell| shell.run_lines(origin, text.lines().map(String::from)))
        })
    }

    /// Runs `body` with lines that are counted from this one on.
    pub(crate) fn counting_from<T>(
        &mut self,
        first_line: usize,
        body: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let before = (self.state.line, self.state.first_line);
        self.state.first_line = first_line;
        let result = body(self);
        (self.state.line, self.state.first_line) = before;
        result
    }

    /// The shell's whole run of `body`, with what is to be done at its end; gives its status.
    pub fn to_the_end(&mut self, body: impl FnOnce(&mut Self) -> Run) -> i32 {
        let status = match body(self) {
            Ok(status) => status,
            Err(Unwind::Exit(status) | Unwind::Return(status) | Unwind::Abort(status)) => status,
            Err(Unwind::Break(_) | Unwind::Continue(_)) => self.state.variables.last_status,
        };
        self.run_exit_trap(status)
    }

    /// Runs all statements.
    pub fn script(&mut self, script: &Script) -> Run {
        let mut status = 0;
        for statement in &script.statements {
            if self.state.options.no_execution && !self.state.is_interactive {
                return Ok(0);
            }
            status = match statement.mode {
                Mode::Foreground => self.list(statement)?,
                Mode::Background => self.start_in_background(statement)?,
            };
        }
        Ok(status)
    }

    /// Runs a statement's pipelines as far as `&&` and `||` let it.
    pub(crate) fn list(&mut self, statement: &Statement) -> Run {
        let is_last = statement.rest.is_empty();
        let mut status = self.expecting(!is_last, |shell| shell.pipeline(&statement.first))?;
        for (index, (connector, pipeline)) in statement.rest.iter().enumerate() {
            let wanted = match connector {
                Connector::And => status == 0,
                Connector::Or => status != 0,
            };
            if wanted {
                let is_last = index + 1 == statement.rest.len();
                status = self.expecting(!is_last, |shell| shell.pipeline(pipeline))?;
            }
        }
        Ok(status)
    }

    /// Runs `body` where a failure may be expected.
    fn expecting<T>(&mut self, failure: bool, body: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.state.expects_failure;
        self.state.expects_failure |= failure;
        let result = body(self);
        self.state.expects_failure = before;
        result
    }

    fn pipeline(&mut self, pipeline: &Pipeline) -> Run {
        self.state.line = pipeline.line.0;
        let is_negated = pipeline.prefixes.contains(&Prefix::Not);
        let begin = self.system.now();
        let times = self.system.processor_times();
        let run = self.expecting(is_negated, |shell| match pipeline.commands.as_slice() {
            [] => Ok(0),
            [command] => shell.command(command, &pipeline.text),
            commands => shell.run_pipeline(commands, &pipeline.text),
        });
        if pipeline.prefixes.contains(&Prefix::Time) {
            self.tell_times(begin, times);
        }
        let mut status = run?;
        let negations = pipeline.prefixes.iter().filter(|prefix| **prefix == Prefix::Not).count();
        if negations % 2 == 1 {
            status = i32::from(status == 0);
        }
        self.state.variables.last_status = status;
        self.act_on_signals()?;
        // What stands in a compound command has been looked at already.
        let is_looked_at = match pipeline.commands.as_slice() {
            [Command::Compound(compound, _)] => !compound.is_subshell(),
            _ => is_negated,
        };
        if status != 0 && self.state.options.exit_on_failure && !is_looked_at {
            return if self.state.expects_failure { Ok(status) } else { Err(Unwind::Exit(status)) };
        }
        Ok(status)
    }

    fn command(&mut self, command: &Command, text: &str) -> Run {
        match command {
            Command::Simple(simple) => self.simple(simple, text),
            Command::Compound(compound, redirections) if compound.is_subshell() => {
                self.subshell(compound, redirections, text)
            }
            Command::Compound(compound, redirections) => {
                let saved = match self.redirect(redirections) {
                    Ok(saved) => saved,
                    Err(status) => return Ok(status),
                };
                let run = self.compound(compound);
                self.put_back(saved);
                run
            }
            Command::Function(name, body) => {
                let function = Function { body: Rc::clone(body), line: self.state.line };
                self.state.functions.insert(name.clone(), function);
                Ok(0)
            }
        }
    }

    /// Runs `body` one call deeper.
    pub(crate) fn deepen(&mut self, body: impl FnOnce(&mut Self) -> Run) -> Run {
        if self.state.calls >= CALLS_MAX {
            self.complain("functions call each other too deep");
            return self.fail(MISUSE);
        }
        self.state.calls += 1;
        let run = body(self);
        self.state.calls -= 1;
        run
    }

    /// What an error does that ends a script: at a terminal only the line is given up.
    pub(crate) fn fail(&mut self, status: i32) -> Run {
        self.state.variables.last_status = status;
        Err(if self.state.is_interactive { Unwind::Abort(status) } else { Unwind::Exit(status) })
    }

    /// Prints to standard output; gives the status.
    pub fn print(&mut self, text: &str) -> i32 {
        match self.system.write(1, text.as_bytes()) {
            Ok(()) => 0,
            Err(error) => {
                self.complain(&format!("standard output: {}", error.text()));
                1
            }
        }
    }

    /// Prints to standard error as it is.
    pub fn error_text(&mut self, text: &str) {
        // There is nowhere to tell that standard error is gone.
        let _ = self.system.write(2, text.as_bytes());
    }

    /// Says what is wrong.
    pub fn complain(&mut self, message: &str) {
        self.error_text(&format!("shell: {message}\n"));
    }

    fn tell_times(&mut self, begin: f64, before: (f64, f64)) {
        let real = self.system.now() - begin;
        let (own, children) = self.system.processor_times();
        let user = own - before.0 + children - before.1;
        // The kernel does not tell time in calls apart.
        let lines = [("real", real), ("user", user), ("sys", 0.0)];
        let text: String =
            lines.iter().map(|(name, value)| format!("{name} {value:.3}\n")).collect();
        self.error_text(&text);
    }

    /// The words of a list of texts from an iterator.
    pub(crate) fn exported_words(&self, extra: &[(String, String)]) -> Vec<String> {
        let mut variables: Vec<(&str, &str)> = self.state.variables.exported().collect();
        for (name, value) in extra {
            variables.retain(|(before, _)| before != name);
            variables.push((name, value));
        }
        variables.iter().map(|(name, value)| format!("{name}={value}")).collect()
    }
}

#[cfg(test)]
pub(crate) mod tests;
