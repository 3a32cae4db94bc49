//! Calls about open files.

use super::arguments::{Claim, load, store};
use super::region;
use crate::fs::{self, CloseOnExec, Fd, NewOwner, OpenFile};
use crate::process::Files;
use crate::sched;
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use abi::file::{
    F_ADD_SEALS, F_DUPFD, F_DUPFD_CLOEXEC, F_GET_SEALS, F_GETFD, F_GETFL, F_SETFD, F_SETFL,
    FD_CLOEXEC, IoVector, OpenFlags,
};
use alloc::sync::Arc;
use arch::addr::VirtAddr;

/// Parts of one `readv` or `writev`.
const VECTOR_MAX: u64 = 1024;
/// The most that one call transfers, as on Linux.
const TRANSFER_MAX: usize = 0x7FFF_F000;

/// The open file behind a descriptor of the caller's.
pub fn get(fd: Fd) -> Result<Arc<OpenFile>, Errno> {
    sched::current_process().files.lock().descriptors.get(fd).cloned()
}

fn with_files<T>(change: impl FnOnce(&mut Files) -> T) -> T {
    change(&mut sched::current_process().files.lock())
}

pub const fn close_on_exec(is_set: Option<()>) -> CloseOnExec {
    match is_set {
        Some(()) => CloseOnExec::Yes,
        None => CloseOnExec::No,
    }
}

fn close_from_flags(flags: OpenFlags) -> CloseOnExec {
    close_on_exec(flags.contains(OpenFlags::CLOSE_ON_EXEC).then_some(()))
}

/// Gives a file the lowest free descriptor.
pub fn insert(file: Arc<OpenFile>, flags: OpenFlags) -> Result<u64, Errno> {
    let fd = with_files(|files| files.descriptors.insert(file, close_from_flags(flags)))?;
    Ok(fd.0.into())
}

pub fn dup(fd: Fd) -> Result<u64, Errno> {
    insert(get(fd)?, OpenFlags::empty())
}

pub fn dup3(old: Fd, new: Fd, flags: u32) -> Result<u64, Errno> {
    let flags = OpenFlags::from_bits(flags).ok_or(Errno::EINVAL)?;
    if !(flags - OpenFlags::CLOSE_ON_EXEC).is_empty() || old == new {
        return Err(Errno::EINVAL);
    }
    let file = get(old)?;
    let replaced =
        with_files(|files| files.descriptors.insert_at(new, file, close_from_flags(flags)))?;
    drop(replaced);
    Ok(new.0.into())
}

pub fn fcntl(fd: Fd, command: u32, argument: u64) -> Result<u64, Errno> {
    let file = get(fd)?;
    let duplicate = |close| {
        let first = u32::try_from(argument).map_err(|_| Errno::EINVAL)?;
        let fd = with_files(|files| files.descriptors.insert_from(first, file.clone(), close))?;
        Ok(fd.0.into())
    };
    match command {
        F_DUPFD => duplicate(CloseOnExec::No),
        F_DUPFD_CLOEXEC => duplicate(CloseOnExec::Yes),
        F_GETFD => match with_files(|files| files.descriptors.close_on_exec(fd))? {
            CloseOnExec::Yes => Ok(FD_CLOEXEC.into()),
            CloseOnExec::No => Ok(0),
        },
        F_SETFD => {
            let close = close_on_exec((argument as u32 & FD_CLOEXEC != 0).then_some(()));
            with_files(|files| files.descriptors.set_close_on_exec(fd, close))?;
            Ok(0)
        }
        F_ADD_SEALS => region::add_seals(&file, argument as u32),
        F_GET_SEALS => region::get_seals(&file),
        F_GETFL => Ok(file.status_flags().bits().into()),
        F_SETFL => {
            file.set_status_flags(OpenFlags::from_bits_truncate(argument as u32));
            Ok(0)
        }
        _ => Err(Errno::EINVAL),
    }
}

pub fn ioctl(fd: Fd, request: u32, argument: VirtAddr) -> Result<u64, Errno> {
    get(fd)?.control(request, argument)
}

pub fn ftruncate(fd: Fd, length: i64) -> Result<u64, Errno> {
    let file = get(fd)?;
    file.set_length(u64::try_from(length).map_err(|_| Errno::EINVAL)?)?;
    Ok(0)
}

