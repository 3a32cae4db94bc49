//! Epoll sets: files that are watched together, `epoll_create1` and what belongs to it.
//!
//! A bell in the queues of each file (`item`) notes that it was woken and wakes those who wait for
//! the set, so that a look costs what has happened and not what is watched. Sets may watch sets, but
//! never in a circle. No lock is held while files are asked, or let go of.

mod item;
mod signs;

#[cfg(test)]
mod tests;

use super::event::new_inode;
use super::node::{FileSystem, Identity, Node, NodeRef, Seeking};
use super::open_file::OpenFile;
use super::permission::Permissions;
use super::{Fd, stat};
use crate::sched::{Cause, Relay, WaitError, WaitQueue};
use crate::sync::{Lock, Rank};
use abi::Errno;
use abi::epoll::{EPOLLEXCLUSIVE, EPOLLONESHOT, EpollEvent};
use abi::file::{OpenFlags, S_IFDIR, S_IFMT, S_IFREG, Stat};
use abi::poll::PollEvents;
use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use arch::clock;
use core::any::Any;
use core::ops::Bound::{Excluded, Unbounded};
use core::sync::atomic::{AtomicBool, Ordering};
use item::{Item, Waiters};

/// Sets that may watch one another in a row.
const NESTING_MAX: usize = 5;

/// Taken while a set begins to watch a set, so that no circle comes about.
static NESTING: Turn = Turn { is_taken: AtomicBool::new(false), freed: WaitQueue::new() };

/// One at a time; who waits for it sleeps, because files are let go of meanwhile.
struct Turn {
    is_taken: AtomicBool,
    freed: WaitQueue,
}

impl Turn {
    fn take(&self) -> Result<TurnTaken<'_>, Errno> {
        let attempt = || (!self.is_taken.swap(true, Ordering::AcqRel)).then_some(());
        self.freed.wait_until(None, attempt)?;
        Ok(TurnTaken(self))
    }
}

struct TurnTaken<'a>(&'a Turn);

impl Drop for TurnTaken<'_> {
    fn drop(&mut self) {
        self.0.is_taken.store(false, Ordering::Release);
        self.0.freed.wake_one();
    }
}

/// A descriptor's number and its open file's address.
type Key = (u32, usize);

struct Items {
    items: BTreeMap<Key, Item>,
    /// The item told last: the next look begins behind it, so that all get their turn.
    last: Key,
}

/// An epoll set.
pub struct Epoll {
    inode: u64,
    items: Lock<Items>,
    waiters: Arc<Waiters>,
}

/// What was found of a file.
pub struct Report {
    key: Key,
    /// What is told.
    pub event: EpollEvent,
}

/// Whether there is something to wait for: not in plain files and directories. Message queues are files as `stat` tells it, and yet there is something to wait for.
pub fn can_watch(node: &dyn Node) -> bool {
    let is_plain = matches!(node.permissions().mode & S_IFMT, S_IFREG | S_IFDIR);
    !is_plain || node.identity().file_system == FileSystem::MessageQueues
}

/// A new set.
pub fn create() -> Result<Arc<OpenFile>, Errno> {
    let items = Items { items: BTreeMap::new(), last: (0, 0) };
    let epoll = Epoll {
        inode: new_inode(),
        items: Lock::new(Rank::Epoll, items),
        waiters: Arc::new(Waiters(WaitQueue::new())),
    };
    OpenFile::new(Arc::new(epoll), OpenFlags::READ_WRITE)
}

/// The set behind a node, if it is one.
pub fn of_node(node: &NodeRef) -> Option<&Epoll> {
    (&**node as &dyn Any).downcast_ref()
}

fn key(fd: Fd, file: &Arc<OpenFile>) -> Key {
    (fd.0, Arc::as_ptr(file) as usize)
}

