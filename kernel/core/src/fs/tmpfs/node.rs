//! A file or directory in memory.

use super::{MemoryFileSystem, NodeCount};
use crate::fs::node::NodeRef;
use crate::fs::node::{
    Directory, FileSystem, Identity, NewFile, Node, Place, Seeking, Waiting, Written,
};
use crate::fs::ownership::granted_by;
use crate::fs::permission::Permissions;
use crate::fs::pipe::Pipe;
use crate::fs::time::{self, NewTimes, Times};
use crate::fs::{region_file, stat};
use crate::region::{Region, RegionAttributes};
use crate::sched::{self, WaitQueue};
use crate::sync::{Lock, Rank};
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use abi::file::{OpenFlags, S_IFDIR, S_IFIFO, S_IFLNK, S_IFREG, S_IFSOCK, Stat};
use abi::poll::PollEvents;
use alloc::boxed::Box;
use alloc::sync::{Arc, Weak};
use arch::addr::VirtAddr;
use core::sync::atomic::Ordering;

/// What can change of a file besides its bytes and names.
struct Attributes {
    permissions: Permissions,
    times: Times,
    links: u32,
    /// Open files that can write.
    writers: u32,
    /// Processes that run the file.
    runners: u32,
}

/// What kind of file it is, and what it holds.
enum Contents {
    /// Names, which are in the tree.
    Directory,
    /// Bytes.
    File(Arc<Region>),
    /// Where a symbolic link leads.
    Link(Box<[u8]>),
    /// The socket that the file stands for, while it is open.
    Socket(Weak<dyn Node>),
    /// What passes from writers to readers.
    Fifo(Box<Pipe>),
}

/// A file or directory in memory.
pub struct MemoryNode {
    inode: u64,
    count: NodeCount,
    pub(super) itself: Weak<Self>,
    contents: Contents,
    attributes: Lock<Attributes>,
}

impl MemoryNode {
    /// A directory without a name.
    pub fn directory_in(fs: &Arc<MemoryFileSystem>, file: NewFile) -> Result<Arc<Self>, Errno> {
        Self::new(fs, file, S_IFDIR, Contents::Directory)
    }

    /// An empty file without a name.
    pub fn file_in(fs: &Arc<MemoryFileSystem>, file: NewFile) -> Result<Arc<Self>, Errno> {
        let NewFile { mode, uid, gid } = file;
        let bytes = Region::create(RegionAttributes { mode, uid, gid }, 0)?;
        Self::new(fs, file, S_IFREG, Contents::File(bytes))
    }

    /// A symbolic link without a name.
    pub fn link_in(
        fs: &Arc<MemoryFileSystem>,
        file: NewFile,
        target: &[u8],
    ) -> Result<Arc<Self>, Errno> {
        Self::new(fs, file, S_IFLNK, Contents::Link(target.into()))
    }

    /// A file without a name that stands for a socket.
    pub fn socket_in(
        fs: &Arc<MemoryFileSystem>,
        file: NewFile,
        socket: &NodeRef,
    ) -> Result<Arc<Self>, Errno> {
        Self::new(fs, file, S_IFSOCK, Contents::Socket(Arc::downgrade(socket)))
    }

    /// A FIFO without a name.
    pub fn fifo_in(fs: &Arc<MemoryFileSystem>, file: NewFile) -> Result<Arc<Self>, Errno> {
        Self::new(fs, file, S_IFIFO, Contents::Fifo(Box::new(Pipe::unopened())))
    }

    fn new(
        file_system: &Arc<MemoryFileSystem>,
        file: NewFile,
        kind: u32,
        contents: Contents,
    ) -> Result<Arc<Self>, Errno> {
        let NewFile { mode, uid, gid } = file;
        let attributes = Attributes {
            permissions: Permissions { mode: kind | mode & 0o7777, uid, gid },
            times: Times::all(time::now()),
            links: 1,
            writers: 0,
            runners: 0,
        };
        let inode = file_system.next_inode.fetch_add(1, Ordering::Relaxed);
        let count = NodeCount::new(file_system)?;
        Ok(Arc::new_cyclic(|itself| Self {
            inode,
            count,
            itself: itself.clone(),
            contents,
            attributes: Lock::new(Rank::FileAttributes, attributes),
        }))
    }

    /// The file's number.
    pub const fn inode(&self) -> u64 {
        self.inode
    }

    /// Whether it is a directory.
    pub const fn is_directory(&self) -> bool {
        matches!(self.contents, Contents::Directory)
    }

    /// The file system that it belongs to.
    pub(super) const fn file_system(&self) -> &Arc<MemoryFileSystem> {
        &self.count.0
    }

    /// Notes that the file has a name more or less.
    pub fn change_links(&self, change: i32) {
        let mut attributes = self.attributes.lock();
        attributes.links = attributes.links.saturating_add_signed(change);
        attributes.times.changed = time::now();
    }

    /// Notes that the contents have changed.
    pub fn note_change(&self) {
        self.attributes.lock().times.modify();
    }

    /// Whether the file has no name any more.
    pub fn is_nameless(&self) -> bool {
        self.attributes.lock().links == 0
    }

    /// A program that somebody has changed runs as its owner no more, unless root has changed it.
    fn forget_set_id(&self) {
        let mode = self.attributes.lock().permissions.mode;
        let by_root = || sched::process_if_any().is_none_or(|it| it.credentials().is_root());
        if mode & 0o6000 == 0 || by_root() {
            return;
        }
        self.attributes.lock().permissions.mode &= !granted_by(mode);
    }

