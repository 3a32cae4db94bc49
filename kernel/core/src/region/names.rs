//! The names of regions: what stands behind `/dev/shm` and the native calls.

use super::object::{Region, RegionAttributes};
use super::wait_name;
use crate::sync::{Lock, Rank};
use abi::Errno;
use abi::limits::NAME_MAX;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;

/// Names in the system.
const NAMES_MAX: usize = 131_072;

static NAMES: Lock<BTreeMap<Box<[u8]>, Arc<Region>>> =
    Lock::new(Rank::RegionNames, BTreeMap::new());

/// Whether a creation may find a region of that name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Exclusive {
    /// It may not.
    Yes,
    /// It may: that region is opened.
    No,
}

/// Whether a region was there or was made.
#[derive(Clone)]
pub enum Found {
    /// It was there.
    Existing(Arc<Region>),
    /// It was made.
    Created(Arc<Region>),
}

/// Checks a name: `/`, then 1 to 255 bytes without `/` or NUL, and neither `.` nor `..`.
pub fn check(name: &[u8]) -> Result<(), Errno> {
    let Some((b'/', rest)) = name.split_first() else { return Err(Errno::EINVAL) };
    if rest.len() > NAME_MAX {
        return Err(Errno::ENAMETOOLONG);
    }
    let odd = rest.is_empty() || rest == b"." || rest == b"..";
    if odd || rest.contains(&b'/') || rest.contains(&0) {
        return Err(Errno::EINVAL);
    }
    Ok(())
}

/// The region of this name.
pub fn open(name: &[u8]) -> Option<Arc<Region>> {
    NAMES.lock().get(name).cloned()
}

/// Whether there is a region of this name.
pub fn exists(name: &[u8]) -> bool {
    NAMES.lock().contains_key(name)
}

/// Finds or makes the region of this name.
pub fn create(
    name: &[u8],
    attributes: RegionAttributes,
    length: u64,
    exclusive: Exclusive,
) -> Result<Found, Errno> {
    check(name)?;
    let mut names = NAMES.lock();
    if let Some(region) = names.get(name) {
        return match exclusive {
            Exclusive::Yes => Err(Errno::EEXIST),
            Exclusive::No => Ok(Found::Existing(region.clone())),
        };
    }
    if names.len() >= NAMES_MAX {
        return Err(Errno::ENOSPC);
    }
    let region = Region::create(attributes, length)?;
    region.add_name();
    names.insert(name.into(), region.clone());
    wait_name::name_added();
    Ok(Found::Created(region))
}

/// Gives a region that has a name another one; `ENOENT` if it has none any more.
pub fn link(region: &Arc<Region>, new: &[u8]) -> Result<(), Errno> {
    check(new)?;
    let mut names = NAMES.lock();
    if region.names() == 0 {
        return Err(Errno::ENOENT);
    }
    if names.contains_key(new) {
        return Err(Errno::EEXIST);
    }
    if names.len() >= NAMES_MAX {
        return Err(Errno::ENOSPC);
    }
    region.add_name();
    names.insert(new.into(), region.clone());
    wait_name::name_added();
    Ok(())
}

/// Takes a name away if `may` allows it for the region that has it in that moment.
///
/// The region lives until nobody refers to it.
pub fn unlink_if(name: &[u8], may: impl FnOnce(&Region) -> Result<(), Errno>) -> Result<(), Errno> {
    let mut names = NAMES.lock();
    may(names.get(name).ok_or(Errno::ENOENT)?)?;
    let gone = names.remove(name);
    gone.iter().for_each(|region| region.remove_name());
    drop(names);
    // Its pages, if it was the last reference, are freed without the lock of the names.
    drop(gone);
    Ok(())
}

/// Gives the region `id` the name `new` in place of `old`, in one step.
///
/// `replaced` is the region that has the new name and loses it. `ESTALE` if one of the names has
/// come to lead elsewhere: the caller looks again.
pub fn rename(old: &[u8], id: u64, new: &[u8], replaced: Option<u64>) -> Result<(), Errno> {
    check(new)?;
    let mut names = NAMES.lock();
    let id_of = |name: &[u8]| names.get(name).map(|region| region.id());
    if id_of(old) != Some(id) || id_of(new) != replaced {
        return Err(Errno::ESTALE);
    }
    let Some(region) = names.remove(old) else { return Err(Errno::ESTALE) };
    let gone = names.insert(new.into(), region);
    gone.iter().for_each(|region| region.remove_name());
    drop(names);
    drop(gone);
    Ok(())
}

/// All names with their regions, in the order of the names; the lock is held for one at a time.
pub fn all() -> impl Iterator<Item = (Box<[u8]>, Arc<Region>)> {
    let first = next(b"");
    core::iter::successors(first, |(name, _)| next(name))
}

/// The first of the names that lead to a region.
pub fn name_of(region: &Region) -> Option<Box<[u8]>> {
    let names = NAMES.lock();
    let (name, _) = names.iter().find(|(_, other)| other.id() == region.id())?;
    Some(name.clone())
}

/// The first name behind `after`, with its region: for listings that go on later.
pub fn next(after: &[u8]) -> Option<(Box<[u8]>, Arc<Region>)> {
    use core::ops::Bound::{Excluded, Unbounded};
    let names = NAMES.lock();
    let (name, region) = names.range::<[u8], _>((Excluded(after), Unbounded)).next()?;
    Some((name.clone(), region.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_begin_with_the_only_slash() {
        assert_eq!(check(b"/demo"), Ok(()));
        assert_eq!(check(b"/agnocast@42"), Ok(()));
        for bad in [&b"demo"[..], b"", b"/", b"/a/b", b"/..", b"/a\0b"] {
            assert_eq!(check(bad), Err(Errno::EINVAL));
        }
        let mut name = [b'x'; 257];
        name[0] = b'/';
        assert_eq!(check(&name[..256]), Ok(()));
        assert_eq!(check(&name), Err(Errno::ENAMETOOLONG));
    }
}
