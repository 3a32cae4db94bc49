//! Calls about files by their paths.

use super::arguments::{Claim, PathBuffer, store};
use super::file::{get_any, insert};
use crate::fs::permission::Want;
use crate::fs::{self, Fd, Follow, NewOwner, NodeRef, PathContext, Plain, Rule};
use crate::process::Credentials;
use crate::sched;
use crate::user_memory::UserBuffer;
use abi::Errno;
use abi::file::{
    AT_EACCESS, AT_EMPTY_PATH, AT_FDCWD, AT_NO_AUTOMOUNT, AT_REMOVEDIR, AT_SYMLINK_FOLLOW,
    AT_SYMLINK_NOFOLLOW, OpenFlags, R_OK, RENAME_EXCHANGE, RENAME_NOREPLACE, S_IFBLK, S_IFCHR,
    S_IFDIR, S_IFIFO, S_IFMT, S_IFREG, S_IFSOCK, Stat, W_OK, X_OK,
};
use abi::limits::PATH_MAX;
use arch::addr::VirtAddr;

/// A path with what it starts from.
pub(super) struct Place<'a> {
    pub path: &'a [u8],
    /// None for the root of the name space.
    directory: Option<NodeRef>,
    umask: u32,
    credentials: Credentials,
}

impl<'a> Place<'a> {
    /// Copies the path into the buffer.
    #[inline(always)]
    pub fn new(
        directory: Fd,
        address: VirtAddr,
        buffer: &'a mut PathBuffer,
    ) -> Result<Self, Errno> {
        Self::of_path(directory, buffer.read(address)?)
    }

    /// From a path that was copied already.
    #[inline(always)]
    pub fn of_path(directory: Fd, path: &'a [u8]) -> Result<Self, Errno> {
        let is_absolute = *path.first().ok_or(Errno::ENOENT)? == b'/';
        let directory = if is_absolute { None } else { Some(start_of_relative(directory)?) };
        let process = sched::current_process();
        Ok(Self { path, directory, umask: process.umask(), credentials: process.credentials() })
    }

    pub fn context(&self) -> PathContext<'_> {
        PathContext {
            directory: self.directory.as_ref(),
            credentials: self.credentials,
            umask: self.umask,
        }
    }
}

