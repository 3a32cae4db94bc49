//! `fcntl`, `ioctl` and `flock`.

use super::arguments::{load, store};
use super::file::{close_on_exec, get, get_any, with_files};
use super::region;
use crate::fs::locks::{self, Kind, Owner, RangeLock, Span};
use crate::fs::{CloseOnExec, Fd, FileSystem, OpenFile, Waiting};
use crate::sched;
use abi::Errno;
use abi::file::{
    F_ADD_SEALS, F_DUPFD, F_DUPFD_CLOEXEC, F_GET_SEALS, F_GETFD, F_GETFL, F_GETLK, F_GETPIPE_SZ,
    F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW, F_RDLCK, F_SETFD, F_SETFL, F_SETLK, F_SETLKW,
    F_SETPIPE_SZ, F_UNLCK, F_WRLCK, FD_CLOEXEC, FileLock, LOCK_EX, LOCK_NB, LOCK_SH, LOCK_UN,
    OpenFlags, S_IFMT, S_IFREG, SEEK_CUR, SEEK_END, SEEK_SET,
};
use abi::limits::PIPE_CAPACITY;
use abi::terminal::{FIOCLEX, FIONBIO, FIONCLEX, FIONREAD};
use alloc::sync::Arc;
use arch::addr::VirtAddr;

pub fn fcntl(fd: Fd, command: u32, argument: u64) -> Result<u64, Errno> {
    let file = get_any(fd)?;
    let duplicate = |close| {
        // An int: what is negative is as much too large as what is.
        let first = argument as u32;
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
        F_GETFL => Ok(file.status_flags().bits().into()),
        _ if file.is_path() => Err(Errno::EBADF),
        F_ADD_SEALS => region::add_seals(&file, argument as u32),
        F_GET_SEALS => region::get_seals(&file),
        F_SETFL => {
            file.set_status_flags(OpenFlags::from_bits_truncate(argument as u32));
            Ok(0)
        }
        F_GETPIPE_SZ | F_SETPIPE_SZ => pipe_capacity(&file, command, argument),
        F_GETLK | F_OFD_GETLK => tell_obstacle(&file, command, argument),
        F_SETLK | F_SETLKW | F_OFD_SETLK | F_OFD_SETLKW => set_lock(&file, command, argument),
        _ => Err(Errno::EINVAL),
    }
}

/// All pipes have the same capacity: no smaller one is given, and no larger one.
fn pipe_capacity(file: &OpenFile, command: u32, argument: u64) -> Result<u64, Errno> {
    if file.node().identity().file_system != FileSystem::Pipes {
        return Err(Errno::EBADF);
    }
    if command == F_SETPIPE_SZ && argument as u32 as usize > PIPE_CAPACITY {
        return Err(Errno::EPERM);
    }
    Ok(PIPE_CAPACITY as u64)
}

/// The range that a lock names.
fn span_of(file: &OpenFile, lock: &FileLock) -> Result<Span, Errno> {
    let base = match u32::try_from(i32::from(lock.whence)) {
        Ok(SEEK_SET) => 0,
        Ok(SEEK_CUR) => file.offset()?,
        Ok(SEEK_END) => file.node().length(),
        _ => return Err(Errno::EINVAL),
    };
    let base = i64::try_from(base).map_err(|_| Errno::EOVERFLOW)?;
    let start = base.checked_add(lock.start).ok_or(Errno::EOVERFLOW)?;
    let (first, last) = match lock.length {
        0 => (start, i64::MAX),
        1.. => (start, start.checked_add(lock.length - 1).ok_or(Errno::EOVERFLOW)?),
        _ => (start.checked_add(lock.length).ok_or(Errno::EINVAL)?, start - 1),
    };
    match (u64::try_from(first), u64::try_from(last)) {
        (Ok(first), Ok(last)) => Ok(Span { first, last }),
        _ => Err(Errno::EINVAL),
    }
}

