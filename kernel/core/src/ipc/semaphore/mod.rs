//! Sets of semaphores, by their numbers: `semget`, `semctl` and `semop`.

mod set;
mod state;

pub use set::{Change, Count};

use super::ownership::{NewOwner, Ownership, Right};
use super::table::{Key, Table};
use super::{Caller, now};
use crate::sync::{Lock, Rank};
use abi::Errno;
use abi::ipc::{SEMMNI, SEMMNS, SEMMSL, SEMOPM, SEMVMX, SemaphoreOperation, SetLimits, SetStatus};
use alloc::sync::Arc;
use alloc::vec::Vec;
use set::Set;

static SETS: Lock<Table<Arc<Set>>> = Lock::new(Rank::SystemV, Table::new(SEMMNI));

/// `semget`.
pub fn get(key: Key, count: usize, flags: u32, caller: Caller) -> Result<u32, Errno> {
    if count > SEMMSL {
        return Err(Errno::EINVAL);
    }
    let mut sets = SETS.lock();
    let used: usize = sets.iter().map(|set| set.len()).sum();
    let check = |set: &Arc<Set>| {
        if count > set.len() {
            return Err(Errno::EINVAL);
        }
        set.check(caller, Right::Mode(flags))
    };
    let make = |id| {
        if count == 0 {
            return Err(Errno::EINVAL);
        }
        if used + count > SEMMNS {
            return Err(Errno::ENOSPC);
        }
        Ok(Arc::new(Set::new(id, count, Ownership::new(caller.credentials, flags), now())?))
    };
    sets.find_or_make(key, flags, check, make)
}

fn find(id: u32) -> Result<Arc<Set>, Errno> {
    SETS.lock().get(id).cloned()
}

/// What is told of a set.
pub fn status(id: u32, right: Option<Right>, caller: Caller) -> Result<SetStatus, Errno> {
    let sets = SETS.lock();
    let (set, key) = (sets.get(id)?.clone(), sets.key_of(id));
    drop(sets);
    right.map_or(Ok(()), |right| set.check(caller, right))?;
    Ok(set.status(key))
}

/// The number of the set at a place of the table.
pub fn at(place: u32) -> Result<u32, Errno> {
    SETS.lock().id_at(place)
}

/// Whether the limits are asked for, or what is used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Figures {
    /// The limits.
    Limits,
    /// What is used, where there is room for it among the limits.
    Usage,
}

/// Figures, and the highest place that is taken.
pub fn figures(wanted: Figures) -> (SetLimits, u64) {
    let sets = SETS.lock();
    let semaphores: usize = sets.iter().map(|set| set.len()).sum();
    let (undo_bytes, undo_value) = match wanted {
        Figures::Limits => (20, SEMVMX as u32),
        Figures::Usage => (sets.len() as u32, semaphores as u32),
    };
    let limits = SetLimits {
        map: SEMMNS as u32,
        sets: SEMMNI as u32,
        semaphores: SEMMNS as u32,
        undos: SEMMNS as u32,
        in_set: SEMMSL as u32,
        operations: SEMOPM as u32,
        undo_entries: SEMOPM as u32,
        undo_bytes,
        value: SEMVMX as u32,
        undo_value,
    };
    (limits, sets.highest())
}

/// `IPC_SET`.
pub fn set_owner(id: u32, new: NewOwner, caller: Caller) -> Result<(), Errno> {
    find(id)?.set_owner(new, caller)
}

/// `IPC_RMID`: who waits is told.
pub fn remove(id: u32, caller: Caller) -> Result<(), Errno> {
    let mut sets = SETS.lock();
    sets.get(id)?.check_control(caller)?;
    let set = sets.remove(id);
    drop(sets);
    if let Some(set) = set {
        set.end();
    }
    Ok(())
}

/// How many semaphores the set has, if the caller may use it so.
pub fn count(id: u32, right: Right, caller: Caller) -> Result<usize, Errno> {
    let set = find(id)?;
    set.check(caller, right)?;
    Ok(set.len())
}

/// All values.
pub fn values(id: u32) -> Result<Vec<u16>, Errno> {
    find(id)?.values()
}

/// Sets values: of one semaphore, or of all.
pub fn set_values(id: u32, change: Change, caller: Caller) -> Result<(), Errno> {
    find(id)?.set_values(change, caller)
}

/// Something about one semaphore.
pub fn ask(id: u32, number: usize, what: Count, caller: Caller) -> Result<u64, Errno> {
    let set = find(id)?;
    set.check(caller, Right::Read)?;
    set.ask(number, what)
}

/// `semop`: all operations at once, waiting until that can be.
pub fn operate(
    id: u32,
    operations: Vec<SemaphoreOperation>,
    deadline: Option<u64>,
    caller: Caller,
) -> Result<(), Errno> {
    find(id)?.operate(operations, deadline, caller)
}

/// A process has ended: what it asked to be taken back is.
pub fn process_ended(pid: u32) {
    if !state::has_undos() {
        return;
    }
    let mut place = 0;
    loop {
        let sets = SETS.lock();
        let Some((found, set)) = sets.first_from(place) else { return };
        let set = set.clone();
        drop(sets);
        place = found + 1;
        set.take_back(pid);
    }
}
