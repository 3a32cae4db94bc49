//! Waits for processes: for the pipeline in the foreground, for jobs, and without waiting.

use super::run::{Control, Shell};
use super::terminal::{Terminal, give_to};
use abi::process::ExitStatus;
use abi::signal::Signal;
use shell::jobs::{self, JobName};
use user::eprintln;
use user::fs::{self, File, OwnedFd};
use user::process::{self, Fork, Pid, WaitFor, WaitOptions};

const INTERRUPTED: i32 = 130;

/// Waits for all processes of a pipeline; the last one's status counts.
pub fn for_foreground(shell: &mut Shell, processes: &[u32]) -> i32 {
    let mut last = ExitStatus::Exited(0);
    for process in processes {
        // Only a process that something else has waited for gives nothing.
        if let Some(status) = end_of(Pid(*process), processes) {
            last = status;
        }
    }
    if let Control::On(terminal) = shell.control {
        terminal.take_back();
        report_signal(shell, last);
    }
    last.shell_status()
}

/// How a process of the pipeline in the foreground has ended. There is no `fg` that would let it go
/// on if it stops: it goes on at once, with what stopped beside it.
fn end_of(process: Pid, pipeline: &[u32]) -> Option<ExitStatus> {
    loop {
        let (_, status) =
            process::wait(WaitFor::Pid(process), WaitOptions::BlockOrStopped).ok().flatten()?;
        if !status.is_stop() {
            return Some(status);
        }
        for member in pipeline {
            // It may have ended.
            let _ = process::kill(Pid(*member), Signal::CONT);
        }
    }
}

fn report_signal(shell: &mut Shell, status: ExitStatus) {
    let ExitStatus::Signalled(signal) = status else { return };
    match Signal::from_number(u32::from(signal)) {
        Some(Signal::INT) => {
            // The terminal has echoed ^C without a newline.
            eprintln!();
            shell.interrupted = true;
        }
        Some(Signal::PIPE) => {}
        _ => eprintln!("{}", jobs::signal_text(signal)),
    }
}

/// Notes which background processes have ended so far.
pub fn collect(shell: &mut Shell) {
    while let Ok(Some((process, status))) = process::wait(WaitFor::Any, WaitOptions::Poll) {
        shell.jobs.record(process.0, status);
    }
}

/// Waits until `done` says so or no child is left; 130 if Ctrl-C came first.
pub fn until(shell: &mut Shell, done: impl Fn(&Shell) -> bool) -> Result<(), i32> {
    collect(shell);
    if done(shell) {
        return Ok(());
    }
    let sentinel = match shell.control {
        Control::On(terminal) => Sentinel::start(terminal),
        Control::Off => None,
    };
    let mut result = Ok(());
    while !done(shell) {
        match process::wait(WaitFor::Any, WaitOptions::Block) {
            Ok(Some((process, _)))
                if sentinel.as_ref().is_some_and(|own| own.process == process) =>
            {
                eprintln!();
                result = Err(INTERRUPTED);
                break;
            }
            Ok(Some((process, status))) => shell.jobs.record(process.0, status),
            Ok(None) | Err(_) => break,
        }
    }
    if let Some(sentinel) = sentinel {
        sentinel.stop(result.is_err());
    }
    result
}

/// The process, of those that the shell started, that `name` stands for.
pub fn process_of(shell: &Shell, name: JobName) -> Option<u32> {
    match name {
        JobName::Process(process) if shell.jobs.status_of(process).is_some() => Some(process),
        JobName::Process(process) => shell.jobs.find(name).map(|_| process),
        JobName::Number(_) => shell.jobs.find(name).map(shell::jobs::Job::leader),
    }
}

/// A process that has the terminal while the shell waits, so that Ctrl-C ends it and thereby the
/// waiting. The shell itself ignores the signal, and so would not notice it.
struct Sentinel {
    process: Pid,
    terminal: Terminal,
    /// The sentinel sleeps in reading from the other end.
    pipe: OwnedFd,
}

impl Sentinel {
    fn start(terminal: Terminal) -> Option<Self> {
        let (reader, writer) = fs::pipe().ok()?;
        match process::fork().ok()? {
            Fork::Child => {
                drop(writer);
                // Cannot fail: the process is its own.
                let _ = process::set_group(Pid(0), Pid(0));
                give_to(process::group());
                let _ = process::default_signal(Signal::INT);
                terminal.read_lines();
                let _ = File::from_fd(reader, "pipe").read(&mut [0]);
                process::exit(0)
            }
            Fork::Parent(process) => {
                let _ = process::set_group(process, process);
                give_to(process);
                Some(Self { process, terminal, pipe: writer })
            }
        }
    }

    fn stop(self, ended: bool) {
        drop(self.pipe);
        if !ended {
            let _ = process::wait(WaitFor::Pid(self.process), WaitOptions::Block);
        }
        self.terminal.take_back();
    }
}