    /// The pipe that it stands for, if it is a FIFO.
    pub fn fifo(&self) -> Option<&Pipe> {
        match &self.contents {
            Contents::Fifo(pipe) => Some(pipe),
            _ => None,
        }
    }

    fn bytes(&self) -> Result<&Arc<Region>, Errno> {
        match &self.contents {
            Contents::File(bytes) => Ok(bytes),
            Contents::Directory => Err(Errno::EISDIR),
            _ => Err(Errno::EINVAL),
        }
    }
}

impl Node for MemoryNode {
    fn identity(&self) -> Identity {
        Identity { file_system: FileSystem::Memory, inode: self.inode }
    }

    fn permissions(&self) -> Permissions {
        self.attributes.lock().permissions
    }

    fn stat(&self) -> Stat {
        let mut stat = stat::base(self);
        match &self.contents {
            Contents::File(bytes) => {
                stat = stat::with_contents(stat, bytes.length(), bytes.resident_pages());
            }
            Contents::Link(target) => stat.st_size = target.len() as i64,
            _ => {}
        }
        let attributes = self.attributes.lock();
        attributes.times.fill(&mut stat);
        stat.st_nlink = attributes.links;
        drop(attributes);
        if self.is_directory() && stat.st_nlink > 0 {
            let tree = self.file_system().tree.lock();
            let below = tree.names(self.inode).filter(|(_, node)| node.is_directory());
            stat.st_nlink = 2 + below.count() as u32;
        }
        stat
    }

    fn directory(&self) -> Option<&dyn Directory> {
        self.is_directory().then_some(self)
    }

    fn link_target(&self) -> Option<&[u8]> {
        match &self.contents {
            Contents::Link(target) => Some(target),
            _ => None,
        }
    }

    fn stands_for(&self) -> Option<NodeRef> {
        match &self.contents {
            Contents::Socket(socket) => socket.upgrade(),
            _ => None,
        }
    }

    fn set_times(&self, times: NewTimes) -> Result<(), Errno> {
        self.attributes.lock().times.set(times);
        Ok(())
    }

    fn seeking(&self) -> Seeking {
        if self.fifo().is_some() { Seeking::Stream } else { Seeking::Offsets }
    }

    fn readiness(&self, flags: OpenFlags) -> PollEvents {
        let always = PollEvents::READABLE | PollEvents::WRITABLE;
        self.fifo().map_or(always, |pipe| pipe.readiness(flags))
    }

    fn visit_queues(&self, flags: OpenFlags, visit: &mut dyn FnMut(&WaitQueue)) {
        if let Some(pipe) = self.fifo() {
            pipe.visit_queues(flags, visit);
        }
    }

    fn control(&self, request: u32, argument: VirtAddr) -> Result<u64, Errno> {
        self.fifo().ok_or(Errno::ENOTTY)?.control(request, argument)
    }

    fn open(&self, flags: OpenFlags) -> Result<(), Errno> {
        if let Some(pipe) = self.fifo() {
            return pipe.open_named(flags);
        }
        // Cutting the file counts as writing to it, whatever the access mode.
        if flags.writes() || flags.contains(OpenFlags::TRUNCATE) {
            let mut attributes = self.attributes.lock();
            if attributes.runners > 0 {
                return Err(Errno::ETXTBSY);
            }
            attributes.writers += u32::from(flags.writes());
        }
        Ok(())
    }

    fn close(&self, flags: OpenFlags) {
        if let Some(pipe) = self.fifo() {
            return pipe.close(flags);
        }
        if flags.writes() {
            self.attributes.lock().writers -= 1;
        }
    }

    fn read(&self, offset: u64, to: &mut UserBuffer<'_>, wait: Waiting) -> Result<usize, Errno> {
        let count = match self.fifo() {
            Some(pipe) => pipe.read(offset, to, wait)?,
            None => self.bytes()?.read(offset, to)?,
        };
        self.attributes.lock().times.access();
        Ok(count)
    }

    fn write(&self, at: Place, from: &mut UserData<'_>, wait: Waiting) -> Result<Written, Errno> {
        let written = match self.fifo() {
            Some(pipe) => pipe.write(at, from, wait)?,
            None => region_file::write(self.bytes()?, &self.attributes, at, from)?,
        };
        if written.count > 0 {
            self.note_change();
            self.forget_set_id();
        }
        Ok(written)
    }

    fn length(&self) -> u64 {
        self.bytes().map_or(0, |bytes| bytes.length())
    }

    fn set_length(&self, length: u64) -> Result<(), Errno> {
        region_file::set_length(self.bytes()?, &self.attributes, length)?;
        self.attributes.lock().times.modify();
        self.forget_set_id();
        Ok(())
    }

    fn set_mode(&self, mode: u32) -> Result<(), Errno> {
        let mut attributes = self.attributes.lock();
        attributes.permissions.mode = attributes.permissions.mode & !0o7777 | mode & 0o7777;
        attributes.times.changed = time::now();
        Ok(())
    }

    fn set_owner(&self, uid: u32, gid: u32) -> Result<(), Errno> {
        let mut attributes = self.attributes.lock();
        attributes.permissions.uid = uid;
        attributes.permissions.gid = gid;
        attributes.times.changed = time::now();
        Ok(())
    }

    fn region(self: Arc<Self>) -> Result<Arc<Region>, Errno> {
        self.bytes().cloned().map_err(|_| Errno::ENODEV)
    }

    fn begin_execution(&self) -> Result<(), Errno> {
        let mut attributes = self.attributes.lock();
        if attributes.writers > 0 {
            return Err(Errno::ETXTBSY);
        }
        attributes.runners += 1;
        Ok(())
    }

    fn end_execution(&self) {
        self.attributes.lock().runners -= 1;
    }
}
