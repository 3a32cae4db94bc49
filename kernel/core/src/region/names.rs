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

/// Gives a region a second name.
pub fn link(old: &[u8], new: &[u8]) -> Result<(), Errno> {
    check(new)?;
    let mut names = NAMES.lock();
    let region = names.get(old).cloned().ok_or(Errno::ENOENT)?;
    if names.contains_key(new) {
        return Err(Errno::EEXIST);
    }
    if names.len() >= NAMES_MAX {
        return Err(Errno::ENOSPC);
    }
    region.add_name();
    names.insert(new.into(), region);
    wait_name::name_added();
    Ok(())
}

/// Takes a name away; the region lives until nobody refers to it.
pub fn unlink(name: &[u8]) -> Result<(), Errno> {
    let region = NAMES.lock().remove(name).ok_or(Errno::ENOENT)?;
    region.remove_name();
    // Its pages, if it was the last reference, are freed without the lock of the names.
    drop(region);
    Ok(())
}

/// Calls `visit` with each name and region, in the order of the names.
pub fn for_each(mut visit: impl FnMut(&[u8], &Arc<Region>)) {
    for (name, region) in NAMES.lock().iter() {
        visit(name, region);
    }
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
