//! A set of semaphores: values, who waits for others, and what is taken back at a process's end.
//!
//! All operations of a call happen in one step or not at all. Who cannot go on stands in line with
//! what it wants done; whoever changes a value does it for those in line, first come first served,
//! so that nothing is between their turn and their operations.

use super::super::ownership::{NewOwner, Ownership, Right};
use super::super::{Caller, now};
use super::state::{Attempt, Pending, Semaphore, State, Ticket, UNDOS, alters, has_flag};
use crate::mm::frames;
use crate::room::give_back_map;
use crate::sched::{WaitError, WaitQueue};
use crate::sync::{Guard, Lock, Rank};
use abi::Errno;
use abi::ipc::{SEM_UNDO, SEMVMX, SemaphoreOperation, SetStatus};
use alloc::collections::{BTreeMap, VecDeque};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::Ordering;

/// What can be asked of one semaphore.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Count {
    /// Its value.
    Value,
    /// Who changed it last.
    LastPid,
    /// How many wait for it to be more.
    WaitingForMore,
    /// How many wait for it to be 0.
    WaitingForZero,
}

/// New values.
pub enum Change {
    /// Of one semaphore.
    One(usize, u16),
    /// Of all.
    All(Vec<u16>),
}

/// A set of semaphores.
pub(super) struct Set {
    id: u32,
    count: usize,
    state: Lock<State>,
}

fn wake(tickets: Vec<Arc<Ticket>>) {
    for ticket in tickets {
        ticket.served.wake_all();
    }
}

impl Set {
    /// So many, all 0.
    pub fn new(id: u32, count: usize, ownership: Ownership, now: i64) -> Result<Self, Errno> {
        frames::check_heap_growth(count * size_of::<Semaphore>())?;
        let mut semaphores = Vec::new();
        semaphores.try_reserve_exact(count).map_err(|_| Errno::ENOMEM)?;
        semaphores.resize(count, Semaphore::default());
        let state = State {
            semaphores,
            pending: VecDeque::new(),
            outcomes: BTreeMap::new(),
            undos: BTreeMap::new(),
            ownership,
            operated: 0,
            changed: now,
            next: 0,
            is_removed: false,
        };
        Ok(Self { id, count, state: Lock::new(Rank::SystemVObject, state) })
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.count
    }

