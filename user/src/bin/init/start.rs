//! Starting a command: in the foreground of its terminal, as its user.

use super::TERMINAL_SIGNALS;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use user::accounts::{self, Account};
use user::error::{Error, Result};
use user::inittab::Entry;
use user::io::STDIN;
use user::process::{self, Fork, Pid};
use user::{eprintln, fs, terminal};

const PATH: &str = "PATH=/bin:/usr/bin:/usr/sbin";
const ACCOUNTS: &str = "/etc/passwd";
/// The terminal that there is.
const TERMINAL: &str = "console";

/// Starts what an entry says.
pub fn start(entry: &Entry) -> Result<Pid> {
    if entry.terminal != TERMINAL {
        let problem = format!("/dev/{}: nothing is started there", entry.terminal);
        return Err(Error::message(problem).advice("the terminal is console"));
    }
    let accounts = fs::read_to_string(ACCOUNTS).unwrap_or_default();
    let account = accounts::find(&accounts, &entry.user)
        .ok_or_else(|| Error::message(format!("{}: no such user in {ACCOUNTS}", entry.user)))?;
    match process::fork()? {
        Fork::Parent(child) => Ok(child),
        Fork::Child => {
            let error = run(entry, &account);
            eprintln!("init: {error}");
            process::exit(127)
        }
    }
}

/// Runs the command in this process, as a group of its own in the foreground.
fn run(entry: &Entry, account: &Account) -> Error {
    let own = process::id();
    // Without a foreground group it still reads and writes.
    let _ = process::set_group(own, own);
    let _ = terminal::set_foreground(STDIN, own);
    for signal in TERMINAL_SIGNALS {
        let _ = process::default_signal(signal);
    }
    if account.uid != 0
        && let Err(error) = become_user(&entry.user, account)
    {
        return error;
    }
    let (home, shell) = (format!("HOME={}", account.home), format!("SHELL={}", account.shell));
    let environment = [home.as_str(), PATH, "TERM=vt100", &shell];
    let words: Vec<&str> = entry.command.iter().map(String::as_str).collect();
    let errno = process::exec(words[0], &words, &environment);
    Error::new(errno, words[0])
}

/// A number is in no further groups: those are of names.
fn become_user(user: &str, account: &Account) -> Result<()> {
    let groups = fs::read_to_string("/etc/group").unwrap_or_default();
    let further = accounts::further_groups(&groups, user);
    process::become_member(account.uid, account.gid, &further)
}
