//! Open files.

use super::{Kind, OwnedFd, duplicate, path_string};
use crate::error::{Context, Result};
use crate::io;
use crate::syscall::file as call;
use abi::Errno;
use abi::file::{LOCK_EX, OpenFlags, SEEK_CUR, SEEK_END, SEEK_SET, Stat};
use alloc::string::String;
use alloc::vec::Vec;

/// An open file.
#[derive(Debug)]
pub struct File {
    fd: OwnedFd,
    path: String,
}

impl File {
    /// Opens a file for reading.
    pub fn open(path: &str) -> Result<Self> {
        Self::options().read().open(path)
    }

    /// Opens what a program reads by default: `-` is standard input, anything else a path.
    pub fn input(path: &str) -> Result<Self> {
        match path {
            "-" => Ok(Self::from_fd(duplicate(io::STDIN)?, "standard input")),
            path => Self::open(path),
        }
    }

    /// Opens a file for writing, created if absent and empty if not.
    pub fn create(path: &str) -> Result<Self> {
        Self::options().write().create().truncate().open(path)
    }

    /// Opens a file in another way.
    pub const fn options() -> OpenOptions {
        OpenOptions { flags: OpenFlags::CLOSE_ON_EXEC, mode: 0o644 }
    }

    /// A file for a descriptor; `path` is what errors call it.
    pub fn from_fd(fd: OwnedFd, path: &str) -> Self {
        Self { fd, path: path.into() }
    }

    /// The descriptor's number.
    pub const fn as_raw(&self) -> i32 {
        self.fd.as_raw()
    }

    /// The descriptor.
    pub fn into_fd(self) -> OwnedFd {
        self.fd
    }

    /// Reads into the buffer; 0 bytes mean the end.
    pub fn read(&self, buffer: &mut [u8]) -> Result<usize> {
        loop {
            match call::read(self.as_raw(), buffer) {
                Err(Errno::EINTR) => {}
                outcome => return outcome.context(self.path.as_str()),
            }
        }
    }

    /// Appends everything up to the end.
    pub fn read_to_end(&self, bytes: &mut Vec<u8>) -> Result<()> {
        loop {
            let used = bytes.len();
            bytes.resize(used + 4096, 0);
            let outcome = self.read(&mut bytes[used..]);
            bytes.truncate(used + outcome.as_ref().copied().unwrap_or(0).min(4096));
            if outcome? == 0 {
                return Ok(());
            }
        }
    }

    /// Writes from the buffer, perhaps not all of it.
    pub fn write(&self, bytes: &[u8]) -> Result<usize> {
        call::write(self.as_raw(), bytes).context(self.path.as_str())
    }

    /// Writes all of the buffer.
    pub fn write_all(&self, bytes: &[u8]) -> Result<()> {
        io::write_all(self.as_raw(), bytes).context(self.path.as_str())
    }

    /// Moves the offset to so many bytes from the start.
    pub fn seek(&self, offset: u64) -> Result<u64> {
        let offset = i64::try_from(offset).map_err(|_| Errno::EOVERFLOW);
        offset.and_then(|offset| call::lseek(self.as_raw(), offset, SEEK_SET)).context(&*self.path)
    }

    /// Moves the offset to so many bytes from the end.
    pub fn seek_from_end(&self, offset: i64) -> Result<u64> {
        call::lseek(self.as_raw(), offset, SEEK_END).context(self.path.as_str())
    }

    /// The offset.
    pub fn position(&self) -> Result<u64> {
        call::lseek(self.as_raw(), 0, SEEK_CUR).context(self.path.as_str())
    }

    /// Sets the length.
    pub fn set_length(&self, bytes: u64) -> Result<()> {
        call::ftruncate(self.as_raw(), bytes).context(self.path.as_str())
    }

    /// Brings what has changed to where it outlasts a power cut.
    pub fn sync(&self) -> Result<()> {
        call::fsync(self.as_raw()).context(self.path.as_str())
    }

    /// Waits until nobody else has it locked, and locks it until it is closed.
    pub fn lock(&self) -> Result<()> {
        loop {
            match call::flock(self.as_raw(), LOCK_EX) {
                Err(Errno::EINTR) => {}
                outcome => return outcome.context(self.path.as_str()),
            }
        }
    }

    /// Reads the file's record.
    pub fn metadata(&self) -> Result<Metadata> {
        call::fstat(self.as_raw()).context(self.path.as_str()).map(Metadata::from_stat)
    }
}

/// How to open a file; it is closed at exec.
#[derive(Clone, Copy, Debug)]
pub struct OpenOptions {
    flags: OpenFlags,
    mode: u32,
}

impl OpenOptions {
    /// For reading, which is so without being asked for.
    pub const fn read(self) -> Self {
        self
    }

    /// For writing only.
    pub const fn write(self) -> Self {
        self.with(OpenFlags::WRITE_ONLY)
    }

    /// For reading and writing.
    pub const fn read_write(self) -> Self {
        self.with(OpenFlags::READ_WRITE)
    }

    /// For writing at the end.
    pub const fn append(self) -> Self {
        self.with(OpenFlags::WRITE_ONLY).with(OpenFlags::APPEND)
    }

    /// For reading, and for writing at the end.
    pub const fn read_append(self) -> Self {
        self.read_write().with(OpenFlags::APPEND)
    }

    /// Fails where a symbolic link has the name.
    pub const fn no_follow(self) -> Self {
        self.with(OpenFlags::NO_FOLLOW)
    }

    /// Created if absent.
    pub const fn create(self) -> Self {
        self.with(OpenFlags::CREATE)
    }

    /// Created; fails if it exists.
    pub const fn create_new(self) -> Self {
        self.with(OpenFlags::CREATE).with(OpenFlags::EXCLUSIVE)
    }

    /// Cut to length 0.
    pub const fn truncate(self) -> Self {
        self.with(OpenFlags::TRUNCATE)
    }

    /// The permissions of a file that is created.
    pub const fn mode(mut self, mode: u32) -> Self {
        self.mode = mode;
        self
    }

    /// Opens the file.
    pub fn open(self, path: &str) -> Result<File> {
        let fd = call::openat(&path_string(path)?, self.flags, self.mode).context(path)?;
        Ok(File { fd: OwnedFd::from_raw(fd), path: path.into() })
    }

    const fn with(mut self, flags: OpenFlags) -> Self {
        self.flags = self.flags.union(flags);
        self
    }
}

/// What is known of a file.
#[derive(Clone, Copy, Debug)]
pub struct Metadata(Stat);

impl Metadata {
    pub(crate) const fn from_stat(stat: Stat) -> Self {
        Self(stat)
    }

    /// What kind of file it is.
    pub const fn kind(&self) -> Kind {
        Kind::from_mode(self.0.st_mode)
    }

    /// The permissions.
    pub const fn permissions(&self) -> u32 {
        self.0.st_mode & 0o7777
    }

    /// The length in bytes.
    pub const fn length(&self) -> u64 {
        self.0.st_size as u64
    }

    /// The whole record.
    pub const fn stat(&self) -> &Stat {
        &self.0
    }
}
