//! Directories whose names are fixed.

use crate::fs::node::{Directory, Identity, Item, Name, Node, NodeRef, name_from};
use crate::fs::permission::Permissions;
use crate::fs::stat;
use abi::Errno;
use abi::file::{S_IFDIR, Stat};
use alloc::sync::Weak;
use alloc::vec::Vec;

/// A directory of nodes that are always there, in the order of their names.
pub struct FixedDirectory {
    identity: Identity,
    parent: Weak<Self>,
    entries: Vec<(&'static str, NodeRef)>,
}

impl FixedDirectory {
    /// A directory of these nodes.
    pub fn new(
        identity: Identity,
        parent: Weak<Self>,
        mut entries: Vec<(&'static str, NodeRef)>,
    ) -> Self {
        entries.sort_by_key(|(name, _)| *name);
        Self { identity, parent, entries }
    }
}

impl Node for FixedDirectory {
    fn identity(&self) -> Identity {
        self.identity
    }

    fn permissions(&self) -> Permissions {
        Permissions { mode: S_IFDIR | 0o555, uid: 0, gid: 0 }
    }

    fn stat(&self) -> Stat {
        Stat { st_nlink: 2, ..stat::base(self) }
    }

    fn directory(&self) -> Option<&dyn Directory> {
        Some(self)
    }

    fn is_read_only(&self) -> bool {
        true
    }
}

impl Directory for FixedDirectory {
    fn lookup(&self, name: &[u8]) -> Result<NodeRef, Errno> {
        let found = self.entries.iter().find(|(other, _)| other.as_bytes() == name);
        found.map(|(_, node)| node.clone()).ok_or(Errno::ENOENT)
    }

    fn parent(&self) -> Option<NodeRef> {
        Some(self.parent.upgrade()?)
    }

    fn name_of(&self, child: Identity) -> Option<Name> {
        let (name, _) = self.entries.iter().find(|(_, node)| node.identity() == child)?;
        name_from(name.as_bytes()).ok()
    }

    fn entry_after(&self, name: &[u8]) -> Option<Item> {
        let index = self.entries.partition_point(|(other, _)| other.as_bytes() <= name);
        let (name, node) = self.entries.get(index)?;
        let (inode, mode) = (node.identity().inode, node.permissions().mode);
        Some(Item { name: name_from(name.as_bytes()).ok()?, inode, mode })
    }
}
