//! `/dev`: the directory of the devices, and the devices that are only rules.

mod card;
mod memory;
mod screen;

use super::link::LinkNode;
use super::node::{Directory, FileSystem, Identity, Item, Name, Node, NodeRef, name_from};
use super::permission::Permissions;
use super::slot::Slot;
use super::stat;
use super::tty::{MasterNode, TerminalNode};
use abi::Errno;
use abi::file::{S_IFDIR, Stat};
use alloc::sync::{Arc, Weak};
use card::CardDevice;
use memory::{MemoryDevice, Rule};
use screen::ScreenDevice;

const ROOT_INODE: u64 = 1;

/// A directory of devices; its entries are fixed, in the order of their names.
struct DeviceDirectory {
    inode: u64,
    parent: Weak<Self>,
    entries: &'static [(&'static str, u64)],
    nodes: alloc::vec::Vec<NodeRef>,
}

/// Names and inodes in `/dev`, sorted.
const ENTRIES: &[(&str, u64)] = &[
    ("console", 2),
    ("fb0", 15),
    ("fd", 10),
    ("full", 3),
    ("mmcblk0", 14),
    ("null", 4),
    ("ptmx", 16),
    ("pts", 17),
    ("random", 5),
    ("shm", 6),
    ("stderr", 11),
    ("stdin", 12),
    ("stdout", 13),
    ("tty", 7),
    ("urandom", 8),
    ("zero", 9),
];

fn link(inode: u64, target: &'static str) -> NodeRef {
    let identity = Identity { file_system: FileSystem::Devices, inode };
    Arc::new(LinkNode::new(identity, target.as_bytes(), None))
}

/// The directory `/dev`; the card is the one in this slot.
pub fn create(slot: &Arc<Slot>) -> NodeRef {
    Arc::new_cyclic(|root: &Weak<DeviceDirectory>| {
        let node = |(name, inode): &(&str, u64)| -> NodeRef {
            let inode = *inode;
            match *name {
                "console" => Arc::new(TerminalNode::console(inode)),
                "tty" => Arc::new(TerminalNode::controlling(inode)),
                "ptmx" => Arc::new(MasterNode::new(inode)),
                "full" => Arc::new(MemoryDevice::new(inode, Rule::Full)),
                "mmcblk0" => Arc::new(CardDevice::new(inode, slot.clone())),
                "fb0" => Arc::new(ScreenDevice::new(inode)),
                "null" => Arc::new(MemoryDevice::new(inode, Rule::Null)),
                "random" => Arc::new(MemoryDevice::new(inode, Rule::Random)),
                "urandom" => Arc::new(MemoryDevice::new(inode, Rule::Urandom)),
                "fd" => link(inode, "/proc/self/fd"),
                "stdin" => link(inode, "/proc/self/fd/0"),
                "stdout" => link(inode, "/proc/self/fd/1"),
                "stderr" => link(inode, "/proc/self/fd/2"),
                "zero" => Arc::new(MemoryDevice::new(inode, Rule::Zero)),
                // Directories: where the regions and the pseudo-terminals are mounted.
                _ => {
                    let nodes = alloc::vec::Vec::new();
                    Arc::new(DeviceDirectory { inode, parent: root.clone(), entries: &[], nodes })
                }
            }
        };
        DeviceDirectory {
            inode: ROOT_INODE,
            parent: Weak::new(),
            entries: ENTRIES,
            nodes: ENTRIES.iter().map(node).collect(),
        }
    })
}

impl Node for DeviceDirectory {
    fn identity(&self) -> Identity {
        Identity { file_system: FileSystem::Devices, inode: self.inode }
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

impl DeviceDirectory {
    fn item(&self, index: usize) -> Option<Item> {
        let (name, inode) = self.entries.get(index)?;
        let mode = self.nodes.get(index)?.permissions().mode;
        Some(Item { name: name_from(name.as_bytes()).ok()?, inode: *inode, mode })
    }
}

impl Directory for DeviceDirectory {
    fn lookup(&self, name: &[u8]) -> Result<NodeRef, Errno> {
        let index = self.entries.binary_search_by_key(&name, |(name, _)| name.as_bytes());
        let index = index.map_err(|_| Errno::ENOENT)?;
        self.nodes.get(index).cloned().ok_or(Errno::ENOENT)
    }

    fn parent(&self) -> Option<NodeRef> {
        Some(self.parent.upgrade()?)
    }

    fn name_of(&self, child: Identity) -> Option<Name> {
        let (name, _) = self.entries.iter().find(|(_, inode)| *inode == child.inode)?;
        name_from(name.as_bytes()).ok()
    }

    fn entry_after(&self, name: &[u8]) -> Option<Item> {
        self.item(self.entries.partition_point(|(other, _)| other.as_bytes() <= name))
    }
}

/// The number of a device, as `st_rdev` has it.
pub const fn device_number(major: u64, minor: u64) -> u64 {
    major << 8 | minor
}
