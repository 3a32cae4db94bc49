//! The names of regions: what stands behind `/dev/shm` and the native calls.
//!
//! Names are in the order of their hashes, so that finding one among thousands compares as little
//! as finding one among ten. A region knows its names itself, too.
//!
//! The users of an ephemeral region are counted under the lock of the names: whoever finds the
//! name and becomes a user does so before the last one has left, or not at all.

use super::attributes::RegionSpec;
use super::object::Region;
use super::wait_name;
use crate::sync::{Lock, Rank};
use abi::Errno;
use abi::limits::NAME_MAX;
use abi::region::RegionFlags;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt::Write;
use core::sync::atomic::Ordering;

/// Names in the system.
const NAMES_MAX: usize = 131_072;
/// What the names of pools begin with.
const POOL_PREFIX: &[u8] = b"/pool@";
/// Bytes of a hash in front of a name.
const HASH_BYTES: usize = size_of::<u64>();

type Table = BTreeMap<Box<[u8]>, Arc<Region>>;

static NAMES: Lock<Table> = Lock::new(Rank::RegionNames, BTreeMap::new());

/// A name behind its hash: so keys differ in their first bytes.
struct Key(heapless::Vec<u8, { HASH_BYTES + NAME_MAX + 1 }>);

impl Key {
    /// The key of a name; `None` if it is too long to be one.
    fn of(name: &[u8]) -> Option<Self> {
        let mut key = heapless::Vec::new();
        key.extend_from_slice(&hash(name).to_be_bytes()).ok()?;
        key.extend_from_slice(name).ok()?;
        Some(Self(key))
    }

    fn of_valid(name: &[u8]) -> Result<Self, Errno> {
        Self::of(name).ok_or(Errno::ENAMETOOLONG)
    }

    fn boxed(&self) -> Box<[u8]> {
        self.0.as_slice().into()
    }
}

/// FNV-1a.
fn hash(name: &[u8]) -> u64 {
    name.iter().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01B3)
    })
}

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

/// Whether the name is a process's pool's, which only that process has: `/pool@` and its number.
pub fn is_pool(name: &[u8]) -> bool {
    name.starts_with(POOL_PREFIX)
}

/// Whether the name is the pool's of the process `pid`.
pub fn is_pool_of(name: &[u8], pid: u32) -> bool {
    pool_name(pid).is_ok_and(|own| name == own.as_slice())
}

/// The name of the pool of the process `pid`.
fn pool_name(pid: u32) -> Result<heapless::Vec<u8, NAME_MAX>, core::fmt::Error> {
    let mut name = heapless::Vec::new();
    name.extend_from_slice(POOL_PREFIX).map_err(|_| core::fmt::Error)?;
    write!(name, "{pid}")?;
    Ok(name)
}

/// A process has ended or has become another program: its pool has no name any more, whoever has
/// it open, so that the next process of the number can have its own.
pub fn forget_pool(pid: u32) {
    if let Ok(name) = pool_name(pid) {
        // Most processes have none.
        let _ = unlink_if(&name, |_| Ok(()));
    }
}

/// As [`check`], for a name that is given to what may be no pool.
fn check_free(name: &[u8]) -> Result<(), Errno> {
    check(name)?;
    if is_pool(name) { Err(Errno::EPERM) } else { Ok(()) }
}

/// The region of this name.
pub fn open(name: &[u8]) -> Option<Arc<Region>> {
    let key = Key::of(name)?;
    NAMES.lock().get(key.0.as_slice()).cloned()
}

/// Whether there is a region of this name.
pub fn exists(name: &[u8]) -> bool {
    Key::of(name).is_some_and(|key| NAMES.lock().contains_key(key.0.as_slice()))
}

/// Finds or makes the region of this name.
pub fn create(name: &[u8], spec: RegionSpec, exclusive: Exclusive) -> Result<Found, Errno> {
    check(name)?;
    let key = Key::of_valid(name)?;
    let mut names = NAMES.lock();
    if let Some(region) = names.get(key.0.as_slice()) {
        return match exclusive {
            Exclusive::Yes => Err(Errno::EEXIST),
            Exclusive::No => Ok(Found::Existing(region.clone())),
        };
    }
    if names.len() >= NAMES_MAX {
        return Err(Errno::ENOSPC);
    }
    let region = Region::new(spec)?;
    region.state().names.push(name.into());
    names.insert(key.boxed(), region.clone());
    wait_name::name_added();
    Ok(Found::Created(region))
}

/// Gives a region that has a name another one; `ENOENT` if it has none any more.
pub fn link(region: &Arc<Region>, new: &[u8]) -> Result<(), Errno> {
    check_free(new)?;
    let key = Key::of_valid(new)?;
    if region.flags().contains(RegionFlags::EPHEMERAL) {
        return Err(Errno::EPERM);
    }
    let mut names = NAMES.lock();
    if region.names() == 0 {
        return Err(Errno::ENOENT);
    }
    if names.contains_key(key.0.as_slice()) {
        return Err(Errno::EEXIST);
    }
    if names.len() >= NAMES_MAX {
        return Err(Errno::ENOSPC);
    }
    region.state().names.push(new.into());
    names.insert(key.boxed(), region.clone());
    wait_name::name_added();
    Ok(())
}

