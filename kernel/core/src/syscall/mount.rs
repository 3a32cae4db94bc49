//! Mounting and unmounting: of all file systems, the card's comes and goes.

use super::arguments::{PathBuffer, string};
use super::file_path::Place;
use crate::fs::{self, Access, Fd, FileSystem, Follow, NodeRef};
use crate::sched;
use abi::Errno;
use abi::file::{AT_FDCWD, S_IFBLK, S_IFMT};
use abi::file_system::{
    MNT_FORCE, MS_MGC_MSK, MS_MGC_VAL, MS_RDONLY, MS_REMOUNT, MS_WITHOUT_EFFECT, UMOUNT_NOFOLLOW,
};
use abi::limits::PATH_MAX;
use arch::addr::VirtAddr;

const KIND: &[u8] = b"vfat";

pub fn mount(
    source: VirtAddr,
    target: VirtAddr,
    kind: VirtAddr,
    flags: u64,
    options: VirtAddr,
) -> Result<u64, Errno> {
    check_root()?;
    let flags = if flags & MS_MGC_MSK == MS_MGC_VAL { flags & !MS_MGC_MSK } else { flags };
    let point = find(target, Follow::Yes)?;
    if flags & !(MS_RDONLY | MS_REMOUNT | MS_WITHOUT_EFFECT) != 0 || has_text(options)? {
        return Err(Errno::EINVAL);
    }
    if point.directory().is_none() {
        return Err(Errno::ENOTDIR);
    }
    let access = if flags & MS_RDONLY != 0 { Access::ReadOnly } else { Access::ReadWrite };
    let is_card = is_card(&point);
    // Held, it would count as somebody who uses the directory.
    drop(point);
    if flags & MS_REMOUNT != 0 {
        return if is_card { fs::remount(access).map(|()| 0) } else { Err(Errno::EINVAL) };
    }
    if string(kind, PATH_MAX, Errno::ENODEV)? != KIND {
        return Err(Errno::ENODEV);
    }
    let source = find(source, Follow::Yes)?;
    if source.permissions().mode & S_IFMT != S_IFBLK {
        return Err(Errno::ENOTBLK);
    }
    // There is one card and one place for it.
    if is_card { fs::mount(access).map(|()| 0) } else { Err(Errno::EINVAL) }
}

pub fn umount2(target: VirtAddr, flags: u32) -> Result<u64, Errno> {
    check_root()?;
    if flags & !(MNT_FORCE | UMOUNT_NOFOLLOW) != 0 {
        return Err(Errno::EINVAL);
    }
    let follow = if flags & UMOUNT_NOFOLLOW != 0 { Follow::No } else { Follow::Yes };
    let point = find(target, follow)?;
    if !fs::namespace().is_mounted(&point) {
        return Err(Errno::EINVAL);
    }
    let is_card = is_card(&point);
    drop(point);
    // The system itself uses the others.
    if is_card { fs::unmount().map(|()| 0) } else { Err(Errno::EBUSY) }
}

fn check_root() -> Result<(), Errno> {
    if sched::current_process().credentials().is_root() { Ok(()) } else { Err(Errno::EPERM) }
}

fn find(path: VirtAddr, follow: Follow) -> Result<NodeRef, Errno> {
    let mut buffer = PathBuffer::new();
    let place = Place::new(Fd(AT_FDCWD as u32), path, &mut buffer)?;
    fs::namespace().find(&place.context(), place.path, follow)
}

/// Whether it is the directory that the card is mounted at.
fn is_card(node: &NodeRef) -> bool {
    node.identity().file_system == FileSystem::Card && fs::namespace().is_mounted(node)
}

/// Whether there are options, of which none is known.
fn has_text(options: VirtAddr) -> Result<bool, Errno> {
    if options.value() == 0 {
        return Ok(false);
    }
    string(options, PATH_MAX, Errno::EINVAL).map(|text| !text.is_empty())
}
