//! The directory `task` of a process: a directory for each of its threads.

use super::name::NameFile;
use super::process::{ProcessDirectory, find};
use super::root::number;
use super::status;
use super::text::{Text, TextFile, Writer};
use crate::fs::node::{Directory, Identity, Item, Name, Node, NodeRef, name_from};
use crate::fs::permission::Permissions;
use crate::fs::stat;
use crate::process::{self, Process};
use crate::sched::Thread;
use abi::Errno;
use abi::file::{S_IFDIR, S_IFREG, Stat};
use alloc::boxed::Box;
use alloc::format;
use alloc::sync::{Arc, Weak};

/// The directory's number among the files of a process, behind those of its descriptors; the threads
/// have those that follow, each [`STRIDE`] of them.
const FILE: u64 = 0x10_0000;
const STRIDE: u64 = 8;

type Write = fn(&Process, &Thread, &mut Text) -> Result<(), Errno>;

/// The texts of a thread, in the order of their names; `comm` is no text.
const ENTRIES: &[(&str, Option<Write>)] =
    &[("comm", None), ("stat", Some(status::thread_line)), ("status", Some(status::thread_lines))];

/// Which file the directory is.
pub const fn identity(pid: u32) -> Identity {
    super::process::identity(pid, FILE)
}

const fn file_of(tid: u32, entry: usize) -> u64 {
    FILE + tid as u64 * STRIDE + entry as u64
}

fn root_readable(pid: u32) -> Permissions {
    let owner = find(pid).map(|process| process.credentials()).unwrap_or_default();
    Permissions { mode: S_IFDIR | 0o555, uid: owner.uid, gid: owner.gid }
}

/// The directory of the threads.
pub struct TaskDirectory {
    pid: u32,
    parent: Arc<ProcessDirectory>,
    itself: Weak<Self>,
}

impl TaskDirectory {
    /// That of the process with this number.
    pub fn create(pid: u32, parent: Arc<ProcessDirectory>) -> NodeRef {
        Arc::new_cyclic(|itself| Self { pid, parent, itself: itself.clone() })
    }
}

impl Node for TaskDirectory {
    fn identity(&self) -> Identity {
        identity(self.pid)
    }

    fn permissions(&self) -> Permissions {
        root_readable(self.pid)
    }

    fn stat(&self) -> Stat {
        let threads = process::find(self.pid).map_or(0, |process| process.threads().len());
        Stat { st_nlink: 2 + threads as u32, ..stat::base(self) }
    }

    fn directory(&self) -> Option<&dyn Directory> {
        Some(self)
    }

    fn is_read_only(&self) -> bool {
        true
    }
}

impl Directory for TaskDirectory {
    fn lookup(&self, name: &[u8]) -> Result<NodeRef, Errno> {
        let tid = number(name).ok_or(Errno::ENOENT)?;
        process::find(self.pid).and_then(|it| it.thread(tid)).ok_or(Errno::ENOENT)?;
        let parent = self.itself.upgrade().ok_or(Errno::ENOENT)?;
        Ok(Arc::new(ThreadDirectory { pid: self.pid, tid, parent }))
    }

    fn parent(&self) -> Option<NodeRef> {
        Some(self.parent.clone())
    }

    fn name_of(&self, child: Identity) -> Option<Name> {
        let threads = process::find(self.pid)?.threads();
        let is_it = |thread: &&Arc<Thread>| {
            super::process::identity(self.pid, file_of(thread.tid(), 0)) == child
        };
        name_from(format!("{}", threads.iter().find(is_it)?.tid()).as_bytes()).ok()
    }

    fn entry_after(&self, name: &[u8]) -> Option<Item> {
        let last = number(name).unwrap_or(0);
        let threads = process::find(self.pid)?.threads();
        let tid = threads.iter().map(|thread| thread.tid()).filter(|tid| *tid > last).min()?;
        let inode = super::process::inode(self.pid, file_of(tid, 0));
        Some(Item { name: name_from(format!("{tid}").as_bytes()).ok()?, inode, mode: S_IFDIR })
    }
}

/// The directory of a thread.
struct ThreadDirectory {
    pid: u32,
    tid: u32,
    parent: NodeRef,
}

impl ThreadDirectory {
    fn inode(&self, entry: usize) -> u64 {
        super::process::inode(self.pid, file_of(self.tid, entry + 1))
    }
}

impl Node for ThreadDirectory {
    fn identity(&self) -> Identity {
        super::process::identity(self.pid, file_of(self.tid, 0))
    }

    fn permissions(&self) -> Permissions {
        root_readable(self.pid)
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

impl Directory for ThreadDirectory {
    fn lookup(&self, name: &[u8]) -> Result<NodeRef, Errno> {
        let index = ENTRIES.iter().position(|(entry, _)| entry.as_bytes() == name);
        let index = index.ok_or(Errno::ENOENT)?;
        let (pid, tid) = (self.pid, self.tid);
        let identity = super::process::identity(pid, file_of(tid, index + 1));
        let Some(write) = ENTRIES[index].1 else {
            return Ok(Arc::new(NameFile::new(identity, pid, tid)));
        };
        let writer: Writer = Box::new(move |text| {
            let process = find(pid)?;
            let thread = process.thread(tid).ok_or(Errno::ESRCH)?;
            write(&process, &thread, text)
        });
        let permissions = Permissions { mode: S_IFREG | 0o444, ..root_readable(pid) };
        Ok(Arc::new(TextFile::new(identity, permissions, writer)))
    }

    fn parent(&self) -> Option<NodeRef> {
        Some(self.parent.clone())
    }

    fn name_of(&self, _: Identity) -> Option<Name> {
        None
    }

    fn entry_after(&self, name: &[u8]) -> Option<Item> {
        let index = ENTRIES.partition_point(|(entry, _)| entry.as_bytes() <= name);
        let (name, _) = ENTRIES.get(index)?;
        let name = name_from(name.as_bytes()).ok()?;
        Some(Item { name, inode: self.inode(index), mode: S_IFREG })
    }
}
