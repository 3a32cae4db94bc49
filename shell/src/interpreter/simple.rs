//! Simple commands: their words, assignments and redirections, and what their name stands for.

use super::{Function, MISUSE, Run, Shell, Unwind};
use crate::builtins;
use crate::expand::{self, Environment};
use crate::lexer::quote;
use crate::syntax::Simple;
use crate::system::{Access, Builtin, Follow, System};
use abi::Errno;
use abi::file::{S_IFDIR, S_IFMT};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Where programs are looked for without `$PATH`.
const DEFAULT_PATH: &str = "/bin";
/// The status for a name that stands for nothing.
const NOT_FOUND: i32 = 127;
/// The status for a file that cannot be run.
const NOT_EXECUTABLE: i32 = 126;

/// What a command's name stands for.
enum Meaning<S> {
    Nothing,
    Special(Builtin<S>),
    Function(Function),
    Regular(Builtin<S>),
    Program,
}

impl<S: System> Shell<S> {
    pub(super) fn simple(&mut self, simple: &Simple, text: &str) -> Run {
        self.state.line = simple.line.0;
        self.state.substituted = None;
        let is_all = core::mem::take(&mut self.state.is_all);
        let arguments = match expand::arguments(&simple.words, self) {
            Ok(arguments) => arguments,
            Err(message) => return self.refuse(&message),
        };
        let meaning = match arguments.first() {
            None => Meaning::Nothing,
            Some(name) => self.meaning(name),
        };
        match meaning {
            Meaning::Nothing => self.nothing(simple),
            Meaning::Special(builtin) => self.special(simple, &arguments, builtin),
            Meaning::Function(function) => self
                .in_shell(simple, &arguments, &mut |shell| shell.function(&function, &arguments)),
            Meaning::Regular(builtin) => {
                self.in_shell(simple, &arguments, &mut |shell| builtin(shell, &arguments))
            }
            Meaning::Program if is_all => {
                let values = self.values(simple)?;
                self.trace(&values, &arguments);
                Ok(self.become_program(simple, &arguments, &values))
            }
            Meaning::Program => self.program(simple, &arguments, text),
        }
    }

    fn meaning(&self, name: &str) -> Meaning<S> {
        if builtins::is_special(name)
            && let Some(builtin) = builtins::find(name)
        {
            return Meaning::Special(builtin);
        }
        if let Some(function) = self.state.functions.get(name) {
            return Meaning::Function(function.clone());
        }
        match builtins::find(name) {
            Some(builtin) => Meaning::Regular(builtin),
            None => Meaning::Program,
        }
    }

    /// A command without words: its redirections and assignments are all of it.
    fn nothing(&mut self, simple: &Simple) -> Run {
        let saved = match self.redirect(&simple.redirections) {
            Ok(saved) => saved,
            Err(status) => return Ok(status),
        };
        let assigned = self.assign_all(simple);
        self.put_back(saved);
        let values = assigned?;
        self.trace(&values, &[]);
        Ok(self.state.substituted.unwrap_or(0))
    }

    fn special(&mut self, simple: &Simple, arguments: &[String], builtin: Builtin<S>) -> Run {
        let saved = match self.redirect(&simple.redirections) {
            Ok(saved) => saved,
            Err(status) => return self.fail(status),
        };
        let run = match self.assign_all(simple) {
            Ok(values) => {
                self.trace(&values, arguments);
                builtin(self, arguments)
            }
            Err(unwind) => Err(unwind),
        };
        if arguments.first().is_some_and(|name| name == "exec") && run.is_ok() {
            self.keep(saved);
        } else {
            self.put_back(saved);
        }
        run
    }

    /// Runs a function or builtin, for whose time assignments hold.
    fn in_shell(
        &mut self,
        simple: &Simple,
        arguments: &[String],
        body: &mut dyn FnMut(&mut Self) -> Run,
    ) -> Run {
        let saved = match self.redirect(&simple.redirections) {
            Ok(saved) => saved,
            Err(status) => return Ok(status),
        };
        let before: Vec<_> = simple
            .assignments
            .iter()
            .map(|entry| (entry.name.clone(), self.state.variables.remember(&entry.name)))
            .collect();
        let run = match self.assign_all(simple) {
            Ok(values) => {
                for (name, _) in &values {
                    self.state.variables.export(name);
                }
                self.trace(&values, arguments);
                body(self)
            }
            Err(unwind) => Err(unwind),
        };
        for (name, variable) in before.into_iter().rev() {
            self.state.variables.restore(&name, variable);
        }
        self.put_back(saved);
        run
    }

    fn function(&mut self, function: &Function, arguments: &[String]) -> Run {
        let positional = arguments.get(1..).unwrap_or_default().to_vec();
        let before = core::mem::replace(&mut self.state.variables.positional, positional);
        let loops = core::mem::take(&mut self.state.loops);
        self.state.variables.enter_function();
        let run = self.counting_from(function.line, |shell| {
            shell.deepen(|shell| shell.command(&function.body, ""))
        });
        self.state.variables.leave_function();
        self.state.loops = loops;
        self.state.variables.positional = before;
        match run {
            Err(Unwind::Return(status)) => Ok(status),
            run => run,
        }
    }

