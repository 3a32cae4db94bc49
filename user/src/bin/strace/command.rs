//! The command that is traced: a process that waits to become it until it is traced.

use abi::Sysno;
use abi::trace::TraceEvent;
use alloc::vec::Vec;
use user::error::{Error, Result};
use user::fs::{self, File, OwnedFd};
use user::process::{self, Fork, Pid, find_program};
use user::trace::record::Record;

/// A process that is about to become a command.
pub struct Command {
    pid: Pid,
    /// Closing it lets the process go on.
    gate: Option<OwnedFd>,
}

impl Command {
    /// Makes the process. It ends if this does before [`Self::start`].
    pub fn prepare(words: &[&str]) -> Result<Self> {
        let program = words.first().copied().unwrap_or_default();
        if find_program(program).is_none() {
            return Err(Error::message(alloc::format!("{program}: no such program"))
                .advice("help lists what there is"));
        }
        let (reader, writer) = fs::pipe()?;
        match process::fork()? {
            Fork::Parent(pid) => Ok(Self { pid, gate: Some(writer) }),
            Fork::Child => {
                drop(writer);
                wait_and_become(reader, words)
            }
        }
    }

    /// Its number.
    pub const fn pid(&self) -> Pid {
        self.pid
    }

    /// Lets the process become the command.
    pub fn start(mut self) {
        if let Some(gate) = self.gate.take() {
            // A reader that is gone has been killed, which its end tells.
            let _ = user::io::write_all(gate.as_raw(), GO);
        }
    }
}

const GO: &[u8] = b"!";

/// Waits for the word to go, which does not come if the tracer has ended.
fn wait_and_become(gate: OwnedFd, words: &[&str]) -> ! {
    let mut bytes = Vec::new();
    let outcome = File::from_fd(gate, "pipe").read_to_end(&mut bytes);
    if outcome.is_err() || bytes != GO {
        process::exit(1);
    }
    process::exit(process::become_command(words, None))
}

/// Whether the record is that of the call by which a process becomes a command.
pub fn is_its_first(record: &Record) -> bool {
    let ends = matches!(record.event, TraceEvent::End | TraceEvent::Signal);
    ends || record.event == TraceEvent::Enter && record.head.number == Sysno::Execve as u64
}
