//! Starting a program in a new process.

use super::{Fork, Pid, exec, exit, fork, new_session, wait_for};
use crate::error::{Error, Result};
use crate::fs::{self, File, OwnedFd};
use crate::{env, eprintln};
use crate::{io, terminal};
use abi::Errno;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// The path of a program: a name without a slash is looked for along `PATH`; a path is itself.
pub fn find_program(name: &str) -> Option<String> {
    if name.contains('/') {
        return Some(name.into());
    }
    let path = env::var("PATH").unwrap_or("/bin");
    path.split(':')
        .map(|directory| format!("{directory}/{name}"))
        .find(|path| fs::is_executable(path))
}

/// Becomes a command, with the environment of `NAME=VALUE` words if one is given, else with its own; returns
/// the status that shells have for one that is not there or cannot be run, and says so.
pub fn become_command(words: &[&str], environment: Option<&[String]>) -> i32 {
    const CANNOT_RUN: i32 = 126;
    const NOT_FOUND: i32 = 127;
    let program = words.first().copied().unwrap_or_default();
    let name = env::program_name();
    let Some(path) = find_program(program) else {
        eprintln!("{name}: {program}: no such program (help lists what there is)");
        return NOT_FOUND;
    };
    let own = own_environment();
    let environment: Vec<&str> = environment.unwrap_or(&own).iter().map(String::as_str).collect();
    let errno = exec(&path, words, &environment);
    eprintln!("{name}: {program}: {}", errno.text());
    CANNOT_RUN
}

/// This process's environment, as words.
pub fn own_environment() -> Vec<String> {
    env::vars().map(|(name, value)| format!("{name}={value}")).collect()
}

/// A program to be started, with this process's environment and descriptors.
#[derive(Clone, Debug)]
pub struct Command {
    program: String,
    arguments: Vec<String>,
    environment: Option<Vec<String>>,
    descriptors: Vec<(i32, i32)>,
    terminal: Option<String>,
}

impl Command {
    /// The program of this name or path.
    pub fn new(program: &str) -> Self {
        Self {
            program: program.into(),
            arguments: vec![program.into()],
            environment: None,
            descriptors: Vec::new(),
            terminal: None,
        }
    }

    /// Adds an argument.
    pub fn arg(mut self, argument: &str) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Adds arguments.
    pub fn args(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(|argument| String::from(*argument)));
        self
    }

    /// Gives it this environment, of words like `HOME=/`, and no other.
    pub fn environment(mut self, words: &[&str]) -> Self {
        self.environment = Some(words.iter().map(|word| String::from(*word)).collect());
        self
    }

    /// Gives it descriptor `fd` of this process as its `target`.
    pub fn descriptor(mut self, fd: i32, target: i32) -> Self {
        self.descriptors.push((fd, target));
        self
    }

    /// Has it lead a session of its own, with the terminal of this path for its input, output and errors.
    pub fn on_terminal(mut self, path: &str) -> Self {
        self.terminal = Some(path.into());
        self
    }

    /// Starts it; a program that can't be run is this process's error.
    pub fn spawn(&self) -> Result<Pid> {
        let Some(path) = find_program(&self.program) else {
            return Err(Error::new(Errno::ENOENT, self.program.as_str()).problem("no such program"));
        };
        // The pipe is closed by a successful exec; else it carries the error number.
        let (reader, writer) = fs::pipe()?;
        match fork()? {
            Fork::Child => self.run(&path, &writer),
            Fork::Parent(child) => {
                drop(writer);
                self.check(child, reader)
            }
        }
    }

    fn run(&self, path: &str, errors: &OwnedFd) -> ! {
        let prepared = self.terminal.as_deref().map_or(Ok(()), take_terminal).and_then(|()| {
            self.descriptors.iter().try_for_each(|(fd, target)| fs::dup_to(*fd, *target))
        });
        let errno = match prepared {
            Err(error) => error.errno().unwrap_or(Errno::EBADF),
            Ok(()) => {
                let arguments: Vec<&str> = self.arguments.iter().map(String::as_str).collect();
                let inherited = own_environment();
                let environment = self.environment.as_ref().unwrap_or(&inherited);
                let environment: Vec<&str> = environment.iter().map(String::as_str).collect();
                exec(path, &arguments, &environment)
            }
        };
        let _ = io::write_all(errors.as_raw(), &(errno as i32).to_ne_bytes());
        exit(127)
    }

    fn check(&self, child: Pid, reader: OwnedFd) -> Result<Pid> {
        let mut bytes = [0; 4];
        let count = File::from_fd(reader, "pipe").read(&mut bytes)?;
        if count < bytes.len() {
            return Ok(child);
        }
        wait_for(child)?;
        let errno = Errno::from_number(i32::from_ne_bytes(bytes)).unwrap_or(Errno::ENOEXEC);
        Err(Error::new(errno, self.program.as_str()))
    }
}

/// Begins a session with this terminal.
fn take_terminal(path: &str) -> Result<()> {
    new_session()?;
    let file = File::options().read_write().open(path)?;
    terminal::set_controlling(file.as_raw())?;
    [io::STDIN, io::STDOUT, io::STDERR].iter().try_for_each(|fd| fs::dup_to(file.as_raw(), *fd))
}
