//! The names of regions: what stands behind `/dev/shm` and the native calls.
//!
//! They are kept without the slash that all of them begin with, and may be given with it or without.
//! A region knows its names itself, too.
//!
//! The users of an ephemeral region are counted under the lock of the names: whoever finds the
//! name and becomes a user does so before the last one has left, or not at all.

use super::attributes::RegionSpec;
pub use super::name_table::Name;
use super::name_table::NameTable;
use super::object::Region;
use super::wait_name;
use crate::bytes::{self, HashKey};
use crate::fs::random;
use crate::sync::{Lock, Rank};
use abi::Errno;
use abi::limits::NAME_MAX;
use abi::region::RegionFlags;
use alloc::sync::Arc;
use core::fmt::Write;
use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Names in the system.
const NAMES_MAX: usize = 131_072;
/// Names of pools that there are.
static POOLS: AtomicUsize = AtomicUsize::new(0);

/// What the names of pools begin with.
const POOL_PREFIX: &[u8; 5] = b"pool@";

type Table = NameTable<Arc<Region>>;

static NAMES: Lock<Table> = Lock::new(Rank::RegionNames, NameTable::new());

/// Two words, so that nobody asks whether one was chosen; only in tests none is.
static HASH_KEY: [AtomicU64; 2] =
    [AtomicU64::new(HashKey::FIXED.0[0]), AtomicU64::new(HashKey::FIXED.0[1])];

/// Chooses what the hashes of names depend on; called once, before there are names.
pub fn choose_hash_key() {
    for word in &HASH_KEY {
        let mut bytes = [0; size_of::<u64>()];
        random::fill(&mut bytes);
        word.store(u64::from_le_bytes(bytes), Ordering::Relaxed);
    }
}

#[inline]
fn hash(name: &[u8]) -> u64 {
    HashKey(HASH_KEY.each_ref().map(|word| word.load(Ordering::Relaxed))).hash(name)
}

/// The name without its slash.
fn bare(name: &[u8]) -> &[u8] {
    name.strip_prefix(b"/").unwrap_or(name)
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
    bare(name).first_chunk() == Some(POOL_PREFIX)
}

/// Whether the name is the pool's of the process `pid`.
pub fn is_pool_of(name: &[u8], pid: u32) -> bool {
    pool_name(pid).is_ok_and(|own| bare(name) == own.as_slice())
}

/// The name of the pool of the process `pid`.
fn pool_name(pid: u32) -> Result<heapless::Vec<u8, 16>, core::fmt::Error> {
    let mut name = heapless::Vec::new();
    name.extend_from_slice(POOL_PREFIX).map_err(|_| core::fmt::Error)?;
    write!(name, "{pid}")?;
    Ok(name)
}

/// A process has ended or has become another program: its pool has no name any more, whoever has
/// it open, so that the next process of the number can have its own.
pub fn forget_pool(pid: u32) {
    // A process that has one made it itself, so it sees the count that this led to.
    if POOLS.load(Ordering::Relaxed) > 0
        && let Ok(name) = pool_name(pid)
    {
        // Most processes have none.
        let _ = unlink_if(&name, |_| Ok(()));
    }
}

/// Fails if what may be no pool would get a pool's name.
fn check_free(name: &[u8]) -> Result<(), Errno> {
    if is_pool(name) { Err(Errno::EPERM) } else { Ok(()) }
}

/// The region of this name.
pub fn open(name: &[u8]) -> Option<Arc<Region>> {
    find(bare(name))
}

/// The region of this name, which is given without its slash.
#[inline]
pub fn find(name: &[u8]) -> Option<Arc<Region>> {
    let hash = hash(name);
    NAMES.lock().get(hash, name).cloned()
}

/// Whether there is a region of this name.
pub fn exists(name: &[u8]) -> bool {
    open(name).is_some()
}

/// Finds or makes the region of this name, which is one ([`check`]).
pub fn create(
    name: &[u8],
    exclusive: Exclusive,
    spec: impl FnOnce() -> RegionSpec,
) -> Result<Found, Errno> {
    let name = bare(name);
    let hash = hash(name);
    let mut names = NAMES.lock();
    let is_full = names.len() >= NAMES_MAX;
    let place = match names.place(hash, name) {
        Ok(_) if exclusive == Exclusive::Yes => return Err(Errno::EEXIST),
        Ok(region) => return Ok(Found::Existing(region.clone())),
        Err(_) if is_full => return Err(Errno::ENOSPC),
        Err(place) => place,
    };
    let region = Region::new(spec())?;
    note_added(name, &region);
    place.insert(hash, name, region.clone());
    drop(names);
    wait_name::name_added();
    Ok(Found::Created(region))
}

/// Gives a region that has a name another one; `ENOENT` if it has none any more.
pub fn link(region: &Arc<Region>, new: &[u8]) -> Result<(), Errno> {
    add_name(region, new, Lost::Refused)
}

/// Gives a region a name that may have none.
pub fn give(region: &Arc<Region>, new: &[u8]) -> Result<(), Errno> {
    add_name(region, new, Lost::Allowed)
}

