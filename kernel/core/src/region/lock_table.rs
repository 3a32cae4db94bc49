//! Who holds the locks of regions and who waits for them: the state, without waiting itself.
//!
//! All locks are in one table, so that a cycle of waits is seen before it closes. A lock is handed
//! over: its holder's release makes the process that has waited longest the holder at once, so
//! nobody is passed over. A process has one thread, so it waits for one lock at most.

use super::lock::{Condition, LockError};
use crate::room;
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::vec::Vec;

/// A process's number.
pub type Pid = u32;
/// A region's number.
pub type Id = u64;

/// A process in line; `wake` is what makes it look again.
struct Waiter<W> {
    pid: Pid,
    wake: W,
}

struct State<W> {
    holder: Option<Pid>,
    condition: Condition,
    waiters: VecDeque<Waiter<W>>,
}

impl<W> State<W> {
    fn is_as_new(&self) -> bool {
        self.holder.is_none() && self.condition == Condition::Consistent && self.waiters.is_empty()
    }
}

/// What became of a wait that its process gave up.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum GivenUp {
    /// The process is no longer in line.
    Left,
    /// It holds the lock: that was handed over just before.
    Holds(Condition),
}

/// All locks that are held or dirty.
pub struct LockTable<W> {
    locks: BTreeMap<Id, State<W>>,
    held: BTreeSet<(Pid, Id)>,
    waiting: BTreeMap<Pid, Id>,
}

impl<W> LockTable<W> {
    /// All locks are free and all regions consistent.
    pub const fn new() -> Self {
        Self { locks: BTreeMap::new(), held: BTreeSet::new(), waiting: BTreeMap::new() }
    }

    /// The process that holds a region's lock, and the state of the region's bytes.
    pub fn status(&self, region: Id) -> (Option<Pid>, Condition) {
        let lock = self.locks.get(&region);
        lock.map_or((None, Condition::Consistent), |lock| (lock.holder, lock.condition))
    }

    /// The state of the region's bytes, if the process holds the region's lock.
    pub fn held_by(&self, region: Id, pid: Pid) -> Option<Condition> {
        let (holder, condition) = self.status(region);
        (holder == Some(pid)).then_some(condition)
    }

    /// Takes the lock if it is free; `None` if another process holds it.
    pub fn take(&mut self, region: Id, pid: Pid) -> Result<Option<Condition>, LockError> {
        let lock = self.locks.entry(region).or_insert_with(|| State {
            holder: None,
            condition: Condition::Consistent,
            waiters: VecDeque::new(),
        });
        match lock.holder {
            Some(holder) if holder == pid => Err(LockError::HeldAlready),
            Some(_) => Ok(None),
            None => {
                lock.holder = Some(pid);
                self.held.insert((pid, region));
                Ok(Some(lock.condition))
            }
        }
    }

    /// Puts the process in line for a lock that another one holds.
    pub fn queue(&mut self, region: Id, pid: Pid, wake: W) -> Result<(), LockError> {
        if self.closes_a_cycle(region, pid) {
            return Err(LockError::Cycle);
        }
        if let Some(lock) = self.locks.get_mut(&region) {
            lock.waiters.push_back(Waiter { pid, wake });
            self.waiting.insert(pid, region);
        }
        Ok(())
    }

    /// Whether the region's holder waits, by way of any number of others, for this process.
    ///
    /// It ends: the waits that there are form no cycle, because this was asked before each.
    fn closes_a_cycle(&self, region: Id, pid: Pid) -> bool {
        let mut next = self.status(region).0;
        while let Some(holder) = next {
            if holder == pid {
                return true;
            }
            next = self.waiting.get(&holder).and_then(|region| self.status(*region).0);
        }
        false
    }

    /// Takes the process out of the line.
    pub fn give_up(&mut self, region: Id, pid: Pid) -> GivenUp {
        if let Some(condition) = self.held_by(region, pid) {
            return GivenUp::Holds(condition);
        }
        self.waiting.remove(&pid);
        if let Some(lock) = self.locks.get_mut(&region) {
            lock.waiters.retain(|waiter| waiter.pid != pid);
            room::give_back_queue(&mut lock.waiters);
        }
        room::give_back_map(&mut self.waiting);
        GivenUp::Left
    }

    /// Declares the region's bytes consistent, as only the lock's holder can.
    pub fn declare_consistent(&mut self, region: Id, pid: Pid) -> Result<(), LockError> {
        let lock = self.held_lock(region, pid)?;
        lock.condition = Condition::Consistent;
        Ok(())
    }

    /// Releases the lock; what is returned wakes its new holder.
    #[must_use = "the new holder sleeps until it is woken"]
    pub fn release(&mut self, region: Id, pid: Pid) -> Result<Option<W>, LockError> {
        let lock = self.held_lock(region, pid)?;
        let next = lock.waiters.pop_front();
        room::give_back_queue(&mut lock.waiters);
        lock.holder = next.as_ref().map(|waiter| waiter.pid);
        let is_as_new = lock.is_as_new();
        self.held.remove(&(pid, region));
        if let Some(waiter) = &next {
            self.waiting.remove(&waiter.pid);
            self.held.insert((waiter.pid, region));
        }
        if is_as_new {
            self.locks.remove(&region);
        }
        self.give_back();
        Ok(next.map(|waiter| waiter.wake))
    }

    /// A process has ended: what it held is released and dirty. What is returned wakes the new
    /// holders.
    #[must_use = "the new holders sleep until they are woken"]
    pub fn holder_ended(&mut self, pid: Pid) -> Vec<W> {
        let mut wakes = Vec::new();
        while let Some((_, region)) = self.held.range((pid, 0)..=(pid, Id::MAX)).next().copied() {
            if let Some(lock) = self.locks.get_mut(&region) {
                lock.condition = Condition::Dirty;
            }
            wakes.extend(self.release(region, pid).ok().flatten());
        }
        wakes
    }

    /// A region is gone, and its lock with it, even if it was held.
    pub fn forget(&mut self, region: Id) {
        if let Some(State { holder: Some(pid), .. }) = self.locks.remove(&region) {
            self.held.remove(&(pid, region));
        }
        self.give_back();
    }

    /// What the kernel holds must not depend on who has met at a lock.
    fn give_back(&mut self) {
        room::give_back_map(&mut self.locks);
        room::give_back_set(&mut self.held);
        room::give_back_map(&mut self.waiting);
    }

    fn held_lock(&mut self, region: Id, pid: Pid) -> Result<&mut State<W>, LockError> {
        let lock = self.locks.get_mut(&region).ok_or(LockError::NotHeld)?;
        if lock.holder == Some(pid) { Ok(lock) } else { Err(LockError::NotHeld) }
    }
}

#[cfg(test)]
mod tests;
