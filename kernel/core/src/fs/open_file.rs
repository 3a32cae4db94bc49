//! Open files: a node with an offset and flags, shared by the descriptors that refer to it.

use super::node::{FileSystem, NodeRef, Place, Seeking, Waiting};
use super::origin::{Located, Origin};
use super::permission::Want;
use super::position::Position;
use super::{directory, locks, size_limit};
use crate::region::Region;
use crate::sched::WaitQueue;
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use abi::file::{OpenFlags, SEEK_CUR, SEEK_DATA, SEEK_END, SEEK_HOLE, SEEK_SET, Stat};
use abi::poll::PollEvents;
use alloc::sync::Arc;
use arch::addr::VirtAddr;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Flags that can be changed while the file is open.
const STATUS: OpenFlags = OpenFlags::APPEND.union(OpenFlags::NON_BLOCKING);

/// What POSIX calls an open file description.
pub struct OpenFile {
    node: NodeRef,
    origin: Option<Arc<Origin>>,
    flags: OpenFlags,
    status: AtomicU32,
    position: Position,
    /// Whether locks may belong to it, which go with it.
    has_locks: AtomicBool,
    /// What its node says of itself.
    is_plain: bool,
    has_offsets: bool,
}

impl OpenFile {
    /// Opens a node; permissions are checked already.
    pub(super) fn new(node: NodeRef, flags: OpenFlags) -> Result<Arc<Self>, Errno> {
        Self::named(node, None, flags)
    }

    /// As [`Self::new`], remembering the name by which the node was found.
    pub(super) fn located(at: Located, flags: OpenFlags) -> Result<Arc<Self>, Errno> {
        Self::named(at.node, at.origin, flags)
    }

    /// As [`Self::located`].
    pub(super) fn named(
        node: NodeRef,
        origin: Option<Arc<Origin>>,
        flags: OpenFlags,
    ) -> Result<Arc<Self>, Errno> {
        if flags.is_path() {
            return Ok(Self::opened(node, origin, flags));
        }
        let node = node.opened_as(flags).unwrap_or(Ok(node))?;
        node.open(flags)?;
        Ok(Self::opened(node, origin, flags))
    }

    /// Opens a region, which remembers its name itself; permissions are checked already.
    #[inline]
    pub(super) fn of_region(region: Arc<Region>, flags: OpenFlags) -> Result<Arc<Self>, Errno> {
        region.begin_open(flags)?;
        Ok(Self::opened(region, None, flags))
    }

    // In line, so that it is known what a region says of itself.
    #[inline(always)]
    fn opened(node: NodeRef, origin: Option<Arc<Origin>>, flags: OpenFlags) -> Arc<Self> {
        Arc::new(Self {
            is_plain: node.is_plain(),
            has_offsets: node.seeking() == Seeking::Offsets,
            node,
            origin,
            flags,
            status: AtomicU32::new((flags & STATUS).bits()),
            position: Position::new(),
            has_locks: AtomicBool::new(false),
        })
    }

    /// The file, and by which name it was found; a region is opened for no more than here.
    pub fn place(&self) -> Located {
        let mut limit = Want::all();
        if self.node.identity().file_system == FileSystem::Regions {
            limit.set(Want::READ, self.reads());
            limit.set(Want::WRITE, self.writes());
        }
        Located { node: self.node.clone(), origin: self.origin.clone(), limit }
    }

    /// Whether it is only a place in the tree.
    pub const fn is_path(&self) -> bool {
        self.flags.is_path()
    }

    /// The flags that it was opened with.
    pub const fn flags(&self) -> OpenFlags {
        self.flags
    }

    /// Notes that locks may belong to it.
    pub fn note_lock(&self) {
        self.has_locks.store(true, Ordering::Relaxed);
    }

    /// Whether descriptors of it are not counted, and a child's are like its parent's.
    pub(super) const fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// The file.
    pub const fn node(&self) -> &NodeRef {
        &self.node
    }

    /// Whether it was opened for reading.
    pub const fn reads(&self) -> bool {
        self.flags.reads()
    }

