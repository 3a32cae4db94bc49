//! The background jobs: which processes they have, how those ended, and what to say about it.

use abi::process::ExitStatus;
use abi::signal::Signal;
use alloc::collections::VecDeque;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

/// How many ended processes `wait PID` can still ask for after their job was reported.
const REMEMBERED_STATUSES: usize = 64;

/// A background pipeline.
#[derive(Clone, Debug)]
pub struct Job {
    /// The number in `[1]` and `%1`.
    pub number: usize,
    /// The command line.
    pub text: String,
    processes: Vec<(u32, Option<ExitStatus>)>,
    is_stopped: bool,
}

impl Job {
    /// Its processes, and how they ended.
    pub fn processes(&self) -> Vec<(u32, Option<ExitStatus>)> {
        self.processes.clone()
    }

    /// The process group, which has the number of the first process.
    pub fn group(&self) -> u32 {
        self.processes.first().map_or(0, |(process, _)| *process)
    }

    /// Whether it is stopped.
    pub fn is_stopped(&self) -> bool {
        self.is_stopped
    }

    /// Notes that it goes on.
    pub fn go_on(&mut self) {
        self.is_stopped = false;
    }

    /// Whom a signal for it is sent to: its group, or each process if it has no group of its own.
    pub fn signal_targets(&self, has_group: bool) -> Vec<i32> {
        if has_group {
            return [-(self.group() as i32)].to_vec();
        }
        let alive = self.processes.iter().filter(|(_, ended)| ended.is_none());
        alive.map(|(process, _)| *process as i32).collect()
    }

    /// What it does, and the command line.
    pub fn state_and_text(&self) -> String {
        let state = match self.ended() {
            None if self.is_stopped => "Stopped".to_string(),
            None => "Running".to_string(),
            Some(ExitStatus::Exited(0)) => "Done".to_string(),
            Some(ExitStatus::Exited(status)) => alloc::format!("Exit {status}"),
            Some(ExitStatus::Signalled(signal)) => capitalized(&signal_text(signal)),
        };
        alloc::format!("{state}  {}", self.text)
    }

    /// How the job ended, if all its processes have: the last one's status counts.
    pub fn ended(&self) -> Option<ExitStatus> {
        let all_ended = self.processes.iter().all(|(_, status)| status.is_some());
        if all_ended { self.processes.last()?.1 } else { None }
    }

    /// The last process, which stands for the job in `$!` and in messages.
    pub fn leader(&self) -> u32 {
        self.processes.last().map_or(0, |(process, _)| *process)
    }
}

impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {}", self.number, self.state_and_text())
    }
}

/// What a signal did, in words.
pub fn signal_text(signal: u8) -> String {
    match Signal::from_number(u32::from(signal)) {
        Some(signal) => signal.text().to_string(),
        None => alloc::format!("signal {signal}"),
    }
}

fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// What the argument of `wait` names.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum JobName {
    /// `%n`: a job.
    Number(usize),
    /// `%-`: the job before the newest.
    Previous,
    /// A process.
    Process(u32),
}

impl JobName {
    /// Reads `%n`, `%%` (the newest, given as job 0) or a process number.
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix('%') {
            Some("" | "%" | "+") => Some(Self::Number(0)),
            Some("-") => Some(Self::Previous),
            Some(number) => number.parse().ok().filter(|number| *number > 0).map(Self::Number),
            None => text.parse().ok().map(Self::Process),
        }
    }
}

/// The jobs that were started and not yet reported as ended.
#[derive(Clone, Debug, Default)]
pub struct JobTable {
    jobs: Vec<Job>,
    remembered: VecDeque<(u32, ExitStatus)>,
}

impl JobTable {
    /// Adds a running job and gives it the number after the highest one in use.
    pub fn add(&mut self, processes: &[u32], text: &str) -> &Job {
        let number = self.jobs.last().map_or(1, |job| job.number + 1);
        let processes = processes.iter().map(|process| (*process, None)).collect();
        self.jobs.push(Job { number, text: text.to_string(), processes, is_stopped: false });
        &self.jobs[self.jobs.len() - 1]
    }