/// Whether a region without a name, which its last name may have left, gets another one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Lost {
    /// It does.
    Allowed,
    /// It does not.
    Refused,
}

fn add_name(region: &Arc<Region>, new: &[u8], lost: Lost) -> Result<(), Errno> {
    check_free(new)?;
    if region.flags().contains(RegionFlags::EPHEMERAL) {
        return Err(Errno::EPERM);
    }
    let new = bare(new);
    let hash = hash(new);
    let mut names = NAMES.lock();
    if lost == Lost::Refused && region.names() == 0 {
        return Err(Errno::ENOENT);
    }
    if names.get(hash, new).is_some() {
        return Err(Errno::EEXIST);
    }
    if names.len() >= NAMES_MAX {
        return Err(Errno::ENOSPC);
    }
    add(&mut names, hash, new, region.clone());
    Ok(())
}

/// Takes a name away if `may` allows it for the region that has it in that moment.
///
/// The region lives until nobody refers to it.
pub fn unlink_if(name: &[u8], may: impl FnOnce(&Region) -> Result<(), Errno>) -> Result<(), Errno> {
    let name = bare(name);
    let hash = hash(name);
    let mut names = NAMES.lock();
    let gone = names.remove_if(hash, name, |region| may(region))?.ok_or(Errno::ENOENT)?;
    note_removed(name, &gone);
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
    let (old, new) = (bare(old), bare(new));
    let (old_hash, new_hash) = (hash(old), hash(new));
    let mut names = NAMES.lock();
    let id_of = |hash, name| names.get(hash, name).map(|region| region.id());
    if id_of(old_hash, old) != Some(id) || id_of(new_hash, new) != replaced {
        return Err(Errno::ESTALE);
    }
    let gone = remove(&mut names, new_hash, new);
    if let Some(region) = remove(&mut names, old_hash, old) {
        add(&mut names, new_hash, new, region);
    }
    drop(names);
    drop(gone);
    Ok(())
}

fn add(names: &mut Table, hash: u64, name: &[u8], region: Arc<Region>) {
    note_added(name, &region);
    if let Err(place) = names.place(hash, name) {
        place.insert(hash, name, region);
    }
    wait_name::name_added();
}

fn remove(names: &mut Table, hash: u64, name: &[u8]) -> Option<Arc<Region>> {
    let region = names.remove(hash, name)?;
    note_removed(name, &region);
    Some(region)
}

/// The region gets the name, which is about to lead to it.
fn note_added(name: &[u8], region: &Region) {
    if is_pool(name) {
        POOLS.fetch_add(1, Ordering::Relaxed);
    }
    region.state().names.push(Name::from_slice(name));
}

/// The region loses the name, which leads to it no longer.
fn note_removed(name: &[u8], region: &Region) {
    if is_pool(name) {
        POOLS.fetch_sub(1, Ordering::Relaxed);
    }
    let names = &mut region.state().names;
    match names.len() {
        // It was this one.
        1 => names.clear(),
        _ => names.retain(|other| !bytes::same(other, name)),
    }
    if names.is_empty() && names.spilled() {
        // What a second name has made it hold is given back.
        names.shrink_to_fit();
    }
}

/// Counts a user of an ephemeral region, for whom its name may have led to it.
///
/// `ESTALE` if it has lost its name and all users since.
pub(super) fn join(region: &Region) -> Result<(), Errno> {
    let names = NAMES.lock();
    if !region.uses.are_any() && region.names() == 0 {
        return Err(Errno::ESTALE);
    }
    region.uses.add();
    drop(names);
    Ok(())
}

/// A user of an ephemeral region has gone: the last one takes the name along.
pub(super) fn leave(region: &Region) {
    let mut names = NAMES.lock();
    let mut gone = None;
    if region.uses.remove() {
        let name = region.state().names.first().cloned();
        gone = name.and_then(|name| remove(&mut names, hash(&name), &name));
    }
    drop(names);
    drop(gone);
}

/// All names with their regions, in the order of [`next`]; the lock is held for one at a time.
pub fn all() -> impl Iterator<Item = (Name, Arc<Region>)> {
    core::iter::successors(next(b""), |(name, _)| next(name))
}

/// The name that follows `after`, with its region, for listings that go on later.
///
/// The order is fixed, but not that of the bytes; the empty name comes before all.
pub fn next(after: &[u8]) -> Option<(Name, Arc<Region>)> {
    let after = bare(after);
    let last = (!after.is_empty()).then(|| (hash(after), after));
    let names = NAMES.lock();
    let (name, region) = names.after(last)?;
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

    #[test]
    fn a_pools_name_has_its_processs_number_and_is_given_to_nothing_else() {
        assert!(is_pool_of(b"/pool@42", 42) && !is_pool_of(b"/pool@042", 42));
        assert!(!is_pool_of(b"/pool@42", 4) && !is_pool_of(b"/pool@", 0));
        for name in [&b"/pool@42"[..], b"/pool@", b"/pool@x", b"pool@42"] {
            assert_eq!(check_free(name), Err(Errno::EPERM));
        }
        assert_eq!(check_free(b"/pool"), Ok(()));
    }
}
