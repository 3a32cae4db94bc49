//! Two processes that measure something together.

use alloc::format;
use user::eprintln;
use user::error::{Error, Result};
use user::process::{self, ExitStatus, Fork, Pid};

/// Forks; the child plays `second`, which is given its parent, and this process `first`, which is
/// given the child. Both share what is open and mapped.
pub fn duel<T>(
    first: impl FnOnce(Pid) -> Result<T>,
    second: impl FnOnce(Pid) -> Result<()>,
) -> Result<T> {
    let parent = process::id();
    match process::fork()? {
        Fork::Child => process::exit(report(second(parent))),
        Fork::Parent(child) => {
            let outcome = first(child);
            if outcome.is_err() {
                // It may wait for this process for ever; it may also be gone already.
                let _ = process::kill(child, process::Signal::KILL);
            }
            let status = process::wait_for(child)?;
            let value = outcome?;
            match status {
                ExitStatus::Exited(0) => Ok(value),
                _ => Err(Error::message(format!("process {child} has failed"))),
            }
        }
    }
}

/// Tells what went wrong; returns the status to end with.
pub fn report(outcome: Result<()>) -> i32 {
    match outcome {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("bench: process {}: {error}", process::id());
            1
        }
    }
}
