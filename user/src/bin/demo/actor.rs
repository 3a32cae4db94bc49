//! Actors: processes that play a role in a story, and are given their cues.
//!
//! Cues go through pipes, so that the death of one side is the end of the other's waiting.

use alloc::format;
use user::eprintln;
use user::error::{Error, Result};
use user::fs::{self, File};
use user::io;
use user::process::{self, ExitStatus, Fork, Pid, Signal};

/// A process that plays a role, as the one that tells the story sees it.
pub struct Actor {
    /// Its number.
    pub pid: Pid,
    line: Line,
}

/// Both ways between the story and an actor.
pub struct Line {
    from: File,
    to: File,
}

impl Line {
    /// Tells the other that it is its turn.
    pub fn cue(&self) -> Result<()> {
        // What was said so far is heard before what the other says.
        let _ = io::flush();
        self.to.write_all(b"!")
    }

    /// Waits until it is this one's turn.
    pub fn wait(&self) -> Result<()> {
        match self.from.read(&mut [0])? {
            0 => Err(Error::message("the other process of the story has gone")),
            _ => Ok(()),
        }
    }
}

/// Forks an actor. It plays with everything that is open and mapped, and ends with what comes of it.
pub fn actor(play: impl FnOnce(&Line) -> Result<()>) -> Result<Actor> {
    let (its_from, to) = fs::pipe()?;
    let (from, its_to) = fs::pipe()?;
    match process::fork()? {
        Fork::Parent(pid) => {
            drop((its_from, its_to));
            let line = Line { from: File::from_fd(from, "cue"), to: File::from_fd(to, "cue") };
            Ok(Actor { pid, line })
        }
        Fork::Child => {
            drop((from, to));
            let (from, to) = (File::from_fd(its_from, "cue"), File::from_fd(its_to, "cue"));
            process::exit(match play(&Line { from, to }) {
                Ok(()) => 0,
                Err(error) => {
                    eprintln!("demo: process {}: {error}", process::id());
                    1
                }
            })
        }
    }
}

impl Actor {
    /// Gives it its cue.
    pub fn cue(&self) -> Result<()> {
        self.line.cue()
    }

    /// Waits for its cue.
    pub fn wait(&self) -> Result<()> {
        self.line.wait()
    }

    /// Waits for its end, which must be a good one.
    pub fn ends_well(self) -> Result<()> {
        match process::wait_for(self.pid)? {
            ExitStatus::Exited(0) => Ok(()),
            status => Err(self.unexpected(status)),
        }
    }

    /// Waits for its end, which must be by this signal.
    pub fn ends_by(self, signal: Signal) -> Result<()> {
        match process::wait_for(self.pid)? {
            ExitStatus::Signalled(number) if u32::from(number) == signal as u32 => Ok(()),
            status => Err(self.unexpected(status)),
        }
    }

    fn unexpected(&self, status: ExitStatus) -> Error {
        let status = status.shell_status();
        Error::message(format!("process {} ended with status {status}", self.pid))
    }
}
