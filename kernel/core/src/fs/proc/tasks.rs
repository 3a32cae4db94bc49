//! The directory `task` of a process: a directory for each thread, with what is the thread's own.

use super::process::{ProcessDirectory, find};
use super::root::number;
use super::status;
use super::text::{Text, TextFile, Writer};
use crate::fs::node::{Directory, Identity, Item, Name, Node, NodeRef, name_from};
use crate::fs::permission::Permissions;
use crate::fs::stat;
use crate::process::Process;
use crate::sched::Thread;
use abi::Errno;
use abi::file::{S_IFDIR, S_IFREG, Stat};
use alloc::boxed::Box;
use alloc::format;
use alloc::sync::{Arc, Weak};

/// The directory's number among the files of a process, and those of threads among their own.
const FILE: u64 = 0x2_0000;
const THREAD_FILE: u64 = 0x4_0000;

type Write = fn(&Process, &Thread, &mut Text) -> Result<(), Errno>;

/// The names in a thread's directory, in their order.
const ENTRIES: &[(&str, Write)] = &[("comm", status::thread_name), ("stat", status::thread_line)];

/// Which file the directory of a process's threads is.
pub const fn identity(pid: u32) -> Identity {
    super::process::identity(pid, FILE)
}

/// The file of a thread with this number; no two threads have the same.
const fn of_thread(tid: u32, file: u64) -> Identity {
    super::process::identity(tid, THREAD_FILE + file)
}

const DIRECTORY: Permissions = Permissions { mode: S_IFDIR | 0o555, uid: 0, gid: 0 };

/// The directory `task` of a process.
pub struct TaskDirectory {
    pid: u32,
    parent: Arc<ProcessDirectory>,
    itself: Weak<Self>,
}

impl TaskDirectory {
    /// The threads of the process with this number.
    pub fn create(pid: u32, parent: Arc<ProcessDirectory>) -> NodeRef {
        Arc::new_cyclic(|itself| Self { pid, parent, itself: itself.clone() })
    }
}

impl Node for TaskDirectory {
    fn identity(&self) -> Identity {
        identity(self.pid)
    }

    fn permissions(&self) -> Permissions {
        DIRECTORY
    }

    fn stat(&self) -> Stat {
        let threads = find(self.pid).map_or(0, |process| process.threads().len());
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
        find(self.pid)?.thread(tid).ok_or(Errno::ENOENT)?;
        let parent = self.itself.upgrade().ok_or(Errno::ENOENT)?;
        Ok(Arc::new(ThreadDirectory { pid: self.pid, tid, parent }))
    }

    fn parent(&self) -> Option<NodeRef> {
        Some(self.parent.clone())
    }

    fn name_of(&self, child: Identity) -> Option<Name> {
        let threads = find(self.pid).ok()?.threads();
        let thread = threads.iter().find(|thread| of_thread(thread.tid(), 0) == child)?;
        name_from(format!("{}", thread.tid()).as_bytes()).ok()
    }

    fn entry_after(&self, name: &[u8]) -> Option<Item> {
        let last = number(name).unwrap_or(0);
        let threads = find(self.pid).ok()?.threads();
        let next = threads.iter().map(|thread| thread.tid()).filter(|tid| *tid > last).min()?;
        let (Identity { inode, .. }, name) = (of_thread(next, 0), format!("{next}"));
        Some(Item { name: name_from(name.as_bytes()).ok()?, inode, mode: S_IFDIR })
    }
}

/// The directory of a thread.
struct ThreadDirectory {
    pid: u32,
    tid: u32,
    parent: Arc<TaskDirectory>,
}

impl Node for ThreadDirectory {
    fn identity(&self) -> Identity {
        of_thread(self.tid, 0)
    }

    fn permissions(&self) -> Permissions {
        DIRECTORY
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
        let (pid, tid, write) = (self.pid, self.tid, ENTRIES[index].1);
        let writer: Writer = Box::new(move |text| {
            let process = find(pid)?;
            let thread = process.thread(tid).ok_or(Errno::ESRCH)?;
            write(&process, &thread, text)
        });
        let permissions = Permissions { mode: S_IFREG | 0o444, uid: 0, gid: 0 };
        Ok(Arc::new(TextFile::new(of_thread(tid, index as u64 + 1), permissions, writer)))
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
        let Identity { inode, .. } = of_thread(self.tid, index as u64 + 1);
        Some(Item { name: name_from(name.as_bytes()).ok()?, inode, mode: S_IFREG })
    }
}