    fn live(&self) -> Result<Guard<'_, State>, Errno> {
        let state = self.state.lock();
        if state.is_removed { Err(Errno::EIDRM) } else { Ok(state) }
    }

    /// Fails with `EACCES` unless the caller may do this.
    pub fn check(&self, caller: Caller, right: Right) -> Result<(), Errno> {
        self.state.lock().ownership.check(caller.credentials, right)
    }

    /// Fails with `EPERM` unless the caller may take the set away.
    pub fn check_control(&self, caller: Caller) -> Result<(), Errno> {
        self.state.lock().ownership.check_control(caller.credentials)
    }

    /// What is told of it.
    pub fn status(&self, key: i32) -> SetStatus {
        let state = self.state.lock();
        SetStatus {
            permissions: state.ownership.told(key, self.id),
            operated: state.operated,
            changed: state.changed,
            count: self.count as u64,
            ..SetStatus::default()
        }
    }

    /// `IPC_SET`.
    pub fn set_owner(&self, new: NewOwner, caller: Caller) -> Result<(), Errno> {
        let mut state = self.live()?;
        state.ownership.check_control(caller.credentials)?;
        state.ownership.set(new)?;
        state.changed = now();
        Ok(())
    }

    /// All values.
    pub fn values(&self) -> Result<Vec<u16>, Errno> {
        let mut values = Vec::new();
        values.try_reserve_exact(self.count).map_err(|_| Errno::ENOMEM)?;
        let state = self.live()?;
        values.extend(state.semaphores.iter().map(|semaphore| semaphore.value as u16));
        Ok(values)
    }

    /// Sets values, which nobody takes back.
    pub fn set_values(&self, change: Change, caller: Caller) -> Result<(), Errno> {
        let mut state = self.live()?;
        if let Change::One(number, _) = change
            && number >= self.count
        {
            return Err(Errno::EINVAL);
        }
        state.ownership.check(caller.credentials, Right::Write)?;
        match change {
            Change::One(number, value) => state.put(number, value, caller.pid),
            Change::All(values) => {
                for (number, value) in values.into_iter().enumerate().take(self.count) {
                    state.put(number, value, caller.pid);
                }
            }
        }
        state.changed = now();
        let served = state.serve();
        drop(state);
        wake(served);
        Ok(())
    }

    /// Something about one semaphore.
    pub fn ask(&self, number: usize, what: Count) -> Result<u64, Errno> {
        let state = self.live()?;
        let semaphore = state.semaphores.get(number).ok_or(Errno::EINVAL)?;
        let waiting = |is_meant: fn(i16) -> bool| {
            let stands = |pending: &&Pending| {
                let obstacle = pending.obstacle;
                usize::from(obstacle.number) == number && is_meant(obstacle.change)
            };
            state.pending.iter().filter(stands).count() as u64
        };
        Ok(match what {
            Count::Value => semaphore.value as u64,
            Count::LastPid => semaphore.pid.into(),
            Count::WaitingForMore => waiting(|change| change < 0),
            Count::WaitingForZero => waiting(|change| change == 0),
        })
    }

    /// Does all operations, waiting until that can be.
    pub fn operate(
        &self,
        operations: Vec<SemaphoreOperation>,
        deadline: Option<u64>,
        caller: Caller,
    ) -> Result<(), Errno> {
        let mut state = self.live()?;
        if operations.iter().any(|operation| usize::from(operation.number) >= self.count) {
            return Err(Errno::EFBIG);
        }
        let right = if alters(&operations) { Right::Write } else { Right::Read };
        state.ownership.check(caller.credentials, right)?;
        if operations.iter().any(|operation| has_flag(operation, SEM_UNDO)) {
            state.prepare_undo(caller.pid)?;
        }
        let obstacle = match state.attempt(&operations, caller.pid) {
            Attempt::Done => {
                state.operated = now();
                let served = if alters(&operations) { state.serve() } else { Vec::new() };
                drop(state);
                wake(served);
                return Ok(());
            }
            Attempt::Failed(error) => return Err(error),
            Attempt::Blocked(obstacle) => obstacle,
        };
        state.next += 1;
        let ticket = Arc::new(Ticket { number: state.next, served: WaitQueue::new() });
        let pid = caller.pid;
        state.pending.push_back(Pending { ticket: ticket.clone(), operations, pid, obstacle });
        drop(state);
        self.wait(&ticket, deadline)
    }

    fn wait(&self, ticket: &Ticket, deadline: Option<u64>) -> Result<(), Errno> {
        let look = || self.state.lock().outcomes.remove(&ticket.number);
        ticket.served.wait_until(deadline, look).unwrap_or_else(|error| {
            let mut state = self.state.lock();
            state.pending.retain(|pending| pending.ticket.number != ticket.number);
            // What was done in the last moment is done.
            let outcome = state.outcomes.remove(&ticket.number);
            outcome.unwrap_or(Err(match error {
                WaitError::TimedOut => Errno::EAGAIN,
                WaitError::Interrupted => Errno::EINTR,
            }))
        })
    }

    /// A process has ended: takes back what it asked to be.
    pub fn take_back(&self, pid: u32) {
        let mut state = self.state.lock();
        let Some(changes) = state.undos.remove(&pid) else { return };
        UNDOS.fetch_sub(1, Ordering::Relaxed);
        give_back_map(&mut state.undos);
        for (semaphore, change) in state.semaphores.iter_mut().zip(changes) {
            if change != 0 {
                semaphore.value = (semaphore.value + i32::from(change)).clamp(0, SEMVMX);
                semaphore.pid = pid;
            }
        }
        state.operated = now();
        let served = state.serve();
        drop(state);
        wake(served);
    }

    /// The set is taken away: all who wait are told.
    pub fn end(&self) {
        let mut state = self.state.lock();
        state.is_removed = true;
        UNDOS.fetch_sub(state.undos.len(), Ordering::Relaxed);
        state.undos = BTreeMap::new();
        let pending = core::mem::take(&mut state.pending);
        for waiting in &pending {
            state.outcomes.insert(waiting.ticket.number, Err(Errno::EIDRM));
        }
        drop(state);
        wake(pending.into_iter().map(|waiting| waiting.ticket).collect());
    }
}
