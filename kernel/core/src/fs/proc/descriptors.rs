//! The directory `fd` of a process: a link for each descriptor, which leads to the open file's node.

use super::process::{ProcessDirectory, check_insight, find};
use super::root::number;
use crate::fs::link::LinkNode;
use crate::fs::node::{Directory, Identity, Item, Name, Node, NodeRef, name_from};
use crate::fs::permission::Permissions;
use crate::fs::{self, Fd, stat};
use crate::process;
use abi::Errno;
use abi::file::{S_IFDIR, S_IFLNK, Stat};
use alloc::format;
use alloc::sync::Arc;

/// The directory's number among the files of a process; the links have those behind it.
const FILE: u64 = 0x1_0000;

/// The directory `fd` of a process.
pub struct DescriptorDirectory {
    pid: u32,
    parent: Arc<ProcessDirectory>,
}

/// Which file the directory is.
pub const fn identity(pid: u32) -> Identity {
    super::process::identity(pid, FILE)
}

impl DescriptorDirectory {
    /// The descriptors of the process with this number.
    pub const fn new(pid: u32, parent: Arc<ProcessDirectory>) -> Self {
        Self { pid, parent }
    }

    fn owner(&self) -> (u32, u32) {
        let credentials = process::find(self.pid).map(|process| process.credentials());
        credentials.map_or((0, 0), |credentials| (credentials.uid, credentials.gid))
    }
}

impl Node for DescriptorDirectory {
    fn identity(&self) -> Identity {
        identity(self.pid)
    }

    fn permissions(&self) -> Permissions {
        let (uid, gid) = self.owner();
        Permissions { mode: S_IFDIR | 0o500, uid, gid }
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

impl Directory for DescriptorDirectory {
    fn lookup(&self, name: &[u8]) -> Result<NodeRef, Errno> {
        // `0` is the one number that begins with its zero.
        let fd = if name == b"0" { Some(0) } else { number(name) }.ok_or(Errno::ENOENT)?;
        let process = find(self.pid)?;
        check_insight(&process)?;
        let file = process.files.lock().descriptors.get(Fd(fd)).cloned();
        let place = file.map_err(|_| Errno::ENOENT)?.place();
        let text = fs::namespace().text_of(&place)?;
        let (uid, gid) = self.owner();
        let identity = super::process::identity(self.pid, FILE + 1 + u64::from(fd));
        Ok(Arc::new(LinkNode::new(identity, &text, Some(Ok(place))).of(uid, gid)))
    }

    fn parent(&self) -> Option<NodeRef> {
        Some(self.parent.clone())
    }

    fn name_of(&self, _: Identity) -> Option<Name> {
        None
    }

    fn entry_after(&self, name: &[u8]) -> Option<Item> {
        let process = process::find(self.pid)?;
        check_insight(&process).ok()?;
        let last = if name == b"0" { Some(0) } else { number(name) };
        let from = Fd(last.map_or(0, |fd| fd + 1));
        let Fd(fd) = process.files.lock().descriptors.first_from(from)?;
        let name = name_from(format!("{fd}").as_bytes()).ok()?;
        let inode = super::process::inode(self.pid, FILE + 1 + u64::from(fd));
        Some(Item { name, inode, mode: S_IFLNK })
    }
}