    /// Whether it was opened for writing.
    pub const fn writes(&self) -> bool {
        self.flags.writes()
    }

    /// What `F_GETFL` tells: access mode and status flags.
    pub fn status_flags(&self) -> OpenFlags {
        let access = OpenFlags::WRITE_ONLY | OpenFlags::READ_WRITE;
        let told = access | OpenFlags::PATH | OpenFlags::DIRECTORY | OpenFlags::NO_FOLLOW;
        (self.flags & (told | OpenFlags::LARGE_FILE)) | self.status()
    }

    /// `F_SETFL`: changes the flags that can be changed and ignores the others.
    pub fn set_status_flags(&self, flags: OpenFlags) {
        self.status.store((flags & STATUS).bits(), Ordering::Relaxed);
    }

    /// Reads from where the offset is.
    pub fn read(&self, to: &mut UserBuffer<'_>) -> Result<usize, Errno> {
        if !self.reads() {
            return Err(Errno::EBADF);
        }
        if !self.has_offsets {
            return self.node.read(0, to, self.waiting());
        }
        let mut claim = self.position.claim()?;
        let count = self.node.read(claim.offset, to, self.waiting())?;
        claim.offset += count as u64;
        Ok(count)
    }

    /// Writes to where the offset is, or to the end.
    pub fn write(&self, from: &mut UserData<'_>) -> Result<usize, Errno> {
        if !self.writes() {
            return Err(Errno::EBADF);
        }
        if !self.has_offsets {
            return Ok(self.node.write(Place::End, from, self.waiting())?.count);
        }
        let mut claim = self.position.claim()?;
        let appends = self.status().contains(OpenFlags::APPEND);
        let place = if appends { Place::End } else { Place::Offset(claim.offset) };
        self.keep_to_limit(place, from)?;
        let written = self.node.write(place, from, self.waiting())?;
        if written.count > 0 {
            claim.offset = written.end;
        }
        Ok(written.count)
    }

    /// Reads from an offset, which is left where it is.
    pub fn read_at(&self, offset: u64, to: &mut UserBuffer<'_>) -> Result<usize, Errno> {
        if !self.reads() {
            return Err(Errno::EBADF);
        }
        if self.node.seeking() == Seeking::Stream {
            return Err(Errno::ESPIPE);
        }
        self.node.read(offset, to, self.waiting())
    }

    /// Writes to an offset, or as on Linux to the end if the file was opened so.
    pub fn write_at(&self, offset: u64, from: &mut UserData<'_>) -> Result<usize, Errno> {
        if !self.writes() {
            return Err(Errno::EBADF);
        }
        if self.node.seeking() == Seeking::Stream {
            return Err(Errno::ESPIPE);
        }
        let appends = self.status().contains(OpenFlags::APPEND);
        let place = if appends { Place::End } else { Place::Offset(offset) };
        self.keep_to_limit(place, from)?;
        Ok(self.node.write(place, from, self.waiting())?.count)
    }

    /// Leaves of the data what does not make the file too long.
    fn keep_to_limit(&self, place: Place, from: &mut UserData<'_>) -> Result<(), Errno> {
        let start = || match place {
            Place::Offset(offset) => offset,
            Place::End => self.node.length(),
        };
        let bytes = from.remaining();
        let room = size_limit::room(&*self.node, start, bytes)?;
        if room < bytes {
            from.cut(room);
        }
        Ok(())
    }

    /// Whether reads and writes have offsets.
    pub fn has_offsets(&self) -> bool {
        self.node.seeking() == Seeking::Offsets
    }

    /// Where the offset is.
    pub fn offset(&self) -> Result<u64, Errno> {
        Ok(self.position.claim()?.offset)
    }

    /// Moves the offset.
    pub fn set_offset(&self, offset: u64) -> Result<(), Errno> {
        self.position.claim()?.offset = offset;
        Ok(())
    }

