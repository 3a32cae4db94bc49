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
#[derive(Debug)]
pub struct Job {
    /// The number in `[1]` and `%1`.
    pub number: usize,
    /// The command line.
    pub text: String,
    processes: Vec<(u32, Option<ExitStatus>)>,
}

impl Job {
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
        let state = match self.ended() {
            None => "Running".to_string(),
            Some(ExitStatus::Exited(0)) => "Done".to_string(),
            Some(ExitStatus::Exited(status)) => alloc::format!("Exit {status}"),
            Some(ExitStatus::Signalled(signal)) => capitalized(&signal_text(signal)),
        };
        write!(f, "[{}] {state}  {}", self.number, self.text)
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
    /// A process.
    Process(u32),
}

impl JobName {
    /// Reads `%n`, `%%` (the newest, given as job 0) or a process number.
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix('%') {
            Some("" | "%" | "+") => Some(Self::Number(0)),
            Some(number) => number.parse().ok().filter(|number| *number > 0).map(Self::Number),
            None => text.parse().ok().map(Self::Process),
        }
    }
}

/// The jobs that were started and not yet reported as ended.
#[derive(Debug, Default)]
pub struct JobTable {
    jobs: Vec<Job>,
    remembered: VecDeque<(u32, ExitStatus)>,
}

impl JobTable {
    /// Adds a running job and gives it the number after the highest one in use.
    pub fn add(&mut self, processes: &[u32], text: &str) -> &Job {
        let number = self.jobs.last().map_or(1, |job| job.number + 1);
        let processes = processes.iter().map(|process| (*process, None)).collect();
        self.jobs.push(Job { number, text: text.to_string(), processes });
        &self.jobs[self.jobs.len() - 1]
    }

    /// Notes that a process ended; processes of no job are not the table's business.
    pub fn record(&mut self, process: u32, status: ExitStatus) {
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

    /// Whether some job is still running.
    pub fn any_running(&self) -> bool {
        self.jobs.iter().any(|job| job.ended().is_none())
    }

    /// The jobs in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &Job> {
        self.jobs.iter()
    }
}

#[cfg(test)]
mod tests;
