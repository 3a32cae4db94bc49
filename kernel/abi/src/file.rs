//! Files: open flags, `stat`, directory entries, `fcntl` commands.

use bitflags::bitflags;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// The directory descriptor that stands for the current directory.
pub const AT_FDCWD: i32 = -100;
/// `unlinkat`: remove a directory.
pub const AT_REMOVEDIR: u32 = 0x200;
/// `newfstatat`: do not follow a symbolic link at the end of the path.
pub const AT_SYMLINK_NOFOLLOW: u32 = 0x100;
/// `newfstatat`: an empty path means the descriptor itself.
pub const AT_EMPTY_PATH: u32 = 0x1000;
/// `linkat`: follow a symbolic link at the end of the old path.
pub const AT_SYMLINK_FOLLOW: u32 = 0x400;
/// `newfstatat`: accepted, nothing is mounted on demand.
pub const AT_NO_AUTOMOUNT: u32 = 0x800;
/// `faccessat2`: ask for the effective user.
pub const AT_EACCESS: u32 = 0x200;

bitflags! {
    /// Flags of `openat`, with AArch64's values; the access mode is in the low two bits.
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub struct OpenFlags: u32 {
        /// Write only (access mode 1).
        const WRITE_ONLY = 0o1;
        /// Read and write (access mode 2).
        const READ_WRITE = 0o2;
        /// Create if absent.
        const CREATE = 0o100;
        /// With `CREATE`: fail if it exists.
        const EXCLUSIVE = 0o200;
        /// Do not make it the controlling terminal.
        const NO_CTTY = 0o400;
        /// Cut to length 0.
        const TRUNCATE = 0o1000;
        /// Every write goes to the end.
        const APPEND = 0o2000;
        /// Do not wait.
        const NON_BLOCKING = 0o4000;
        /// Every write is on the medium when it returns: files in memory always are.
        const DATA_SYNC = 0o10000;
        /// Fail if it is not a directory.
        const DIRECTORY = 0o40000;
        /// Fail if it is a symbolic link.
        const NO_FOLLOW = 0o100000;
        /// Past the cache, which file systems here do not offer.
        const DIRECT = 0o200000;
        /// Accepted and without meaning: all files are large.
        const LARGE_FILE = 0o400000;
        /// Accepted and without meaning: reading is noted anyhow.
        const NO_ACCESS_TIME = 0o1000000;
        /// Close at exec.
        const CLOSE_ON_EXEC = 0o2000000;
        /// With `DATA_SYNC`: the same for the file's record.
        const SYNC = 0o4000000;
        /// Only the place in the tree: nothing is read or written.
        const PATH = 0o10000000;
        /// A file without a name in the directory; with `DIRECTORY`.
        const TEMPORARY = 0o20000000;
    }
}

impl OpenFlags {
    /// Whether the access mode allows reading.
    pub const fn reads(self) -> bool {
        !self.is_path() && (self.bits() & 3 == 0 || self.bits() & 3 == 2)
    }

    /// Whether the access mode allows writing.
    pub const fn writes(self) -> bool {
        !self.is_path() && (self.bits() & 3 == 1 || self.bits() & 3 == 2)
    }

    /// Whether only the place in the tree is meant.
    pub const fn is_path(self) -> bool {
        self.contains(Self::PATH)
    }
}

/// `splice` and its kin: fail instead of waiting for a pipe.
pub const SPLICE_NONBLOCK: u32 = 2;
/// `splice` and its kin: all flags; the others are advice.
pub const SPLICE_FLAGS: u32 = 0xF;

/// `sync_file_range`: all flags.
pub const SYNC_FILE_RANGE_FLAGS: u32 = 7;

/// `fallocate`: the length stays.
pub const FALLOC_KEEP_SIZE: u32 = 1;
/// `fallocate`: a hole, which reads as zeroes; with [`FALLOC_KEEP_SIZE`].
pub const FALLOC_PUNCH_HOLE: u32 = 2;
/// `fallocate`: zeroes.
pub const FALLOC_ZERO_RANGE: u32 = 0x10;

/// How `openat2` opens (`struct open_how`).
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct OpenHow {
    /// As `openat`'s.
    pub flags: u64,
    /// As `openat`'s.
    pub mode: u64,
    /// [`Resolve`].
    pub resolve: u64,
}

