//! A session: the shell as its user, and the end of all that the user leaves running.
//!
//! What was left could else still hold the terminal, and read the next one's password from it.

use super::{ACCOUNTS, KEYS};
use abi::process::ProcessState;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use user::accounts::{self, Account};
use user::error::{Error, Result};
use user::io::STDIN;
use user::process::{self, Fork, Pid, Signal, WaitFor, WaitOptions};
use user::{env, eprintln, fs, login, terminal};

/// Runs the shell of a user, and waits for its end.
pub fn run(name: &str) -> Result<()> {
    let users = fs::read_to_string(ACCOUNTS)?;
    let Some(account) = accounts::find_name(&users, name) else {
        return Err(Error::message(format!("{name}: no such user in {ACCOUNTS}")));
    };
    let before = processes_of(account.uid);
    let child = match process::fork()? {
        Fork::Parent(child) => child,
        Fork::Child => {
            let error = begin(name, &account);
            eprintln!("login: {error}");
            process::exit(127)
        }
    };
    wait_for(child)?;
    if account.uid != 0 {
        end_all_but(&before, account.uid);
    }
    // A terminal that is gone is found by the next question.
    let _ = terminal::set_foreground(STDIN, process::group());
    Ok(())
}

/// Becomes the user and then the shell; returns why not.
fn begin(name: &str, account: &Account) -> Error {
    let own = process::id();
    // Without a foreground group it still reads and writes.
    let _ = process::set_group(own, own);
    let _ = terminal::set_foreground(STDIN, own);
    for signal in KEYS {
        let _ = process::default_signal(signal);
    }
    if let Err(error) = become_user(name, account) {
        return error;
    }
    if let Err(error) = fs::set_current_dir(&account.home) {
        eprintln!("login: {error}; this is the directory /");
        let _ = fs::set_current_dir("/");
    }
    let shell = login::shell(account);
    // The hyphen says that it begins a session.
    let own_name = format!("-{}", shell.rsplit('/').next().unwrap_or(shell));
    let words = login::environment(name, account, env::var("TERM").unwrap_or("vt100"));
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    Error::new(process::exec(shell, &[&own_name], &words), shell)
}

fn become_user(name: &str, account: &Account) -> Result<()> {
    let groups = fs::read_to_string("/etc/group").unwrap_or_default();
    let further = accounts::further_groups(&groups, name);
    process::become_member(account.uid, account.gid, &further)
}

/// Waits for the end of the shell. One that stops itself goes on: nobody else could have it do so.
fn wait_for(child: Pid) -> Result<()> {
    while let Some((_, status)) = process::wait(WaitFor::Pid(child), WaitOptions::BlockOrStopped)? {
        if !status.is_stop() {
            break;
        }
        process::kill(child, Signal::CONT)?;
    }
    Ok(())
}

/// Ends the processes of a user, but for those that were there before.
fn end_all_but(before: &[u32], user: u32) {
    let mut ended = Vec::new();
    loop {
        let left = processes_of(user);
        let mut left =
            left.iter().filter(|pid| !before.contains(pid) && !ended.contains(*pid)).peekable();
        // What was told to end makes no more processes, so that there comes a round without new ones.
        if left.peek().is_none() {
            return;
        }
        let round: Vec<u32> = left.copied().collect();
        for pid in round {
            // One that has ended by itself is not there any more.
            let _ = process::kill(Pid(pid), Signal::KILL);
            ended.push(pid);
        }
    }
}

fn processes_of(user: u32) -> Vec<u32> {
    let records = process::list().unwrap_or_default();
    let lives = |state| state != ProcessState::Zombie as u32;
    let own = records.iter().filter(|record| record.uid == user && lives(record.state));
    own.map(|record| record.pid).collect()
}
