//! Calls about POSIX message queues.

use crate::fs::mqueue::{self, Event, Maker, Message, Queue};
use crate::fs::{self, Fd, NodeRef, OpenFile, socket};
use crate::mm::frames;
use crate::sched;
use crate::syscall::arguments::{Claim, PathBuffer, load, store, store_if_asked};
use crate::syscall::file::{get, insert};
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use abi::file::OpenFlags;
use abi::message_queue::{MQ_PRIO_MAX, MessageQueueAttributes};
use abi::resource::RLIMIT_MSGQUEUE;
use abi::signal::SIGNAL_MAX;
use abi::time::{NOTIFY_NONE, NOTIFY_SIGNAL, NOTIFY_THREAD, SignalEvent, TimeSpec};
use alloc::sync::Arc;
use alloc::vec::Vec;
use arch::addr::VirtAddr;
use core::any::Any;

/// What a C library sends by the socket when a queue's function is to be called.
const COOKIE_BYTES: usize = 32;

pub fn mq_open(name: VirtAddr, flags: u32, mode: u32, like: VirtAddr) -> Result<u64, Errno> {
    let asked = like.value() != 0;
    let attributes = asked.then(|| load::<MessageQueueAttributes>(like)).transpose()?;
    let mut buffer = PathBuffer::new();
    let name = buffer.read(name)?;
    let flags = OpenFlags::from_bits_retain(flags);
    let process = sched::current_process();
    let umask = process.umask();
    let maker = Maker {
        credentials: process.credentials(),
        mode: mode & 0o7777 & !umask,
        attributes,
        limit: process.limit(RLIMIT_MSGQUEUE),
    };
    let (queue, is_new) = mqueue::open(name, flags, &maker)?;
    let access = OpenFlags::WRITE_ONLY | OpenFlags::READ_WRITE;
    let kept = flags & (access | OpenFlags::NON_BLOCKING);
    let file = fs::open_unnamed(queue, kept)?;
    insert(file, OpenFlags::CLOSE_ON_EXEC).inspect_err(|_| {
        if is_new {
            // Somebody may have taken the name away since.
            let _ = mqueue::unlink(name, maker.credentials);
        }
    })
}

pub fn mq_unlink(name: VirtAddr) -> Result<u64, Errno> {
    mqueue::unlink(PathBuffer::new().read(name)?, sched::current_process().credentials())?;
    Ok(0)
}

fn queue_of(node: &NodeRef) -> Result<&Queue, Errno> {
    (&**node as &dyn Any).downcast_ref().ok_or(Errno::EBADF)
}

/// A time of day up to which is waited.
fn end(time: VirtAddr) -> Result<Option<u64>, Errno> {
    if time.value() == 0 {
        return Ok(None);
    }
    let time = load::<TimeSpec>(time)?.to_duration().ok_or(Errno::EINVAL)?;
    Ok(Some(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)))
}

pub fn mq_timedsend(fd: Fd, text: Claim, priority: u32, time: VirtAddr) -> Result<u64, Errno> {
    let end = end(time)?;
    if priority >= MQ_PRIO_MAX {
        return Err(Errno::EINVAL);
    }
    let file = get(fd)?;
    let queue = queue_of(file.node())?;
    if !file.writes() {
        return Err(Errno::EBADF);
    }
    if text.bytes > queue.bytes_max() {
        return Err(Errno::EMSGSIZE);
    }
    frames::check_heap_growth(text.bytes)?;
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(text.bytes).map_err(|_| Errno::ENOMEM)?;
    bytes.resize(text.bytes, 0);
    UserData::user(text.address, text.bytes).take(&mut bytes)?;
    queue.send(Message { priority, bytes }, file.waiting(), end)?;
    Ok(0)
}

pub fn mq_timedreceive(
    fd: Fd,
    room: Claim,
    priority: VirtAddr,
    time: VirtAddr,
) -> Result<u64, Errno> {
    let end = end(time)?;
    let file = get(fd)?;
    let queue = queue_of(file.node())?;
    if !file.reads() {
        return Err(Errno::EBADF);
    }
    if room.bytes < queue.bytes_max() {
        return Err(Errno::EMSGSIZE);
    }
    let message = queue.receive(file.waiting(), end)?;
    store_if_asked(priority, &message.priority)?;
    UserBuffer::user(room.address, room.bytes).put(&message.bytes)?;
    Ok(message.bytes.len() as u64)
}

pub fn mq_notify(fd: Fd, event: VirtAddr) -> Result<u64, Errno> {
    let wanted = if event.value() == 0 { None } else { Some(load::<SignalEvent>(event)?) };
    let event = wanted.map(|wanted| event_of(&wanted)).transpose()?;
    let file: Arc<OpenFile> = get(fd)?;
    let queue = queue_of(file.node())?;
    let process = sched::current_process();
    match event {
        None => queue.stop_notifying(process.pid),
        Some(event) => queue.notify(&process, event)?,
    }
    Ok(0)
}

fn event_of(wanted: &SignalEvent) -> Result<Event, Errno> {
    match (wanted.notify, u32::try_from(wanted.signal)) {
        (NOTIFY_NONE, _) => Ok(Event::None),
        (NOTIFY_SIGNAL, Ok(number)) if number <= SIGNAL_MAX => {
            Ok(Event::Signal(number, wanted.value))
        }
        (NOTIFY_THREAD, number) => {
            // A C library gives a netlink socket, by which it is told; there are none here.
            load::<[u8; COOKIE_BYTES]>(VirtAddr::new(wanted.value as usize))?;
            let file = get(Fd(number.map_err(|_| Errno::EBADF)?))?;
            let is_socket = socket::of_node(file.node()).is_some();
            Err(if is_socket { Errno::EINVAL } else { Errno::ENOTSOCK })
        }
        _ => Err(Errno::EINVAL),
    }
}

pub fn mq_getsetattr(fd: Fd, new: VirtAddr, old: VirtAddr) -> Result<u64, Errno> {
    let blocking = i64::from(OpenFlags::NON_BLOCKING.bits());
    let asked = new.value() != 0;
    let new = asked.then(|| load::<MessageQueueAttributes>(new)).transpose()?;
    if new.is_some_and(|new| new.flags & !blocking != 0) {
        return Err(Errno::EINVAL);
    }
    let file = get(fd)?;
    let queue = queue_of(file.node())?;
    let flags = i64::from((file.status_flags() & OpenFlags::NON_BLOCKING).bits());
    let before = MessageQueueAttributes { flags, ..queue.attributes() };
    if let Some(new) = new {
        file.set_status_flags(OpenFlags::from_bits_truncate(new.flags as u32));
    }
    if old.value() != 0 {
        store(old, &before)?;
    }
    Ok(0)
}
