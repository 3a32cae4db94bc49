//! Calls about files by their paths.

use super::arguments::{Claim, path, store};
use super::file::{get, insert};
use crate::fs::permission::Want;
use crate::fs::{self, Fd, Follow, NewOwner, NodeRef, PathContext};
use crate::sched;
use crate::user_memory::UserBuffer;
use abi::Errno;
use abi::file::{
    AT_EMPTY_PATH, AT_FDCWD, AT_REMOVEDIR, AT_SYMLINK_NOFOLLOW, OpenFlags, R_OK, W_OK, X_OK,
};
use arch::addr::VirtAddr;

/// `linkat`: follow a symbolic link at the end of the old path.
const AT_SYMLINK_FOLLOW: u32 = 0x400;
/// `newfstatat`: accepted, nothing is mounted on demand.
const AT_NO_AUTOMOUNT: u32 = 0x800;

/// A path with what it starts from.
struct Place {
    path: alloc::vec::Vec<u8>,
    directory: NodeRef,
    umask: u32,
    credentials: crate::process::Credentials,
}

impl Place {
    fn new(directory: Fd, address: VirtAddr) -> Result<Self, Errno> {
        Self::of_path(directory, path(address)?)
    }

    fn of_path(directory: Fd, path: alloc::vec::Vec<u8>) -> Result<Self, Errno> {
        let process = sched::current_process();
        let credentials = process.credentials();
        let is_absolute = path.first() == Some(&b'/');
        let from = if is_absolute || directory.0 as i32 == AT_FDCWD {
            None
        } else {
            Some(get(directory)?.directory()?.clone())
        };
        let files = process.files.lock();
        let directory = from.unwrap_or_else(|| files.directory.clone());
        Ok(Self { path, directory, umask: files.umask, credentials })
    }

    fn context(&self) -> PathContext<'_> {
        PathContext { directory: &self.directory, credentials: self.credentials, umask: self.umask }
    }
}

pub fn getcwd(claim: Claim) -> Result<u64, Errno> {
    let directory = sched::current_process().files.lock().directory.clone();
    let mut path = fs::namespace().path_of(&directory)?;
    path.push(0);
    if path.len() > claim.bytes {
        return Err(Errno::ERANGE);
    }
    Ok(UserBuffer::user(claim.address, claim.bytes).put(&path)? as u64)
}

pub fn chdir(address: VirtAddr) -> Result<u64, Errno> {
    let place = Place::new(Fd(AT_FDCWD as u32), address)?;
    let directory = fs::namespace().directory(&place.context(), &place.path)?;
    let old = {
        let process = sched::current_process();
        let mut files = process.files.lock();
        core::mem::replace(&mut files.directory, directory)
    };
    drop(old);
    Ok(0)
}

pub fn openat(directory: Fd, address: VirtAddr, flags: u32, mode: u32) -> Result<u64, Errno> {
    let flags = OpenFlags::from_bits_truncate(flags);
    let place = Place::new(directory, address)?;
    let file = fs::namespace().open(&place.context(), &place.path, flags, mode & 0o7777)?;
    insert(file, flags)
}

pub fn mkdirat(directory: Fd, address: VirtAddr, mode: u32) -> Result<u64, Errno> {
    let place = Place::new(directory, address)?;
    fs::namespace().make_directory(&place.context(), &place.path, mode)?;
    Ok(0)
}

pub fn unlinkat(directory: Fd, address: VirtAddr, flags: u32) -> Result<u64, Errno> {
    if flags & !AT_REMOVEDIR != 0 {
        return Err(Errno::EINVAL);
    }
    let place = Place::new(directory, address)?;
    if flags & AT_REMOVEDIR == 0 {
        fs::namespace().unlink(&place.context(), &place.path)?;
    } else {
        fs::namespace().remove_directory(&place.context(), &place.path)?;
    }
    Ok(0)
}

pub fn linkat(
    old_directory: Fd,
    old: VirtAddr,
    new_directory: Fd,
    new: VirtAddr,
    flags: u32,
) -> Result<u64, Errno> {
    if flags & !AT_SYMLINK_FOLLOW != 0 {
        return Err(Errno::EINVAL);
    }
    let old = Place::new(old_directory, old)?;
    let new = Place::new(new_directory, new)?;
    fs::namespace().link((&old.context(), &old.path), (&new.context(), &new.path))?;
    Ok(0)
}

pub fn renameat(
    old_directory: Fd,
    old: VirtAddr,
    new_directory: Fd,
    new: VirtAddr,
) -> Result<u64, Errno> {
    let old = Place::new(old_directory, old)?;
    let new = Place::new(new_directory, new)?;
    fs::namespace().rename((&old.context(), &old.path), (&new.context(), &new.path))?;
    Ok(0)
}

pub fn faccessat(directory: Fd, address: VirtAddr, mode: u32) -> Result<u64, Errno> {
    if mode & !(R_OK | W_OK | X_OK) != 0 {
        return Err(Errno::EINVAL);
    }
    let place = Place::new(directory, address)?;
    fs::namespace().access(&place.context(), &place.path, Want::from_bits_truncate(mode))?;
    Ok(0)
}

pub fn fchmodat(directory: Fd, address: VirtAddr, mode: u32) -> Result<u64, Errno> {
    let place = Place::new(directory, address)?;
    fs::namespace().set_mode(&place.context(), &place.path, mode)?;
    Ok(0)
}

pub fn fchownat(
    directory: Fd,
    address: VirtAddr,
    uid: u32,
    gid: u32,
    flags: u32,
) -> Result<u64, Errno> {
    if flags & !(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW) != 0 {
        return Err(Errno::EINVAL);
    }
    let path = path(address)?;
    let names_descriptor = path.is_empty() && flags & AT_EMPTY_PATH != 0;
    if names_descriptor && directory.0 as i32 != AT_FDCWD {
        return super::file::fchown(directory, uid, gid);
    }
    let path = if names_descriptor { alloc::vec![b'.'] } else { path };
    let place = Place::of_path(directory, path)?;
    let follow = if flags & AT_SYMLINK_NOFOLLOW == 0 { Follow::Yes } else { Follow::No };
    let owner = NewOwner::from_numbers(uid, gid);
    fs::namespace().set_owner(&place.context(), &place.path, follow, owner)?;
    Ok(0)
}

pub fn readlinkat(directory: Fd, address: VirtAddr, claim: Claim) -> Result<u64, Errno> {
    if claim.bytes == 0 {
        return Err(Errno::EINVAL);
    }
    let place = Place::new(directory, address)?;
    let target = fs::namespace().read_link(&place.context(), &place.path)?;
    Ok(UserBuffer::user(claim.address, claim.bytes).put(&target)? as u64)
}

pub fn newfstatat(
    directory: Fd,
    address: VirtAddr,
    to: VirtAddr,
    flags: u32,
) -> Result<u64, Errno> {
    if flags & !(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) != 0 {
        return Err(Errno::EINVAL);
    }
    let path = path(address)?;
    let names_descriptor = path.is_empty() && flags & AT_EMPTY_PATH != 0;
    if names_descriptor && directory.0 as i32 != AT_FDCWD {
        return super::file::fstat(directory, to);
    }
    let path = if names_descriptor { alloc::vec![b'.'] } else { path };
    let place = Place::of_path(directory, path)?;
    let follow = if flags & AT_SYMLINK_NOFOLLOW == 0 { Follow::Yes } else { Follow::No };
    store(to, &fs::namespace().stat(&place.context(), &place.path, follow)?)?;
    Ok(0)
}
