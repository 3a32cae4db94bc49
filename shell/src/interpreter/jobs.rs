//! Waits for processes: for what runs in the foreground, for jobs, and without waiting.

use super::{Run, Shell, Unwind};
use crate::jobs::{self, Job, JobName};
use crate::system::{Child, Event, Place, System, Waiting};
use abi::Errno;
use abi::process::ExitStatus;
use abi::signal::{Signal, signal_bit};
use alloc::format;
use alloc::vec::Vec;

/// The status of what Ctrl-Z has stopped.
const STOPPED: i32 = 128 + Signal::TSTP as i32;

impl<S: System> Shell<S> {
    /// Waits for one process's end.
    pub(super) fn wait_for(&mut self, process: u32) -> ExitStatus {
        loop {
            match self.system.wait(Child::Process(process), Waiting::Block) {
                Ok(Some((_, status))) => return status,
                Err(Errno::EINTR) => {}
                // Only a process that something else has waited for gives nothing.
                Ok(None) | Err(_) => return ExitStatus::Exited(0),
            }
        }
    }

    /// Waits for the processes of a pipeline; the last one's status counts.
    pub(super) fn wait_in_foreground(&mut self, processes: &[u32], text: &str) -> Run {
        let mut ended: Vec<ExitStatus> = Vec::new();
        while let Some(process) = processes.get(ended.len()) {
            let how =
                if self.state.controls_jobs { Waiting::BlockOrStopped } else { Waiting::Block };
            match self.system.wait(Child::Process(*process), how) {
                Ok(Some((_, status))) if status.is_stop() => {
                    self.system.take_terminal();
                    let job = self.state.jobs.add_stopped(processes, &ended, text);
                    let line = format!("\n{job}\n");
                    self.error_text(&line);
                    return Ok(STOPPED);
                }
                Ok(Some((_, status))) => ended.push(status),
                Err(Errno::EINTR) => {}
                Ok(None) | Err(_) => ended.push(ExitStatus::Exited(0)),
            }
        }
        self.after_foreground(&ended)
    }

    fn after_foreground(&mut self, ended: &[ExitStatus]) -> Run {
        let last = ended.last().copied().unwrap_or(ExitStatus::Exited(0));
        let mut status = last.shell_status();
        if self.state.options.pipe_fail {
            let failed = ended.iter().rev().map(|status| status.shell_status());
            status = failed.into_iter().find(|status| *status != 0).unwrap_or(0);
        }
        if self.state.controls_jobs {
            self.system.take_terminal();
        }
        let ExitStatus::Signalled(signal) = last else { return Ok(status) };
        let is_interrupt = u32::from(signal) == Signal::INT as u32;
        if self.state.controls_jobs && is_interrupt {
            // The terminal has echoed ^C without a newline.
            self.error_text("\n");
            self.state.variables.last_status = status;
            return Err(Unwind::Abort(status));
        }
        if !is_interrupt && u32::from(signal) != Signal::PIPE as u32 {
            let text = jobs::signal_text(signal);
            self.error_text(&format!("{text}\n"));
        }
        Ok(status)
    }

    /// Notes which background processes have ended or stopped so far.
    pub fn collect(&mut self) {
        while let Ok(Some((process, status))) = self.system.wait(Child::Any, Waiting::Poll) {
            self.state.jobs.record(process, status);
        }
    }

    /// Waits until `done` says so or no child is left; a status if a signal came first.
    pub(crate) fn wait_until(&mut self, done: impl Fn(&Self) -> bool) -> Result<(), Run> {
        if self.state.controls_jobs {
            self.system.read_lines();
        }
        let trapped =
            self.state.traps.iter().filter(|(signal, action)| **signal != 0 && !action.is_empty());
        let mut signals: u64 = trapped.map(|(signal, _)| signal_bit(*signal)).sum();
        if self.state.is_interactive {
            signals |= signal_bit(Signal::INT as u32);
        }
        loop {
            self.collect();
            if done(self) || !self.state.jobs.any_running() {
                return Ok(());
            }
            match self.system.wait_for_event(signals) {
                Event::Child(process, status) => self.state.jobs.record(process, status),
                Event::NoChild => return Ok(()),
                Event::Signals(came) => return Err(self.left_by(came & signals)),
            }
        }
    }

    /// Ends a wait at signals.
    fn left_by(&mut self, came: u64) -> Run {
        self.state.pending |= came;
        let status = 128 + came.trailing_zeros() as i32 + 1;
        self.state.variables.last_status = status;
        if self.state.controls_jobs && came & signal_bit(Signal::INT as u32) != 0 {
            self.error_text("\n");
        }
        self.act_on_signals().map(|()| status)
    }

    /// The process, of those that the shell started, that `name` stands for.
    pub(crate) fn process_of(&self, name: JobName) -> Option<u32> {
        match name {
            JobName::Process(process) if self.state.jobs.status_of(process).is_some() => {
                Some(process)
            }
            JobName::Process(process) => self.state.jobs.find(name).map(|_| process),
            _ => self.state.jobs.find(name).map(Job::leader),
        }
    }

    /// `fg`: gives a job the terminal, lets it go on and waits for it.
    pub(crate) fn continue_in_foreground(&mut self, number: usize) -> Run {
        let Some(job) = self.state.jobs.take(number) else { return Ok(1) };
        let (group, text, processes) = (job.group(), job.text.clone(), job.processes());
        self.print(&format!("{text}\n"));
        // Else Ctrl-C would be a key for the line editor.
        self.system.read_lines();
        self.system.adopt(group, Place::Foreground(group));
        // It may have ended.
        let _ = self.system.kill(-(group as i32), Signal::CONT as u32);
        let alive: Vec<u32> =
            processes.iter().filter(|(_, ended)| ended.is_none()).map(|(pid, _)| *pid).collect();
        if alive.is_empty() {
            let ended: Vec<ExitStatus> = processes.iter().filter_map(|(_, ended)| *ended).collect();
            return self.after_foreground(&ended);
        }
        self.wait_in_foreground(&alive, &text)
    }

    /// `bg`: lets a stopped job go on.
    pub(crate) fn continue_in_background(&mut self, number: usize) -> Run {
        let Some(job) = self.state.jobs.find_mut(number) else { return Ok(1) };
        job.go_on();
        let (group, line) = (job.group(), format!("[{number}] {} &\n", job.text));
        self.print(&line);
        match self.system.kill(-(group as i32), Signal::CONT as u32) {
            Ok(()) => Ok(0),
            Err(errno) => {
                self.complain(&format!("bg: {}", errno.text()));
                Ok(1)
            }
        }
    }
}
