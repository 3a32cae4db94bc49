//! Calls about who the caller is.

use super::arguments::{load, store};
use crate::process::{Groups, Identities, Identity, Privilege};
use crate::sched;
use abi::Errno;
use abi::limits::GROUPS_MAX;
use arch::addr::VirtAddr;

/// The users or the groups of an identity.
type Side = fn(&mut Identity) -> &mut Identities;

/// Its users.
pub const USERS: Side = |identity| &mut identity.users;
/// Its groups.
pub const GROUPS: Side = |identity| &mut identity.groups;

fn get(side: Side) -> Identities {
    *side(&mut sched::current_process().identity())
}

fn change(
    side: Side,
    how: impl FnOnce(&mut Identities, Privilege) -> Result<(), Errno>,
) -> Result<u64, Errno> {
    sched::current_process().change_identity(|identity| {
        let privilege = identity.privilege();
        how(side(identity), privilege)
    })?;
    Ok(0)
}

pub fn real(side: Side) -> Result<u64, Errno> {
    Ok(get(side).real.into())
}

pub fn effective(side: Side) -> Result<u64, Errno> {
    Ok(get(side).effective.into())
}

pub fn set(side: Side, number: u32) -> Result<u64, Errno> {
    change(side, |identities, privilege| identities.set(number, privilege))
}

pub fn set_two(side: Side, real: u32, effective: u32) -> Result<u64, Errno> {
    change(side, |identities, privilege| identities.set_two(real, effective, privilege))
}

pub fn set_three(side: Side, real: u32, effective: u32, saved: u32) -> Result<u64, Errno> {
    let wanted = Identities { real, effective, saved };
    change(side, |identities, privilege| identities.set_three(wanted, privilege))
}

pub fn get_three(side: Side, to: [VirtAddr; 3]) -> Result<u64, Errno> {
    let Identities { real, effective, saved } = get(side);
    for (address, number) in to.into_iter().zip([real, effective, saved]) {
        store(address, &number)?;
    }
    Ok(0)
}

/// The user or group for files is always the effective one; nothing changes, as for somebody who
/// may not change it.
pub fn for_files(side: Side) -> Result<u64, Errno> {
    effective(side)
}

pub fn getgroups(count: u32, to: VirtAddr) -> Result<u64, Errno> {
    let groups = sched::current_process().groups();
    if count == 0 {
        return Ok(groups.len() as u64);
    }
    if (count as i32) < groups.len() as i32 {
        return Err(Errno::EINVAL);
    }
    for (index, group) in groups.iter().enumerate() {
        store(to.add(index * size_of::<u32>()), group)?;
    }
    Ok(groups.len() as u64)
}

pub fn setgroups(count: usize, from: VirtAddr) -> Result<u64, Errno> {
    let process = sched::current_process();
    if !process.credentials().is_root() {
        return Err(Errno::EPERM);
    }
    if count > GROUPS_MAX {
        return Err(Errno::EINVAL);
    }
    let mut groups = Groups::new();
    for index in 0..count {
        let group = load(from.add(index * size_of::<u32>()))?;
        groups.push(group).map_err(|_| Errno::EINVAL)?;
    }
    process.set_groups(groups);
    Ok(0)
}
