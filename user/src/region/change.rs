//! Telling others that a region has changed, and waiting for that.
//!
//! Changes are numbered from 1. Who waits tells the last number that it has seen, so that no change
//! is missed between two waits.

use super::ChangeKind;
use super::open::Region;
use crate::error::Result;
use crate::process::Pid;
use crate::syscall::region_data as call;
use crate::time;
use core::time::Duration;

/// A change of a region.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Change {
    /// Its number. Changes between the one last seen and this one are no longer remembered.
    pub number: u64,
    /// What happened; `None` for what this program does not know.
    pub kind: Option<ChangeKind>,
    /// Who did it.
    pub by: Pid,
    /// The first byte that changed, or the new length.
    pub offset: u64,
    /// How many bytes changed; 0 where that is not known.
    pub length: u64,
}

impl Region {
    /// Tells all who wait that bytes have changed, and returns the change's number.
    pub fn notify(&self, offset: u64, length: u64) -> Result<u64> {
        self.told(call::region_notify(self.as_raw(), offset, length))
    }

    /// Waits for a change later than number `seen`, at most for the time, and returns the oldest
    /// that is remembered; `None` if there was none in that time.
    pub fn wait_change(&self, seen: u64, timeout: Option<Duration>) -> Result<Option<Change>> {
        let outcome =
            time::within(timeout, |left| call::region_wait_change(self.as_raw(), seen, left));
        Ok(self.told(outcome)?.map(|record| Change {
            number: record.number,
            kind: ChangeKind::from_number(record.kind),
            by: Pid(record.pid),
            offset: record.offset,
            length: record.length,
        }))
    }

    /// The number of the last change; 0 before the first.
    pub fn changes(&self) -> Result<u64> {
        Ok(self.stat()?.changes)
    }
}
