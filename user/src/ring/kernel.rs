//! The system that rings of programs use.

use super::{JoinError, System};
use crate::error::{Error, Result};
use crate::process::{self, Pid};
use crate::region::{self, Protection, Region};
use crate::shared::SharedMemory;
use crate::sync;
use alloc::format;
use alloc::string::{String, ToString};
use core::sync::atomic::AtomicU32;
use core::time::Duration;

/// The system calls.
#[derive(Clone, Copy, Debug, Default)]
pub struct Kernel;

impl System for Kernel {
    fn wait(&self, word: &AtomicU32, expected: u32, timeout: Option<Duration>) {
        sync::wait(word, expected, timeout);
    }

    fn wake_all(&self, word: &AtomicU32) {
        sync::wake(word, u32::MAX);
    }

    fn announce_departure(&self, word: &AtomicU32) -> core::result::Result<(), String> {
        region::announce_departure(word).map_err(|error| error.to_string())
    }

    fn is_alive(&self, process: u32) -> bool {
        process::is_alive(Pid(process))
    }

    fn id(&self) -> u32 {
        process::id().0
    }
}

/// Maps the region of that name until the process ends, and not less: the kernel counts the
/// departure in it.
pub fn map(name: &str) -> Result<SharedMemory<'static>> {
    let region = Region::open(name)?;
    if region.length()? == 0 {
        return Err(Error::message(format!("{name}: the region is empty"))
            .advice(format!("region resize {name} 64K")));
    }
    Ok(region.map(Protection::READ | Protection::WRITE)?.leak())
}

/// Why a region's ring can't be joined, and what to do.
pub fn explain(error: JoinError, name: &str) -> Error {
    let text = Error::message(format!("{name}: {error}"));
    match error {
        JoinError::TooSmall { need, .. } => text.advice(format!("region resize {name} {need}")),
        JoinError::OtherSize { ring } => {
            text.advice(format!("use --size {ring}, or consume what is left, or another region"))
        }
        JoinError::NotARing => text.advice("use another region"),
        JoinError::TooManyMembers | JoinError::Departure(_) => text,
    }
}
