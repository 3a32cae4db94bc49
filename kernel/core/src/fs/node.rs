//! What every file of every file system is: a node; and what a directory adds to it.
//!
//! A file system is a set of types that implement these two traits. Nodes check nothing about
//! the caller: permissions are the name space's business.

use super::open_file::OpenFile;
use super::origin::Located;
use super::permission::Permissions;
use super::time::NewTimes;
use crate::process::Credentials;
use crate::region::Region;
use crate::sched::WaitQueue;
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use abi::file::{OpenFlags, Stat};
use abi::limits::NAME_MAX;
use abi::poll::PollEvents;
use alloc::string::String;
use alloc::sync::Arc;
use arch::addr::VirtAddr;
use core::any::Any;

pub use super::transfer::{Place, Room, Seeking, Waiting, Written};

/// A reference to a node of any kind.
pub type NodeRef = Arc<dyn Node>;

/// The name of a file within its directory.
pub type Name = heapless::Vec<u8, NAME_MAX>;

/// The name, unless it is too long for one.
pub fn name_from(bytes: &[u8]) -> Result<Name, Errno> {
    Name::from_slice(bytes).map_err(|_| Errno::ENAMETOOLONG)
}

/// A file system's number, as `stat` tells it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u64)]
pub enum FileSystem {
    /// The archive that travels with the kernel.
    Archive = 1,
    /// The devices.
    Devices = 2,
    /// The regions.
    Regions = 3,
    /// Files in memory.
    Memory = 4,
    /// Pipes, which have no name.
    Pipes = 5,
    /// Publishers and subscribers of topics.
    Topics = 7,
    /// What tells a process of offers.
    Offers = 8,
    /// The processes.
    Processes = 9,
    /// Sockets.
    Sockets = 10,
    /// Event counters, epoll sets and timers, which have no names.
    Events = 11,
    /// What is told about the machine.
    Machine = 12,
    /// Message queues.
    MessageQueues = 13,
    /// The SD card's.
    Card = 14,
    /// Pseudo-terminals.
    Terminals = 15,
}

/// Which file it is: two nodes with the same identity are the same file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Identity {
    /// The file system.
    pub file_system: FileSystem,
    /// The file's number within it.
    pub inode: u64,
}

/// An entry of a directory, as listings tell it.
pub struct Item {
    /// The name.
    pub name: Name,
    /// The file's number.
    pub inode: u64,
    /// The file's mode, with its type.
    pub mode: u32,
}

/// A file of any kind.
///
/// Reads and writes may wait, and touch user memory: they are called without locks held.
pub trait Node: Any + Send + Sync {
    /// Which file it is.
    fn identity(&self) -> Identity;

    /// Mode with type, and owner.
    fn permissions(&self) -> Permissions;

    /// What `fstat` tells.
    fn stat(&self) -> Stat;

    /// The node as a directory, if it is one.
    fn directory(&self) -> Option<&dyn Directory> {
        None
    }

    /// Where a symbolic link leads, if it is one.
    fn link_target(&self) -> Option<&[u8]> {
        None
    }

    /// What a link leads to that is no path: its target is text for a person only.
    fn jump(&self) -> Option<Result<Located, Errno>> {
        None
    }

    /// The socket that a file with a name stands for.
    fn stands_for(&self) -> Option<NodeRef> {
        None
    }

    /// What stands in place of a path for a file that has none.
    fn label(&self) -> Option<String> {
        None
    }

    /// Whether its label has its name, so that nobody needs to remember by which it was found.
    fn names_itself(&self) -> bool {
        false
    }

    /// Whether the file can be changed by nobody, whatever its mode.
    fn is_read_only(&self) -> bool {
        false
    }

    /// Whether the file has offsets.
    fn seeking(&self) -> Seeking {
        Seeking::Offsets
    }

    /// What who opens the node gets in its place, where each open makes or finds something of its own.
    fn opened_as(&self, _flags: OpenFlags) -> Option<Result<NodeRef, Errno>> {
        None
    }

    /// An open file begins to refer to the node; `ESTALE` if the name that led here has gone with
    /// the file's last user: the caller looks again.
    fn open(&self, _flags: OpenFlags) -> Result<(), Errno> {
        Ok(())
    }