/// Takes a name away if `may` allows it for the region that has it in that moment.
///
/// The region lives until nobody refers to it.
pub fn unlink_if(name: &[u8], may: impl FnOnce(&Region) -> Result<(), Errno>) -> Result<(), Errno> {
    let key = Key::of(name).ok_or(Errno::ENOENT)?;
    let mut names = NAMES.lock();
    may(names.get(key.0.as_slice()).ok_or(Errno::ENOENT)?)?;
    let gone = remove(&mut names, name);
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
    check_free(new)?;
    let old_key = Key::of(old).ok_or(Errno::ESTALE)?;
    let new_key = Key::of_valid(new)?;
    let mut names = NAMES.lock();
    let id_of = |key: &Key| names.get(key.0.as_slice()).map(|region| region.id());
    if id_of(&old_key) != Some(id) || id_of(&new_key) != replaced {
        return Err(Errno::ESTALE);
    }
    let gone = remove(&mut names, new);
    if let Some(region) = remove(&mut names, old) {
        region.state().names.push(new.into());
        names.insert(new_key.boxed(), region);
        wait_name::name_added();
    }
    drop(names);
    drop(gone);
    Ok(())
}

fn remove(names: &mut Table, name: &[u8]) -> Option<Arc<Region>> {
    let region = names.remove(Key::of(name)?.0.as_slice())?;
    crate::room::give_back_map(names);
    let mut state = region.state();
    state.names.retain(|other| **other != *name);
    if state.names.is_empty() {
        // What a second name has made it hold is given back.
        state.names = Vec::new();
    }
    drop(state);
    Some(region)
}

/// Counts a user of an ephemeral region, for whom its name may have led to it.
///
/// `ESTALE` if it has lost its name and all users since.
pub(super) fn join(region: &Region) -> Result<(), Errno> {
    let names = NAMES.lock();
    if region.users.load(Ordering::Relaxed) == 0 && region.names() == 0 {
        return Err(Errno::ESTALE);
    }
    region.users.fetch_add(1, Ordering::Relaxed);
    drop(names);
    Ok(())
}

/// A user of an ephemeral region has gone: the last one takes the name along.
pub(super) fn leave(region: &Region) {
    let mut names = NAMES.lock();
    let mut gone = None;
    if region.users.fetch_sub(1, Ordering::Relaxed) == 1 {
        let name = region.state().names.first().cloned();
        gone = name.and_then(|name| remove(&mut names, &name));
    }
    drop(names);
    drop(gone);
}

/// All names with their regions, in the order of [`next`]; the lock is held for one at a time.
pub fn all() -> impl Iterator<Item = (Box<[u8]>, Arc<Region>)> {
    let first = next(b"");
    core::iter::successors(first, |(name, _)| next(name))
}

/// The name that follows `after`, with its region, for listings that go on later.
///
/// The order is fixed, but not that of the bytes; the empty name comes before all.
pub fn next(after: &[u8]) -> Option<(Box<[u8]>, Arc<Region>)> {
    use core::ops::Bound::{Excluded, Unbounded};
    let key = if after.is_empty() { Key(heapless::Vec::new()) } else { Key::of(after)? };
    let names = NAMES.lock();
    let (key, region) = names.range::<[u8], _>((Excluded(key.0.as_slice()), Unbounded)).next()?;
    Some((key[HASH_BYTES..].into(), region.clone()))
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

    #[test]
    fn a_pools_name_has_its_processs_number_and_is_given_to_nothing_else() {
        assert!(is_pool_of(b"/pool@42", 42) && !is_pool_of(b"/pool@042", 42));
        assert!(!is_pool_of(b"/pool@42", 4) && !is_pool_of(b"/pool@", 0));
        for name in [&b"/pool@42"[..], b"/pool@", b"/pool@x"] {
            assert_eq!(check_free(name), Err(Errno::EPERM));
        }
        assert_eq!(check_free(b"/pool"), Ok(()));
    }

    #[test]
    fn the_hash_is_fnv_1a() {
        // Test vectors of draft-eastlake-fnv.
        assert_eq!(hash(b""), 0xCBF2_9CE4_8422_2325);
        assert_eq!(hash(b"a"), 0xAF63_DC4C_8601_EC8C);
        assert_eq!(hash(b"foobar"), 0x8594_4171_F739_67E8);
    }

    #[test]
    fn only_names_that_fit_have_a_key() {
        assert!(Key::of(&[b'x'; 256]).is_some());
        assert!(Key::of(&[b'x'; 257]).is_none());
    }
}
