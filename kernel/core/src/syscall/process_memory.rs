//! Calls that move bytes between the caller's memory and another process's.

use super::arguments::{Claim, load};
use crate::mm::{Access, AddressSpace};
use crate::process::{self, Identities, Process};
use crate::sched;
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use abi::file::IoVector;
use alloc::sync::Arc;
use alloc::vec::Vec;
use arch::addr::{PAGE_SIZE, VirtAddr};

/// Parts of one vector.
const VECTOR_MAX: u64 = 1024;

/// Which way the bytes go.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Direction {
    /// From the other process to the caller.
    Read,
    /// From the caller to the other process.
    Write,
}

/// The parts of a vector: addresses and lengths, not looked at further.
fn parts(at: VirtAddr, count: u64) -> Result<Vec<(usize, usize)>, Errno> {
    if count > VECTOR_MAX {
        return Err(Errno::EINVAL);
    }
    let mut parts = Vec::new();
    parts.try_reserve_exact(count as usize).map_err(|_| Errno::ENOMEM)?;
    for index in 0..count as usize {
        let entry: IoVector = load(at.add(index * size_of::<IoVector>()))?;
        if i64::try_from(entry.length).is_err() {
            return Err(Errno::EINVAL);
        }
        parts.push((entry.base as usize, entry.length as usize));
    }
    Ok(parts)
}

/// Whether the caller may have all that a process has: root, or whoever the process is throughout, so
/// that one which runs as somebody else is safe from who started it.
pub(super) fn check_trust(target: &Process) -> Result<(), Errno> {
    let caller = sched::current_process();
    let (own, identity) = (caller.credentials(), target.identity());
    let is_user = identity.users == Identities::all(own.uid);
    let is_own = is_user && identity.groups == Identities::all(own.gid);
    let is_itself = target.pid == caller.pid;
    if is_itself || own.is_root() || is_own { Ok(()) } else { Err(Errno::EPERM) }
}

pub fn transfer(
    pid: u32,
    own: (VirtAddr, u64),
    others: (VirtAddr, u64),
    flags: u64,
    direction: Direction,
) -> Result<u64, Errno> {
    if flags != 0 {
        return Err(Errno::EINVAL);
    }
    let own = parts(own.0, own.1)?;
    for (address, bytes) in &own {
        Claim { address: VirtAddr::new(*address), bytes: *bytes }.check()?;
    }
    let others = parts(others.0, others.1)?;
    let target = process::find(pid).ok_or(Errno::ESRCH)?;
    check_trust(&target)?;
    let space = target.space().ok_or(Errno::ESRCH)?;
    let mut own = own.into_iter().filter(|(_, bytes)| *bytes > 0);
    let mut place = own.next();
    let mut done = 0;
    for (mut address, mut left) in others {
        while let Some((at, room)) = place.filter(|_| left > 0) {
            let count = room.min(left).min(PAGE_SIZE - address % PAGE_SIZE);
            let range = (VirtAddr::new(at), VirtAddr::new(address), count);
            let outcome = sched::rest().and_then(|()| step(&space, range, direction));
            if let Err(error) = outcome {
                return if done == 0 { Err(error) } else { Ok(done) };
            }
            done += count as u64;
            (address, left) = (address + count, left - count);
            place = if count == room { own.next() } else { Some((at + count, room - count)) };
        }
    }
    Ok(done)
}

/// Moves bytes of one page of the other process.
fn step(
    space: &Arc<AddressSpace>,
    (own, other, count): (VirtAddr, VirtAddr, usize),
    direction: Direction,
) -> Result<(), Errno> {
    Claim { address: other, bytes: count }.check()?;
    let access = match direction {
        Direction::Read => Access::Read,
        Direction::Write => Access::Write,
    };
    let frame = space.page_for(other, access).map_err(|_| Errno::EFAULT)?;
    let moved = match direction {
        Direction::Read => {
            UserBuffer::user(own, count).put_from_frame(&frame, other.page_offset(), count)?
        }
        Direction::Write => {
            UserData::user(own, count).take_to_frame(&frame, other.page_offset(), count)?
        }
    };
    if moved == count { Ok(()) } else { Err(Errno::EFAULT) }
}
