//! A file or directory on the card.
//!
//! What a walk along a path asks for (what it is, who may use it, how long it is) the node knows
//! itself; for all else it asks the volume, and may sleep. FAT knows no owners: all belongs to
//! root, and all may be read and run by everybody, as where Linux mounts it.

use super::clock::{date_of, time_of};
use super::listing::Listing;
use super::mapped::Mapped;
use super::volume::{Failure, Mount, Mounted, Volume};
use crate::fs::node::{Directory, FileSystem, Identity, Node, Place, Room, Waiting, Written};
use crate::fs::permission::Permissions;
use crate::fs::stat;
use crate::fs::time::NewTimes;
use crate::region::Region;
use crate::sched::SleepLock;
use crate::sync::{Lock, Rank};
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use abi::file::{OpenFlags, S_IFDIR, S_IFREG, Stat};
use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use hadris_fs::{FileType, Metadata, NodeId, Permissions as FatPermissions, SetAttr};

/// The root directory's number, in this file system as in all of them.
const ROOT: NodeId = NodeId::new(1).expect("it is not 0");
/// What everybody may do.
const MODE: u32 = 0o755;
/// The bits that FAT keeps, all at once: for writing.
const WRITE_BITS: u32 = 0o222;

/// Who uses a file.
pub(super) struct Uses {
    opens: u32,
    /// Open files that can write.
    pub writers: u32,
    /// Processes that run it.
    pub runners: u32,
    /// Whether its bytes are in memory, for those who map it.
    pub is_mapped: bool,
    /// Whether the file has gone with its name.
    is_gone: bool,
}

/// A file or directory on the card.
pub struct FatNode {
    pub(super) volume: Arc<Volume>,
    pub(super) mount: Mount,
    pub(super) id: NodeId,
    kind: FileType,
    mode: AtomicU32,
    /// The length of a file, as of the last change.
    pub(super) length: AtomicU64,
    pub(super) uses: Lock<Uses>,
    /// Whether the file has no name any more, but is still used.
    pub(super) is_removed: AtomicBool,
    /// Held while it is written or its length changes, so that no two writes mix.
    pub(super) writes: SleepLock<()>,
    /// What is in memory of the file, while it is mapped; held while that or the card changes.
    pub(super) bytes: SleepLock<Option<Mapped>>,
    /// The number of the region that it is mapped as; 0 for none.
    pub(super) mapped_as: AtomicU64,
    /// The names of a directory, since somebody listed it and until it changes.
    pub(super) listing: SleepLock<Option<Listing>>,
}

impl FatNode {
    /// The root directory of whatever is in the slot.
    pub fn root(volume: Arc<Volume>) -> Arc<Self> {
        let root = Self::of_parts(volume, Mount::Any, ROOT, FileType::Dir, MODE, 0);
        root.volume.set_root(Arc::downgrade(&root));
        root
    }

    /// A file or directory of a mount.
    pub fn new(volume: Arc<Volume>, mount: u64, id: NodeId, metadata: &Metadata) -> Arc<Self> {
        let writable = metadata.permissions().bits() & WRITE_BITS != 0;
        let mode = if writable { MODE } else { MODE & !WRITE_BITS };
        let kind = metadata.file_type();
        Self::of_parts(volume, Mount::Number(mount), id, kind, mode, metadata.len())
    }

    fn of_parts(
        volume: Arc<Volume>,
        mount: Mount,
        id: NodeId,
        kind: FileType,
        mode: u32,
        length: u64,
    ) -> Arc<Self> {
        let uses = Uses { opens: 0, writers: 0, runners: 0, is_mapped: false, is_gone: false };
        Arc::new(Self {
            volume,
            mount,
            id,
            kind,
            mode: AtomicU32::new(mode),
            length: AtomicU64::new(length),
            uses: Lock::new(Rank::FileAttributes, uses),
            is_removed: AtomicBool::new(false),
            writes: SleepLock::new(()),
            bytes: SleepLock::new(None),
            mapped_as: AtomicU64::new(0),
            listing: SleepLock::new(None),
        })
    }

    /// Does something with the mount that the file belongs to.
    pub(super) fn with<T>(
        &self,
        operation: impl FnOnce(&mut Mounted) -> Result<T, Failure>,
    ) -> Result<T, Errno> {
        self.volume.with(self.mount, operation)
    }

