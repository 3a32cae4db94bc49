//! `passwd`: makes the line of `/etc/shadow` for a password.
#![no_std]
#![no_main]

extern crate alloc;

use abi::Errno;
use alloc::format;
use alloc::string::String;
use user::error::{Error, Result};
use user::fs::{self, File};
use user::options::{Argument, Parsed, parse, unknown, usage};
use user::password::Password;
use user::shadow::{self, ROUNDS, SALT_BYTES};
use user::{accounts, env, eprintln, println, process};

const HELP: &str = "usage: passwd [--file FILE] [--rounds N] [USER]
Asks for a new password, one's own unless a USER is named, and puts its hash (SHA-512
crypt) into /etc/shadow, or FILE. Where /etc/shadow can't be written, as in every image,
the line is printed instead, for etc/shadow in the tree that the image is made with.
More rounds (there are 100000) make guessing slower, and each login.";

/// What group and others may.
const OTHERS: u32 = 0o077;
const ROUNDS_LEAST: u64 = 1000;
const ROUNDS_MOST: u32 = 999_999_999;

user::entry!(main);

fn main() -> Result<()> {
    let (mut file, mut rounds) = (None, ROUNDS);
    let parsed = parse(env::args().skip(1), |argument, arguments| {
        match argument {
            Argument::Long("file") => file = Some(arguments.value()?),
            Argument::Long("rounds") => {
                let number = arguments.number(ROUNDS_LEAST)?;
                let fitting = u32::try_from(number).ok().filter(|number| *number <= ROUNDS_MOST);
                rounds =
                    fitting.ok_or_else(|| usage(format!("--rounds: {ROUNDS_MOST} at most")))?;
            }
            other => return Err(unknown(other)),
        }
        Ok(())
    })?;
    let words = match parsed {
        Parsed::Help => {
            println!("{HELP}");
            return Ok(());
        }
        Parsed::Run(words) => words,
    };
    let name = match words[..] {
        [] => own_name()?,
        [name] if is_name(name) => name.into(),
        [name] => return Err(usage(format!("{name:?}: a name has no colon and no blank"))),
        _ => return Err(usage("one user at a time")),
    };
    let hash = new_hash(rounds)?;
    match file {
        Some(path) => put(path, &name, &hash),
        None if File::options().read_write().open(shadow::FILE).is_ok() => {
            put(shadow::FILE, &name, &hash)
        }
        None => {
            eprintln!(
                "passwd: {} can't be written; this line belongs into it, in the image's tree:",
                shadow::FILE
            );
            println!("{}", shadow::new_line(&name, &hash));
            Ok(())
        }
    }
}

/// Whether a word can be a user's name in `/etc/passwd`.
fn is_name(word: &str) -> bool {
    let is_odd =
        |character: char| character == ':' || character.is_whitespace() || character.is_control();
    !word.is_empty() && !word.contains(is_odd)
}

/// Who calls.
fn own_name() -> Result<String> {
    let users = fs::read_to_string("/etc/passwd")?;
    let uid = process::user();
    accounts::name_of(&users, uid).map(String::from).ok_or_else(|| {
        Error::message(format!("user {uid} has no name in /etc/passwd"))
            .advice("say whose password it is")
    })
}

/// Asks twice, and hashes what was typed.
fn new_hash(rounds: u32) -> Result<String> {
    let ended = || Error::message("no password was typed, and nothing is changed");
    let password = Password::ask("New password: ")?.ok_or_else(ended)?;
    if password.bytes().is_empty() {
        let advice = "an empty field in etc/shadow lets everybody in";
        return Err(Error::message("an empty password is none").advice(advice));
    }
    let again = Password::ask("The same again: ")?.ok_or_else(ended)?;
    if password.bytes() != again.bytes() {
        return Err(Error::message("these are two passwords, and nothing is changed"));
    }
    let mut salt = [0; SALT_BYTES];
    let count = File::open("/dev/urandom")?.read(&mut salt)?;
    if count != SALT_BYTES {
        return Err(Error::new(Errno::EIO, "/dev/urandom"));
    }
    shadow::hash(password.bytes(), salt, rounds)
        .ok_or_else(|| Error::new(Errno::EINVAL, "the hash"))
}

/// Puts a hash into a file, which is the old or the new one whenever the power goes.
fn put(path: &str, name: &str, hash: &str) -> Result<()> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.errno() == Some(Errno::ENOENT) => String::new(),
        outcome => outcome?,
    };
    let new = format!("{path}.new");
    // Left from a call that was cut off.
    let _ = fs::unlink(&new);
    let file = File::options().write().create_new().mode(0o600).open(&new)?;
    file.write_all(shadow::with_hash(&text, name, hash).as_bytes())?;
    file.sync()?;
    drop(file);
    fs::rename(&new, path)?;
    let mode = fs::metadata(path)?.permissions();
    if mode & OTHERS != 0 {
        eprintln!("passwd: {path}: others can read the hashes in it (its mode is {mode:o})");
    }
    println!("{path} has the new password of {name}");
    Ok(())
}