    /// Adds a job that has been stopped in the foreground; the first of its processes have ended.
    pub fn add_stopped(&mut self, processes: &[u32], ended: &[ExitStatus], text: &str) -> &Job {
        self.add(processes, text);
        for (process, status) in processes.iter().zip(ended) {
            self.record(*process, *status);
        }
        let last = self.jobs.len() - 1;
        self.jobs[last].is_stopped = true;
        &self.jobs[last]
    }

    /// Reads a job's name: as [`JobName::parse`] does, or `%TEXT` that a command line begins with,
    /// or `%?TEXT` that it has.
    pub fn parse(&self, text: &str) -> Option<JobName> {
        if let Some(name) = JobName::parse(text) {
            return Some(name);
        }
        let wanted = text.strip_prefix('%')?;
        let fits = |job: &&Job| match wanted.strip_prefix('?') {
            Some(inner) => job.text.contains(inner),
            None => job.text.starts_with(wanted),
        };
        self.jobs.iter().rev().find(fits).map(|job| JobName::Number(job.number))
    }

    /// Takes a job out.
    pub fn take(&mut self, number: usize) -> Option<Job> {
        let index = self.jobs.iter().position(|job| job.number == number)?;
        Some(self.jobs.remove(index))
    }

    /// A job that is to be changed.
    pub fn find_mut(&mut self, number: usize) -> Option<&mut Job> {
        self.jobs.iter_mut().find(|job| job.number == number)
    }

    /// Notes that a process ended; processes of no job are not the table's business.
    pub fn record(&mut self, process: u32, status: ExitStatus) {
        if status.is_stop() {
            let is_member =
                |job: &&mut Job| job.processes.iter().any(|(member, _)| *member == process);
            if let Some(job) = self.jobs.iter_mut().find(is_member) {
                job.is_stopped = true;
            }
            return;
        }
        let entry = self
            .jobs
            .iter_mut()
            .flat_map(|job| job.processes.iter_mut())
            .find(|(member, ended)| *member == process && ended.is_none());
        if let Some((_, ended)) = entry {
            *ended = Some(status);
            self.remembered.push_back((process, status));
            if self.remembered.len() > REMEMBERED_STATUSES {
                self.remembered.pop_front();
            }
        }
    }

    /// Takes out the jobs that have ended, in the order of their numbers.
    pub fn take_ended(&mut self) -> Vec<Job> {
        self.jobs.extract_if(.., |job| job.ended().is_some()).collect()
    }

    /// Drops the ended job of `process`: whoever waited for it knows how it ended.
    pub fn forget(&mut self, process: u32) {
        let is_member = |job: &Job| job.processes.iter().any(|(member, _)| *member == process);
        self.jobs.retain(|job| job.ended().is_none() || !is_member(job));
    }

    /// Forgets all jobs: in a copy of the shell they are the parent's children.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// The job with this name; a process names the job that it belongs to.
    pub fn find(&self, name: JobName) -> Option<&Job> {
        match name {
            JobName::Number(0) => self.jobs.last(),
            JobName::Previous => self.jobs.iter().rev().nth(1),
            JobName::Number(number) => self.jobs.iter().find(|job| job.number == number),
            JobName::Process(process) => self
                .jobs
                .iter()
                .find(|job| job.processes.iter().any(|(member, _)| *member == process)),
        }
    }

    /// How a process ended, if it is known: reported jobs are remembered for a while.
    pub fn status_of(&self, process: u32) -> Option<ExitStatus> {
        self.remembered
            .iter()
            .rev()
            .find(|(member, _)| *member == process)
            .map(|(_, status)| *status)
    }

    /// Whether some job is still running, and not stopped.
    pub fn any_running(&self) -> bool {
        self.jobs.iter().any(|job| job.ended().is_none() && !job.is_stopped)
    }

    /// The jobs in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &Job> {
        self.jobs.iter()
    }
}

#[cfg(test)]
mod tests;
