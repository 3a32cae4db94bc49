//! What a user's messages may take up while they wait to be received.

use crate::room;
use crate::sync::{Lock, Rank};
use abi::Errno;
use alloc::collections::BTreeMap;

/// Bytes of messages of one user.
const BYTES_MAX: usize = 16 << 20;
/// Descriptors in messages of one user.
const RIGHTS_MAX: usize = 1024;

#[derive(Clone, Copy, Default)]
struct Used {
    bytes: usize,
    rights: usize,
}

static USERS: Lock<BTreeMap<u32, Used>> = Lock::new(Rank::SocketQuota, BTreeMap::new());

/// What a message is charged with, given back when it is dropped.
pub struct Charge {
    uid: u32,
    used: Used,
}

impl Charge {
    /// Charges the user; `ENOBUFS` or `ETOOMANYREFS` if that is too much.
    pub fn new(uid: u32, bytes: usize, rights: usize) -> Result<Self, Errno> {
        let mut users = USERS.lock();
        let used = users.entry(uid).or_default();
        let outcome = if used.bytes + bytes > BYTES_MAX {
            Err(Errno::ENOBUFS)
        } else if used.rights + rights > RIGHTS_MAX {
            Err(Errno::ETOOMANYREFS)
        } else {
            used.bytes += bytes;
            used.rights += rights;
            Ok(Self { uid, used: Used { bytes, rights } })
        };
        forget(&mut users, uid);
        outcome
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        let mut users = USERS.lock();
        if let Some(used) = users.get_mut(&self.uid) {
            used.bytes -= self.used.bytes;
            used.rights -= self.used.rights;
        }
        forget(&mut users, self.uid);
    }
}

fn forget(users: &mut BTreeMap<u32, Used>, uid: u32) {
    if users.get(&uid).is_some_and(|used| used.bytes == 0 && used.rights == 0) {
        users.remove(&uid);
        room::give_back_map(users);
    }
}
