//! The directory of a process.

use super::descriptors::DescriptorDirectory;
use super::name::NameFile;
use super::root::Root;
use super::tasks::TaskDirectory;
use super::text::{Text, TextFile, Writer};
use super::{status, views};
use crate::fs::link::LinkNode;
use crate::fs::node::{Directory, FileSystem, Identity, Item, Name, Node, NodeRef, name_from};
use crate::fs::origin::Located;
use crate::fs::permission::Permissions;
use crate::fs::{self, stat};
use crate::process::{self, Process};
use crate::sched;
use abi::Errno;
use abi::file::{S_IFDIR, S_IFLNK, S_IFMT, S_IFREG, Stat};
use alloc::boxed::Box;
use alloc::sync::{Arc, Weak};

/// What a name in the directory is.
#[derive(Clone, Copy)]
enum Kind {
    /// A text that everybody may read.
    Open(fn(&Process, &mut Text) -> Result<(), Errno>),
    /// A text for those who may look into the process.
    Closed(fn(&Process, &mut Text) -> Result<(), Errno>),
    /// A link, for those as well.
    Link(fn(&Process) -> Option<Located>),
    /// The directory of the descriptors.
    Descriptors,
    /// The directory of the threads.
    Tasks,
    /// The name.
    Name,
}

/// The names in their order.
const ENTRIES: &[(&str, Kind)] = &[
    ("cmdline", Kind::Open(status::arguments)),
    ("comm", Kind::Name),
    ("cwd", Kind::Link(working_directory)),
    ("environ", Kind::Closed(status::environment)),
    ("exe", Kind::Link(program)),
    ("fd", Kind::Descriptors),
    ("maps", Kind::Closed(views::write)),
    ("mountinfo", Kind::Open(status::mount_information)),
    ("mounts", Kind::Open(status::mounts)),
    ("root", Kind::Link(root_directory)),
    ("stat", Kind::Open(status::one_line)),
    ("statm", Kind::Open(status::sizes)),
    ("status", Kind::Open(status::lines)),
    ("task", Kind::Tasks),
];

const PID_SHIFT: u32 = 24;

/// The number of a file of a process.
pub const fn inode(pid: u32, file: u64) -> u64 {
    (pid as u64) << PID_SHIFT | file
}

/// The process that a directory is of.
pub fn pid_of(identity: Identity) -> Option<u32> {
    let is_directory = identity.inode & ((1 << PID_SHIFT) - 1) == 0;
    let pid = u32::try_from(identity.inode >> PID_SHIFT).ok()?;
    (identity.file_system == FileSystem::Processes && is_directory && pid > 0).then_some(pid)
}

/// The file of a process with this number.
pub const fn identity(pid: u32, file: u64) -> Identity {
    Identity { file_system: FileSystem::Processes, inode: inode(pid, file) }
}

/// The process, as long as it is there.
pub fn find(pid: u32) -> Result<Arc<Process>, Errno> {
    process::find(pid).ok_or(Errno::ESRCH)
}

/// Fails unless the caller may look into the process: its own, one of the same user, any for root.
pub fn check_insight(process: &Process) -> Result<(), Errno> {
    let Some(caller) = sched::process_if_any() else { return Ok(()) };
    let credentials = caller.credentials();
    let may = caller.pid == process.pid
        || credentials.is_root()
        || credentials.uid == process.credentials().uid;
    if may { Ok(()) } else { Err(Errno::EACCES) }
}

fn working_directory(process: &Process) -> Option<Located> {
    Some(Located::unnamed(process.files.lock().directory.clone()))
}

fn root_directory(_: &Process) -> Option<Located> {
    Some(Located::unnamed(fs::namespace().root().clone()))
}

fn program(process: &Process) -> Option<Located> {
    Some(process.program()?.located())
}

/// The directory of a process.
pub struct ProcessDirectory {
    pid: u32,
    root: Arc<Root>,
    itself: Weak<Self>,
}

impl ProcessDirectory {
    /// The directory of the process with this number.
    pub fn create(pid: u32, root: Arc<Root>) -> NodeRef {
        Arc::new_cyclic(|itself| Self { pid, root, itself: itself.clone() })
    }

