//! The tutorial: ten steps from `ls` to a producer and a consumer.
//!
//! What is typed runs in the shell itself, so directories and jobs stay. A step is done when what it
//! asks for is so (`goal`), however that came about; words alone are never compared.

mod goal;
mod steps;

use crate::interpreter::{MISUSE, Run, Shell, Unwind};
use crate::lexer::AtEnd;
use crate::parser::parse_with;
use crate::system::{OpenMode, System};
use alloc::format;
use alloc::string::{String, ToString};
pub use goal::{Attempt, Goal};
pub use steps::{STEPS, Step};

/// Where a step's output is kept while it is looked at.
const OUTPUT: &str = "/tmp/.tutorial-output";
/// Removes what the steps have made.
const TIDY: &str = "for r in /mine /stream; do test ! -e /dev/shm$r || region rm $r; done
rm -f /tmp/note /tmp/.tutorial-output";

/// What follows a line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Next {
    /// Another line.
    Line,
    /// The prompt of the shell: the tutorial goes on another time.
    Later,
    /// The prompt of the shell: all is done.
    Done,
}

/// Where somebody is in the tutorial.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Tutorial {
    /// The step, from 0.
    at: usize,
    /// How often it was tried in vain.
    tries: usize,
}

impl Tutorial {
    /// Goes on at what [`Tutorial::saved`] gave; any other text is the beginning.
    pub fn resumed(saved: &str) -> Self {
        let number = saved.trim().parse::<usize>().ok().filter(|at| (1..=STEPS.len()).contains(at));
        Self { at: number.unwrap_or(1) - 1, tries: 0 }
    }

    /// Where to go on another time.
    pub fn saved(&self) -> String {
        self.number().to_string()
    }

    /// The step's number, from 1.
    pub const fn number(&self) -> usize {
        self.at + 1
    }

    fn step(&self) -> &'static Step {
        &STEPS[self.at.min(STEPS.len() - 1)]
    }

    /// What stands before a line, with the directory.
    pub fn prompt(&self, directory: &str) -> String {
        format!("step {} {directory}> ", self.number())
    }

    /// Says how it goes, and begins with the step.
    pub fn begin<S: System>(&mut self, shell: &mut Shell<S>) -> Run {
        shell.print(
            "Type what a step asks for; any other command works, too. `hint` helps, `skip` and\n\
             `back` change the step, `quit` leaves; tutorial goes on there another time.\n",
        );
        self.enter(shell)
    }

    /// Makes what the step begins with, and says what to do.
    fn enter<S: System>(&mut self, shell: &mut Shell<S>) -> Run {
        self.tries = 0;
        let step = self.step();
        quietly(shell, step.first)?;
        if let Some((goal, commands)) = step.needs
            && goal.check(shell, &Attempt::default()).is_err()
        {
            shell.print(&format!("\n(What the step before would have left: {commands})\n"));
            shell.run_text("tutorial", commands)?;
        }
        let head = format!("Step {} of {}: {}", self.number(), STEPS.len(), step.title);
        let head = paint(shell, BOLD, &head);
        shell.print(&format!("\n{head}\n{}\n", step.text));
        Ok(0)
    }

    /// Takes a line: one of the tutorial's own words, or commands, which run and are looked at.
    pub fn take<S: System>(&mut self, shell: &mut Shell<S>, line: &str) -> Result<Next, Unwind> {
        match line.trim() {
            "" => {}
            "quit" | "exit" => return Ok(self.leave(shell)),
            "hint" => self.hint(shell),
            "skip" => return self.go_on(shell),
            "back" => {
                self.at = self.at.saturating_sub(1);
                self.enter(shell)?;
            }
            "tutorial" => {
                shell.print("This is it; quit leaves.\n");
            }
            _ => return self.attempt(shell, line),
        }
        Ok(Next::Line)
    }

    /// Says where it will go on.
    pub fn leave<S: System>(&self, shell: &mut Shell<S>) -> Next {
        shell.print(&format!("tutorial goes on at step {}.\n", self.number()));
        Next::Later
    }

    fn hint<S: System>(&self, shell: &mut Shell<S>) {
        shell.print(&format!("Type: {}\n", self.step().answer));
    }

    fn attempt<S: System>(&mut self, shell: &mut Shell<S>, line: &str) -> Result<Next, Unwind> {
        let step = self.step();
        let attempt = match run(shell, line, step.goal) {
            Ok(attempt) => attempt,
            Err(Unwind::Exit(_)) => return Ok(self.leave(shell)),
            Err(Unwind::Abort(status)) => Attempt { status, ..Attempt::default() },
            Err(_) => Attempt::default(),
        };
        match step.goal.check(shell, &attempt) {
            Ok(()) => {
                let done = paint(shell, GREEN, "ok");
                shell.print(&format!("{done} {}\n", step.done));
                self.go_on(shell)
            }
            Err(problem) => {
                self.tries += 1;
                let not_yet = paint(shell, RED, "not yet:");
                shell.print(&format!("{not_yet} {problem}\n"));
                if self.tries == 1 {
                    shell.print(&format!("{}\n", step.hint));
                } else {
                    self.hint(shell);
                }
                Ok(Next::Line)
            }
        }
    }

    fn go_on<S: System>(&mut self, shell: &mut Shell<S>) -> Result<Next, Unwind> {
        if self.number() < STEPS.len() {
            self.at += 1;
            self.enter(shell)?;
            return Ok(Next::Line);
        }
        quietly(shell, TIDY)?;
        let end = paint(shell, BOLD, "That was all; what the steps have made is removed again.");
        shell.print(&format!(
            "\n{end}\nFrom here: help regions, help topics, demo, and docs/ beside the sources.\n"
        ));
        *self = Self::default();
        Ok(Next::Done)
    }
}

