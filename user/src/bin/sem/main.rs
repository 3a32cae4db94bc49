//! `sem`: POSIX's named semaphores.
#![no_std]
#![no_main]

extern crate alloc;

mod list;

use abi::Errno;
use abi::time::TimeSpec;
use alloc::format;
use user::error::{Error, Result};
use user::options::{
    Argument, Parsed, only, parse, parse_mode, parse_seconds, plain, unknown, usage,
};
use user::posix::{self, Clock, NamedSemaphore, OpenFlags, SEM_VALUE_MAX};
use user::time::{self, Duration};
use user::{each, env, println};

const HELP: &str = "usage: sem ls
       sem create NAME [VALUE] [--mode OCTAL] [--exclusive]
       sem post NAME...
       sem wait NAME [--timeout SECONDS]
       sem value NAME
       sem rm NAME...

A semaphore is a number that is never below 0, by a name that begins with /.
`post` adds one, and `wait` takes one, waiting while the number is 0. They are
POSIX's: C programs find them with sem_open, and files see /dev/shm/sem.NAME.
A new one has the value 0 and mode 600 if not told otherwise.";

/// The words behind a command's name.
type Words = env::Strings;

user::entry!(main);

fn main() -> Result<i32> {
    let mut words = env::args().skip(1);
    let Some(command) = words.next() else {
        return Err(usage("what is to be done? ls, create, post, wait, value or rm"));
    };
    // The program's name and the command's.
    let mut behind = env::args();
    behind.nth(1);
    let outcome = match command {
        "ls" | "list" => list::run(behind),
        "create" => create(behind),
        "post" => post(behind),
        "wait" => wait(behind),
        "value" => value(behind),
        "rm" => remove(behind),
        "--help" | "-h" | "help" => Ok(Parsed::Help),
        other => Err(usage(format!("{other}: no such command"))),
    };
    match outcome? {
        Parsed::Run(status) => Ok(status),
        Parsed::Help => {
            println!("{HELP}");
            Ok(0)
        }
    }
}

fn create(words: Words) -> Result<Parsed<i32>> {
    let (mut flags, mut mode) = (OpenFlags::CREATE, 0o600);
    let parsed = parse(words, |option, values| {
        match option {
            Argument::Long("exclusive") | Argument::Short('x') => flags |= OpenFlags::EXCLUSIVE,
            Argument::Long("mode") | Argument::Short('m') => mode = parse_mode(values.value()?)?,
            option => return Err(unknown(option)),
        }
        Ok(())
    })?;
    let Parsed::Run(plain) = parsed else { return Ok(Parsed::Help) };
    let (name, wanted) = match plain[..] {
        [name] => (name, None),
        [name, value] => (name, Some(parse_value(value)?)),
        _ => return Err(usage("create needs a name, and perhaps a value")),
    };
    let semaphore = posix::sem_open(name, flags, mode, wanted.unwrap_or(0));
    let semaphore = semaphore.map_err(|errno| told(errno, name))?;
    match wanted {
        Some(wanted) if semaphore.value() != wanted => {
            let text = format!("{name}: the semaphore exists with value {}", semaphore.value());
            Err(Error::message(text).advice("sem post and sem wait change it"))
        }
        _ => Ok(Parsed::Run(0)),
    }
}

fn parse_value(text: &str) -> Result<u32> {
    let value = text.parse().ok().filter(|value| *value <= SEM_VALUE_MAX);
    value.ok_or_else(|| usage(format!("{text}: a value is a number from 0 to {SEM_VALUE_MAX}")))
}

/// The semaphore of a name, which must exist.
fn open(name: &str) -> Result<NamedSemaphore> {
    posix::sem_open(name, OpenFlags::empty(), 0, 0).map_err(|errno| told(errno, name))
}

fn post(words: Words) -> Result<Parsed<i32>> {
    let Parsed::Run(names) = plain(words)? else { return Ok(Parsed::Help) };
    if names.is_empty() {
        return Err(usage("which semaphore?"));
    }
    Ok(Parsed::Run(each(names, |name| {
        posix::sem_post(&*open(name)?).map_err(|errno| told(errno, name))
    })))
}

fn wait(words: Words) -> Result<Parsed<i32>> {
    let mut timeout = None;
    let parsed = parse(words, |option, values| match option {
        Argument::Long("timeout") | Argument::Short('t') => {
            timeout = Some(parse_seconds(values.value()?)?);
            Ok(())
        }
        option => Err(unknown(option)),
    })?;
    let Parsed::Run(plain) = parsed else { return Ok(Parsed::Help) };
    let name = only(&plain, "semaphore")?;
    let semaphore = open(name)?;
    let deadline = timeout.map(|timeout: Duration| time::now().saturating_add(timeout));
    loop {
        let outcome = match deadline {
            None => posix::sem_wait(&semaphore),
            Some(deadline) => {
                let until = TimeSpec::from_duration(deadline);
                posix::sem_clockwait(&semaphore, Clock::Monotonic, until)
            }
        };
        match outcome {
            Ok(()) => return Ok(Parsed::Run(0)),
            Err(Errno::EINTR) => {}
            Err(Errno::ETIMEDOUT) => {
                return Err(Error::message(format!("{name}: nobody posted in that time")));
            }
            Err(errno) => return Err(told(errno, name)),
        }
    }
}

fn value(words: Words) -> Result<Parsed<i32>> {
    let Parsed::Run(plain) = plain(words)? else { return Ok(Parsed::Help) };
    println!("{}", open(only(&plain, "semaphore")?)?.value());
    Ok(Parsed::Run(0))
}

fn remove(words: Words) -> Result<Parsed<i32>> {
    let Parsed::Run(names) = plain(words)? else { return Ok(Parsed::Help) };
    if names.is_empty() {
        return Err(usage("which semaphore?"));
    }
    Ok(Parsed::Run(each(names, |name| posix::sem_unlink(name).map_err(|errno| told(errno, name)))))
}

/// What a call failed with, in words.
fn told(errno: Errno, name: &str) -> Error {
    let error = Error::new(errno, name);
    match errno {
        Errno::ENOENT => error
            .problem("no such semaphore")
            .advice(format!("create one with: sem create {name} 1")),
        Errno::EEXIST => error.problem("a semaphore of that name exists already"),
        Errno::EINVAL => error.advice("a name is / and up to 251 characters without /"),
        Errno::ENAMETOOLONG => error.advice("a name is / and up to 251 characters"),
        Errno::EOVERFLOW => error.problem(format!("its value is {SEM_VALUE_MAX}, the greatest")),
        Errno::EACCES => error.advice("sem ls shows modes and owners"),
        _ => error,
    }
}