    /// An open file refers to the node no longer; `flags` are those that it was opened with.
    fn close(&self, _flags: OpenFlags) {}

    /// Copies bytes from `offset` on into the buffer; 0 at the end.
    fn read(&self, _offset: u64, _to: &mut UserBuffer<'_>, _: Waiting) -> Result<usize, Errno> {
        Err(if self.directory().is_some() { Errno::EISDIR } else { Errno::EINVAL })
    }

    /// Copies the data into the file.
    fn write(&self, _: Place, _: &mut UserData<'_>, _: Waiting) -> Result<Written, Errno> {
        Err(Errno::EINVAL)
    }

    /// The number of bytes in the file.
    fn length(&self) -> u64 {
        0
    }

    /// Cuts or extends the file.
    fn set_length(&self, _length: u64) -> Result<(), Errno> {
        Err(Errno::EINVAL)
    }

    /// Changes the permission bits.
    fn set_mode(&self, _mode: u32) -> Result<(), Errno> {
        Err(if self.is_read_only() { Errno::EROFS } else { Errno::EPERM })
    }

    /// Gives the file to another user and group.
    fn set_owner(&self, _uid: u32, _gid: u32) -> Result<(), Errno> {
        Err(if self.is_read_only() { Errno::EROFS } else { Errno::EPERM })
    }

    /// Changes the times of the last access and of the last change.
    fn set_times(&self, _times: NewTimes) -> Result<(), Errno> {
        Err(if self.is_read_only() { Errno::EROFS } else { Errno::EPERM })
    }

    /// Brings what has changed of the file to where it outlasts a power cut.
    fn synchronise(&self) -> Result<(), Errno> {
        Ok(())
    }

    /// How large its file system is, and how much of it is free, where it does not live in memory.
    fn room(&self) -> Result<Option<Room>, Errno> {
        Ok(None)
    }

    /// The region that holds the file's bytes: what `mmap` maps.
    fn region(self: Arc<Self>) -> Result<Arc<Region>, Errno> {
        Err(Errno::ENODEV)
    }

    /// As [`Self::region`], for views: the bytes may have to be brought into memory for it, so it is
    /// called by a thread without locks.
    fn mapping(self: Arc<Self>) -> Result<Arc<Region>, Errno> {
        self.region()
    }

    /// Whether mapping it gives a program new memory of zeroes.
    fn maps_fresh_memory(&self) -> bool {
        false
    }

    /// What the file is ready for now, for one who has opened it with these flags; called without
    /// locks held.
    fn readiness(&self, _flags: OpenFlags) -> PollEvents {
        PollEvents::READABLE | PollEvents::WRITABLE
    }

    /// Shows the queues in which a wake follows every change of the readiness for the better; always
    /// the same ones.
    fn visit_queues(&self, _flags: OpenFlags, _visit: &mut dyn FnMut(&WaitQueue)) {}

    /// When the readiness changes next by itself: no wake follows then.
    fn next_change(&self) -> Option<u64> {
        None
    }

    /// Whether the readiness may change by itself at all.
    fn is_clocked(&self) -> bool {
        false
    }

    /// Whether it is the business of one process, so that children get no descriptor of it.
    fn is_private(&self) -> bool {
        false
    }

    /// Whether it neither counts descriptors nor is anything that children could get less of: no
    /// region, and not private. Always the same.
    fn is_plain(&self) -> bool {
        false
    }

    /// `ioctl`.
    fn control(&self, _request: u32, _argument: VirtAddr) -> Result<u64, Errno> {
        Err(Errno::ENOTTY)
    }

    /// Somebody was not allowed to open the file.
    fn open_refused(&self, _caller: Credentials) {}

    /// A process begins to run the file; `ETXTBSY` if it is open for writing.
    fn begin_execution(&self) -> Result<(), Errno> {
        Ok(())
    }

    /// A process has ended that ran the file.
    fn end_execution(&self) {}