impl Epoll {
    /// Begins to watch a file.
    pub fn add(&self, fd: Fd, file: &Arc<OpenFile>, wish: EpollEvent) -> Result<(), Errno> {
        if !can_watch(&**file.node()) {
            return Err(Errno::EPERM);
        }
        if wish.events & EPOLLEXCLUSIVE != 0 {
            let is_set = of_node(file.node()).is_some();
            if is_set || wish.events & EPOLLONESHOT != 0 {
                return Err(Errno::EINVAL);
            }
        }
        if self.items.lock().items.contains_key(&key(fd, file)) {
            return Err(Errno::EEXIST);
        }
        let inner = of_node(file.node());
        let _turn = inner.map(|_| NESTING.take()).transpose()?;
        if let Some(inner) = inner
            && (self.inode == inner.inode || inner.depth_to(self.inode, 1)? >= NESTING_MAX)
        {
            return Err(Errno::ELOOP);
        }
        let item = Item::new(file, wish, &self.waiters)?;
        let bell = item.bell.clone();
        // Another thread may have been faster: its item stays.
        let mut items = self.items.lock();
        let refused = match items.items.entry(key(fd, file)) {
            Entry::Occupied(_) => Some(item),
            Entry::Vacant(place) => {
                place.insert(item);
                None
            }
        };
        drop(items);
        if refused.is_some() {
            return Err(Errno::EEXIST);
        }
        bell.woken(Cause::Change);
        Ok(())
    }

    /// Changes what a file is watched for.
    pub fn change(&self, fd: Fd, file: &Arc<OpenFile>, wish: EpollEvent) -> Result<(), Errno> {
        let mut items = self.items.lock();
        let item = items.items.get_mut(&key(fd, file)).ok_or(Errno::ENOENT)?;
        if (item.wish.events | wish.events) & EPOLLEXCLUSIVE != 0 {
            return Err(Errno::EINVAL);
        }
        item.wish = wish;
        item.is_armed = true;
        item.ring();
        Ok(())
    }

    /// Watches a file no longer.
    pub fn remove(&self, fd: Fd, file: &Arc<OpenFile>) -> Result<(), Errno> {
        let item = self.items.lock().items.remove(&key(fd, file));
        item.map(drop).ok_or(Errno::ENOENT)
    }

