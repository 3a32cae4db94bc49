//! The shell's state, and how it goes through a script's statements.

use super::terminal::Terminal;
use super::{exec, wait};
use alloc::string::String;
use alloc::vec::Vec;
use shell::history::History;
use shell::jobs::JobTable;
use shell::syntax::{Connector, Mode, Pipeline, Script, Statement};
use shell::variables::VariableTable;
use user::eprintln;

/// How many lines the history keeps.
const HISTORY_LINES: usize = 500;

/// Whether pipelines get process groups and the terminal in turn, as a person at it needs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Control {
    /// Each pipeline is a group of its own and has the terminal while it runs.
    On(Terminal),
    /// All processes stay in the shell's group, as in a script.
    Off,
}

/// What the shell remembers between two commands.
pub struct Shell {
    /// Variables.
    pub variables: VariableTable,
    /// Background jobs.
    pub jobs: JobTable,
    /// Lines typed.
    pub history: History,
    /// Whether this shell does job control.
    pub control: Control,
    /// Set by `exit`: the shell ends with this status.
    pub exit: Option<i32>,
    /// Set by Ctrl-C: the rest of the line is not run.
    pub interrupted: bool,
}

impl Shell {
    /// A shell with the environment that it was started with.
    pub fn new(control: Control, parameters: Vec<String>) -> Self {
        let mut variables = VariableTable::default();
        variables.shell_process = super::launch::own_process();
        variables.parameters = parameters;
        for (name, value) in user::env::vars() {
            variables.set(name, value);
            variables.export(name);
        }
        Self {
            variables,
            jobs: JobTable::default(),
            history: History::new(HISTORY_LINES),
            control,
            exit: None,
            interrupted: false,
        }
    }

    /// Runs all statements, unless `exit` or Ctrl-C ends them; `$?` is then the result.
    pub fn run_script(&mut self, script: &Script) {
        self.interrupted = false;
        for statement in &script.statements {
            match statement.mode {
                Mode::Foreground => self.run_list(statement),
                Mode::Background => self.run_in_background(statement),
            }
            if self.exit.is_some() || self.interrupted {
                return;
            }
        }
    }

    /// Runs a statement's pipelines as far as `&&` and `||` let it.
    pub fn run_list(&mut self, statement: &Statement) {
        self.run_pipeline(&statement.first);
        for (connector, pipeline) in &statement.rest {
            if self.exit.is_some() || self.interrupted {
                return;
            }
            let wanted = match connector {
                Connector::And => self.variables.last_status == 0,
                Connector::Or => self.variables.last_status != 0,
            };
            if wanted {
                self.run_pipeline(pipeline);
            }
        }
    }

    fn run_pipeline(&mut self, pipeline: &Pipeline) {
        let status = exec::run_in_foreground(self, pipeline);
        self.variables.last_status = status;
    }

    fn run_in_background(&mut self, statement: &Statement) {
        wait::collect(self);
        match exec::start_in_background(self, statement) {
            Ok(processes) => {
                let job = self.jobs.add(&processes, &statement.text);
                if self.control != Control::Off {
                    eprintln!("[{}] {}", job.number, job.leader());
                }
                self.variables.last_background = Some(job.leader());
                self.variables.last_status = 0;
            }
            Err(error) => {
                eprintln!("shell: {error}");
                self.variables.last_status = 1;
            }
        }
    }
}