    /// As the root of a file system: opens the plain file to which the rest of a path leads, or makes
    /// it, with all checks. `None` if that takes the usual way: look-up, checks and [`Self::open`].
    fn open_below(&self, _rest: &[u8], _: &Opening) -> Option<Result<Arc<OpenFile>, Errno>> {
        None
    }

    /// The same for taking away the name of such a file.
    fn unlink_below(&self, _rest: &[u8], _caller: Credentials) -> Option<Result<(), Errno>> {
        None
    }

    /// A descriptor begins to refer to the file.
    fn descriptor_added(&self) {}

    /// A descriptor refers to the file no longer.
    fn descriptor_removed(&self) {}
}

/// How a file is opened by its name.
pub struct Opening {
    /// The flags, which ask for nothing but a file to be read or written.
    pub flags: OpenFlags,
    /// Permission bits of a file that has to be made, umask already applied.
    pub mode: u32,
    /// Who opens it.
    pub caller: Credentials,
}

/// Owner and mode of a file to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewFile {
    /// Permission bits, umask already applied.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
}

/// Where a renamed file goes.
pub struct Destination<'a> {
    /// The directory, of the same file system.
    pub directory: &'a NodeRef,
    /// The name in it.
    pub name: &'a [u8],
    /// The file that has this name already and gives way.
    pub replaced: Option<Identity>,
    /// What becomes of that file.
    pub fate: Fate,
}

/// What a rename does with the file that has the new name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fate {
    /// It loses the name.
    Replaced,
    /// It gets the old one.
    Exchanged,
}

/// Names that lead to nodes.
///
/// Names given are 1 to 255 bytes and neither `.` nor `..`. Where the caller has looked at the
/// file before, its identity is given too, so that another file that has taken the name since is
/// left alone (`ESTALE`: the caller looks again). The methods that change something fail with
/// `EROFS` where the file system cannot change.
pub trait Directory {
    /// The file of this name.
    fn lookup(&self, name: &[u8]) -> Result<NodeRef, Errno>;

    /// The directory above; `None` for the root of the file system.
    fn parent(&self) -> Option<NodeRef>;

    /// The name under which a file is found here.
    fn name_of(&self, child: Identity) -> Option<Name>;

    /// The entry that follows `name`, in an order that never changes; the first for no name.
    ///
    /// So a listing gives each name that stays exactly once, whatever comes and goes meanwhile.
    fn entry_after(&self, name: &[u8]) -> Option<Item>;

    /// Makes a file; `EEXIST` if the name is taken.
    fn create_file(&self, _name: &[u8], _file: NewFile) -> Result<NodeRef, Errno> {
        Err(Errno::EROFS)
    }

    /// Makes a directory.
    fn create_directory(&self, _name: &[u8], _file: NewFile) -> Result<(), Errno> {
        Err(Errno::EROFS)
    }

    /// Makes a symbolic link.
    fn create_link(&self, _name: &[u8], _target: &[u8], _file: NewFile) -> Result<(), Errno> {
        Err(Errno::EROFS)
    }

    /// Makes a file that stands for something else: a socket.
    fn create_special(&self, _name: &[u8], _file: NewFile, _: NodeRef) -> Result<(), Errno> {
        Err(Errno::EROFS)
    }

    /// Makes a FIFO.
    fn create_fifo(&self, _name: &[u8], _file: NewFile) -> Result<(), Errno> {
        Err(Errno::EROFS)
    }

    /// Gives a file of the same file system one more name.
    fn link(&self, _name: &[u8], _node: &NodeRef) -> Result<(), Errno> {
        Err(Errno::EROFS)
    }

    /// Takes a name away from a file.
    fn unlink(&self, _name: &[u8], _expected: Identity) -> Result<(), Errno> {
        Err(Errno::EROFS)
    }

    /// Removes an empty directory.
    fn remove_directory(&self, _name: &[u8], _expected: Identity) -> Result<(), Errno> {
        Err(Errno::EROFS)
    }

    /// Moves a name, here or to another directory of the file system, in one step.
    fn rename(&self, _name: &[u8], _: Identity, _to: &Destination<'_>) -> Result<(), Errno> {
        Err(Errno::EROFS)
    }
}