fn owner_of(file: &OpenFile, command: u32, lock: &FileLock) -> Result<Owner, Errno> {
    match command {
        F_GETLK | F_SETLK | F_SETLKW => Ok(Owner::Process(sched::current_process().pid)),
        _ if lock.pid != 0 => Err(Errno::EINVAL),
        _ => Ok(Owner::of(file)),
    }
}

fn kind_of(lock: &FileLock) -> Result<Option<Kind>, Errno> {
    match lock.kind {
        F_RDLCK => Ok(Some(Kind::Read)),
        F_WRLCK => Ok(Some(Kind::Write)),
        F_UNLCK => Ok(None),
        _ => Err(Errno::EINVAL),
    }
}

fn tell_obstacle(file: &OpenFile, command: u32, argument: u64) -> Result<u64, Errno> {
    let at = VirtAddr::new(argument as usize);
    let mut lock: FileLock = load(at)?;
    let span = span_of(file, &lock)?;
    let kind = kind_of(&lock)?.ok_or(Errno::EINVAL)?;
    let wanted = RangeLock { owner: owner_of(file, command, &lock)?, kind, span };
    match locks::obstacle(file, &wanted) {
        None => lock.kind = F_UNLCK,
        Some(found) => {
            lock.kind = if found.kind == Kind::Read { F_RDLCK } else { F_WRLCK };
            lock.whence = SEEK_SET as i16;
            lock.start = found.span.first as i64;
            let reaches_end = found.span.last >= Span::ALL.last;
            let length = found.span.last.saturating_sub(found.span.first) as i64;
            lock.length = if reaches_end { 0 } else { length + 1 };
            lock.pid = match found.owner {
                Owner::Process(pid) => pid as i32,
                Owner::OpenFile(_) => -1,
            };
        }
    }
    store(at, &lock)?;
    Ok(0)
}

fn set_lock(file: &OpenFile, command: u32, argument: u64) -> Result<u64, Errno> {
    let lock: FileLock = load(VirtAddr::new(argument as usize))?;
    let span = span_of(file, &lock)?;
    let owner = owner_of(file, command, &lock)?;
    let Some(kind) = kind_of(&lock)? else {
        locks::give_up(file, owner, span);
        return Ok(0);
    };
    let is_allowed = if kind == Kind::Read { file.reads() } else { file.writes() };
    if !is_allowed {
        return Err(Errno::EBADF);
    }
    let waits = matches!(command, F_SETLKW | F_OFD_SETLKW);
    let waiting = if waits { Waiting::Allowed } else { Waiting::Refused };
    locks::take(file, RangeLock { owner, kind, span }, waiting)?;
    Ok(0)
}

pub fn flock(fd: Fd, operation: u32) -> Result<u64, Errno> {
    let file = get(fd)?;
    let waiting = if operation & LOCK_NB == 0 { Waiting::Allowed } else { Waiting::Refused };
    match operation & !LOCK_NB {
        LOCK_SH => locks::take_whole(&file, Kind::Read, waiting)?,
        LOCK_EX => locks::take_whole(&file, Kind::Write, waiting)?,
        LOCK_UN => locks::give_up_whole(&file),
        _ => return Err(Errno::EINVAL),
    }
    Ok(0)
}

pub fn ioctl(fd: Fd, request: u32, argument: VirtAddr) -> Result<u64, Errno> {
    let file = get(fd)?;
    match request {
        FIOCLEX | FIONCLEX => {
            let close = close_on_exec((request == FIOCLEX).then_some(()));
            with_files(|files| files.descriptors.set_close_on_exec(fd, close))?;
            Ok(0)
        }
        FIONBIO => set_non_blocking(&file, load::<u32>(argument)? != 0),
        FIONREAD if file.node().permissions().mode & S_IFMT == S_IFREG => {
            let left = file.node().length().saturating_sub(file.offset()?);
            store(argument, &(left as i32))?;
            Ok(0)
        }
        _ => file.control(request, argument),
    }
}

fn set_non_blocking(file: &Arc<OpenFile>, is_set: bool) -> Result<u64, Errno> {
    let mut flags = file.status_flags();
    flags.set(OpenFlags::NON_BLOCKING, is_set);
    file.set_status_flags(flags);
    Ok(0)
}
