//! Starting a program in a new process.

use super::{Fork, Pid, exec, exit, fork, wait_for};
use crate::env;
use crate::error::{Error, Result};
use crate::fs::{self, File, OwnedFd};
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

/// A program to be started, with this process's environment and descriptors.
#[derive(Clone, Debug)]
pub struct Command {
    program: String,
    arguments: Vec<String>,
    environment: Option<Vec<String>>,
    descriptors: Vec<(i32, i32)>,
}

impl Command {
    /// The program of this name or path.
    pub fn new(program: &str) -> Self {
        Self {
            program: program.into(),
            arguments: vec![program.into()],
            environment: None,
            descriptors: Vec::new(),
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
        let prepared =
            self.descriptors.iter().try_for_each(|(fd, target)| fs::dup_to(*fd, *target));
        let errno = match prepared {
            Err(error) => error.errno().unwrap_or(Errno::EBADF),
            Ok(()) => {
                let arguments: Vec<&str> = self.arguments.iter().map(String::as_str).collect();
                let inherited: Vec<String> =
                    env::vars().map(|(name, value)| format!("{name}={value}")).collect();
                let environment = self.environment.as_ref().unwrap_or(&inherited);
                let environment: Vec<&str> = environment.iter().map(String::as_str).collect();
                exec(path, &arguments, &environment)
            }
        };
        let _ = crate::io::write_all(errors.as_raw(), &(errno as i32).to_ne_bytes());
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
