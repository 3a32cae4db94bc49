//! Starts processes: pipelines, background jobs, copies of the shell.

use super::{Run, Shell, Unwind};
use crate::syntax::{Command, Mode, Statement};
use crate::system::{OpenMode, Place, System};
use abi::Errno;
use abi::signal::Signal;
use alloc::format;
use alloc::vec::Vec;

impl<S: System> Shell<S> {
    /// Starts a copy of the shell that runs `body`.
    pub(super) fn start(
        &mut self,
        place: Place,
        body: &mut dyn FnMut(&mut Self) -> Run,
    ) -> Result<u32, Errno> {
        let started = S::fork(self, &mut |shell| {
            shell.system.enter(place);
            shell.become_copy();
            shell.to_the_end(|shell| body(shell))
        });
        if let Ok(child) = started {
            self.system.adopt(child, place);
        }
        started
    }

    fn become_copy(&mut self) {
        self.forget_traps();
        self.state.jobs.clear();
        self.state.controls_jobs = false;
        self.state.is_interactive = false;
        self.state.loops = 0;
    }

    /// Runs `body` in a copy of the shell, waits for it and gives its status.
    pub(super) fn run_in_child(
        &mut self,
        text: &str,
        body: &mut dyn FnMut(&mut Self) -> Run,
    ) -> Run {
        let place = if self.state.controls_jobs { Place::Foreground(0) } else { Place::Own };
        match self.start(place, body) {
            Ok(process) => self.wait_in_foreground(&[process], text),
            Err(errno) => {
                self.complain(&format!("fork: {}", errno.text()));
                Ok(1)
            }
        }
    }

    /// Runs several commands, each one's output the next one's input.
    pub(super) fn run_pipeline(&mut self, commands: &[Command], text: &str) -> Run {
        match self.start_pipeline(commands, Mode::Foreground) {
            Ok(processes) => self.wait_in_foreground(&processes, text),
            Err((errno, started)) => {
                self.complain(&format!("pipeline: {}", errno.text()));
                // What was started has lost its pipe and ends.
                if !started.is_empty() {
                    self.wait_in_foreground(&started, text)?;
                }
                Ok(1)
            }
        }
    }

    fn start_pipeline(
        &mut self,
        commands: &[Command],
        mode: Mode,
    ) -> Result<Vec<u32>, (Errno, Vec<u32>)> {
        let mut started: Vec<u32> = Vec::new();
        let mut input: Option<i32> = None;
        for (index, command) in commands.iter().enumerate() {
            let is_last = index + 1 == commands.len();
            let pipe = if is_last { Ok(None) } else { self.system.pipe().map(Some) };
            let pipe = match pipe {
                Ok(pipe) => pipe,
                Err(errno) => {
                    self.close_all([input]);
                    return Err((errno, started));
                }
            };
            let (next_input, output) = (pipe.map(|pipe| pipe.0), pipe.map(|pipe| pipe.1));
            let place = self.place(started.first().copied(), mode);
            let child = self.start(place, &mut |shell| {
                shell.close_all([next_input]);
                shell.connect(input, output, place, mode)?;
                shell.state.is_all = matches!(command, Command::Simple(_));
                shell.command(command, "")
            });
            self.close_all([input, output]);
            input = next_input;
            match child {
                Ok(child) => started.push(child),
                Err(errno) => {
                    self.close_all([input]);
                    return Err((errno, started));
                }
            }
        }
        Ok(started)
    }

    fn place(&self, first: Option<u32>, mode: Mode) -> Place {
        let group = first.unwrap_or(0);
        match (self.state.controls_jobs, mode) {
            (false, _) => Place::Own,
            (true, Mode::Foreground) => Place::Foreground(group),
            (true, Mode::Background) => Place::Background(group),
        }
    }

    fn close_all<const COUNT: usize>(&mut self, descriptors: [Option<i32>; COUNT]) {
        for descriptor in descriptors.into_iter().flatten() {
            self.system.close(descriptor);
        }
    }

    /// In a new process: puts its pipes in place of standard input and output.
    fn connect(
        &mut self,
        input: Option<i32>,
        output: Option<i32>,
        place: Place,
        mode: Mode,
    ) -> Result<(), Unwind> {
        let input = match input {
            // It must not take lines of the script that its shell is reading.
            None if place == Place::Own && mode == Mode::Background => {
                self.system.open("/dev/null", OpenMode::Read).ok()
            }
            input => input,
        };
        for (descriptor, target) in [(input, 0), (output, 1)] {
            let Some(descriptor) = descriptor else { continue };
            let moved = self.system.duplicate(descriptor, target);
            self.system.close(descriptor);
            if let Err(errno) = moved {
                self.complain(&format!("pipe: {}", errno.text()));
                return Err(Unwind::Exit(1));
            }
        }
        if place == Place::Own && mode == Mode::Background {
            // Without groups Ctrl-C reaches everyone; it is not meant for what runs in the background.
            for signal in [Signal::INT, Signal::QUIT] {
                self.set_trap(signal as u32, Some(""));
            }
        }
        Ok(())
    }

    /// Starts a statement without waiting; an and-or list is run by a copy of the shell.
    pub(super) fn start_in_background(&mut self, statement: &Statement) -> Run {
        self.collect();
        let is_plain = statement.rest.is_empty() && statement.first.prefixes.is_empty();
        let started = if is_plain {
            self.start_pipeline(&statement.first.commands, Mode::Background)
        } else {
            let place = self.place(None, Mode::Background);
            let child = self.start(place, &mut |shell| {
                shell.connect(None, None, place, Mode::Background)?;
                shell.list(statement)
            });
            child.map(|child| [child].to_vec()).map_err(|errno| (errno, Vec::new()))
        };
        let status = match started {
            Ok(processes) => {
                let job = self.state.jobs.add(&processes, &statement.text);
                let (number, leader) = (job.number, job.leader());
                self.state.variables.last_background = Some(leader);
                if self.state.controls_jobs {
                    self.error_text(&format!("[{number}] {leader}\n"));
                }
                0
            }
            Err((errno, _)) => {
                self.complain(&format!("fork: {}", errno.text()));
                1
            }
        };
        self.state.variables.last_status = status;
        Ok(status)
    }
}