    /// As [`Self::with`], for what may change the card.
    pub(super) fn change<T>(
        &self,
        operation: impl FnOnce(&mut Mounted) -> Result<T, Failure>,
    ) -> Result<T, Errno> {
        self.volume.change(self.mount, operation)
    }

    /// As [`Self::change`], for what no open file stands for: `EROFS` if nothing may change any more.
    pub(super) fn alter<T>(
        &self,
        operation: impl FnOnce(&mut Mounted) -> Result<T, Failure>,
    ) -> Result<T, Errno> {
        self.change(|mounted| {
            if Node::is_read_only(self) {
                return Err(Errno::EROFS.into());
            }
            operation(mounted)
        })
    }

    /// Fails unless it is a file with bytes.
    pub(super) fn check_file(&self) -> Result<(), Errno> {
        if self.kind == FileType::Dir { Err(Errno::EISDIR) } else { Ok(()) }
    }

    /// Takes the file's name away if nobody uses it: nobody opens it from then on. Whether it was so.
    pub(super) fn end_unused(&self) -> bool {
        let mut uses = self.uses.lock();
        uses.is_gone |= uses.opens == 0 && uses.runners == 0 && !uses.is_mapped;
        uses.is_gone
    }

    /// Whether anybody has it open or runs it.
    pub(super) fn is_in_use(&self) -> bool {
        let uses = self.uses.lock();
        uses.opens > 0 || uses.runners > 0
    }

    /// Notes whether its bytes are in memory.
    pub(super) fn note_mapped(&self, is_mapped: bool) {
        self.uses.lock().is_mapped = is_mapped;
    }

    /// Whether its mount has gone, and all that could be done with it.
    pub(super) fn is_lost(&self) -> bool {
        self.with(|_| Ok(())).is_err()
    }

    /// The name could not be taken away.
    pub(super) fn stay(&self) {
        self.uses.lock().is_gone = false;
    }

    /// The file has a name that nobody sees, until it is used no more.
    pub(super) fn note_removal(&self) {
        self.is_removed.store(true, Ordering::Release);
    }

    fn metadata(&self) -> Result<Metadata, Errno> {
        self.with(|mounted| Ok(mounted.fs.stat(self.id)?))
    }
}

impl Drop for FatNode {
    fn drop(&mut self) {
        if let Mount::Number(mount) = self.mount {
            let is_removed = self.is_removed.load(Ordering::Acquire);
            self.volume.leave(mount, self.id, is_removed);
        }
    }
}

impl Node for FatNode {
    fn identity(&self) -> Identity {
        Identity { file_system: FileSystem::Card, inode: self.id.get() }
    }

    fn permissions(&self) -> Permissions {
        let kind = if self.kind == FileType::Dir { S_IFDIR } else { S_IFREG };
        Permissions { mode: kind | self.mode.load(Ordering::Relaxed), uid: 0, gid: 0 }
    }

    fn stat(&self) -> Stat {
        let mut stat = stat::base(self);
        // How many directories a directory has is not known without reading it: 1 means that.
        stat.st_nlink = u32::from(!self.is_removed.load(Ordering::Acquire));
        stat.st_size = self.length.load(Ordering::Relaxed) as i64;
        // The root of an empty slot can be looked at, too, and an error here has no way out.
        if self.mount == Mount::Any {
            return stat;
        }
        match self.metadata() {
            Ok(metadata) => {
                let (accessed, modified) =
                    (time_of(metadata.accessed()), time_of(metadata.modified()));
                stat.st_blocks = metadata.allocated().div_ceil(512) as i64;
                (stat.st_atime, stat.st_atime_nsec) = (accessed.seconds, 0);
                (stat.st_mtime, stat.st_mtime_nsec) =
                    (modified.seconds, modified.nanoseconds as u64);
                (stat.st_ctime, stat.st_ctime_nsec) = (stat.st_mtime, stat.st_mtime_nsec);
            }
            Err(_) => stat.st_nlink = 0,
        }
        stat
    }

    fn is_read_only(&self) -> bool {
        self.volume.is_read_only.load(Ordering::Relaxed)
    }

    fn directory(&self) -> Option<&dyn Directory> {
        (self.kind == FileType::Dir).then_some(self)
    }

