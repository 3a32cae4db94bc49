//! Symbolic links that the kernel makes itself.

use super::node::{Identity, Node};
use super::origin::Located;
use super::permission::Permissions;
use super::stat;
use abi::Errno;
use abi::file::{S_IFLNK, Stat};
use alloc::boxed::Box;

/// A symbolic link; one with a place leads there, whatever its text says.
pub struct LinkNode {
    identity: Identity,
    target: Box<[u8]>,
    place: Option<Result<Located, Errno>>,
    owner: (u32, u32),
}

impl LinkNode {
    /// A link of root's.
    pub fn new(identity: Identity, target: &[u8], place: Option<Result<Located, Errno>>) -> Self {
        Self { identity, target: target.into(), place, owner: (0, 0) }
    }

    /// The same link as somebody else's.
    #[must_use]
    pub const fn of(mut self, uid: u32, gid: u32) -> Self {
        self.owner = (uid, gid);
        self
    }
}

impl Node for LinkNode {
    fn identity(&self) -> Identity {
        self.identity
    }

    fn permissions(&self) -> Permissions {
        let (uid, gid) = self.owner;
        Permissions { mode: S_IFLNK | 0o777, uid, gid }
    }

    fn stat(&self) -> Stat {
        Stat { st_size: self.target.len() as i64, ..stat::base(self) }
    }

    fn link_target(&self) -> Option<&[u8]> {
        Some(&self.target)
    }

    fn jump(&self) -> Option<Result<Located, Errno>> {
        self.place.clone()
    }

    fn is_read_only(&self) -> bool {
        true
    }
}
