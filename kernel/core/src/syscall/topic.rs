//! Calls about topics.

use super::arguments::{Claim, load, name, store, store_list};
use super::file::{get, insert};
use super::time::deadline_after;
use crate::fs::permission::Permissions;
use crate::fs::{self, Fd};
use crate::region::names;
use crate::sched;
use crate::topic::endpoint::{Endpoint, Role};
use crate::topic::registry::{self, Caller, Membership};
use crate::topic::{Filter, Freed, Mode};
use abi::Errno;
use abi::file::OpenFlags;
use abi::limits::NAME_MAX;
use abi::topic::{
    FreedRecord, MessageRecord, SubscribeFlags, TYPE_NAME_MAX, TakeFlags, TopicPolicy, TopicRequest,
};
use arch::addr::VirtAddr;
use arch::user_memory;
use zerocopy::IntoBytes;

/// What a program asks for, checked.
pub fn request(at: VirtAddr, size: usize) -> Result<TopicRequest, Errno> {
    if size != size_of::<TopicRequest>() {
        return Err(Errno::EINVAL);
    }
    let request: TopicRequest = load(at)?;
    if request.name_length > request.name.len() as u64 {
        return Err(Errno::ENAMETOOLONG);
    }
    let alignment = request.contents.alignment;
    let is_alignment = alignment == 0 || alignment.is_power_of_two();
    if request.contents.name_length > TYPE_NAME_MAX as u64 || !is_alignment {
        return Err(Errno::EINVAL);
    }
    names::check(request.name())?;
    Ok(request)
}

fn caller(request: &TopicRequest) -> Result<Caller<'_>, Errno> {
    let process = sched::current_process();
    let credentials = process.credentials();
    let umask = process.umask();
    Ok(Caller {
        name: request.name(),
        contents: &request.contents,
        permissions: Permissions {
            mode: request.mode & 0o777 & !umask,
            uid: credentials.uid,
            gid: credentials.gid,
        },
        credentials,
        pid: process.pid,
        space: process.space().ok_or(Errno::ESRCH)?,
    })
}

/// A descriptor that exec closes: the pools' views do not outlive it either.
fn descriptor(member: Membership, role: Role) -> Result<u64, Errno> {
    let access = match role {
        Role::Publisher => OpenFlags::WRITE_ONLY,
        Role::Subscriber => OpenFlags::empty(),
    };
    let file = fs::open_unnamed(Endpoint::new(member, role), access)?;
    insert(file, access | OpenFlags::CLOSE_ON_EXEC)
}

pub fn advertise(at: VirtAddr, size: usize) -> Result<u64, Errno> {
    let request = request(at, size)?;
    let policy = TopicPolicy::from_number(request.flags).ok_or(Errno::EINVAL)?;
    let pool = get(Fd(u32::try_from(request.pool).map_err(|_| Errno::EBADF)?))?;
    let region = pool.region()?;
    if !pool.writes() {
        return Err(Errno::EACCES);
    }
    let member = registry::advertise(&caller(&request)?, request.depth, policy, region)?;
    descriptor(member, Role::Publisher)
}

pub fn subscribe(at: VirtAddr, size: usize) -> Result<u64, Errno> {
    let request = request(at, size)?;
    let flags = SubscribeFlags::from_bits(request.flags).ok_or(Errno::EINVAL)?;
    let filter = Filter {
        transient_local: flags.contains(SubscribeFlags::TRANSIENT_LOCAL),
        ignore_local: flags.contains(SubscribeFlags::IGNORE_LOCAL),
    };
    let member = registry::subscribe(&caller(&request)?, request.depth, filter)?;
    descriptor(member, Role::Subscriber)
}

