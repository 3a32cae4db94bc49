//! The values of a set, who waits for others, and what is taken back at a process's end.

use super::super::now;
use super::super::ownership::Ownership;
use crate::mm::frames;
use crate::sched::WaitQueue;
use abi::Errno;
use abi::ipc::{IPC_NOWAIT, SEM_UNDO, SEMVMX, SemaphoreOperation};
use alloc::collections::{BTreeMap, VecDeque};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicUsize, Ordering};

/// Processes that have something to take back, counted once for each set: an exit looks at nothing
/// where there are none.
pub static UNDOS: AtomicUsize = AtomicUsize::new(0);

/// Whether any process has something to take back.
pub fn has_undos() -> bool {
    UNDOS.load(Ordering::Relaxed) > 0
}

/// A value, and who changed it last.
#[derive(Clone, Copy, Default)]
pub struct Semaphore {
    pub value: i32,
    pub pid: u32,
}

/// A thread that waits.
pub struct Ticket {
    pub number: u64,
    pub served: WaitQueue,
}

/// What a thread waits to have done.
pub struct Pending {
    pub ticket: Arc<Ticket>,
    pub operations: Vec<SemaphoreOperation>,
    pub pid: u32,
    /// The operation that could not be.
    pub obstacle: SemaphoreOperation,
}

/// What came of operations.
pub enum Attempt {
    Done,
    Blocked(SemaphoreOperation),
    Failed(Errno),
}

/// What can change of a set.
pub struct State {
    pub semaphores: Vec<Semaphore>,
    pub pending: VecDeque<Pending>,
    /// For threads that were served and have not looked yet, by the numbers of their tickets.
    pub outcomes: BTreeMap<u64, Result<(), Errno>>,
    /// What is added when a process ends, by its number.
    pub undos: BTreeMap<u32, Vec<i16>>,
    pub ownership: Ownership,
    pub operated: i64,
    pub changed: i64,
    pub next: u64,
    pub is_removed: bool,
}

/// Whether a value changes.
pub fn alters(operations: &[SemaphoreOperation]) -> bool {
    operations.iter().any(|operation| operation.change != 0)
}

/// Whether an operation has this flag.
pub const fn has_flag(operation: &SemaphoreOperation, flag: u32) -> bool {
    operation.flags as u32 & flag != 0
}

impl State {
    /// Sets a value, which nobody takes back.
    pub fn put(&mut self, number: usize, value: u16, pid: u32) {
        self.semaphores[number] = Semaphore { value: value.into(), pid };
        for changes in self.undos.values_mut() {
            changes[number] = 0;
        }
    }

    /// Makes sure that what the process does can be taken back.
    pub fn prepare_undo(&mut self, pid: u32) -> Result<(), Errno> {
        if self.undos.contains_key(&pid) {
            return Ok(());
        }
        let count = self.semaphores.len();
        frames::check_heap_growth(count * size_of::<i16>())?;
        let mut changes = Vec::new();
        changes.try_reserve_exact(count).map_err(|_| Errno::ENOMEM)?;
        changes.resize(count, 0);
        self.undos.insert(pid, changes);
        UNDOS.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Does all operations, or none.
    pub fn attempt(&mut self, operations: &[SemaphoreOperation], pid: u32) -> Attempt {
        for (index, operation) in operations.iter().enumerate() {
            let outcome = self.step(operation, pid);
            if !matches!(outcome, Attempt::Done) {
                for done in operations[..index].iter().rev() {
                    self.shift(done, pid, -i32::from(done.change));
                }
                return outcome;
            }
        }
        for operation in operations {
            self.semaphores[usize::from(operation.number)].pid = pid;
        }
        Attempt::Done
    }

    fn step(&mut self, operation: &SemaphoreOperation, pid: u32) -> Attempt {
        let number = usize::from(operation.number);
        let (value, change) = (self.semaphores[number].value, i32::from(operation.change));
        if change == 0 && value != 0 || value + change < 0 {
            let refuses = has_flag(operation, IPC_NOWAIT);
            return if refuses {
                Attempt::Failed(Errno::EAGAIN)
            } else {
                Attempt::Blocked(*operation)
            };
        }
        if value + change > SEMVMX {
            return Attempt::Failed(Errno::ERANGE);
        }
        if has_flag(operation, SEM_UNDO) {
            let before = self.undos.get(&pid).map_or(0, |changes| i32::from(changes[number]));
            if !(-SEMVMX - 1..=SEMVMX).contains(&(before - change)) {
                return Attempt::Failed(Errno::ERANGE);
            }
        }
        self.shift(operation, pid, change);
        Attempt::Done
    }

    /// Changes a value, and what is taken back of it.
    fn shift(&mut self, operation: &SemaphoreOperation, pid: u32, change: i32) {
        let number = usize::from(operation.number);
        self.semaphores[number].value += change;
        if has_flag(operation, SEM_UNDO)
            && let Some(changes) = self.undos.get_mut(&pid)
        {
            changes[number] = (i32::from(changes[number]) - change) as i16;
        }
    }

    /// Does what those in line want as far as that can be now; returns whom to wake.
    pub fn serve(&mut self) -> Vec<Arc<Ticket>> {
        let mut served = Vec::new();
        let mut index = 0;
        while index < self.pending.len() {
            let mut operations = core::mem::take(&mut self.pending[index].operations);
            let attempt = self.attempt(&operations, self.pending[index].pid);
            let outcome = match attempt {
                Attempt::Blocked(obstacle) => {
                    let pending = &mut self.pending[index];
                    pending.obstacle = obstacle;
                    core::mem::swap(&mut pending.operations, &mut operations);
                    index += 1;
                    continue;
                }
                Attempt::Done => Ok(()),
                Attempt::Failed(error) => Err(error),
            };
            if outcome.is_ok() {
                self.operated = now();
            }
            let Some(pending) = self.pending.remove(index) else { return served };
            self.outcomes.insert(pending.ticket.number, outcome);
            served.push(pending.ticket);
            if outcome.is_ok() && alters(&operations) {
                // Somebody who stands before it may be able to go on now.
                index = 0;
            }
        }
        crate::room::give_back_queue(&mut self.pending);
        served
    }
}
