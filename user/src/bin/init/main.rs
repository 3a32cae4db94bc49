//! `init`: process 1. It opens the console, starts what `/etc/inittab` says, and reaps orphans.
#![no_std]
#![no_main]

extern crate alloc;

mod start;

use alloc::format;
use alloc::vec::Vec;
use core::time::Duration;
use start::start;
use user::error::Result;
use user::fs::{self, File};
use user::inittab::{self, Action, Entry};
use user::io::{STDERR, STDIN, STDOUT};
use user::process::{self, ExitStatus, Pid, Signal, WaitFor, WaitOptions};
use user::{banner, eprintln, println, system, terminal, time};

const CONSOLE: &str = "/dev/console";
const TABLE: &str = "/etc/inittab";

/// What ends within this time is not started again at once: a broken program would else keep
/// a core busy and the console full.
const LEAST_LIFE: Duration = Duration::from_secs(1);

/// The signals that a terminal sends.
const TERMINAL_SIGNALS: [Signal; 5] =
    [Signal::INT, Signal::QUIT, Signal::HUP, Signal::TSTP, Signal::TTOU];

user::entry!(main);

fn main() -> Result<()> {
    open_console()?;
    // Without a session there is a console, but no Ctrl-C.
    if let Err(error) = take_terminal() {
        eprintln!("init: {error}");
    }
    // What the terminal sends to a group is meant for its programs.
    for signal in TERMINAL_SIGNALS {
        process::ignore_signal(signal)?;
    }
    let entries = entries();
    if !entries.iter().any(|entry| entry.action == Action::End || greets(entry)) {
        banner::print();
    }
    let mut running = Vec::new();
    for entry in &entries {
        match (start(entry), entry.action) {
            (Ok(child), Action::Wait) => drop(process::wait_for(child)?),
            (Ok(_), Action::Once) => {}
            (Ok(pid), Action::Respawn | Action::End) => {
                running.push(Running { entry, pid, since: time::now() });
            }
            (Err(error), action) => {
                eprintln!("init: {}: {error}", entry.command[0]);
                if action == Action::End {
                    system::end(CANNOT_RUN)?;
                }
            }
        }
    }
    look_after(running)
}

/// Whether a command shows itself what a person sees first.
fn greets(entry: &Entry) -> bool {
    entry.command[0].ends_with("/login")
}

/// The status of a command that cannot be run, as shells have it.
const CANNOT_RUN: u8 = 126;

/// Something that is to run.
struct Running<'a> {
    entry: &'a Entry,
    pid: Pid,
    since: Duration,
}

/// What the table says; a shell where there is none, or nothing in it that runs.
fn entries() -> Vec<Entry> {
    let (mut entries, errors) =
        fs::read_to_string(TABLE).map_or_else(|_| Default::default(), |text| inittab::parse(&text));
    errors.iter().for_each(|error| eprintln!("init: {error}"));
    if !entries.iter().any(|entry| matches!(entry.action, Action::Respawn | Action::End)) {
        entries.push(Entry::shell());
    }
    entries
}

/// Reaps whatever ends, and starts again what is to run.
fn look_after(mut running: Vec<Running<'_>>) -> ! {
    loop {
        // There is always somebody to wait for; if not, there is nobody to be told.
        let Ok(Some((pid, status))) = process::wait(WaitFor::Any, WaitOptions::Block) else {
            time::sleep(LEAST_LIFE);
            continue;
        };
        let Some(ended) = running.iter_mut().find(|running| running.pid == pid) else { continue };
        let name = ended.entry.command[0].rsplit('/').next().unwrap_or_default();
        if ended.entry.action == Action::End {
            let status = status.shell_status() as u8;
            if let Err(error) = system::end(status) {
                eprintln!("init: {error}");
            }
        }
        println!("init: the {name} {}; starting it again", ending(status));
        let lived = time::now().saturating_sub(ended.since);
        if lived < LEAST_LIFE {
            time::sleep(LEAST_LIFE - lived);
        }
        ended.since = time::now();
        match start(ended.entry) {
            Ok(pid) => ended.pid = pid,
            Err(error) => eprintln!("init: {}: {error}", ended.entry.command[0]),
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

fn ending(status: ExitStatus) -> alloc::string::String {
    match status {
        ExitStatus::Exited(status) => format!("ended with status {status}"),
        ExitStatus::Signalled(number) => match Signal::from_number(u32::from(number)) {
            Some(signal) => format!("died: {}", signal.text()),
            None => format!("died of signal {number}"),
        },
    }
}
