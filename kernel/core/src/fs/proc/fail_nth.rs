//! `fail-nth`, in debug kernels only: which of the caller's next questions for memory is refused.
//!
//! As on Linux: a number n that is written has the n-th fail; what is read is how many are still to
//! come before that, 0 once it has come. It is about the thread that reads or writes.

use crate::fs::node::{Identity, Node, Place, Waiting, Written};
use crate::fs::permission::Permissions;
use crate::fs::stat;
use crate::mm::refusals;
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use abi::file::{S_IFREG, Stat};
use alloc::format;

/// The file.
pub struct FailNth(Identity);

impl FailNth {
    /// The file with this identity.
    pub const fn new(identity: Identity) -> Self {
        Self(identity)
    }
}

impl Node for FailNth {
    fn identity(&self) -> Identity {
        self.0
    }

    fn permissions(&self) -> Permissions {
        Permissions { mode: S_IFREG | 0o600, uid: 0, gid: 0 }
    }

    fn stat(&self) -> Stat {
        stat::base(self)
    }

    fn read(&self, offset: u64, to: &mut UserBuffer<'_>, _: Waiting) -> Result<usize, Errno> {
        let text = format!("{}\n", refusals::left());
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(text.len());
        if start == text.len() { Ok(0) } else { to.put(&text.as_bytes()[start..]) }
    }

    fn write(&self, _: Place, from: &mut UserData<'_>, _: Waiting) -> Result<Written, Errno> {
        let count = from.remaining();
        let mut text = [0; 12];
        let length = from.take(&mut text)?;
        let number = core::str::from_utf8(&text[..length]).ok();
        let number = number.and_then(|text| text.trim_end().parse().ok()).ok_or(Errno::EINVAL)?;
        refusals::refuse(number);
        Ok(Written { count, end: count as u64 })
    }

    fn set_length(&self, _: u64) -> Result<(), Errno> {
        Ok(())
    }
}
