//! The call `execveat`: a program by a path from a directory, or by a descriptor.
//!
//! As on Linux, what a descriptor leads to has a name below `/dev/fd`, by which a script's
//! interpreter finds the script.

use super::arguments::PathBuffer;
use super::file::get_any;
use super::file_path::Target;
use super::process::{execve, strings};
use crate::fs::Fd;
use crate::process;
use abi::file::{AT_EMPTY_PATH, AT_FDCWD, AT_SYMLINK_NOFOLLOW};
use abi::{Errno, Sysno};
use alloc::format;
use alloc::vec::Vec;
use arch::addr::VirtAddr;
use arch::trap::TrapFrame;

/// `execve` or `execveat`: the registers that the new program starts with.
pub fn execute(call: Sysno, frame: &TrapFrame) -> Result<TrapFrame, Errno> {
    if call == Sysno::Execve { execve(frame) } else { execveat(frame) }
}

fn execveat(frame: &TrapFrame) -> Result<TrapFrame, Errno> {
    let (directory, flags) = (Fd(frame.x[0] as u32), frame.x[4] as u32);
    let address = |index: usize| VirtAddr::new(frame.x[index] as usize);
    if flags & !(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW) != 0 {
        return Err(Errno::EINVAL);
    }
    let mut buffer = PathBuffer::new();
    let name = name(directory, buffer.read(address(1))?, flags)?;
    if flags & AT_SYMLINK_NOFOLLOW != 0 {
        let target = Target::new(directory, address(1), flags, &mut buffer)?;
        if target.node()?.link_target().is_some() {
            return Err(Errno::ELOOP);
        }
    }
    let mut arguments = strings(address(2))?;
    if arguments.is_empty() {
        arguments.push(b"")?;
    }
    process::exec(&name, &arguments, &strings(address(3))?)
}

/// A path that leads there from everywhere.
fn name(directory: Fd, path: &[u8], flags: u32) -> Result<Vec<u8>, Errno> {
    let is_here = directory.0 as i32 == AT_FDCWD;
    if path.is_empty() && flags & AT_EMPTY_PATH == 0 {
        return Err(Errno::ENOENT);
    }
    if path.first() == Some(&b'/') || is_here && !path.is_empty() {
        return Ok(Vec::from(path));
    }
    if is_here {
        return Err(Errno::EACCES);
    }
    let file = get_any(directory)?;
    let mut name = format!("/dev/fd/{}", directory.0).into_bytes();
    if !path.is_empty() {
        file.directory()?;
        name.push(b'/');
        name.extend_from_slice(path);
    }
    Ok(name)
}
