//! What reads and writes are told and tell: whether they may wait, where they go, what was done, and
//! how much room there is.

use crate::sched::{WaitError, WaitQueue};
use abi::Errno;

/// Whether a call may wait for data or for room.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Waiting {
    /// It may.
    Allowed,
    /// It may until this time since boot, and fails with `EAGAIN` then.
    Until(u64),
    /// It fails with `EAGAIN` instead.
    Refused,
}

impl Waiting {
    /// What `attempt` gives, waiting in the queue for it or not.
    pub fn attempt<T>(
        self,
        queue: &WaitQueue,
        mut attempt: impl FnMut() -> Option<T>,
    ) -> Result<T, Errno> {
        match self {
            Self::Allowed => Ok(queue.wait_until(None, attempt)?),
            Self::Until(deadline) => match queue.wait_until(Some(deadline), attempt) {
                Err(WaitError::TimedOut) => Err(Errno::EAGAIN),
                outcome => Ok(outcome?),
            },
            Self::Refused => attempt().ok_or(Errno::EAGAIN),
        }
    }
}

/// Where a write goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Place {
    /// To this offset.
    Offset(u64),
    /// To wherever the file ends when the write takes place.
    End,
}

/// What a write has done.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Written {
    /// Bytes that were written.
    pub count: usize,
    /// The offset behind the last of them.
    pub end: u64,
}

/// Whether the file has offsets.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Seeking {
    /// It has: reads and writes go where the offset is, and move it.
    Offsets,
    /// Every offset is the same: `lseek` succeeds and means nothing.
    Ignored,
    /// It is a stream: `lseek` is `ESPIPE`.
    Stream,
}

/// How much fits on a file system.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Room {
    /// Bytes of a block.
    pub block_bytes: u64,
    /// Blocks in all.
    pub blocks: u64,
    /// Those that are free.
    pub free: u64,
}