/// Runs a line, with its output kept where the goal looks at that.
fn run<S: System>(shell: &mut Shell<S>, line: &str, goal: Goal) -> Result<Attempt, Unwind> {
    let script = match parse_with(line, &shell.state.aliases, AtEnd::Complete) {
        Ok(script) => script,
        Err(error) => {
            shell.error_text(&format!("shell: {error}\n{}\n", error.excerpt()));
            shell.state.variables.last_status = MISUSE;
            return Ok(Attempt { status: MISUSE, ..Attempt::default() });
        }
    };
    let running = goal::running(shell);
    let mut output = String::new();
    let status = match goal.looks_at_output().then(|| keep_output(shell)).flatten() {
        Some(terminal) => {
            let outcome = shell.script(&script);
            // Both are open; from here on output goes to the terminal again.
            let _ = shell.system.duplicate(terminal, 1);
            shell.system.close(terminal);
            output = shell.system.read_file(OUTPUT).unwrap_or_default();
            shell.print(&output);
            outcome?
        }
        None => shell.script(&script)?,
    };
    Ok(Attempt { status, output, running })
}

/// Sends standard output to a file; gives the terminal's descriptor, none if that did not work.
fn keep_output<S: System>(shell: &mut Shell<S>) -> Option<i32> {
    let file = shell.system.open(OUTPUT, OpenMode::Write).ok()?;
    let terminal = shell.system.save(1);
    if terminal.is_some() {
        let _ = shell.system.duplicate(file, 1);
    }
    shell.system.close(file);
    terminal
}

/// Runs commands of the tutorial's own.
fn quietly<S: System>(shell: &mut Shell<S>, commands: &str) -> Run {
    if commands.is_empty() { Ok(0) } else { shell.run_text("tutorial", commands) }
}

const BOLD: u8 = 1;
const RED: u8 = 31;
const GREEN: u8 = 32;

/// Text in a colour where a person sees it.
fn paint<S: System>(shell: &mut Shell<S>, code: u8, text: &str) -> String {
    match shell.system.is_terminal(1) {
        true => format!("\x1b[{code}m{text}\x1b[0m"),
        false => text.to_string(),
    }
}

#[cfg(test)]
mod tests;
