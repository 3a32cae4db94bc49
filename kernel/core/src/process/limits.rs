//! What a process may use: the limits that it can lower, and raise again as far as allowed.
//!
//! Those of descriptors, of locked bytes, of all views, of the length of files, of waiting signals
//! and of a user's threads hold; the others are kept and told.

use super::object::Process;
use super::table::TABLE;
use crate::fs::size_limit;
use abi::Errno;
use abi::limits::{OPEN_MAX, PROCESS_MAX, SIGNAL_QUEUE_MAX, STACK_BYTES_MAX};
use abi::resource::{
    LIMITS, Limit, RLIMIT_CORE, RLIMIT_FSIZE, RLIMIT_MEMLOCK, RLIMIT_MSGQUEUE, RLIMIT_NICE,
    RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_RTPRIO, RLIMIT_SIGPENDING, RLIMIT_STACK, UNLIMITED,
};
use alloc::sync::Arc;
use alloc::vec::Vec;

/// What Linux begins with for locked memory and for message queues.
const MEMLOCK_BYTES: u64 = 8 << 20;
const MSGQUEUE_BYTES: u64 = 819_200;

/// Every limit of a process.
#[derive(Clone, Copy, Debug)]
pub struct Limits([Limit; LIMITS]);

impl Limits {
    /// Those that the first process has.
    pub const fn new() -> Self {
        let mut limits = [Limit { soft: UNLIMITED, hard: UNLIMITED }; LIMITS];
        limits[RLIMIT_STACK].soft = STACK_BYTES_MAX as u64;
        limits[RLIMIT_CORE].soft = 0;
        limits[RLIMIT_NPROC] = both(PROCESS_MAX as u64);
        limits[RLIMIT_NOFILE] = both(OPEN_MAX as u64);
        limits[RLIMIT_MEMLOCK] = both(MEMLOCK_BYTES);
        limits[RLIMIT_SIGPENDING] = both(SIGNAL_QUEUE_MAX as u64);
        limits[RLIMIT_MSGQUEUE] = both(MSGQUEUE_BYTES);
        limits[RLIMIT_NICE] = both(0);
        limits[RLIMIT_RTPRIO] = both(0);
        Self(limits)
    }

    /// One of them, if there is one of that number.
    pub fn get(&self, resource: u32) -> Result<Limit, Errno> {
        self.0.get(resource as usize).copied().ok_or(Errno::EINVAL)
    }

    /// What holds of one; there is no limit where there is none of that number.
    pub fn soft(&self, resource: usize) -> u64 {
        self.0.get(resource).map_or(UNLIMITED, |limit| limit.soft)
    }

    /// Changes one; who is not root raises none beyond its hard limit.
    pub fn set(&mut self, resource: u32, new: Limit, may_raise: bool) -> Result<(), Errno> {
        let old = self.0.get_mut(resource as usize).ok_or(Errno::EINVAL)?;
        if new.soft > new.hard {
            return Err(Errno::EINVAL);
        }
        let is_too_many = resource as usize == RLIMIT_NOFILE && new.hard > OPEN_MAX as u64;
        if new.hard > old.hard && !may_raise || is_too_many {
            return Err(Errno::EPERM);
        }
        *old = new;
        Ok(())
    }
}

const fn both(value: u64) -> Limit {
    Limit { soft: value, hard: value }
}

impl Process {
    /// What holds of a limit; there is none where there is no such limit.
    pub fn limit(&self, resource: usize) -> u64 {
        self.state.lock().limits.soft(resource)
    }

    /// Whether its user may have one more thread; root may.
    pub(super) fn check_thread_limit(&self) -> Result<(), Errno> {
        let limit = self.limit(RLIMIT_NPROC);
        if limit >= PROCESS_MAX as u64 || self.credentials().is_root() {
            return Ok(());
        }
        let user = self.identity().users.real;
        let others: Vec<_> = TABLE.lock().iter().map(|entry| entry.process.clone()).collect();
        let own = others.iter().filter(|process| process.identity().users.real == user);
        let threads: usize = own.map(|process| process.threads().len()).sum();
        if (threads as u64) < limit { Ok(()) } else { Err(Errno::EAGAIN) }
    }

    /// A limit, and what it becomes if that is given and the caller may; returns what it was.
    pub fn change_limit(
        &self,
        caller: &Self,
        resource: u32,
        new: Option<Limit>,
    ) -> Result<Limit, Errno> {
        let is_root = caller.credentials().is_root();
        let mut state = self.state.lock();
        let old = state.limits.get(resource)?;
        let Some(new) = new else { return Ok(old) };
        Arc::make_mut(&mut state.limits).set(resource, new, is_root)?;
        drop(state);
        if resource as usize == RLIMIT_FSIZE && new.soft != UNLIMITED {
            size_limit::begin_to_look();
        }
        if resource as usize == RLIMIT_NOFILE {
            self.files.lock().descriptors.set_limit(new.soft as usize);
        }
        Ok(old)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RLIMIT_DATA: u32 = 2;

    #[test]
    fn a_lowered_hard_limit_stays_lowered_for_all_but_root() {
        let mut limits = Limits::new();
        let low = Limit { soft: 5, hard: 10 };
        assert_eq!(limits.set(RLIMIT_DATA, low, false), Ok(()));
        assert_eq!(limits.set(RLIMIT_DATA, both(10), false), Ok(()));
        assert_eq!(limits.set(RLIMIT_DATA, both(11), false), Err(Errno::EPERM));
        assert_eq!(limits.get(RLIMIT_DATA), Ok(both(10)));
        assert_eq!(limits.set(RLIMIT_DATA, both(UNLIMITED), true), Ok(()));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let mut limits = Limits::new();
        let crossed = Limit { soft: 2, hard: 1 };
        assert_eq!(limits.set(RLIMIT_DATA, crossed, true), Err(Errno::EINVAL));
        assert_eq!(limits.set(LIMITS as u32, both(1), true), Err(Errno::EINVAL));
        assert_eq!(limits.get(LIMITS as u32), Err(Errno::EINVAL));
        let many = both(OPEN_MAX as u64 + 1);
        assert_eq!(limits.set(RLIMIT_NOFILE as u32, many, true), Err(Errno::EPERM));
    }
}
