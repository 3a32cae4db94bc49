//! Reading directories.

use super::OwnedFd;
use super::path_string;
use crate::error::{Context, Result};
use crate::syscall::file as call;
use abi::file::{
    DT_BLK, DT_CHR, DT_DIR, DT_FIFO, DT_LNK, DT_REG, DirectoryEntry, OpenFlags, S_IFBLK, S_IFCHR,
    S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG,
};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use zerocopy::FromBytes;

/// What kind of file a name stands for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// A regular file or a region.
    File,
    /// A directory.
    Directory,
    /// A character device.
    Device,
    /// A block device.
    Storage,
    /// A pipe.
    Pipe,
    /// A symbolic link.
    Link,
    /// Something else.
    Other,
}

impl Kind {
    /// From a mode's type bits.
    pub const fn from_mode(mode: u32) -> Self {
        match mode & S_IFMT {
            S_IFREG => Self::File,
            S_IFDIR => Self::Directory,
            S_IFCHR => Self::Device,
            S_IFBLK => Self::Storage,
            S_IFIFO => Self::Pipe,
            S_IFLNK => Self::Link,
            _ => Self::Other,
        }
    }

    const fn from_entry(kind: u8) -> Self {
        match kind {
            DT_REG => Self::File,
            DT_DIR => Self::Directory,
            DT_CHR => Self::Device,
            DT_BLK => Self::Storage,
            DT_FIFO => Self::Pipe,
            DT_LNK => Self::Link,
            _ => Self::Other,
        }
    }

    /// The letter that listings begin with.
    pub const fn letter(self) -> char {
        match self {
            Self::File => '-',
            Self::Directory => 'd',
            Self::Device => 'c',
            Self::Storage => 'b',
            Self::Pipe => 'p',
            Self::Link => 'l',
            Self::Other => '?',
        }
    }
}

/// One name in a directory.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    /// The name.
    pub name: String,
    /// What it stands for.
    pub kind: Kind,
}

/// The names in a directory, without `.` and `..`, in the kernel's order.
pub struct ReadDir {
    directory: OwnedFd,
    path: String,
    buffer: Vec<u8>,
    next: usize,
    filled: usize,
}

/// Opens a directory for reading its names.
pub fn read_dir(path: &str) -> Result<ReadDir> {
    let flags = OpenFlags::DIRECTORY | OpenFlags::CLOSE_ON_EXEC;
    let fd = call::openat(&path_string(path)?, flags, 0).context(path)?;
    Ok(ReadDir {
        directory: OwnedFd::from_raw(fd),
        path: path.into(),
        buffer: vec![0; 4096],
        next: 0,
        filled: 0,
    })
}

impl ReadDir {
    fn parse(&mut self) -> Option<Entry> {
        let bytes = self.buffer.get(self.next..self.filled)?;
        let (head, name) = DirectoryEntry::read_from_prefix(bytes).ok()?;
        let length = usize::from(head.record_length);
        let name = name.get(..length.checked_sub(size_of::<DirectoryEntry>())?)?;
        self.next += length;
        let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
        let name = String::from_utf8_lossy(name).into_owned();
        Some(Entry { name, kind: Kind::from_entry(head.kind) })
    }
}

impl Iterator for ReadDir {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Result<Entry>> {
        loop {
            if self.next >= self.filled {
                self.next = 0;
                self.filled = match call::getdents64(self.directory.as_raw(), &mut self.buffer) {
                    Ok(0) => return None,
                    Ok(filled) => filled,
                    Err(errno) => return Some(Err(errno).context(self.path.as_str())),
                };
            }
            match self.parse() {
                Some(entry) if entry.name == "." || entry.name == ".." => {}
                Some(entry) => return Some(Ok(entry)),
                None => self.next = self.filled,
            }
        }
    }
}
