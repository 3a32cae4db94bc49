//! Starts the processes of a pipeline, with their groups, signals and pipes.

use super::exec::{self, Expanded};
use super::redirect::{self, replace};
use super::run::{Control, Shell};
use super::terminal::give_to;
use abi::signal::Signal;
use alloc::vec::Vec;
use shell::syntax::{Mode, Statement};
use user::eprintln;
use user::fs::{self, OwnedFd};
use user::io::{STDIN, STDOUT};
use user::process::{self, Fork, Pid};

/// Signals from the terminal, which a shell at it must outlive.
const TERMINAL_SIGNALS: [Signal; 5] =
    [Signal::INT, Signal::QUIT, Signal::TSTP, Signal::TTIN, Signal::TTOU];

/// What a new process has to do.
pub enum Task<'a> {
    /// Run a command.
    Command(&'a Expanded),
    /// Run an and-or list as a copy of the shell.
    List(&'a Statement),
}

/// This process's number.
pub fn own_process() -> u32 {
    process::id().0
}

/// Makes the terminal's signals ignored or deadly.
pub fn set_terminal_signals(set: impl Fn(Signal) -> user::Result<()>) {
    for signal in TERMINAL_SIGNALS {
        // None of them is one of the two that the kernel refuses to change.
        let _ = set(signal);
    }
}

/// Starts a process for each task, each one's output the next one's input.
pub fn start(shell: &mut Shell, tasks: &[Task], mode: Mode) -> user::Result<Vec<u32>> {
    let mut started: Vec<u32> = Vec::new();
    let mut input: Option<OwnedFd> = None;
    for (index, task) in tasks.iter().enumerate() {
        let (next_input, output) = if index + 1 < tasks.len() {
            let (reader, writer) = fs::pipe()?;
            (Some(reader), Some(writer))
        } else {
            (None, None)
        };
        let group = started.first().map_or(Pid(0), |first| Pid(*first));
        match process::fork()? {
            Fork::Child => {
                drop(next_input);
                join_group(shell, group, mode);
                let status = match connect(input, output, shell.control, mode) {
                    Ok(()) => exec::run_in_child(shell, task),
                    Err(error) => {
                        eprintln!("shell: {error}");
                        1
                    }
                };
                process::exit(status)
            }
            Fork::Parent(child) => {
                started.push(child.0);
                if shell.control != Control::Off {
                    // Both sides do it, so that neither has to wait for the other. It fails only
                    // when the child has done it and is gone or has become a program.
                    let group = if group == Pid(0) { child } else { group };
                    let _ = process::set_group(child, group);
                    if mode == Mode::Foreground {
                        give_to(group);
                    }
                }
            }
        }
        input = next_input;
    }
    Ok(started)
}

/// In a new process: takes its place among groups and signals.
fn join_group(shell: &Shell, group: Pid, mode: Mode) {
    match (shell.control, mode) {
        (Control::On(terminal), _) => {
            // Cannot fail: the group is this process's own or that of its living sibling.
            let _ = process::set_group(Pid(0), group);
            if mode == Mode::Foreground {
                give_to(process::group());
            }
            set_terminal_signals(process::default_signal);
            if mode == Mode::Foreground {
                terminal.read_lines();
            }
        }
        // Without groups Ctrl-C reaches everyone; it is not meant for what runs in the background.
        (Control::Off, Mode::Background) => {
            let _ = process::ignore_signal(Signal::INT);
            let _ = process::ignore_signal(Signal::QUIT);
        }
        (Control::Off, Mode::Foreground) => {}
    }
}

/// In a new process: puts its pipes in place of standard input and output.
fn connect(
    input: Option<OwnedFd>,
    output: Option<OwnedFd>,
    control: Control,
    mode: Mode,
) -> user::Result<()> {
    match input {
        Some(input) => replace(input, STDIN)?,
        // It must not take lines of the script that its shell is reading.
        None if control == Control::Off && mode == Mode::Background => {
            redirect::read_nothing()?;
        }
        None => {}
    }
    output.map_or(Ok(()), |output| replace(output, STDOUT))
}
