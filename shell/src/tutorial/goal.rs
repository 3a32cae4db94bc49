//! What a step asks for, and how it is looked at: by what there is now, and by what was printed.

use crate::interpreter::Shell;
use crate::system::{Follow, System};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// How often a job that was sent a signal is looked for again, a tenth of a second apart.
const LOOKS: usize = 50;

/// What came of a line.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Attempt {
    /// Its status.
    pub status: i32,
    /// What it printed, if the goal looks at that.
    pub output: String,
    /// The jobs that ran before it, by their processes.
    pub running: Vec<u32>,
}

/// What has to be so.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Goal {
    /// All names in a directory were printed.
    Lists(&'static str),
    /// The shell is in a directory.
    Directory(&'static str),
    /// A file has text.
    Text(&'static str),
    /// The number of names in a directory was printed, and nothing else.
    Counts(&'static str),
    /// A job runs that did not run before.
    NewJob,
    /// A job runs.
    Job,
    /// A job that ran before does not run any more.
    JobEnded,
    /// A region has so many bytes.
    Region(&'static str, u64),
    /// A region's first byte is not 0.
    Written(&'static str),
    /// A region is there, and a job with these words runs.
    Producer(&'static str, &'static str),
    /// A consumer says that so many messages came, and nothing else is wrong.
    Received(&'static str),
}

/// The jobs that run, by their processes.
pub fn running<S: System>(shell: &mut Shell<S>) -> Vec<u32> {
    shell.collect();
    let jobs = shell.state.jobs.iter();
    jobs.filter(|job| job.ended().is_none() && !job.is_stopped()).map(|job| job.leader()).collect()
}

impl Goal {
    /// Whether what is printed has to be kept.
    pub const fn looks_at_output(self) -> bool {
        matches!(self, Self::Lists(_) | Self::Counts(_) | Self::Received(_))
    }

    /// Whether it is so; if not, what is otherwise.
    pub fn check<S: System>(self, shell: &mut Shell<S>, attempt: &Attempt) -> Result<(), String> {
        match self {
            Self::Lists(directory) => {
                let printed: Vec<&str> = attempt.output.split_whitespace().collect();
                let names = shell.system.names_in(directory);
                let missing = names.iter().find(|name| !printed.contains(&name.as_str()));
                holds(missing.is_none(), || format!("not all that is in {directory} was printed"))
            }
            Self::Directory(wanted) => {
                let directory = shell.system.current_directory().unwrap_or_default();
                holds(directory == wanted, || format!("you are in {directory}, not in {wanted}"))
            }
            Self::Text(path) => match shell.system.read_file(path) {
                Ok(text) => holds(!text.trim().is_empty(), || format!("{path} is empty")),
                Err(_) => Err(format!("there is no file {path}")),
            },
            Self::Counts(directory) => {
                let count = shell.system.names_in(directory).len().to_string();
                let problem = || format!("that is not the number of names in {directory}");
                holds(attempt.output.trim() == count, problem)
            }
            Self::NewJob => {
                let is_new = running(shell).iter().any(|job| !attempt.running.contains(job));
                holds(is_new, || "nothing new runs in the background".to_string())
            }
            Self::Job => holds(!running(shell).is_empty(), || "no job is running".to_string()),
            Self::JobEnded => job_ended(shell, attempt),
            Self::Region(name, bytes) => match length(shell, name) {
                None => Err(format!("there is no region {name}")),
                Some(length) => {
                    holds(length == bytes, || format!("{name} has {length} bytes, not {bytes}"))
                }
            },
            Self::Written(name) => {
                let text = shell.system.read_file(&path_of(name));
                let text = text.map_err(|_| format!("there is no region {name}"))?;
                let is_written = text.bytes().next().is_some_and(|byte| byte != 0);
                holds(is_written, || format!("the first byte of {name} is still 0"))
            }
            Self::Producer(name, words) => {
                length(shell, name).ok_or_else(|| format!("there is no region {name}"))?;
                holds(runs(shell, words), || {
                    format!("{name} is there, but nobody sends through it")
                })
            }
            Self::Received(count) => {
                holds(attempt.status == 0, || "that has failed".to_string())?;
                let has_come = attempt.output.split_whitespace().any(|word| word == count);
                holds(has_come, || format!("{count} messages did not come"))
            }
        }
    }
}

fn holds(condition: bool, problem: impl FnOnce() -> String) -> Result<(), String> {
    if condition { Ok(()) } else { Err(problem()) }
}

/// The file that a region is.
fn path_of(region: &str) -> String {
    format!("/dev/shm{region}")
}

fn length<S: System>(shell: &mut Shell<S>, region: &str) -> Option<u64> {
    shell.system.file_info(&path_of(region), Follow::Target).map(|info| info.length)
}

/// Whether a job runs whose line has these words.
fn runs<S: System>(shell: &mut Shell<S>, words: &str) -> bool {
    shell.collect();
    let mut jobs = shell.state.jobs.iter();
    jobs.any(|job| job.ended().is_none() && job.text.contains(words))
}

/// Whether one of the jobs is gone. A signal that was sent may take a moment.
fn job_ended<S: System>(shell: &mut Shell<S>, attempt: &Attempt) -> Result<(), String> {
    if attempt.running.is_empty() {
        return Err("no job was running (back starts one)".to_string());
    }
    for _ in 0..LOOKS {
        let now = running(shell);
        if attempt.running.iter().any(|job| !now.contains(job)) {
            return Ok(());
        }
        // A command that failed has sent nothing.
        if attempt.status != 0 || shell.run_text("tutorial", "sleep 0.1") != Ok(0) {
            break;
        }
    }
    Err("it still runs".to_string())
}
