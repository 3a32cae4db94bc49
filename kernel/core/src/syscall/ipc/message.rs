//! Calls about System V's message queues.

use crate::fs::Waiting;
use crate::ipc::message::{self, Message, Wanted, Wish};
use crate::ipc::{Caller, Key, NewOwner, Right};
use crate::mm::frames;
use crate::syscall::arguments::{Claim, load, store};
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use abi::ipc::{
    IPC_INFO, IPC_NOWAIT, IPC_RMID, IPC_SET, IPC_STAT, MSG_COPY, MSG_EXCEPT, MSG_INFO, MSG_NOERROR,
    MSG_STAT, MSG_STAT_ANY, MSGMAX, QueueStatus,
};
use alloc::vec::Vec;
use arch::addr::VirtAddr;

/// Bytes of the type, before the text.
const KIND_BYTES: usize = size_of::<i64>();

pub fn msgget(key: i32, flags: u32) -> Result<u64, Errno> {
    Ok(message::get(Key(key), flags, Caller::current())?.into())
}

const fn waiting(flags: u32) -> Waiting {
    if flags & IPC_NOWAIT == 0 { Waiting::Allowed } else { Waiting::Refused }
}

pub fn msgsnd(id: u32, at: VirtAddr, length: usize, flags: u32) -> Result<u64, Errno> {
    let kind: i64 = load(at)?;
    if length > MSGMAX || id > i32::MAX as u32 || kind < 1 {
        return Err(Errno::EINVAL);
    }
    frames::check_heap_growth(length)?;
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length).map_err(|_| Errno::ENOMEM)?;
    bytes.resize(length, 0);
    let text = Claim { address: at.add(KIND_BYTES), bytes: length };
    text.check()?;
    UserData::user(text.address, length).take(&mut bytes)?;
    message::send(id, Message { kind, bytes }, waiting(flags), Caller::current())?;
    Ok(0)
}

pub fn msgrcv(id: u32, to: Claim, kind: i64, flags: u32) -> Result<u64, Errno> {
    if to.bytes > isize::MAX as usize || id > i32::MAX as u32 {
        return Err(Errno::EINVAL);
    }
    let wanted = match kind {
        _ if flags & MSG_COPY != 0 => {
            if flags & MSG_EXCEPT != 0 || flags & IPC_NOWAIT == 0 {
                return Err(Errno::EINVAL);
            }
            Wanted::CopyAt(kind)
        }
        0 => Wanted::Any,
        ..0 => Wanted::UpTo(kind.checked_neg().unwrap_or(i64::MAX)),
        _ if flags & MSG_EXCEPT != 0 => Wanted::OtherThan(kind),
        _ => Wanted::Kind(kind),
    };
    let wish = Wish { wanted, room: to.bytes, cuts: flags & MSG_NOERROR != 0 };
    let message = message::receive(id, wish, waiting(flags), Caller::current())?;
    store(to.address, &message.kind)?;
    let length = message.bytes.len().min(to.bytes);
    let text = to.address.add(KIND_BYTES);
    UserBuffer::user(text, length).put(&message.bytes[..length])?;
    Ok(length as u64)
}

pub fn msgctl(id: u32, command: u32, at: VirtAddr) -> Result<u64, Errno> {
    if id > i32::MAX as u32 {
        return Err(Errno::EINVAL);
    }
    let caller = Caller::current();
    let (limits, highest) = match command {
        IPC_RMID => {
            message::remove(id, caller)?;
            return Ok(0);
        }
        IPC_SET => {
            let asked: QueueStatus = load(at)?;
            message::set(id, NewOwner::asked(&asked.permissions), asked.bytes_max, caller)?;
            return Ok(0);
        }
        IPC_STAT => {
            store(at, &message::status(id, Some(Right::Read), caller)?)?;
            return Ok(0);
        }
        MSG_STAT | MSG_STAT_ANY => {
            let id = message::at(id)?;
            let right = (command == MSG_STAT).then_some(Right::Read);
            store(at, &message::status(id, right, caller)?)?;
            return Ok(id.into());
        }
        IPC_INFO => message::limits(),
        MSG_INFO => message::usage(),
        _ => return Err(Errno::EINVAL),
    };
    store(at, &limits)?;
    Ok(highest)
}
