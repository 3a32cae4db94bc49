//! The directory `/proc`: texts about the system, and a directory for each process.

use super::process::ProcessDirectory;
use super::{plain, system};
use crate::check;
use crate::fs::link::LinkNode;
use crate::fs::node::{Directory, FileSystem, Identity, Item, Name, Node, NodeRef, name_from};
use crate::fs::permission::Permissions;
use crate::fs::stat;
use crate::process;
use crate::sched;
use abi::Errno;
use abi::file::{S_IFDIR, S_IFLNK, S_IFREG, Stat};
use alloc::format;
use alloc::sync::{Arc, Weak};

type Write = fn(&mut super::Text);

/// The texts, in the order of their names; `self` is a link.
const TEXTS: &[(&str, Write)] = &[
    (CHECK, check::write),
    ("cpuinfo", system::processors),
    #[cfg(all(debug_assertions, target_os = "none"))]
    (FAIL_NTH, |_| {}),
    ("filesystems", system::file_systems),
    (LAST_LOG, system::last_log),
    ("loadavg", system::load),
    #[cfg(all(debug_assertions, target_os = "none"))]
    ("lock_stat", super::locks::write),
    ("meminfo", system::memory),
    ("mounts", system::mounts),
    ("self", |_| {}),
    ("stat", system::statistics),
    ("swaps", system::swaps),
    ("uptime", system::uptime),
    ("version", system::version),
];
const SELF: &str = "self";
#[cfg(all(debug_assertions, target_os = "none"))]
const FAIL_NTH: &str = "fail-nth";
/// The log of the run before, which tells of other users' processes: for root alone.
const LAST_LOG: &str = "last_kmsg";
/// Whether what must hold does; to look stops everybody, so it is for root alone.
const CHECK: &str = "check";
const ROOT_INODE: u64 = 1;

/// The directory.
pub struct Root {
    itself: Weak<Self>,
}

const fn identity(inode: u64) -> Identity {
    Identity { file_system: FileSystem::Processes, inode }
}

/// The number that a name is, written as numbers are.
pub fn number(name: &[u8]) -> Option<u32> {
    let text = core::str::from_utf8(name).ok()?;
    let is_plain = !text.starts_with(['0', '+']);
    text.parse().ok().filter(|_| is_plain)
}

impl Root {
    /// The directory, which has to know itself.
    pub const fn new(itself: Weak<Self>) -> Self {
        Self { itself }
    }
}

impl Node for Root {
    fn identity(&self) -> Identity {
        identity(ROOT_INODE)
    }

    fn permissions(&self) -> Permissions {
        Permissions { mode: S_IFDIR | 0o555, uid: 0, gid: 0 }
    }

    fn stat(&self) -> Stat {
        Stat { st_nlink: 2 + process::count() as u32, ..stat::base(self) }
    }

    fn directory(&self) -> Option<&dyn Directory> {
        Some(self)
    }

    fn is_read_only(&self) -> bool {
        true
    }
}

impl Directory for Root {
    fn lookup(&self, name: &[u8]) -> Result<NodeRef, Errno> {
        if let Some(pid) = number(name) {
            process::find(pid).ok_or(Errno::ENOENT)?;
            let root = self.itself.upgrade().ok_or(Errno::ENOENT)?;
            return Ok(ProcessDirectory::create(pid, root));
        }
        let index = TEXTS.iter().position(|(text, _)| text.as_bytes() == name);
        let index = index.ok_or(Errno::ENOENT)?;
        let (name, write) = TEXTS[index];
        let identity = identity(ROOT_INODE + 1 + index as u64);
        if name == SELF {
            let pid = sched::current_pid().ok_or(Errno::ENOENT)?;
            return Ok(Arc::new(LinkNode::new(identity, format!("{pid}").as_bytes(), None)));
        }
        #[cfg(all(debug_assertions, target_os = "none"))]
        if name == FAIL_NTH {
            return Ok(Arc::new(super::fail_nth::FailNth::new(identity)));
        }
        Ok(plain(identity, if matches!(name, CHECK | LAST_LOG) { 0o400 } else { 0o444 }, write))
    }

    fn parent(&self) -> Option<NodeRef> {
        None
    }

    fn name_of(&self, child: Identity) -> Option<Name> {
        let pid = super::process::pid_of(child)?;
        name_from(format!("{pid}").as_bytes()).ok()
    }

    /// The texts first, then the processes in the order of their numbers.
    fn entry_after(&self, name: &[u8]) -> Option<Item> {
        let last = number(name);
        if last.is_none() {
            let index = TEXTS.partition_point(|(text, _)| text.as_bytes() <= name);
            if let Some((text, _)) = TEXTS.get(index) {
                let mode = if *text == SELF { S_IFLNK } else { S_IFREG };
                let inode = ROOT_INODE + 1 + index as u64;
                return Some(Item { name: name_from(text.as_bytes()).ok()?, inode, mode });
            }
        }
        let pid = process::next_process(last.unwrap_or(0))?.pid;
        let name = name_from(format!("{pid}").as_bytes()).ok()?;
        Some(Item { name, inode: super::process::inode(pid, 0), mode: S_IFDIR })
    }
}
