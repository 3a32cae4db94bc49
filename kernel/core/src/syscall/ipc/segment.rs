//! Calls about System V's shared memory.

use crate::ipc::segment::{self, Locking, Segment};
use crate::ipc::{Caller, Key, NewOwner, Right};
use crate::mm::{AddressSpace, MapError, MapRequest, MemoryObject, Placement, Sharing, Shown};
use crate::sched;
use crate::syscall::arguments::{load, store};
use crate::syscall::memory::{check_size, space};
use abi::Errno;
use abi::ipc::{
    IPC_INFO, IPC_RMID, IPC_SET, IPC_STAT, IpcPermissions, SHM_EXEC, SHM_INFO, SHM_LOCK,
    SHM_RDONLY, SHM_REMAP, SHM_RND, SHM_STAT, SHM_STAT_ANY, SHM_UNLOCK, SegmentStatus,
};
use abi::memory::Protection;
use abi::resource::RLIMIT_MEMLOCK;
use alloc::sync::Arc;
use arch::addr::{PAGE_SIZE, VirtAddr};

impl NewOwner {
    /// Whom `IPC_SET` names.
    pub(in crate::syscall) const fn asked(permissions: &IpcPermissions) -> Self {
        Self { uid: permissions.uid, gid: permissions.gid, mode: permissions.mode }
    }
}

pub fn shmget(key: i32, bytes: u64, flags: u32) -> Result<u64, Errno> {
    Ok(segment::get(Key(key), bytes, flags, Caller::current())?.into())
}

pub fn shmctl(id: u32, command: u32, at: VirtAddr) -> Result<u64, Errno> {
    if id > i32::MAX as u32 {
        return Err(Errno::EINVAL);
    }
    let caller = Caller::current();
    match command {
        IPC_RMID => segment::remove(id, caller)?,
        IPC_SET => {
            let asked: SegmentStatus = load(at)?;
            segment::set(id, NewOwner::asked(&asked.permissions), caller)?;
        }
        IPC_STAT => store(at, &segment::status(id, Some(Right::Read), caller)?)?,
        SHM_STAT | SHM_STAT_ANY => {
            let id = segment::at(id)?;
            let right = (command == SHM_STAT).then_some(Right::Read);
            store(at, &segment::status(id, right, caller)?)?;
            return Ok(id.into());
        }
        IPC_INFO => {
            let (limits, highest) = segment::limits();
            store(at, &limits)?;
            return Ok(highest);
        }
        SHM_INFO => {
            let (usage, highest) = segment::usage();
            store(at, &usage)?;
            return Ok(highest);
        }
        SHM_LOCK => {
            let process = sched::current_process();
            if !process.credentials().is_root() && process.limit(RLIMIT_MEMLOCK) == 0 {
                return Err(Errno::EPERM);
            }
            segment::set_locking(id, Locking::Locked, caller)?;
        }
        SHM_UNLOCK => segment::set_locking(id, Locking::Unlocked, caller)?,
        _ => return Err(Errno::EINVAL),
    }
    Ok(0)
}

pub fn shmat(id: u32, address: VirtAddr, flags: u32) -> Result<u64, Errno> {
    let placement = placement(address, flags)?;
    let mut protection = Protection::READ;
    let mut right = 0o444;
    if flags & SHM_RDONLY == 0 {
        protection |= Protection::WRITE;
        right |= 0o222;
    }
    let mut maximum = protection | Protection::EXECUTE;
    if flags & SHM_EXEC != 0 {
        protection |= Protection::EXECUTE;
        right |= 0o111;
    }
    maximum |= protection;
    let segment = segment::find(id, Right::Mode(right), Caller::current())?;
    let bytes = segment.bytes().next_multiple_of(PAGE_SIZE as u64) as usize;
    let space = space()?;
    check_size(&space, bytes)?;
    let object = Some((segment as Arc<dyn MemoryObject>, 0, Sharing::Shared));
    let start = space.map(MapRequest { placement, bytes, protection, maximum, object });
    match start {
        Ok(start) => Ok(start.value() as u64),
        Err(MapError::Occupied) => Err(Errno::EINVAL),
        Err(error) => Err(error.into()),
    }
}

fn placement(address: VirtAddr, flags: u32) -> Result<Placement, Errno> {
    let replaces = flags & SHM_REMAP != 0;
    if address.value() == 0 {
        return if replaces { Err(Errno::EINVAL) } else { Ok(Placement::Anywhere) };
    }
    let page = if flags & SHM_RND == 0 { address } else { address.page_start() };
    if !page.is_page_start() || page.value() == 0 && replaces {
        return Err(Errno::EINVAL);
    }
    Ok(if replaces { Placement::Fixed(page) } else { Placement::FixedNoReplace(page) })
}

pub fn shmdt(address: VirtAddr) -> Result<u64, Errno> {
    if !address.is_page_start() {
        return Err(Errno::EINVAL);
    }
    let space = space()?;
    let start = first_piece(&space, address).ok_or(Errno::EINVAL)?;
    space.unmap_view(start)?;
    Ok(0)
}

/// Where the view of a segment begins whose first byte is, or was, at the address.
fn first_piece(space: &AddressSpace, address: VirtAddr) -> Option<VirtAddr> {
    let mut next = address;
    loop {
        let found = space.describe_from(next)?;
        if let Shown::Object { object, base, .. } = &found.shown
            && *base == address.value()
            && segment_of(object).is_some()
        {
            return Some(found.range.start());
        }
        next = found.range.end();
    }
}

fn segment_of(object: &Arc<dyn MemoryObject>) -> Option<Arc<Segment>> {
    segment::of_object(object)
}