    fn owner(&self) -> (u32, u32) {
        let credentials = process::find(self.pid).map(|process| process.credentials());
        credentials.map_or((0, 0), |credentials| (credentials.uid, credentials.gid))
    }

    fn text(&self, index: usize, kind: Kind) -> NodeRef {
        let (uid, gid) = self.owner();
        let (write, mode, is_closed) = match kind {
            Kind::Closed(write) => (write, 0o400, true),
            Kind::Open(write) => (write, 0o444, false),
            _ => (status::sizes as fn(&Process, &mut Text) -> Result<(), Errno>, 0o444, false),
        };
        let pid = self.pid;
        let writer: Writer = Box::new(move |text| {
            let process = find(pid)?;
            if is_closed {
                check_insight(&process)?;
            }
            write(&process, text)
        });
        let permissions = Permissions { mode: S_IFREG | mode, uid, gid };
        Arc::new(TextFile::new(identity(pid, index as u64 + 1), permissions, writer))
    }

    fn link(&self, index: usize, lead: fn(&Process) -> Option<Located>) -> Result<NodeRef, Errno> {
        let process = find(self.pid)?;
        let place = check_insight(&process).and_then(|()| lead(&process).ok_or(Errno::ENOENT));
        let text = place.as_ref().map(|place| fs::namespace().text_of(place).unwrap_or_default());
        let (uid, gid) = self.owner();
        let identity = identity(self.pid, index as u64 + 1);
        let text = text.unwrap_or_default();
        Ok(Arc::new(LinkNode::new(identity, &text, Some(place)).of(uid, gid)))
    }
}

impl Node for ProcessDirectory {
    fn identity(&self) -> Identity {
        identity(self.pid, 0)
    }

    fn permissions(&self) -> Permissions {
        let (uid, gid) = self.owner();
        Permissions { mode: S_IFDIR | 0o555, uid, gid }
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

impl Directory for ProcessDirectory {
    fn lookup(&self, name: &[u8]) -> Result<NodeRef, Errno> {
        let index = ENTRIES.iter().position(|(entry, _)| entry.as_bytes() == name);
        let index = index.ok_or(Errno::ENOENT)?;
        find(self.pid)?;
        match ENTRIES[index].1 {
            Kind::Link(lead) => self.link(index, lead),
            Kind::Descriptors => {
                let parent = self.itself.upgrade().ok_or(Errno::ENOENT)?;
                Ok(Arc::new(DescriptorDirectory::new(self.pid, parent)))
            }
            Kind::Tasks => {
                let parent = self.itself.upgrade().ok_or(Errno::ENOENT)?;
                Ok(TaskDirectory::create(self.pid, parent))
            }
            Kind::Name => {
                let identity = identity(self.pid, index as u64 + 1);
                Ok(Arc::new(NameFile::new(identity, self.pid, self.pid)))
            }
            kind => Ok(self.text(index, kind)),
        }
    }

    fn parent(&self) -> Option<NodeRef> {
        Some(self.root.clone())
    }

    fn name_of(&self, child: Identity) -> Option<Name> {
        let known: [(Identity, &[u8]); 2] = [
            (super::descriptors::identity(self.pid), b"fd"),
            (super::tasks::identity(self.pid), b"task"),
        ];
        let (_, name) = known.into_iter().find(|(identity, _)| *identity == child)?;
        name_from(name).ok()
    }

    fn entry_after(&self, name: &[u8]) -> Option<Item> {
        process::find(self.pid)?;
        let index = ENTRIES.partition_point(|(entry, _)| entry.as_bytes() <= name);
        let (name, kind) = ENTRIES.get(index)?;
        let mode = match kind {
            Kind::Link(_) => S_IFLNK,
            Kind::Descriptors | Kind::Tasks => S_IFDIR,
            _ => S_IFREG,
        };
        let inode = inode(self.pid, index as u64 + 1);
        Some(Item { name: name_from(name.as_bytes()).ok()?, inode, mode: mode & S_IFMT })
    }
}
