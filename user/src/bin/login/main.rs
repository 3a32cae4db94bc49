//! `login`: asks who is there, and lets those in who know their password.
//!
//! It does not end, whatever is typed: the pause after a wrong password could else be cut short by having init
//! start it anew. What is told, and when, does not depend on whether there is such a user.
#![no_std]
#![no_main]

extern crate alloc;

mod ask;
mod session;

use abi::terminal::Termios;
use alloc::format;
use alloc::string::String;
use user::error::{Error, Result};
use user::io::STDIN;
use user::login::pause_after;
use user::options::{Parsed, plain, usage};
use user::password::Password;
use user::process::{self, Signal};
use user::shadow::{self, Decoy, Secret};
use user::{banner, env, eprintln, fs, print, println, terminal, time};

const HELP: &str = "usage: login
Asks for a name and a password, and starts the shell of whoever knows both; what that
user leaves running is ended with the shell. A line of /etc/inittab starts it:
console:root:respawn:/bin/login. Names are in /etc/passwd, passwords in /etc/shadow, as
passwd prints them; /etc/issue is shown first.";

/// The users.
const ACCOUNTS: &str = "/etc/passwd";
/// What is shown before the question, in place of the system's own words.
const ISSUE: &str = "/etc/issue";

/// What keys could end it with.
const KEYS: [Signal; 5] = [Signal::INT, Signal::QUIT, Signal::TSTP, Signal::TTIN, Signal::TTOU];

user::entry!(main);

fn main() -> Result<i32> {
    let Parsed::Run(words) = plain(env::args().skip(1))? else {
        println!("{HELP}");
        return Ok(0);
    };
    if !words.is_empty() {
        return Err(usage("login asks for the name itself"));
    }
    if process::effective_user() != 0 {
        let advice = "/etc/inittab starts it: console:root:respawn:/bin/login";
        return Err(Error::message("only root can let somebody in").advice(advice));
    }
    if !terminal::is_terminal(STDIN) {
        return Err(
            Error::message("standard input: not a terminal").advice("start it from /etc/inittab")
        );
    }
    for signal in KEYS {
        process::ignore_signal(signal)?;
    }
    greet();
    let mut refusals = 0;
    loop {
        terminal::set_settings(STDIN, &Termios::cooked())?;
        let Some(name) = ask::name(&format!("{} login: ", host_name()))? else { return Ok(1) };
        if is_admitted(&name)? {
            refusals = 0;
            if let Err(error) = session::run(&name) {
                eprintln!("login: {error}");
            }
            continue;
        }
        refusals += 1;
        time::sleep(pause_after(refusals));
        // What was typed meanwhile is not an answer.
        terminal::set_settings_and_forget(STDIN, &Termios::cooked())?;
        println!("login: wrong name or password");
    }
}

/// Asks for the password, where there is one to be asked for.
fn is_admitted(name: &str) -> Result<bool> {
    let users = fs::read_to_string(ACCOUNTS).unwrap_or_default();
    let hashes = fs::read_to_string(shadow::FILE).unwrap_or_default();
    let secret = Secret::of(&users, &hashes, name);
    if secret == Secret::Nothing {
        return Ok(true);
    }
    let password = Password::ask("Password: ")?;
    let bytes = password.as_ref().map_or(&[][..], Password::bytes);
    Ok(secret.is_met_by(bytes, &Decoy::like(&users, &hashes)))
}

/// What is shown to whoever comes.
fn greet() {
    match fs::read_to_string(ISSUE) {
        Ok(text) => print!("{text}"),
        Err(_) => banner::print(),
    }
    if let Err(error) = fs::metadata(shadow::FILE) {
        eprintln!("login: {error}: nobody with a password can get in");
    }
}

fn host_name() -> String {
    let text = fs::read_to_string("/etc/hostname").unwrap_or_default();
    text.lines().next().filter(|line| !line.is_empty()).unwrap_or("commons").into()
}
