//! Runs pipelines: expands their words, then starts processes or does it in the shell itself.

use super::builtin::{self, Builtin};
use super::launch::{self, Task};
use super::programs;
use super::redirect::{self, Redirect};
use super::run::{Control, Shell};
use super::wait;
use alloc::string::String;
use alloc::vec::Vec;
use shell::expand;
use shell::syntax::{Command, Mode, Pipeline, Statement};
use user::eprintln;

/// A command with its words expanded.
pub struct Expanded {
    /// Variables that are set for it.
    pub assignments: Vec<(String, String)>,
    /// Its name and arguments.
    pub arguments: Vec<String>,
    /// Its redirections.
    pub redirects: Vec<Redirect>,
}

impl Expanded {
    fn new(shell: &Shell, command: &Command) -> Result<Self, String> {
        let variables = &shell.variables;
        let text = |word| expand::text(word, variables);
        Ok(Self {
            assignments: command
                .assignments
                .iter()
                .map(|entry| (entry.name.clone(), text(&entry.value)))
                .collect(),
            arguments: expand::arguments(&command.words, variables),
            redirects: command
                .redirections
                .iter()
                .map(|entry| Redirect::new(entry, text(&entry.target)))
                .collect::<Result<_, _>>()?,
        })
    }

    /// The builtin that it names; without any name the shell itself has to act, too.
    fn builtin(&self) -> Option<Builtin> {
        match self.arguments.first() {
            Some(name) => builtin::find(name),
            None => Some(builtin::nothing),
        }
    }
}

/// Runs a pipeline, waits for its end and gives its status.
pub fn run_in_foreground(shell: &mut Shell, pipeline: &Pipeline) -> i32 {
    let commands = match expand_all(shell, pipeline) {
        Ok(commands) => commands,
        Err(message) => return fail(&message),
    };
    if let [command] = commands.as_slice()
        && let Some(builtin) = command.builtin()
    {
        return run_in_shell(shell, builtin, command);
    }
    let tasks = commands.iter().map(Task::Command).collect::<Vec<_>>();
    match launch::start(shell, &tasks, Mode::Foreground) {
        Ok(processes) => wait::for_foreground(shell, &processes),
        Err(error) => {
            // What was started before the failure has the terminal; it ends, as its pipe is gone.
            if let Control::On(terminal) = shell.control {
                terminal.take_back();
            }
            fail(&alloc::format!("{error}"))
        }
    }
}

/// Starts a statement without waiting; an and-or list is run by a copy of the shell.
pub fn start_in_background(shell: &mut Shell, statement: &Statement) -> Result<Vec<u32>, String> {
    let started = if statement.rest.is_empty() {
        let commands = expand_all(shell, &statement.first)?;
        let tasks = commands.iter().map(Task::Command).collect::<Vec<_>>();
        launch::start(shell, &tasks, Mode::Background)
    } else {
        launch::start(shell, &[Task::List(statement)], Mode::Background)
    };
    started.map_err(|error| alloc::format!("{error}"))
}

/// Does a command's work in a process of its own and gives its status; programs do not return.
pub fn run_in_child(shell: &mut Shell, task: &Task) -> i32 {
    shell.control = Control::Off;
    let command = match task {
        Task::Command(command) => command,
        Task::List(statement) => {
            shell.jobs.clear();
            shell.run_list(statement);
            return shell.exit.unwrap_or(shell.variables.last_status);
        }
    };
    if let Err(message) = redirect::apply(&command.redirects) {
        return fail(&message);
    }
    match command.builtin() {
        Some(builtin) => {
            set_variables(shell, command);
            let status = builtin(shell, &command.arguments);
            shell.exit.unwrap_or(status)
        }
        None => programs::replace(shell, &command.assignments, &command.arguments),
    }
}

fn expand_all(shell: &Shell, pipeline: &Pipeline) -> Result<Vec<Expanded>, String> {
    pipeline.commands.iter().map(|command| Expanded::new(shell, command)).collect()
}

fn run_in_shell(shell: &mut Shell, builtin: Builtin, command: &Expanded) -> i32 {
    let name = command.arguments.first().map_or("", String::as_str);
    let saved = if builtin::keeps_redirections(name) {
        redirect::apply(&command.redirects).map(|()| None)
    } else {
        redirect::apply_for_a_while(&command.redirects).map(Some)
    };
    let saved = match saved {
        Ok(saved) => saved,
        Err(message) => return fail(&message),
    };
    set_variables(shell, command);
    let status = builtin(shell, &command.arguments);
    drop(saved);
    status
}

fn set_variables(shell: &mut Shell, command: &Expanded) {
    for (name, value) in &command.assignments {
        shell.variables.set(name, value);
    }
}

fn fail(message: &str) -> i32 {
    eprintln!("shell: {message}");
    1
}