pub fn fchmod(fd: Fd, mode: u32) -> Result<u64, Errno> {
    get(fd)?.set_mode(mode, sched::current_process().credentials())?;
    Ok(0)
}

pub fn fchown(fd: Fd, uid: u32, gid: u32) -> Result<u64, Errno> {
    let owner = NewOwner::from_numbers(uid, gid);
    get(fd)?.set_owner(owner, sched::current_process().credentials())?;
    Ok(0)
}

pub fn close(fd: Fd) -> Result<u64, Errno> {
    let file = with_files(|files| files.descriptors.remove(fd))?;
    // Letting go of the file may take locks: not under the table's.
    drop(file);
    Ok(0)
}

pub fn pipe2(fds: VirtAddr, flags: u32) -> Result<u64, Errno> {
    let flags = OpenFlags::from_bits(flags).ok_or(Errno::EINVAL)?;
    if !(flags - OpenFlags::CLOSE_ON_EXEC - OpenFlags::NON_BLOCKING).is_empty() {
        return Err(Errno::EINVAL);
    }
    let (read_end, write_end) = fs::pipe::create(flags)?;
    let close = close_from_flags(flags);
    let read_fd = with_files(|files| files.descriptors.insert(read_end, close))?;
    let outcome =
        with_files(|files| files.descriptors.insert(write_end, close)).and_then(|write_fd| {
            match store(fds, &[read_fd.0, write_fd.0]) {
                Ok(()) => Ok(0),
                Err(error) => {
                    self::close(write_fd)?;
                    Err(error)
                }
            }
        });
    if outcome.is_err() {
        self::close(read_fd)?;
    }
    outcome
}

pub fn getdents64(fd: Fd, claim: Claim) -> Result<u64, Errno> {
    Ok(get(fd)?.read_directory(&mut buffer(claim)?)? as u64)
}

pub fn lseek(fd: Fd, offset: i64, whence: u32) -> Result<u64, Errno> {
    get(fd)?.seek(offset, whence)
}

pub fn read(fd: Fd, claim: Claim) -> Result<u64, Errno> {
    Ok(get(fd)?.read(&mut buffer(claim)?)? as u64)
}

pub fn write(fd: Fd, claim: Claim) -> Result<u64, Errno> {
    let file = get(fd)?;
    claim.check()?;
    let bytes = claim.bytes.min(TRANSFER_MAX);
    Ok(file.write(&mut UserData::user(claim.address, bytes))? as u64)
}

fn buffer(claim: Claim) -> Result<UserBuffer<'static>, Errno> {
    claim.check()?;
    Ok(UserBuffer::user(claim.address, claim.bytes.min(TRANSFER_MAX)))
}

pub fn readv(fd: Fd, vector: VirtAddr, count: u64) -> Result<u64, Errno> {
    let file = get(fd)?;
    transfer(vector, count, |claim| file.read(&mut buffer(claim)?))
}

pub fn writev(fd: Fd, vector: VirtAddr, count: u64) -> Result<u64, Errno> {
    let file = get(fd)?;
    transfer(vector, count, |claim| file.write(&mut UserData::user(claim.address, claim.bytes)))
}

/// Goes through the parts of a vector until one is not transferred whole.
fn transfer(
    vector: VirtAddr,
    count: u64,
    mut part: impl FnMut(Claim) -> Result<usize, Errno>,
) -> Result<u64, Errno> {
    if count > VECTOR_MAX {
        return Err(Errno::EINVAL);
    }
    let mut total = 0;
    for index in 0..count as usize {
        let entry: IoVector = load(vector.add(index * size_of::<IoVector>()))?;
        if i64::try_from(entry.length).is_err() {
            return Err(Errno::EINVAL);
        }
        let claim = Claim {
            address: VirtAddr::new(entry.base as usize),
            bytes: (entry.length as usize).min(TRANSFER_MAX - total),
        };
        if claim.bytes == 0 {
            continue;
        }
        match claim.check().and_then(|()| part(claim)) {
            Ok(done) => {
                total += done;
                if done < claim.bytes {
                    break;
                }
            }
            Err(error) if total == 0 => return Err(error),
            Err(_) => break,
        }
    }
    Ok(total as u64)
}

pub fn fstat(fd: Fd, to: VirtAddr) -> Result<u64, Errno> {
    store(to, &get(fd)?.stat())?;
    Ok(0)
}