bitflags! {
    /// Limits for the way to a file.
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub struct Resolve: u64 {
        /// Into no other file system.
        const NO_XDEV = 1;
        /// Over no link of `/proc`.
        const NO_MAGICLINKS = 2;
        /// Over no symbolic link.
        const NO_SYMLINKS = 4;
        /// Never out of the directory.
        const BENEATH = 8;
        /// As if the directory was the root.
        const IN_ROOT = 0x10;
        /// Only what needs no disk: there is none.
        const CACHED = 0x20;
    }
}

/// `fcntl`: duplicate to the lowest free descriptor at or above the argument.
pub const F_DUPFD: u32 = 0;
/// `fcntl`: read the descriptor's flags.
pub const F_GETFD: u32 = 1;
/// `fcntl`: set the descriptor's flags.
pub const F_SETFD: u32 = 2;
/// `fcntl`: read the open file's status flags.
pub const F_GETFL: u32 = 3;
/// `fcntl`: set the open file's status flags.
pub const F_SETFL: u32 = 4;
/// `fcntl`: tell who stands in the way of a record lock.
pub const F_GETLK: u32 = 5;
/// `fcntl`: set or take away a record lock.
pub const F_SETLK: u32 = 6;
/// `fcntl`: as `F_SETLK`, waiting.
pub const F_SETLKW: u32 = 7;
/// `fcntl`: as `F_GETLK`, for locks of the open file.
pub const F_OFD_GETLK: u32 = 36;
/// `fcntl`: as `F_SETLK`, for locks of the open file.
pub const F_OFD_SETLK: u32 = 37;
/// `fcntl`: as `F_SETLKW`, for locks of the open file.
pub const F_OFD_SETLKW: u32 = 38;
/// `fcntl`: set a pipe's capacity.
pub const F_SETPIPE_SZ: u32 = 1031;
/// `fcntl`: tell a pipe's capacity.
pub const F_GETPIPE_SZ: u32 = 1032;
/// `fcntl`: as `F_DUPFD`, closing at exec.
pub const F_DUPFD_CLOEXEC: u32 = 1030;
/// `fcntl`: add [`crate::region::Seals`].
pub const F_ADD_SEALS: u32 = 1033;
/// `fcntl`: tell the seals.
pub const F_GET_SEALS: u32 = 1034;
/// `memfd_create`: close at exec.
pub const MFD_CLOEXEC: u32 = 1;
/// `memfd_create`: seals may be added.
pub const MFD_ALLOW_SEALING: u32 = 2;
/// The one descriptor flag: close at exec.
pub const FD_CLOEXEC: u32 = 1;

/// `lseek`: from the start.
pub const SEEK_SET: u32 = 0;
/// `lseek`: from the current offset.
pub const SEEK_CUR: u32 = 1;
/// `lseek`: from the end.
pub const SEEK_END: u32 = 2;
/// `lseek`: to the next byte that is no hole.
pub const SEEK_DATA: u32 = 3;
/// `lseek`: to the next hole; the end of a file counts as one.
pub const SEEK_HOLE: u32 = 4;

/// `faccessat`: existence.
pub const F_OK: u32 = 0;
/// `faccessat`: may execute.
pub const X_OK: u32 = 1;
/// `faccessat`: may write.
pub const W_OK: u32 = 2;
/// `faccessat`: may read.
pub const R_OK: u32 = 4;

/// Mode bits: the mask of the file type.
pub const S_IFMT: u32 = 0o170000;
/// Mode bits: a pipe.
pub const S_IFIFO: u32 = 0o010000;
/// Mode bits: a character device.
pub const S_IFCHR: u32 = 0o020000;
/// A block device.
pub const S_IFBLK: u32 = 0o060000;
/// Mode bits: a directory.
pub const S_IFDIR: u32 = 0o040000;
/// Mode bits: a regular file.
pub const S_IFREG: u32 = 0o100000;
/// Mode bits: a symbolic link.
pub const S_IFLNK: u32 = 0o120000;
/// Mode bits: a socket.
pub const S_IFSOCK: u32 = 0o140000;

