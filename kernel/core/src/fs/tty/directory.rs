//! `/dev/pts`: the pseudo-terminals that there are, by their numbers.

use super::node::TerminalNode;
use super::pair;
use crate::fs::node::{Directory, FileSystem, Identity, Item, Name, Node, NodeRef, name_from};
use crate::fs::permission::Permissions;
use crate::fs::stat;
use abi::Errno;
use abi::file::{S_IFDIR, Stat};
use alloc::string::ToString;
use alloc::sync::Arc;

const ROOT_INODE: u64 = 1;
/// A terminal's inode is this and its number.
pub const FIRST_INODE: u64 = 3;

/// The directory.
pub struct TerminalDirectory;

impl Node for TerminalDirectory {
    fn identity(&self) -> Identity {
        Identity { file_system: FileSystem::Terminals, inode: ROOT_INODE }
    }

    fn permissions(&self) -> Permissions {
        Permissions { mode: S_IFDIR | 0o755, uid: 0, gid: 0 }
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

fn node_of(number: usize) -> Option<TerminalNode> {
    Some(TerminalNode::slave(pair::find(number)?))
}

/// The number, as it is written: neither a sign nor zeroes before it.
fn number_of(name: &[u8]) -> Option<usize> {
    let number: usize = core::str::from_utf8(name).ok()?.parse().ok()?;
    (number.to_string().as_bytes() == name).then_some(number)
}

impl Directory for TerminalDirectory {
    fn lookup(&self, name: &[u8]) -> Result<NodeRef, Errno> {
        let node = number_of(name).and_then(node_of).ok_or(Errno::ENOENT)?;
        Ok(Arc::new(node))
    }

    fn parent(&self) -> Option<NodeRef> {
        None
    }

    fn name_of(&self, child: Identity) -> Option<Name> {
        let number = child.inode.checked_sub(FIRST_INODE)?;
        name_from(number.to_string().as_bytes()).ok()
    }

    fn entry_after(&self, name: &[u8]) -> Option<Item> {
        // In the order of their names, not of their numbers.
        let names = (0..pair::PAIRS).map(|number| (number.to_string(), number));
        let behind = names
            .filter(|(other, number)| other.as_bytes() > name && pair::find(*number).is_some());
        let (next, number) = behind.min()?;
        let mode = node_of(number)?.permissions().mode;
        let inode = FIRST_INODE + number as u64;
        Some(Item { name: name_from(next.as_bytes()).ok()?, inode, mode })
    }
}
