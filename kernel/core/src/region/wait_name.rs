//! Waiting until a region of a name exists.

use super::names;
use crate::sched::{WaitError, WaitQueue};

static APPEARED: WaitQueue = WaitQueue::new();

/// A name has begun to exist: whoever waits for one looks.
pub(super) fn name_added() {
    APPEARED.wake_all();
}

/// Waits until a region of this name exists.
pub fn wait(name: &[u8], deadline: Option<u64>) -> Result<(), WaitError> {
    APPEARED.wait_until(deadline, || names::exists(name).then_some(()))
}