    fn program(&mut self, simple: &Simple, arguments: &[String], text: &str) -> Run {
        let values = self.values(simple)?;
        self.trace(&values, arguments);
        self.run_in_child(text, &mut |shell| Ok(shell.become_program(simple, arguments, &values)))
    }

    /// In a process of its own: becomes a program with its redirections.
    fn become_program(
        &mut self,
        simple: &Simple,
        arguments: &[String],
        values: &[(String, String)],
    ) -> i32 {
        match self.redirect(&simple.redirections) {
            Ok(_) => self.replace(arguments, values),
            Err(status) => status,
        }
    }

    /// Expands the assigned values without setting anything.
    fn values(&mut self, simple: &Simple) -> Result<Vec<(String, String)>, Unwind> {
        let mut values = Vec::new();
        for assignment in &simple.assignments {
            match expand::text(&assignment.value, self) {
                Ok(value) => values.push((assignment.name.clone(), value)),
                Err(message) => {
                    self.refuse(&message)?;
                }
            }
        }
        Ok(values)
    }

    fn assign_all(&mut self, simple: &Simple) -> Result<Vec<(String, String)>, Unwind> {
        let mut values = Vec::new();
        for assignment in &simple.assignments {
            let value = expand::text(&assignment.value, self);
            let assigned = value.and_then(|value| {
                self.assign(&assignment.name, &value)?;
                Ok((assignment.name.clone(), value))
            });
            match assigned {
                Ok(value) => values.push(value),
                Err(message) => {
                    self.refuse(&message)?;
                }
            }
        }
        Ok(values)
    }

    /// `set -x`: shows a command before it is run.
    fn trace(&mut self, values: &[(String, String)], arguments: &[String]) {
        if !self.state.options.trace {
            return;
        }
        let mut line = self.expanded("PS4").unwrap_or_else(|| String::from("+ "));
        let values = values.iter().map(|(name, value)| format!("{name}={}", quote(value)));
        let words: Vec<String> =
            values.chain(arguments.iter().map(|argument| quote(argument))).collect();
        line.push_str(&words.join(" "));
        line.push('\n');
        self.error_text(&line);
    }

    /// Becomes the program that `arguments` name; returns a status if it cannot.
    pub(crate) fn replace(&mut self, arguments: &[String], extra: &[(String, String)]) -> i32 {
        let Some(name) = arguments.first() else { return 0 };
        let environment = self.exported_words(extra);
        let path = match extra.iter().find(|(name, _)| name == "PATH") {
            Some((_, path)) => path.clone(),
            None => self.search_path(),
        };
        let mut failure = None;
        for file in candidates(name, &path) {
            match self.system.exec(&file, arguments, &environment) {
                Ok(status) => return status,
                Err(Errno::ENOENT | Errno::ENOTDIR) => {}
                Err(errno) => {
                    failure = Some(errno);
                    break;
                }
            }
        }
        self.explain(name, failure)
    }

    /// The directories in which programs are looked for, separated by colons.
    pub fn search_path(&self) -> String {
        self.state.variables.value("PATH").unwrap_or_else(|| String::from(DEFAULT_PATH))
    }

    fn explain(&mut self, name: &str, failure: Option<Errno>) -> i32 {
        if let Some(errno) = failure {
            let hint = if errno == Errno::EACCES { " (is it a program, with mode x?)" } else { "" };
            self.complain(&format!("{name}: {}{hint}", errno.text()));
            return NOT_EXECUTABLE;
        }
        if name.contains('/') {
            self.complain(&format!("{name}: no such file"));
            return NOT_FOUND;
        }
        let hint = match S::suggestion(self, name) {
            Some(near) => format!("did you mean: {near}?"),
            None => String::from("try: help"),
        };
        self.complain(&format!("{name}: no such command ({hint})"));
        NOT_FOUND
    }

    /// A builtin or function without the meaning that functions could have: `command NAME`.
    pub(crate) fn run_plainly(&mut self, arguments: &[String]) -> Run {
        let Some(name) = arguments.first() else { return Ok(0) };
        match builtins::find(name) {
            Some(builtin) => {
                let run = builtin(self, arguments);
                match run {
                    // It has no more power than others to end a script.
                    Err(Unwind::Exit(MISUSE)) if name != "exit" => Ok(MISUSE),
                    run => run,
                }
            }
            None => self.run_in_child(name, &mut |shell| Ok(shell.replace(arguments, &[]))),
        }
    }
}

fn candidates(name: &str, path: &str) -> Vec<String> {
    if name.contains('/') {
        return [String::from(name)].to_vec();
    }
    if name.is_empty() {
        return Vec::new();
    }
    path.split(':')
        .map(|directory| if directory.is_empty() { "." } else { directory })
        .map(|directory| format!("{}/{name}", directory.trim_end_matches('/')))
        .collect()
}

/// The file that a name stands for in `path`.
pub fn find_program<S: System>(system: &mut S, name: &str, path: &str) -> Option<String> {
    candidates(name, path).into_iter().find(|file| {
        let info = system.file_info(file, Follow::Target);
        info.is_some_and(|info| info.mode & S_IFMT != S_IFDIR) && system.may(file, Access::Execute)
    })
}
