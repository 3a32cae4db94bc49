//! Files, directories, pipes and descriptors.

mod copy;
mod descriptor;
mod directory;
mod file;

pub use abi::file_system::StatFs;
pub use copy::{copy, is_same};
pub use descriptor::{OwnedFd, close_at_exec, dup_to, duplicate, pipe};
pub use directory::{Entry, Kind, ReadDir, read_dir};
pub use file::{File, Metadata, OpenOptions};

use crate::error::{Context, Error, Result};
use crate::syscall::file as call;
use abi::Errno;
use abi::file::{AT_REMOVEDIR, AT_SYMLINK_NOFOLLOW};
use abi::limits::PATH_MAX;
use alloc::ffi::CString;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// Reads a whole file.
pub fn read(path: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads a whole file of UTF-8 text.
pub fn read_to_string(path: &str) -> Result<String> {
    String::from_utf8(read(path)?)
        .map_err(|_| Error::new(Errno::EINVAL, path).problem("not UTF-8 text"))
}

/// Reads what a path refers to.
pub fn metadata(path: &str) -> Result<Metadata> {
    call::newfstatat(&path_string(path)?, 0).context(path).map(Metadata::from_stat)
}

/// How much room there is in the file system that a path is in.
pub fn room(path: &str) -> Result<StatFs> {
    call::statfs(&path_string(path)?).context(path)
}

/// Mounts the card at a directory; with `MS_REMOUNT` changes how it is mounted.
pub fn mount(source: &str, target: &str, flags: u64) -> Result<()> {
    call::mount(&path_string(source)?, &path_string(target)?, c"vfat", flags).context(target)
}

/// Takes what is mounted at a directory out of the tree of names, with all changes on the card.
pub fn unmount(target: &str) -> Result<()> {
    call::umount(&path_string(target)?).context(target)
}

/// Whether the caller may run the file at a path.
pub fn is_executable(path: &str) -> bool {
    path_string(path).is_ok_and(|path| {
        let file = call::newfstatat(&path, 0).map(Metadata::from_stat);
        file.is_ok_and(|file| file.kind() == Kind::File)
            && call::faccessat(&path, abi::file::X_OK).is_ok()
    })
}

/// Gives a file one more name; one in `/dev/shm` makes a file on the SD card a region.
pub fn link(old: &str, new: &str) -> Result<()> {
    call::linkat(&path_string(old)?, &path_string(new)?).context(new)
}

/// Removes a file's name.
pub fn unlink(path: &str) -> Result<()> {
    call::unlinkat(&path_string(path)?, 0).context(path)
}

/// Removes an empty directory.
pub fn remove_dir(path: &str) -> Result<()> {
    call::unlinkat(&path_string(path)?, AT_REMOVEDIR).context(path)
}

/// Makes a directory that its owner may write and everybody may read.
pub fn mkdir(path: &str) -> Result<()> {
    call::mkdirat(&path_string(path)?, 0o755).context(path)
}

/// Sets a file's permissions.
pub fn set_mode(path: &str, mode: u32) -> Result<()> {
    call::fchmodat(&path_string(path)?, mode).context(path)
}

/// Sets a file's owner and group.
pub fn set_owner(path: &str, uid: u32, gid: u32) -> Result<()> {
    call::fchownat(&path_string(path)?, uid, gid).context(path)
}

/// Gives a file another name.
pub fn rename(old: &str, new: &str) -> Result<()> {
    call::renameat(&path_string(old)?, &path_string(new)?).context(old)
}

/// Says that a file has changed now.
pub fn touch(path: &str) -> Result<()> {
    call::utimensat_now(&path_string(path)?).context(path)
}

/// Where a symbolic link leads.
pub fn read_link(path: &str) -> Result<String> {
    let mut buffer = vec![0; PATH_MAX];
    let length = call::readlinkat(&path_string(path)?, &mut buffer).context(path)?;
    buffer.truncate(length);
    Ok(String::from_utf8_lossy(&buffer).into_owned())
}

/// Reads what a path is; a symbolic link is not followed.
pub fn link_metadata(path: &str) -> Result<Metadata> {
    let found = call::newfstatat(&path_string(path)?, AT_SYMLINK_NOFOLLOW);
    found.context(path).map(Metadata::from_stat)
}

/// What a file is called in a directory.
pub fn within(directory: &str, path: &str) -> String {
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or(path);
    format!("{}/{name}", directory.trim_end_matches('/'))
}

/// The current directory's path.
pub fn current_dir() -> Result<String> {
    let mut buffer = vec![0; PATH_MAX];
    let length = call::getcwd(&mut buffer).context("current directory")?;
    buffer.truncate(length.saturating_sub(1));
    Ok(String::from_utf8_lossy(&buffer).into_owned())
}

/// Changes the current directory.
pub fn set_current_dir(path: &str) -> Result<()> {
    call::chdir(&path_string(path)?).context(path)
}

/// A path with its NUL.
pub(crate) fn path_string(path: &str) -> Result<CString> {
    CString::new(path)
        .map_err(|_| Error::new(Errno::EINVAL, path.escape_debug().collect::<String>()))
}
