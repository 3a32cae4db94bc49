//! File systems as a whole: `mount`, `statfs`; and `statx`, the long form of `stat`.

use crate::file::Stat;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// What `statfs` fills in: Linux/AArch64's `struct statfs`.
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct StatFs {
    /// Which kind of file system: Linux's magic number.
    pub kind: u64,
    /// Size of a block.
    pub block_size: u64,
    /// Blocks in all.
    pub blocks: u64,
    /// Free blocks.
    pub free: u64,
    /// Free blocks that everybody may use.
    pub available: u64,
    /// Files that there can be.
    pub files: u64,
    /// Files that can still be made.
    pub free_files: u64,
    /// The file system's number.
    pub id: [u32; 2],
    /// The longest name.
    pub name_max: u64,
    /// Size of a fragment.
    pub fragment_size: u64,
    /// How it is mounted: `ST_*`.
    pub flags: u64,
    /// Zero.
    pub spare: [u64; 4],
}

const _: () = assert!(size_of::<StatFs>() == 120);

/// `mount`: nothing can be changed.
pub const MS_RDONLY: u64 = 1;
/// `mount`: what is mounted already gets these flags.
pub const MS_REMOUNT: u64 = 32;
/// `mount`: flags that change nothing here. There are no owners that programs could take on and no devices on FAT, times
/// of accesses are days, and what is written is on the card: `MS_NOSUID`, `MS_NODEV`, `MS_SYNCHRONOUS`, `MS_DIRSYNC`,
/// `MS_NOATIME`, `MS_NODIRATIME`, `MS_SILENT`, `MS_RELATIME`, `MS_STRICTATIME`, `MS_LAZYTIME`.
pub const MS_WITHOUT_EFFECT: u64 =
    2 | 4 | 16 | 128 | 1024 | 2048 | 0x8000 | 1 << 21 | 1 << 24 | 1 << 25;
/// `mount`: what old programs set in the upper half of 32 bits.
pub const MS_MGC_VAL: u64 = 0xC0ED_0000;
/// `mount`: the bits of [`MS_MGC_VAL`].
pub const MS_MGC_MSK: u64 = 0xFFFF_0000;

/// `umount2`: also if that loses something, which it never does here.
pub const MNT_FORCE: u32 = 1;
/// `umount2`: a symbolic link is not followed.
pub const UMOUNT_NOFOLLOW: u32 = 8;

/// `statfs`: nothing can be changed.
pub const ST_RDONLY: u64 = 1;
/// `statfs`: the flags are filled in.
pub const ST_VALID: u64 = 0x20;

/// `statx`: everything that `stat` tells.
pub const STATX_BASIC_STATS: u32 = 0x7FF;
/// `statx`: a bit that no caller may set.
pub const STATX_RESERVED: u32 = 0x8000_0000;
/// `statx`: how far other machines are asked, which does not matter here.
pub const AT_STATX_SYNC_TYPE: u32 = 0x6000;

/// A time in a [`Statx`].
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct StatxTime {
    /// Seconds.
    pub seconds: i64,
    /// Nanoseconds.
    pub nanoseconds: u32,
    /// Zero.
    pub reserved: i32,
}

/// What `statx` fills in.
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct Statx {
    /// Which fields are filled in.
    pub mask: u32,
    /// Preferred size of a transfer.
    pub block_size: u32,
    /// Properties; none.
    pub attributes: u64,
    /// Number of names.
    pub links: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Type and permissions.
    pub mode: u16,
    /// Zero.
    pub spare0: u16,
    /// The file's number.
    pub inode: u64,
    /// Length in bytes.
    pub size: u64,
    /// Memory held, in units of 512 bytes.
    pub blocks: u64,
    /// Which properties are known; none.
    pub attributes_mask: u64,
    /// Last access.
    pub accessed: StatxTime,
    /// When it was made; not kept.
    pub born: StatxTime,
    /// Last change of the record.
    pub changed: StatxTime,
    /// Last change of the contents.
    pub modified: StatxTime,
    /// Device number, for a device: major.
    pub device_major: u32,
    /// Device number, for a device: minor.
    pub device_minor: u32,
    /// The file system's number: major.
    pub system_major: u32,
    /// The file system's number: minor.
    pub system_minor: u32,
    /// Zero.
    pub spare: [u64; 14],
}

const _: () = assert!(size_of::<Statx>() == 256);

impl From<Stat> for Statx {
    fn from(stat: Stat) -> Self {
        let time = |seconds, nanoseconds: u64| StatxTime {
            seconds,
            nanoseconds: nanoseconds as u32,
            reserved: 0,
        };
        Self {
            mask: STATX_BASIC_STATS,
            block_size: stat.st_blksize as u32,
            links: stat.st_nlink,
            uid: stat.st_uid,
            gid: stat.st_gid,
            mode: stat.st_mode as u16,
            inode: stat.st_ino,
            size: stat.st_size as u64,
            blocks: stat.st_blocks as u64,
            accessed: time(stat.st_atime, stat.st_atime_nsec),
            changed: time(stat.st_ctime, stat.st_ctime_nsec),
            modified: time(stat.st_mtime, stat.st_mtime_nsec),
            device_major: (stat.st_rdev >> 8) as u32,
            device_minor: (stat.st_rdev & 0xFF) as u32,
            system_major: (stat.st_dev >> 8) as u32,
            system_minor: (stat.st_dev & 0xFF) as u32,
            ..Self::default()
        }
    }
}
