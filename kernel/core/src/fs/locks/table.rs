//! The locks on ranges of files: who has which, and who waits for whom.
//!
//! Pure logic, after POSIX `fcntl`: locks of one owner replace one another, those of different
//! owners stand in each other's way where their ranges meet and one of them is for writing.

use crate::room;
use abi::Errno;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// Locks of one owner on one file: bounds the kernel's heap.
const OWNER_MAX: usize = 1024;
/// Locks on all files.
const LOCKS_MAX: usize = 65_536;

/// A file system's number and the file's in it.
pub type Key = (u64, u64);

/// To whom a lock belongs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Owner {
    /// A process.
    Process(u32),
    /// An open file, by its address.
    OpenFile(usize),
}

/// The number of a call that waits: an owner's threads can wait at the same time.
pub type Call = u64;

/// What a lock is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Reading: others may have one, too.
    Read,
    /// Writing: nobody else has any.
    Write,
}

/// Bytes of a file, the last one included, so that a range can go up to the end of all offsets.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Span {
    /// The first byte.
    pub first: u64,
    /// The last byte.
    pub last: u64,
}

impl Span {
    /// Every byte that a file can have.
    pub const ALL: Self = Self { first: 0, last: i64::MAX as u64 };

    const fn meets(self, other: Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }
}

/// A lock.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RangeLock {
    /// To whom it belongs.
    pub owner: Owner,
    /// What it is for.
    pub kind: Kind,
    /// The bytes.
    pub span: Span,
}

impl RangeLock {
    fn excludes(&self, other: &Self) -> bool {
        self.owner != other.owner
            && self.span.meets(other.span)
            && (self.kind == Kind::Write || other.kind == Kind::Write)
    }
}

/// All locks of one kind of call.
pub struct Table {
    /// By file, in the order of their first bytes.
    files: BTreeMap<Key, Vec<RangeLock>>,
    count: usize,
    /// The calls that wait: whose they are, and for whom.
    waits: Vec<(Call, Owner, Owner)>,
}

impl Table {
    /// No locks.
    pub const fn new() -> Self {
        Self { files: BTreeMap::new(), count: 0, waits: Vec::new() }
    }

    /// Locks in all.
    pub const fn count(&self) -> usize {
        self.count
    }

    /// The first lock that stands in the way of one that is wanted.
    pub fn obstacle(&self, key: Key, wanted: &RangeLock) -> Option<&RangeLock> {
        self.files.get(&key)?.iter().find(|lock| lock.excludes(wanted))
    }

    /// Gives the owner the lock in place of what it has in the range, whatever others have.
    pub fn set(&mut self, key: Key, lock: RangeLock) -> Result<(), Errno> {
        let owned =
            |locks: &Vec<RangeLock>| locks.iter().filter(|other| other.owner == lock.owner).count();
        // A lock in the middle of another makes three of them.
        let is_full = self.count + 2 > LOCKS_MAX;
        if is_full || self.files.get(&key).map_or(0, owned) + 2 > OWNER_MAX {
            return Err(Errno::ENOLCK);
        }
        self.clear(key, lock.owner, lock.span);
        let locks = self.files.entry(key).or_default();
        let before = locks.len();
        let mut merged = lock;
        locks.retain(|other| {
            let touches = other.span.first <= merged.span.last.saturating_add(1)
                && merged.span.first <= other.span.last.saturating_add(1);
            let joins = other.owner == merged.owner && other.kind == merged.kind && touches;
            if joins {
                merged.span.first = merged.span.first.min(other.span.first);
                merged.span.last = merged.span.last.max(other.span.last);
            }
            !joins
        });
        let at = locks.partition_point(|other| other.span.first <= merged.span.first);
        locks.insert(at, merged);
        self.count = self.count - before + locks.len();
        Ok(())
    }

    /// Takes what the owner has in the range away; returns whether that was anything.
    pub fn clear(&mut self, key: Key, owner: Owner, span: Span) -> bool {
        let Some(locks) = self.files.get_mut(&key) else { return false };
        let is_meant = |lock: &RangeLock| lock.owner == owner && lock.span.meets(span);
        if !locks.iter().any(is_meant) {
            return false;
        }
        let before = locks.len();
        let mut rest = Vec::new();
        for lock in locks.extract_if(.., |lock| is_meant(lock)) {
            if lock.span.first < span.first {
                rest.push(RangeLock { span: Span { last: span.first - 1, ..lock.span }, ..lock });
            }
            if lock.span.last > span.last {
                rest.push(RangeLock { span: Span { first: span.last + 1, ..lock.span }, ..lock });
            }
        }
        locks.extend(rest);
        locks.sort_by_key(|lock| lock.span.first);
        self.count = self.count - before + locks.len();
        room::give_back(locks);
        if locks.is_empty() {
            self.files.remove(&key);
        }
        room::give_back_map(&mut self.files);
        true
    }

    /// Takes all that an owner has away; returns whether that was anything.
    pub fn clear_owner(&mut self, owner: Owner) -> bool {
        let before = self.count;
        self.files.retain(|_, locks| {
            self.count -= locks.len();
            locks.retain(|lock| lock.owner != owner);
            self.count += locks.len();
            !locks.is_empty()
        });
        room::give_back_map(&mut self.files);
        self.count < before
    }

    /// Notes that a call waits for all that stand in the way of a lock; `EDEADLK` if one of them
    /// waits, directly or not, for the owner.
    pub fn wait(&mut self, key: Key, wanted: &RangeLock, call: Call) -> Result<(), Errno> {
        self.stop_waiting(call);
        let locks = self.files.get(&key).into_iter().flatten();
        for lock in locks.filter(|lock| lock.excludes(wanted)) {
            self.waits.push((call, wanted.owner, lock.owner));
        }
        if self.waits_for(wanted.owner, wanted.owner) {
            self.stop_waiting(call);
            return Err(Errno::EDEADLK);
        }
        Ok(())
    }

    /// A call waits no longer.
    pub fn stop_waiting(&mut self, call: Call) {
        self.waits.retain(|(waiting, ..)| *waiting != call);
        room::give_back(&mut self.waits);
    }

    fn waits_for(&self, from: Owner, target: Owner) -> bool {
        let mut reached = Vec::from([from]);
        let mut next = 0;
        while let Some(waiter) = reached.get(next).copied() {
            for (_, _, blocker) in self.waits.iter().filter(|(_, owner, _)| *owner == waiter) {
                if *blocker == target {
                    return true;
                }
                if !reached.contains(blocker) {
                    reached.push(*blocker);
                }
            }
            next += 1;
        }
        false
    }
}