    /// Waits until something is found; nothing is, after the deadline.
    pub fn wait(&self, capacity: usize, deadline: Option<u64>) -> Result<Vec<Report>, Errno> {
        loop {
            let until = self.next_change().into_iter().chain(deadline).min();
            let found = self.waiters.0.wait_until(until, || {
                let found = self.look(capacity);
                (!found.is_empty()).then_some(found)
            });
            match found {
                Ok(found) => return Ok(found),
                Err(WaitError::TimedOut) if deadline.is_none_or(|at| clock::now() < at) => {}
                Err(WaitError::TimedOut) => return Ok(Vec::new()),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Takes back that something was told, which did not arrive.
    pub fn put_back(&self, reports: &[Report]) {
        let mut items = self.items.lock();
        for report in reports {
            if let Some(item) = items.items.get_mut(&report.key) {
                item.is_armed = true;
                item.ring();
            }
        }
    }

    /// What is ready now, at most so much of it.
    fn look(&self, capacity: usize) -> Vec<Report> {
        let mut found = Vec::new();
        let start = self.items.lock().last;
        let mut at = start;
        let mut has_wrapped = false;
        while found.len() < capacity {
            match self.next_key(at) {
                Some(key) if has_wrapped && key > start => break,
                Some(key) => {
                    at = key;
                    found.extend(self.look_at(key));
                }
                None if has_wrapped => break,
                None => {
                    has_wrapped = true;
                    at = (0, 0);
                }
            }
        }
        if let Some(report) = found.last() {
            self.items.lock().last = report.key;
        }
        found
    }

    fn next_key(&self, behind: Key) -> Option<Key> {
        let items = self.items.lock();
        items.items.range((Excluded(behind), Unbounded)).next().map(|(key, _)| *key)
    }

    fn look_at(&self, key: Key) -> Option<Report> {
        let items = self.items.lock();
        let item = items.items.get(&key)?;
        let (file, wanted, bell) = (item.file(), item.wanted(), item.bell.clone());
        let (is_armed, is_edge) = (item.is_armed, item.is_edge());
        drop(items);
        let Some(file) = file else {
            // Closed for good: nobody can be told of it any more.
            let item = self.items.lock().items.remove(&key);
            drop(item);
            return None;
        };
        // What is noted stays where it is not told: the item may have been armed since.
        if !is_armed {
            return None;
        }
        let is_clocked = file.node().is_clocked();
        let has_changed = bell.signs.take(is_clocked)?;
        if is_edge && !has_changed {
            return None;
        }
        let ready = file.readiness() & wanted;
        drop(file);
        if ready.is_empty() {
            if is_clocked {
                bell.signs.expect_change();
            }
            return None;
        }
        bell.signs.stay_due();
        let mut items = self.items.lock();
        let item = items.items.get_mut(&key)?;
        item.is_armed = item.is_armed && !item.is_once();
        let event = EpollEvent { events: ready.bits().into(), ..item.wish };
        Some(Report { key, event })
    }

    /// Whether anything would be told.
    fn is_ready(&self) -> bool {
        let mut at = (0, 0);
        while let Some(key) = self.next_key(at) {
            at = key;
            let items = self.items.lock();
            let Some(item) = items.items.get(&key) else { continue };
            let is_told = item.is_armed && (!item.is_edge() || item.bell.signs.has_change());
            let (file, wanted) = (item.file(), item.wanted());
            drop(items);
            if is_told && file.is_some_and(|file| file.readiness().intersects(wanted)) {
                return true;
            }
        }
        false
    }

    /// How many sets are in a row from this one on; `ELOOP` if one of them is the forbidden one.
    fn depth_to(&self, forbidden: u64, depth: usize) -> Result<usize, Errno> {
        if depth > NESTING_MAX {
            return Err(Errno::ELOOP);
        }
        let mut deepest = depth;
        let mut at = (0, 0);
        while let Some(key) = self.next_key(at) {
            at = key;
            let file = self.items.lock().items.get(&key).and_then(Item::file);
            let Some(file) = file else { continue };
            if let Some(inner) = of_node(file.node()) {
                if inner.inode == forbidden {
                    return Err(Errno::ELOOP);
                }
                deepest = deepest.max(inner.depth_to(forbidden, depth + 1)?);
            }
        }
        Ok(deepest)
    }
}

impl Node for Epoll {
    fn identity(&self) -> Identity {
        Identity { file_system: FileSystem::Events, inode: self.inode }
    }

    fn permissions(&self) -> Permissions {
        Permissions { mode: 0o600, uid: 0, gid: 0 }
    }

    fn stat(&self) -> Stat {
        stat::base(self)
    }

    fn label(&self) -> Option<String> {
        Some("anon_inode:[eventpoll]".into())
    }

    fn seeking(&self) -> Seeking {
        Seeking::Stream
    }

    fn readiness(&self, _: OpenFlags) -> PollEvents {
        if self.is_ready() { PollEvents::READABLE } else { PollEvents::empty() }
    }

    fn visit_queues(&self, _: OpenFlags, visit: &mut dyn FnMut(&WaitQueue)) {
        visit(&self.waiters.0);
    }

    fn next_change(&self) -> Option<u64> {
        let mut next = None;
        let mut at = (0, 0);
        while let Some(key) = self.next_key(at) {
            at = key;
            let file = self.items.lock().items.get(&key).and_then(Item::file);
            next = next.into_iter().chain(file.and_then(|file| file.next_change())).min();
        }
        next
    }

    fn is_clocked(&self) -> bool {
        let mut at = (0, 0);
        while let Some(key) = self.next_key(at) {
            at = key;
            let file = self.items.lock().items.get(&key).and_then(Item::file);
            if file.is_some_and(|file| file.node().is_clocked()) {
                return true;
            }
        }
        false
    }

    fn close(&self, _: OpenFlags) {
        let items = core::mem::take(&mut self.items.lock().items);
        drop(items);
    }
}