/// What `fstat` fills in: Linux/AArch64's `struct stat`, 128 bytes.
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct Stat {
    /// The file system's number.
    pub st_dev: u64,
    /// The file's number within it.
    pub st_ino: u64,
    /// Type and permissions.
    pub st_mode: u32,
    /// Number of names.
    pub st_nlink: u32,
    /// Owner.
    pub st_uid: u32,
    /// Group.
    pub st_gid: u32,
    /// Device number, for a device.
    pub st_rdev: u64,
    /// Padding.
    pub pad1: u64,
    /// Length in bytes.
    pub st_size: i64,
    /// Preferred size of a transfer.
    pub st_blksize: i32,
    /// Padding.
    pub pad2: i32,
    /// Memory held, in units of 512 bytes.
    pub st_blocks: i64,
    /// Last access, seconds.
    pub st_atime: i64,
    /// Last access, nanoseconds.
    pub st_atime_nsec: u64,
    /// Last change of the contents, seconds.
    pub st_mtime: i64,
    /// Last change of the contents, nanoseconds.
    pub st_mtime_nsec: u64,
    /// Last change of the file's record, seconds.
    pub st_ctime: i64,
    /// Last change of the file's record, nanoseconds.
    pub st_ctime_nsec: u64,
    /// Unused.
    pub unused: [u32; 2],
}

const _: () = assert!(size_of::<Stat>() == 128);

/// The fixed part of a `getdents64` record; the NUL-terminated name follows, padded to 8 bytes.
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C, packed)]
pub struct DirectoryEntry {
    /// The file's number.
    pub inode: u64,
    /// Where the next record's reading would go on.
    pub offset: i64,
    /// Length of this record with name and padding.
    pub record_length: u16,
    /// Type: one of `DT_*`.
    pub kind: u8,
}

const _: () = assert!(size_of::<DirectoryEntry>() == 19);

/// Directory entry type: a pipe.
pub const DT_FIFO: u8 = 1;
/// Directory entry type: a character device.
pub const DT_CHR: u8 = 2;
/// A block device, as an entry's kind.
pub const DT_BLK: u8 = 6;
/// Directory entry type: a directory.
pub const DT_DIR: u8 = 4;
/// Directory entry type: a regular file.
pub const DT_REG: u8 = 8;
/// Directory entry type: a symbolic link.
pub const DT_LNK: u8 = 10;

/// Directory entry type: a socket.
pub const DT_SOCK: u8 = 12;

/// `renameat2`: fail if the new name exists.
pub const RENAME_NOREPLACE: u32 = 1;
/// `renameat2`: both names change places.
pub const RENAME_EXCHANGE: u32 = 2;
/// `close_range`: mark instead of closing.
pub const CLOSE_RANGE_CLOEXEC: u32 = 4;
/// `close_range`: with a table of one's own.
pub const CLOSE_RANGE_UNSHARE: u32 = 2;
/// `utimensat`: the time now, in place of nanoseconds.
pub const UTIME_NOW: i64 = 0x3FFF_FFFF;
/// `utimensat`: leave the time as it is.
pub const UTIME_OMIT: i64 = 0x3FFF_FFFE;

/// `flock`: shared.
pub const LOCK_SH: u32 = 1;
/// `flock`: exclusive.
pub const LOCK_EX: u32 = 2;
/// `flock`: do not wait.
pub const LOCK_NB: u32 = 4;
/// `flock`: take the lock away.
pub const LOCK_UN: u32 = 8;

/// A record lock for reading.
pub const F_RDLCK: i16 = 0;
/// A record lock for writing.
pub const F_WRLCK: i16 = 1;
/// No record lock.
pub const F_UNLCK: i16 = 2;

/// A record lock as `fcntl` takes and tells it: Linux's `struct flock`.
#[derive(
    Clone, Copy, Debug, Default, Eq, FromBytes, Immutable, IntoBytes, KnownLayout, PartialEq,
)]
#[repr(C)]
pub struct FileLock {
    /// One of `F_RDLCK`, `F_WRLCK`, `F_UNLCK`.
    pub kind: i16,
    /// From where `start` counts: one of `SEEK_*`.
    pub whence: i16,
    /// Zero.
    pub padding: i32,
    /// Where it begins.
    pub start: i64,
    /// How long it is; 0 up to the end, however far that goes.
    pub length: i64,
    /// Whose it is.
    pub pid: i32,
    /// Zero.
    pub padding2: i32,
}

const _: () = assert!(size_of::<FileLock>() == 32);

/// One part of a `readv` or `writev`.
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct IoVector {
    /// Where the bytes are.
    pub base: u64,
    /// How many.
    pub length: u64,
}
