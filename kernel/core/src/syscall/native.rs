//! Commons' own calls about regions.

use super::arguments::{Claim, load, name, store, store_list};
use super::file::{get, insert};
use crate::fs::permission::{Permissions, Want};
use crate::fs::{self, Fd};
use crate::mm::{Backing, MapRequest, Placement, Sharing};
use crate::region::names::{self, Exclusive, Found};
use crate::region::{DepartureWord, Purpose, Region, RegionAttributes};
use crate::sched;
use abi::Errno;
use abi::file::OpenFlags;
use abi::limits::NAME_MAX;
use abi::memory::Protection;
use abi::region::{RegionFlags, RegionRecord, RegionRequest};
use alloc::sync::Arc;
use arch::addr::{UNIT_SIZE, USER_END, VirtAddr};

pub fn create(claim: Claim, request: VirtAddr, request_size: usize) -> Result<u64, Errno> {
    let name = name(claim, NAME_MAX + 1)?;
    if request_size != size_of::<RegionRequest>() {
        return Err(Errno::EINVAL);
    }
    let RegionRequest { bytes, flags, mode, .. } = load(request)?;
    let flags = RegionFlags::from_bits(flags).ok_or(Errno::EINVAL)?;
    let process = sched::current_process();
    let credentials = process.credentials();
    let umask = process.files.lock().umask;
    let attributes = RegionAttributes {
        mode: mode & 0o777 & !umask,
        uid: credentials.uid,
        gid: credentials.gid,
    };
    let exclusive =
        if flags.contains(RegionFlags::EXCLUSIVE) { Exclusive::Yes } else { Exclusive::No };
    match names::create(&name, attributes, bytes, exclusive)? {
        Found::Created(region) => descriptor(region, OpenFlags::READ_WRITE, flags),
        Found::Existing(region) => {
            check_access(&region, Want::READ | Want::WRITE)?;
            descriptor(region, OpenFlags::READ_WRITE, flags)
        }
    }
}

pub fn open(claim: Claim, flags: u32) -> Result<u64, Errno> {
    let name = name(claim, NAME_MAX + 1)?;
    names::check(&name)?;
    let flags = RegionFlags::from_bits(flags).ok_or(Errno::EINVAL)?;
    let (access, want) = if flags.contains(RegionFlags::READ_ONLY) {
        (OpenFlags::empty(), Want::READ)
    } else {
        (OpenFlags::READ_WRITE, Want::READ | Want::WRITE)
    };
    let region = names::open(&name).ok_or(Errno::ENOENT)?;
    check_access(&region, want)?;
    descriptor(region, access, flags)
}

fn check_access(region: &Region, want: Want) -> Result<(), Errno> {
    let RegionAttributes { mode, uid, gid } = region.attributes();
    let caller = sched::current_process().credentials();
    let permissions = Permissions { mode, uid, gid };
    if permissions.allow(caller, want) { Ok(()) } else { Err(Errno::EACCES) }
}

fn descriptor(region: Arc<Region>, access: OpenFlags, flags: RegionFlags) -> Result<u64, Errno> {
    let mut open_flags = access;
    open_flags.set(OpenFlags::CLOSE_ON_EXEC, flags.contains(RegionFlags::CLOSE_ON_EXEC));
    insert(fs::open_region(region, access)?, open_flags)
}

/// The region behind a descriptor, and whether the descriptor may write.
fn region_of(fd: Fd) -> Result<(Arc<Region>, bool), Errno> {
    let file = get(fd)?;
    Ok((file.region()?, file.writes()))
}

pub fn set_length(fd: Fd, bytes: u64) -> Result<u64, Errno> {
    let (region, may_write) = region_of(fd)?;
    if !may_write {
        return Err(Errno::EACCES);
    }
    let _turn = region.turn(Purpose::Write)?;
    region.set_length(bytes)?;
    Ok(0)
}

/// A view of the whole region that begins on a unit's border and reaches to one, so that its
/// tables are linked and what the region grows by appears in it.
pub fn map(fd: Fd, rights: u32) -> Result<u64, Errno> {
    let protection = Protection::from_bits(rights).ok_or(Errno::EINVAL)?;
    if !get(fd)?.reads() {
        return Err(Errno::EACCES);
    }
    let (region, may_write) = region_of(fd)?;
    let mut maximum = Protection::all();
    if !may_write {
        maximum.remove(Protection::WRITE);
    }
    let length = usize::try_from(region.length().max(1)).map_err(|_| Errno::ENOMEM)?;
    if length > USER_END {
        return Err(Errno::ENOMEM);
    }
    let request = MapRequest {
        placement: Placement::Anywhere,
        bytes: length.next_multiple_of(UNIT_SIZE),
        protection,
        maximum,
        object: Some((region, 0, Sharing::Shared)),
    };
    Ok(super::memory::space()?.map(request)?.value() as u64)
}

pub fn unmap(address: VirtAddr) -> Result<u64, Errno> {
    super::memory::space()?.unmap_view(address)?;
    Ok(0)
}

pub fn unlink(claim: Claim) -> Result<u64, Errno> {
    let name = name(claim, NAME_MAX + 1)?;
    names::check(&name)?;
    let credentials = sched::current_process().credentials();
    names::unlink_if(&name, |region| {
        // The names are a directory with the sticky bit: only the owner, or root, takes one away.
        if credentials.is_root() || credentials.uid == region.attributes().uid {
            Ok(())
        } else {
            Err(Errno::EACCES)
        }
    })?;
    Ok(0)
}

pub fn list(records: VirtAddr, capacity: usize) -> Result<u64, Errno> {
    store_list(records, capacity, names::all().map(|(name, region)| record(&region, &name)))
}

pub fn stat(fd: Fd, to: VirtAddr) -> Result<u64, Errno> {
    let (region, _) = region_of(fd)?;
    let name = names::name_of(&region).unwrap_or_default();
    store(to, &record(&region, &name))?;
    Ok(0)
}

fn record(region: &Region, name: &[u8]) -> RegionRecord {
    let mut record = region.record();
    record.set_name(name);
    record
}

pub fn departure_word(address: VirtAddr) -> Result<u64, Errno> {
    if !address.value().is_multiple_of(4) {
        return Err(Errno::EINVAL);
    }
    let process = sched::current_process();
    let space = process.space().ok_or(Errno::ESRCH)?;
    let (_, view) = space.view_at(address).ok_or(Errno::EFAULT)?;
    let Backing::Object { attachment, base, sharing: Sharing::Shared } = view.backing else {
        return Err(Errno::EINVAL);
    };
    if !view.protection.contains(Protection::WRITE) {
        return Err(Errno::EACCES);
    }
    let object: Arc<dyn core::any::Any + Send + Sync> = attachment.object.clone();
    let region = object.downcast::<Region>().map_err(|_| Errno::EINVAL)?;
    let offset = address.value().wrapping_sub(base) as u64;
    process.add_departure_word(DepartureWord::new(region, offset)?)?;
    Ok(0)
}