    /// `lseek`.
    pub fn seek(&self, offset: i64, whence: u32) -> Result<u64, Errno> {
        match self.node.seeking() {
            Seeking::Offsets => {}
            Seeking::Ignored => return Ok(0),
            Seeking::Stream => return Err(Errno::ESPIPE),
        }
        let mut claim = self.position.claim()?;
        // No file tells its holes: all that it has is data.
        if matches!(whence, SEEK_DATA | SEEK_HOLE) {
            let length = self.node.length();
            let start = u64::try_from(offset).ok().filter(|start| *start < length);
            let start = start.ok_or(Errno::ENXIO)?;
            claim.offset = if whence == SEEK_DATA { start } else { length };
            return Ok(claim.offset);
        }
        let base = match whence {
            SEEK_SET => 0,
            SEEK_CUR => claim.offset,
            SEEK_END => self.node.length(),
            _ => return Err(Errno::EINVAL),
        };
        let target = base.checked_add_signed(offset).ok_or(Errno::EINVAL)?;
        if i64::try_from(target).is_err() {
            return Err(Errno::EINVAL);
        }
        if let Some(directory) = self.node.directory() {
            claim.listed = directory::name_at(directory, target);
        }
        claim.offset = target;
        Ok(target)
    }

    /// `getdents64`.
    pub fn read_directory(&self, to: &mut UserBuffer<'_>) -> Result<usize, Errno> {
        if !self.reads() {
            return Err(Errno::EBADF);
        }
        let directory = self.node.directory().ok_or(Errno::ENOTDIR)?;
        let mut claim = self.position.claim()?;
        directory::list(&*self.node, directory, &mut claim, to)
    }

    /// `fstat`.
    pub fn stat(&self) -> Stat {
        self.node.stat()
    }

    /// `ftruncate`.
    pub fn set_length(&self, length: u64) -> Result<(), Errno> {
        if !self.writes() || self.node.seeking() != Seeking::Offsets {
            return Err(Errno::EINVAL);
        }
        size_limit::check_length(&*self.node, length)?;
        self.node.set_length(length)
    }

    /// `ioctl`.
    pub fn control(&self, request: u32, argument: VirtAddr) -> Result<u64, Errno> {
        self.node.control(request, argument)
    }

    /// What the file is ready for now.
    pub fn readiness(&self) -> PollEvents {
        if self.is_path() { PollEvents::NVAL } else { self.node.readiness(self.flags) }
    }

    /// Shows the queues in which a wake follows every change of the readiness.
    pub fn visit_queues(&self, visit: &mut dyn FnMut(&WaitQueue)) {
        if !self.is_path() {
            self.node.visit_queues(self.flags, visit);
        }
    }

    /// When the readiness changes next by itself.
    pub fn next_change(&self) -> Option<u64> {
        self.node.next_change()
    }

    /// The region that `mmap` maps, brought into memory if it is not there; `ENODEV` if the file has
    /// none.
    pub fn mapping(&self) -> Result<Arc<Region>, Errno> {
        self.node.clone().mapping()
    }

    /// The region that the file is; `ENODEV` if it is none.
    pub fn region(&self) -> Result<Arc<Region>, Errno> {
        self.node.clone().region()
    }

    /// The directory, as the start of a relative path.
    pub fn directory(&self) -> Result<&NodeRef, Errno> {
        if self.node.directory().is_some() { Ok(&self.node) } else { Err(Errno::ENOTDIR) }
    }

    fn status(&self) -> OpenFlags {
        OpenFlags::from_bits_truncate(self.status.load(Ordering::Relaxed))
    }

    /// Whether its calls may wait.
    pub fn waiting(&self) -> Waiting {
        if self.status().contains(OpenFlags::NON_BLOCKING) {
            Waiting::Refused
        } else {
            Waiting::Allowed
        }
    }
}

impl Drop for OpenFile {
    fn drop(&mut self) {
        if self.has_locks.load(Ordering::Relaxed) {
            locks::open_file_ended(self);
        }
        if !self.is_path() {
            self.node.close(self.flags);
        }
    }
}