pub fn publish(
    fd: Fd,
    [address, length]: [u64; 2],
    timeout: VirtAddr,
    freed: VirtAddr,
) -> Result<u64, Errno> {
    let file = get(fd)?;
    let publisher = Endpoint::of_node(&**file.node(), Role::Publisher)?;
    let deadline = deadline_after(timeout)?;
    // Before the message is out, so that a bad address changes nothing.
    store(freed, &FreedRecord::default())?;
    let mut list = Freed::default();
    let mut attempt =
        |member: &Membership| match registry::publish(member, address, length, &mut list) {
            Err((TopicPolicy::Wait, Errno::EAGAIN)) => None,
            outcome => Some(outcome.map_err(|(_, error)| error)),
        };
    let entry = match attempt(publisher.member()) {
        Some(outcome) => outcome?,
        None => {
            let publisher = Endpoint::to_wait_for(file.node())?;
            drop(file);
            let member = publisher.member();
            member.queues().room.wait_until(deadline, || attempt(member))??
        }
    };
    tell_freed(freed, &list)?;
    Ok(entry)
}

/// Tells what has left the books, where an empty record was stored before.
fn tell_freed(to: VirtAddr, list: &Freed) -> Result<(), Errno> {
    let record = list.record();
    if record.count == 0 {
        return Ok(());
    }
    let used = size_of::<u64>() * (1 + record.count as usize);
    let bytes = record.as_bytes();
    user_memory::copy_out(to, &bytes[..used.min(bytes.len())]).map_err(|_| Errno::EFAULT)
}

pub fn reclaim(fd: Fd, freed: VirtAddr) -> Result<u64, Errno> {
    let file = get(fd)?;
    let publisher = Endpoint::of_node(&**file.node(), Role::Publisher)?;
    store(freed, &FreedRecord::default())?;
    let mut list = Freed::default();
    registry::reclaim(publisher.member(), &mut list)?;
    tell_freed(freed, &list)?;
    Ok(list.record().count)
}

pub fn take(fd: Fd, flags: u32, timeout: VirtAddr, record: VirtAddr) -> Result<u64, Errno> {
    let flags = TakeFlags::from_bits(flags).ok_or(Errno::EINVAL)?;
    let mode =
        Mode { latest: flags.contains(TakeFlags::LATEST), again: flags.contains(TakeFlags::AGAIN) };
    let file = get(fd)?;
    let subscriber = Endpoint::of_node(&**file.node(), Role::Subscriber)?;
    let deadline = deadline_after(timeout)?;
    // Before the message is taken, so that a bad address changes nothing.
    store(record, &MessageRecord::default())?;
    let attempt = |member: &Membership| match registry::take(member, mode) {
        Err(Errno::EAGAIN) if !flags.contains(TakeFlags::NO_WAIT) => None,
        outcome => Some(outcome),
    };
    let message = match attempt(subscriber.member()) {
        Some(outcome) => outcome?,
        None => {
            let subscriber = Endpoint::to_wait_for(file.node())?;
            drop(file);
            let member = subscriber.member();
            member.queues().messages.wait_until(deadline, || attempt(member))??
        }
    };
    store(record, &message)?;
    Ok(message.entry)
}

pub fn release(fd: Fd, entry: u64) -> Result<u64, Errno> {
    let file = get(fd)?;
    let subscriber = Endpoint::of_node(&**file.node(), Role::Subscriber)?;
    registry::release(subscriber.member(), entry)?;
    Ok(0)
}

pub fn list(to: VirtAddr, capacity: usize) -> Result<u64, Errno> {
    store_list(to, capacity, registry::all())
}

pub fn info(claim: Claim, record: VirtAddr) -> Result<u64, Errno> {
    let name = name(claim, NAME_MAX + 1)?;
    store(record, &registry::find(&name).ok_or(Errno::ENOENT)?)?;
    Ok(0)
}

pub fn members(claim: Claim, to: VirtAddr, capacity: usize) -> Result<u64, Errno> {
    let name = name(claim, NAME_MAX + 1)?;
    store_list(to, capacity, registry::members(&name)?.into_iter())
}

pub fn status(fd: Fd, record: VirtAddr) -> Result<u64, Errno> {
    store(record, &Endpoint::of_any(&**get(fd)?.node())?.status())?;
    Ok(0)
}
