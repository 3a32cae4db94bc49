//! `init`: process 1. It opens the console, keeps a shell running and reaps orphans.
#![no_std]
#![no_main]

extern crate alloc;

mod banner;

use alloc::format;
use core::time::Duration;
use user::error::{Error, Result};
use user::fs::{self, File};
use user::io::{STDERR, STDIN, STDOUT};
use user::process::{self, ExitStatus, Fork, Pid, Signal, WaitFor, WaitOptions};
use user::{eprintln, println, terminal, time};

const CONSOLE: &str = "/dev/console";
const SHELL: &str = "/bin/shell";
const ENVIRONMENT: [&str; 4] =
    ["HOME=/", "PATH=/bin:/usr/bin:/usr/sbin", "TERM=vt100", "SHELL=/bin/shell"];

/// A shell that ends within this time is not started again at once: a broken one would else keep
/// a core busy and the console full.
const LEAST_LIFE: Duration = Duration::from_secs(1);

user::entry!(main);

fn main() -> Result<()> {
    open_console()?;
    // Without a session there is a console, but no Ctrl-C.
    if let Err(error) = take_terminal() {
        eprintln!("init: {error}");
    }
    // What the terminal sends to a group is meant for its programs.
    for signal in [Signal::INT, Signal::QUIT, Signal::HUP, Signal::TSTP, Signal::TTOU] {
        process::ignore_signal(signal)?;
    }
    banner::print();
    loop {
        let started = time::now();
        let status = start_shell().and_then(reap_until_end);
        match status {
            Ok(status) => println!("init: the shell {}; starting it again", ending(status)),
            Err(error) => eprintln!("init: {SHELL}: {error}; trying again"),
        }
        let lived = time::now().saturating_sub(started);
        if lived < LEAST_LIFE {
            time::sleep(LEAST_LIFE - lived);
        }
    }
}

/// The kernel may have opened the three descriptors already.
fn open_console() -> Result<()> {
    if [STDIN, STDOUT, STDERR].into_iter().all(terminal::is_terminal) {
        return Ok(());
    }
    let console = File::options().read_write().open(CONSOLE)?;
    for target in [STDIN, STDOUT, STDERR] {
        fs::dup_to(console.as_raw(), target)?;
    }
    if console.as_raw() <= STDERR {
        // It is one of the three itself, so it stays open.
        let _ = console.into_fd().into_raw();
    }
    Ok(())
}

fn take_terminal() -> Result<()> {
    // The kernel may have made process 1 the first of a session.
    let _ = process::new_session();
    terminal::set_controlling(STDIN)?;
    terminal::set_foreground(STDIN, process::group())
}

fn start_shell() -> Result<Pid> {
    match process::fork()? {
        Fork::Parent(shell) => Ok(shell),
        Fork::Child => {
            let error = run_shell();
            eprintln!("init: {error}");
            process::exit(127)
        }
    }
}

/// Runs the shell in this process, as a group of its own in the foreground.
fn run_shell() -> Error {
    let own = process::id();
    // A shell without a foreground group still takes commands.
    let _ = process::set_group(own, own);
    let _ = terminal::set_foreground(STDIN, own);
    for signal in [Signal::INT, Signal::QUIT, Signal::HUP, Signal::TSTP, Signal::TTOU] {
        let _ = process::default_signal(signal);
    }
    let errno = process::exec(SHELL, &["shell"], &ENVIRONMENT);
    Error::new(errno, SHELL)
}

/// Reaps whatever ends, until it is the shell.
fn reap_until_end(shell: Pid) -> Result<ExitStatus> {
    loop {
        let ended = process::wait(WaitFor::Any, WaitOptions::Block)?;
        if let Some((pid, status)) = ended
            && pid == shell
        {
            return Ok(status);
        }
    }
}

fn ending(status: ExitStatus) -> alloc::string::String {
    match status {
        ExitStatus::Exited(status) => format!("ended with status {status}"),
        ExitStatus::Signalled(number) => match Signal::from_number(u32::from(number)) {
            Some(signal) => format!("died: {}", signal.text()),
            None => format!("died of signal {number}"),
        },
    }
}
