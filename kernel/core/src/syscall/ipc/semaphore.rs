//! Calls about System V's semaphores.

use crate::ipc::semaphore::{self, Change, Count, Figures};
use crate::ipc::{Caller, Key, NewOwner, Right};
use crate::syscall::arguments::{load, store};
use crate::syscall::time::deadline_after;
use abi::Errno;
use abi::ipc::{
    GETALL, GETNCNT, GETPID, GETVAL, GETZCNT, IPC_INFO, IPC_RMID, IPC_SET, IPC_STAT, SEM_INFO,
    SEM_STAT, SEM_STAT_ANY, SEMOPM, SEMVMX, SETALL, SETVAL, SemaphoreOperation, SetStatus,
};
use alloc::vec::Vec;
use arch::addr::VirtAddr;

pub fn semget(key: i32, count: u32, flags: u32) -> Result<u64, Errno> {
    let count = if count > i32::MAX as u32 { usize::MAX } else { count as usize };
    Ok(semaphore::get(Key(key), count, flags, Caller::current())?.into())
}

pub fn semctl(id: u32, number: u32, command: u32, argument: u64) -> Result<u64, Errno> {
    if id > i32::MAX as u32 {
        return Err(Errno::EINVAL);
    }
    let (caller, at) = (Caller::current(), VirtAddr::new(argument as usize));
    let ask = |what| semaphore::ask(id, number as usize, what, caller);
    match command {
        GETVAL => return ask(Count::Value),
        GETPID => return ask(Count::LastPid),
        GETNCNT => return ask(Count::WaitingForMore),
        GETZCNT => return ask(Count::WaitingForZero),
        SETVAL => {
            let value = argument as i32;
            if !(0..=SEMVMX).contains(&value) {
                return Err(Errno::ERANGE);
            }
            let change = Change::One(number as usize, value as u16);
            semaphore::set_values(id, change, caller)?;
        }
        GETALL => {
            semaphore::count(id, Right::Read, caller)?;
            for (index, value) in semaphore::values(id)?.iter().enumerate() {
                store(at.add(index * size_of::<u16>()), value)?;
            }
        }
        SETALL => {
            let count = semaphore::count(id, Right::Write, caller)?;
            semaphore::set_values(id, Change::All(load_values(at, count)?), caller)?;
        }
        IPC_RMID => semaphore::remove(id, caller)?,
        IPC_SET => {
            let asked: SetStatus = load(at)?;
            semaphore::set_owner(id, NewOwner::asked(&asked.permissions), caller)?;
        }
        IPC_STAT => store(at, &semaphore::status(id, Some(Right::Read), caller)?)?,
        _ => return tell(id, command, at, caller),
    }
    Ok(0)
}

/// What is told of the table.
fn tell(place: u32, command: u32, at: VirtAddr, caller: Caller) -> Result<u64, Errno> {
    let figures = match command {
        SEM_STAT | SEM_STAT_ANY => {
            let id = semaphore::at(place)?;
            let right = (command == SEM_STAT).then_some(Right::Read);
            store(at, &semaphore::status(id, right, caller)?)?;
            return Ok(id.into());
        }
        IPC_INFO => Figures::Limits,
        SEM_INFO => Figures::Usage,
        _ => return Err(Errno::EINVAL),
    };
    let (limits, highest) = semaphore::figures(figures);
    store(at, &limits)?;
    Ok(highest)
}

fn load_values(at: VirtAddr, count: usize) -> Result<Vec<u16>, Errno> {
    let mut values = Vec::new();
    values.try_reserve_exact(count).map_err(|_| Errno::ENOMEM)?;
    for index in 0..count {
        values.push(load::<u16>(at.add(index * size_of::<u16>()))?);
    }
    if values.iter().any(|value| i32::from(*value) > SEMVMX) {
        return Err(Errno::ERANGE);
    }
    Ok(values)
}

pub fn semtimedop(id: u32, at: VirtAddr, count: u32, timeout: VirtAddr) -> Result<u64, Errno> {
    if count == 0 || id > i32::MAX as u32 {
        return Err(Errno::EINVAL);
    }
    let count = count as usize;
    if count > SEMOPM {
        return Err(Errno::E2BIG);
    }
    let mut operations = Vec::new();
    operations.try_reserve_exact(count).map_err(|_| Errno::ENOMEM)?;
    for index in 0..count {
        operations.push(load(at.add(index * size_of::<SemaphoreOperation>()))?);
    }
    semaphore::operate(id, operations, deadline_after(timeout)?, Caller::current())?;
    Ok(0)
}
