//! Making, opening, resizing and unlinking regions.

use super::super::arguments::{Claim, load, name, string};
use super::super::file::insert;
use super::region_of;
use crate::fs::permission::Want;
use crate::fs::{self, Fd};
use crate::mm::reclaim;
use crate::region::names::{self, Exclusive, Found};
use crate::region::quota::Account;
use crate::region::{Purpose, Region, RegionAttributes, RegionSpec, Writable};
use crate::sched;
use abi::Errno;
use abi::file::{MFD_ALLOW_SEALING, MFD_CLOEXEC, OpenFlags};
use abi::limits::NAME_MAX;
use abi::region::{RegionFlags, RegionRequest, Seals};
use alloc::sync::Arc;
use arch::addr::VirtAddr;

/// The longest name of a `memfd_create`, its NUL included, as on Linux.
const MEMFD_NAME_MAX: usize = 250;

/// What is kept of the flags of a creation.
const LASTING: RegionFlags = RegionFlags::EPHEMERAL
    .union(RegionFlags::SINGLE_WRITER)
    .union(RegionFlags::VIEWS_READ_ONLY)
    .union(RegionFlags::SAME_ADDRESS)
    .union(RegionFlags::SPARSE);

pub fn create(claim: Claim, request: VirtAddr, request_size: usize) -> Result<u64, Errno> {
    let name = name(claim, NAME_MAX + 1)?;
    if !name.is_empty() {
        names::check(&name)?;
    }
    if request_size != size_of::<RegionRequest>() {
        return Err(Errno::EINVAL);
    }
    let request: RegionRequest = load(request)?;
    let flags = RegionFlags::from_bits(request.flags).ok_or(Errno::EINVAL)?;
    let spec = spec_of(&request, flags)?;
    if names::is_pool(&name) {
        check_pool(&name, spec.flags)?;
    }
    if name.is_empty() {
        // Without a name there is nothing that its users could take along.
        let spec = RegionSpec { flags: spec.flags - RegionFlags::EPHEMERAL, ..spec };
        let region = reclaim::with_room(|| Region::new(spec.clone()))?;
        return descriptor(region, OpenFlags::READ_WRITE, flags);
    }
    loop {
        match reclaim::with_room(|| create_named(&name, &spec, flags)) {
            // What was found has gone with its last user: look again.
            Err(Errno::ESTALE) => {}
            outcome => return outcome,
        }
    }
}

/// A pool's name is its own process's, for a region that can be one and goes with its users.
fn check_pool(name: &[u8], flags: RegionFlags) -> Result<(), Errno> {
    let needed = RegionFlags::SAME_ADDRESS | RegionFlags::SINGLE_WRITER | RegionFlags::EPHEMERAL;
    let is_own = names::is_pool_of(name, sched::current_process().pid);
    if is_own && flags.contains(needed) { Ok(()) } else { Err(Errno::EPERM) }
}

fn spec_of(request: &RegionRequest, flags: RegionFlags) -> Result<RegionSpec, Errno> {
    if request.reserved != 0 {
        return Err(Errno::EINVAL);
    }
    let process = sched::current_process();
    let credentials = process.credentials();
    let umask = process.umask();
    let maximum = match request.maximum {
        0 => RegionSpec::default_maximum(request.bytes),
        maximum => maximum,
    };
    let spec = RegionSpec {
        attributes: RegionAttributes {
            mode: request.mode & 0o777 & !umask,
            uid: credentials.uid,
            gid: credentials.gid,
        },
        length: request.bytes,
        maximum,
        flags: flags & LASTING,
        seals: Seals::from_bits(request.seals).ok_or(Errno::EINVAL)?,
        account: Some(Account::of_caller(credentials.uid)),
    };
    spec.check()?;
    Ok(spec)
}

fn create_named(name: &[u8], spec: &RegionSpec, flags: RegionFlags) -> Result<u64, Errno> {
    let exclusive =
        if flags.contains(RegionFlags::EXCLUSIVE) { Exclusive::Yes } else { Exclusive::No };
    match names::create(name, exclusive, || spec.clone())? {
        Found::Existing(region) => {
            let caller = sched::current_process().credentials();
            region.check_access(caller, Want::READ | Want::WRITE)?;
            descriptor(region, OpenFlags::READ_WRITE, flags)
        }
        Found::Created(region) => {
            let id = region.id();
            let outcome = descriptor(region, OpenFlags::READ_WRITE, flags);
            if outcome.is_err() {
                take_back(name, id);
            }
            outcome
        }
    }
}

/// A creation that fails at its descriptor leaves no name behind.
fn take_back(name: &[u8], id: u64) {
    let still_ours = |region: &Region| if region.id() == id { Ok(()) } else { Err(Errno::ESTALE) };
    // Somebody else may have taken the name away already.
    let _ = names::unlink_if(name, still_ours);
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
    let caller = sched::current_process().credentials();
    loop {
        let region = names::open(&name).ok_or(Errno::ENOENT)?;
        region.check_access(caller, want)?;
        match descriptor(region, access, flags) {
            Err(Errno::ESTALE) => {}
            outcome => return outcome,
        }
    }
}

pub fn memfd_create(name: VirtAddr, flags: u32) -> Result<u64, Errno> {
    string(name, MEMFD_NAME_MAX, Errno::EINVAL)?;
    if flags & !(MFD_CLOEXEC | MFD_ALLOW_SEALING) != 0 {
        return Err(Errno::EINVAL);
    }
    let credentials = sched::current_process().credentials();
    let attributes = RegionAttributes { mode: 0o777, uid: credentials.uid, gid: credentials.gid };
    let sealable = flags & MFD_ALLOW_SEALING != 0;
    let spec = RegionSpec {
        flags: RegionFlags::SPARSE,
        seals: if sealable { Seals::empty() } else { Seals::SEAL },
        ..RegionSpec::posix(attributes, Account::of_caller(credentials.uid))
    };
    let mut region_flags = RegionFlags::empty();
    region_flags.set(RegionFlags::CLOSE_ON_EXEC, flags & MFD_CLOEXEC != 0);
    let region = reclaim::with_room(|| Region::new(spec.clone()))?;
    descriptor(region, OpenFlags::READ_WRITE, region_flags)
}

fn descriptor(region: Arc<Region>, access: OpenFlags, flags: RegionFlags) -> Result<u64, Errno> {
    let mut open_flags = access;
    open_flags.set(OpenFlags::CLOSE_ON_EXEC, flags.contains(RegionFlags::CLOSE_ON_EXEC));
    insert(fs::open_region(region, access)?, open_flags)
}

pub fn set_length(fd: Fd, bytes: u64) -> Result<u64, Errno> {
    let (region, writable) = region_of(fd)?;
    if writable == Writable::No {
        return Err(Errno::EACCES);
    }
    let _turn = region.turn(Purpose::Write)?;
    reclaim::with_room(|| region.set_length(bytes))?;
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