/// Where a path begins that is relative to a descriptor or to the current directory.
#[inline(never)]
fn start_of_relative(directory: Fd) -> Result<NodeRef, Errno> {
    if directory.0 as i32 == AT_FDCWD {
        Ok(sched::current_process().files.lock().directory.clone())
    } else {
        Ok(get_any(directory)?.directory()?.clone())
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
    let mut buffer = PathBuffer::new();
    let place = Place::new(Fd(AT_FDCWD as u32), address, &mut buffer)?;
    let directory = fs::namespace().directory(&place.context(), place.path)?;
    let old = {
        let process = sched::current_process();
        let mut files = process.files.lock();
        core::mem::replace(&mut files.directory, directory)
    };
    drop(old);
    Ok(0)
}

pub fn fchdir(fd: Fd) -> Result<u64, Errno> {
    let process = sched::current_process();
    let directory = get_any(fd)?.directory()?.clone();
    fs::check_access(&directory, process.credentials(), Want::EXECUTE)?;
    let old = core::mem::replace(&mut process.files.lock().directory, directory);
    drop(old);
    Ok(0)
}

/// What a path or, if it is empty and that is allowed, a descriptor leads to.
pub(super) enum Target<'a> {
    Path(Place<'a>, Follow),
    Descriptor(alloc::sync::Arc<fs::OpenFile>),
}

impl<'a> Target<'a> {
    /// From the arguments of a call with `AT_*` flags; the path is copied into the buffer.
    pub fn new(
        directory: Fd,
        address: VirtAddr,
        flags: u32,
        buffer: &'a mut PathBuffer,
    ) -> Result<Self, Errno> {
        let path = buffer.read(address)?;
        let names_descriptor = path.is_empty() && flags & AT_EMPTY_PATH != 0;
        if names_descriptor && directory.0 as i32 != AT_FDCWD {
            return Ok(Self::Descriptor(get_any(directory)?));
        }
        let path = if names_descriptor { b"." } else { path };
        let follow = if flags & AT_SYMLINK_NOFOLLOW == 0 { Follow::Yes } else { Follow::No };
        Ok(Self::Path(Place::of_path(directory, path)?, follow))
    }

    /// The file.
    pub fn node(&self) -> Result<NodeRef, Errno> {
        match self {
            Self::Path(place, follow) => {
                fs::namespace().find(&place.context(), place.path, *follow)
            }
            Self::Descriptor(file) => Ok(file.node().clone()),
        }
    }
}

pub fn openat(directory: Fd, address: VirtAddr, flags: u32, mode: u32) -> Result<u64, Errno> {
    let flags = OpenFlags::from_bits_truncate(flags);
    let mut buffer = PathBuffer::new();
    let place = Place::new(directory, address, &mut buffer)?;
    let file = fs::namespace().open(&place.context(), place.path, flags, mode & 0o7777)?;
    insert(file, flags)
}

pub fn mkdirat(directory: Fd, address: VirtAddr, mode: u32) -> Result<u64, Errno> {
    let mut buffer = PathBuffer::new();
    let place = Place::new(directory, address, &mut buffer)?;
    fs::namespace().make_directory(&place.context(), place.path, mode)?;
    Ok(0)
}

/// Makes files and FIFOs; devices and sockets are not made so.
pub fn mknodat(directory: Fd, address: VirtAddr, mode: u32) -> Result<u64, Errno> {
    let kind = match mode & S_IFMT {
        0 | S_IFREG => Plain::File,
        S_IFIFO => Plain::Fifo,
        S_IFCHR | S_IFBLK | S_IFSOCK | S_IFDIR => return Err(Errno::EPERM),
        _ => return Err(Errno::EINVAL),
    };
    let mut buffer = PathBuffer::new();
    let place = Place::new(directory, address, &mut buffer)?;
    fs::namespace().make_node(&place.context(), place.path, mode, kind)?;
    Ok(0)
}

pub fn unlinkat(directory: Fd, address: VirtAddr, flags: u32) -> Result<u64, Errno> {
    if flags & !AT_REMOVEDIR != 0 {
        return Err(Errno::EINVAL);
    }
    let mut buffer = PathBuffer::new();
    let place = Place::new(directory, address, &mut buffer)?;
    if flags & AT_REMOVEDIR == 0 {
        fs::namespace().unlink(&place.context(), place.path)?;
    } else {
        fs::namespace().remove_directory(&place.context(), place.path)?;
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
    if flags & !(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH) != 0 {
        return Err(Errno::EINVAL);
    }
    // Unlike elsewhere, a link at the end is followed only where that is asked for.
    let follow = if flags & AT_SYMLINK_FOLLOW == 0 { AT_SYMLINK_NOFOLLOW } else { 0 };
    let (mut old_buffer, mut new_buffer) = (PathBuffer::new(), PathBuffer::new());
    let flags = flags & AT_EMPTY_PATH | follow;
    let target = Target::new(old_directory, old, flags, &mut old_buffer)?;
    let new = Place::new(new_directory, new, &mut new_buffer)?;
    let new = (&new.context(), new.path);
    match &target {
        Target::Path(old, follow) => {
            fs::namespace().link((&old.context(), old.path, *follow), new)?;
        }
        Target::Descriptor(file) => fs::namespace().link_node(file.node(), new)?,
    }
    Ok(0)
}

pub fn symlinkat(target: VirtAddr, directory: Fd, address: VirtAddr) -> Result<u64, Errno> {
    let mut target_buffer = PathBuffer::new();
    let target = target_buffer.read(target)?;
    if target.is_empty() {
        return Err(Errno::ENOENT);
    }
    if target.len() >= PATH_MAX {
        return Err(Errno::ENAMETOOLONG);
    }
    let mut buffer = PathBuffer::new();
    let place = Place::new(directory, address, &mut buffer)?;
    fs::namespace().make_link(&place.context(), place.path, target)?;
    Ok(0)
}

pub fn renameat2(
    old_directory: Fd,
    old: VirtAddr,
    new_directory: Fd,
    new: VirtAddr,
    flags: u32,
) -> Result<u64, Errno> {
    let rule = match flags {
        0 => Rule::Replace,
        RENAME_NOREPLACE => Rule::KeepNew,
        RENAME_EXCHANGE => Rule::Exchange,
        _ => return Err(Errno::EINVAL),
    };
    let (mut old_buffer, mut new_buffer) = (PathBuffer::new(), PathBuffer::new());
    let old = Place::new(old_directory, old, &mut old_buffer)?;
    let new = Place::new(new_directory, new, &mut new_buffer)?;
    let old = (&old.context(), old.path);
    fs::namespace().rename(old, (&new.context(), new.path), rule)?;
    Ok(0)
}

pub fn faccessat2(directory: Fd, address: VirtAddr, mode: u32, flags: u32) -> Result<u64, Errno> {
    let known = AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH;
    if mode & !(R_OK | W_OK | X_OK) != 0 || flags & !known != 0 {
        return Err(Errno::EINVAL);
    }
    let node = Target::new(directory, address, flags, &mut PathBuffer::new())?.node()?;
    let credentials = sched::current_process().credentials();
    fs::check_access(&node, credentials, Want::from_bits_truncate(mode))?;
    Ok(0)
}

pub fn fchmodat2(directory: Fd, address: VirtAddr, mode: u32, flags: u32) -> Result<u64, Errno> {
    if flags & !(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) != 0 {
        return Err(Errno::EINVAL);
    }
    let node = Target::new(directory, address, flags, &mut PathBuffer::new())?.node()?;
    if node.link_target().is_some() {
        return Err(Errno::EOPNOTSUPP);
    }
    fs::set_mode(&node, mode, sched::current_process().credentials())?;
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
    let node = Target::new(directory, address, flags, &mut PathBuffer::new())?.node()?;
    let owner = NewOwner::from_numbers(uid, gid);
    fs::set_owner(&node, owner, sched::current_process().credentials())?;
    Ok(0)
}

pub fn readlinkat(directory: Fd, address: VirtAddr, claim: Claim) -> Result<u64, Errno> {
    if claim.bytes == 0 {
        return Err(Errno::EINVAL);
    }
    // An empty path means the descriptor, which can be one of a link; no flag is needed for that.
    let mut buffer = PathBuffer::new();
    let text = buffer.read(address)?;
    let target = if text.is_empty() && directory.0 as i32 != AT_FDCWD {
        let file = get_any(directory)?;
        fs::read_link(file.node())
            .map_err(|error| if error == Errno::EINVAL { Errno::ENOENT } else { error })?
    } else {
        let place = Place::of_path(directory, text)?;
        fs::namespace().read_link(&place.context(), place.path)?
    };
    Ok(UserBuffer::user(claim.address, claim.bytes).put(&target)? as u64)
}

pub(super) fn stat_at(directory: Fd, address: VirtAddr, flags: u32) -> Result<Stat, Errno> {
    if flags & !(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) != 0 {
        return Err(Errno::EINVAL);
    }
    Ok(Target::new(directory, address, flags, &mut PathBuffer::new())?.node()?.stat())
}

pub fn newfstatat(
    directory: Fd,
    address: VirtAddr,
    to: VirtAddr,
    flags: u32,
) -> Result<u64, Errno> {
    store(to, &stat_at(directory, address, flags)?)?;
    Ok(0)
}