    fn open(&self, flags: OpenFlags) -> Result<(), Errno> {
        if self.kind == FileType::Dir {
            // A listing has no way to tell that it failed.
            self.have_listing()?;
        }
        let mut uses = self.uses.lock();
        if uses.is_gone {
            return Err(Errno::ESTALE);
        }
        let changes = flags.writes() || flags.contains(OpenFlags::TRUNCATE);
        // Who forbids changes looks for writers afterwards.
        if changes && self.is_read_only() {
            return Err(Errno::EROFS);
        }
        if changes && uses.runners > 0 {
            return Err(Errno::ETXTBSY);
        }
        uses.opens += 1;
        uses.writers += u32::from(flags.writes());
        Ok(())
    }

    fn close(&self, flags: OpenFlags) {
        let mut uses = self.uses.lock();
        uses.opens -= 1;
        uses.writers -= u32::from(flags.writes());
        let was_last_writer = flags.writes() && uses.writers == 0;
        drop(uses);
        if was_last_writer && !self.is_removed.load(Ordering::Acquire) {
            // A length that cannot be written now is written by the next sync, which tells.
            let _ = self.change(|mounted| Ok(mounted.fs.close(self.id)?));
        }
    }

    fn read(&self, offset: u64, to: &mut UserBuffer<'_>, _: Waiting) -> Result<usize, Errno> {
        self.read_bytes(offset, to)
    }

    fn write(&self, at: Place, from: &mut UserData<'_>, _: Waiting) -> Result<Written, Errno> {
        self.write_bytes(at, from)
    }

    fn length(&self) -> u64 {
        self.length.load(Ordering::Relaxed)
    }

    fn set_length(&self, length: u64) -> Result<(), Errno> {
        self.change_length(length)
    }

    /// FAT has one bit: whether a file may be written, by whomever.
    fn set_mode(&self, mode: u32) -> Result<(), Errno> {
        let is_directory = self.kind == FileType::Dir;
        let mode = mode & 0o7777;
        if mode != MODE && (mode != MODE & !WRITE_BITS || is_directory) {
            return Err(Errno::EPERM);
        }
        if mode == self.mode.load(Ordering::Relaxed) {
            return Ok(());
        }
        // What the crate takes for the bit being set or not.
        let told = if mode & WRITE_BITS == 0 { 0o444 } else { 0o644 };
        let changes = SetAttr::new().with_permissions(FatPermissions::new(told));
        self.alter(|mounted| Ok(mounted.fs.setattr(self.id, &changes)?))?;
        self.mode.store(mode, Ordering::Relaxed);
        Ok(())
    }

    fn set_owner(&self, uid: u32, gid: u32) -> Result<(), Errno> {
        if (uid, gid) == (0, 0) { Ok(()) } else { Err(Errno::EPERM) }
    }

    fn set_times(&self, times: NewTimes) -> Result<(), Errno> {
        let mut changes = SetAttr::new();
        if let Some(time) = times.accessed {
            changes = changes.with_accessed(date_of(time));
        }
        if let Some(time) = times.modified {
            changes = changes.with_modified(date_of(time));
        }
        // The root directory has no entry that could note them.
        if self.id == ROOT {
            return Ok(());
        }
        self.alter(|mounted| Ok(mounted.fs.setattr(self.id, &changes)?))
    }

    /// All of the volume for a directory, whose names are no more than the rest of it.
    fn synchronise(&self) -> Result<(), Errno> {
        self.write_back()?;
        self.with(|mounted| {
            let is_directory = self.kind == FileType::Dir;
            Ok(if is_directory { mounted.fs.sync() } else { mounted.fs.fsync(self.id) }?)
        })
    }

    fn room(&self) -> Result<Option<Room>, Errno> {
        let stats = self.with(|mounted| Ok(mounted.fs.statfs()?))?;
        Ok(Some(Room {
            block_bytes: stats.block_size().into(),
            blocks: stats.total_blocks(),
            free: stats.free_blocks(),
        }))
    }

    fn mapping(self: Arc<Self>) -> Result<Arc<Region>, Errno> {
        self.map()
    }

    fn begin_execution(&self) -> Result<(), Errno> {
        let mut uses = self.uses.lock();
        if uses.writers > 0 {
            return Err(Errno::ETXTBSY);
        }
        uses.runners += 1;
        Ok(())
    }

    fn end_execution(&self) {
        self.uses.lock().runners -= 1;
    }
}
