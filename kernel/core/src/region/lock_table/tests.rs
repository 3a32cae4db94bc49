//! The table of locks: each rule by itself, and random sequences against a plain model.

use super::*;
use proptest::prelude::*;

const R: Id = 100;
const S: Id = 200;
const T: Id = 300;
const CLEAN: Result<Option<Condition>, LockError> = Ok(Some(Condition::Consistent));
const DIRTY: Result<Option<Condition>, LockError> = Ok(Some(Condition::Dirty));

/// A table whose waiters are woken by their own numbers.
fn table() -> LockTable<Pid> {
    LockTable::new()
}

fn queue(table: &mut LockTable<Pid>, region: Id, pid: Pid) -> Result<(), LockError> {
    assert_eq!(table.take(region, pid), Ok(None));
    table.queue(region, pid, pid)
}

#[test]
fn a_free_lock_is_taken_and_a_held_one_is_not() {
    let mut table = table();
    assert_eq!(table.take(R, 1), CLEAN);
    assert_eq!(table.take(R, 2), Ok(None));
    assert_eq!(table.take(R, 1), Err(LockError::HeldAlready));
    assert_eq!(table.status(R), (Some(1), Condition::Consistent));
    assert_eq!(table.release(R, 2), Err(LockError::NotHeld));
    assert_eq!(table.release(S, 2), Err(LockError::NotHeld));
    assert_eq!(table.release(R, 1), Ok(None));
    assert_eq!(table.release(R, 1), Err(LockError::NotHeld));
    assert!(table.locks.is_empty() && table.held.is_empty());
}

#[test]
fn a_release_hands_the_lock_to_who_has_waited_longest() {
    let mut table = table();
    assert_eq!(table.take(R, 1), CLEAN);
    for pid in [2, 3, 4] {
        assert_eq!(queue(&mut table, R, pid), Ok(()));
    }
    assert_eq!(table.give_up(R, 3), GivenUp::Left);
    assert_eq!(table.release(R, 1), Ok(Some(2)));
    assert_eq!(table.held_by(R, 2), Some(Condition::Consistent));
    assert_eq!(table.take(R, 1), Ok(None));
    assert_eq!(table.release(R, 2), Ok(Some(4)));
    assert_eq!(table.give_up(R, 4), GivenUp::Holds(Condition::Consistent));
    assert_eq!(table.release(R, 4), Ok(None));
    assert!(table.waiting.is_empty());
}

#[test]
fn the_lock_of_a_dead_holder_is_dirty_until_somebody_declares_it_consistent() {
    let mut table = table();
    assert_eq!(table.take(R, 1), CLEAN);
    assert!(table.holder_ended(1).is_empty());
    assert_eq!(table.status(R), (None, Condition::Dirty));
    assert_eq!(table.take(R, 2), DIRTY);
    assert_eq!(table.release(R, 2), Ok(None));
    assert_eq!(table.take(R, 3), DIRTY);
    assert_eq!(table.declare_consistent(R, 2), Err(LockError::NotHeld));
    assert_eq!(table.declare_consistent(R, 3), Ok(()));
    assert_eq!(table.release(R, 3), Ok(None));
    assert_eq!(table.take(R, 4), CLEAN);
}

#[test]
fn a_holders_death_hands_all_its_locks_on() {
    let mut table = table();
    for region in [R, S, T] {
        assert_eq!(table.take(region, 1), CLEAN);
    }
    assert_eq!(queue(&mut table, R, 2), Ok(()));
    assert_eq!(queue(&mut table, T, 3), Ok(()));
    assert_eq!(table.take(4, 4), CLEAN);
    assert_eq!(table.holder_ended(1), [2, 3]);
    assert_eq!(table.held_by(R, 2), Some(Condition::Dirty));
    assert_eq!(table.status(S), (None, Condition::Dirty));
    assert_eq!(table.held_by(T, 3), Some(Condition::Dirty));
    assert_eq!(table.held_by(4, 4), Some(Condition::Consistent));
}

#[test]
fn the_wait_that_would_close_a_cycle_is_refused() {
    let mut table = table();
    for (region, pid) in [(R, 1), (S, 2), (T, 3)] {
        assert_eq!(table.take(region, pid), CLEAN);
    }
    assert_eq!(queue(&mut table, S, 1), Ok(()));
    assert_eq!(queue(&mut table, T, 2), Ok(()));
    assert_eq!(queue(&mut table, R, 3), Err(LockError::Cycle));
    // Who holds nothing closes none.
    assert_eq!(queue(&mut table, R, 4), Ok(()));
    // The one in the middle gives up: the cycle would be open.
    assert_eq!(table.give_up(T, 2), GivenUp::Left);
    assert_eq!(queue(&mut table, R, 3), Ok(()));
    assert_eq!(queue(&mut table, T, 2), Err(LockError::Cycle));
}

#[test]
fn a_lock_goes_with_its_region() {
    let mut table = table();
    assert_eq!(table.take(R, 1), CLEAN);
    table.forget(R);
    assert_eq!(table.status(R), (None, Condition::Consistent));
    assert!(table.held.is_empty() && table.holder_ended(1).is_empty());
}

/// What the table should be: for each region its line, the holder in front, and whether it is dirty.
#[derive(Default)]
struct Model {
    lines: [Vec<Pid>; 4],
    dirty: [bool; 4],
}

impl Model {
    fn condition(&self, region: usize) -> Condition {
        if self.dirty[region] { Condition::Dirty } else { Condition::Consistent }
    }

    /// The region that the process waits for.
    fn wanted(&self, pid: Pid) -> Option<usize> {
        self.lines.iter().position(|line| line.iter().skip(1).any(|waiter| *waiter == pid))
    }

    /// Whether the processes would wait for each other if this one waited for the region: from
    /// every process, follow the waits as often as there are processes.
    fn would_hang(&self, region: usize, pid: Pid) -> bool {
        let mut at = self.lines[region][0];
        for _ in 0..8 {
            if at == pid {
                return true;
            }
            match self.wanted(at) {
                Some(next) => at = self.lines[next][0],
                None => return false,
            }
        }
        false
    }

    fn take(&mut self, table: &mut LockTable<Pid>, region: usize, pid: Pid) {
        let id = region as Id;
        match self.lines[region].first() {
            None => {
                assert_eq!(table.take(id, pid), Ok(Some(self.condition(region))));
                self.lines[region].push(pid);
            }
            Some(holder) if *holder == pid => {
                assert_eq!(table.take(id, pid), Err(LockError::HeldAlready));
            }
            Some(_) => {
                assert_eq!(table.take(id, pid), Ok(None));
                let hangs = self.would_hang(region, pid);
                let wanted = if hangs { Err(LockError::Cycle) } else { Ok(()) };
                assert_eq!(table.queue(id, pid, pid), wanted);
                if !hangs {
                    self.lines[region].push(pid);
                }
            }
        }
    }

    fn release(&mut self, table: &mut LockTable<Pid>, region: usize, pid: Pid, declares: bool) {
        let id = region as Id;
        if self.lines[region].first() != Some(&pid) {
            assert_eq!(table.release(id, pid), Err(LockError::NotHeld));
            return;
        }
        if declares {
            assert_eq!(table.declare_consistent(id, pid), Ok(()));
            self.dirty[region] = false;
        }
        self.lines[region].remove(0);
        assert_eq!(table.release(id, pid), Ok(self.lines[region].first().copied()));
    }

    /// A process leaves its line, as one that is killed does first, and ends.
    fn end(&mut self, table: &mut LockTable<Pid>, pid: Pid) {
        if let Some(region) = self.wanted(pid) {
            assert_eq!(table.give_up(region as Id, pid), GivenUp::Left);
            self.lines[region].retain(|waiter| *waiter != pid);
        }
        let mut woken = Vec::new();
        for (line, dirty) in self.lines.iter_mut().zip(&mut self.dirty) {
            if line.first() == Some(&pid) {
                line.remove(0);
                *dirty = true;
                woken.extend(line.first());
            }
        }
        assert_eq!(table.holder_ended(pid), woken);
    }

    fn compare(&self, table: &LockTable<Pid>) {
        for (region, line) in self.lines.iter().enumerate() {
            let wanted = (line.first().copied(), self.condition(region));
            assert_eq!(table.status(region as Id), wanted);
        }
        let waiters: usize = self.lines.iter().map(|line| line.len().saturating_sub(1)).sum();
        assert_eq!(table.waiting.len(), waiters);
        let remembered =
            (0..4).filter(|region| self.dirty[*region] || !self.lines[*region].is_empty()).count();
        assert_eq!(table.locks.len(), remembered);
    }
}

proptest! {
    #[test]
    fn any_sequence_is_as_the_model_says(
        steps in prop::collection::vec((0_u8..8, 0..4_usize, 1..7_u32), 1..300),
    ) {
        let mut table = table();
        let mut model = Model::default();
        for (step, region, pid) in steps {
            let waits = model.wanted(pid);
            match (step, waits) {
                (0, _) => model.end(&mut table, pid),
                (1, Some(region)) => {
                    assert_eq!(table.give_up(region as Id, pid), GivenUp::Left);
                    model.lines[region].retain(|waiter| *waiter != pid);
                }
                // A process that waits does nothing else.
                (_, Some(_)) => {}
                (2..=4, None) => model.take(&mut table, region, pid),
                (5, None) => model.release(&mut table, region, pid, true),
                (_, None) => model.release(&mut table, region, pid, false),
            }
            model.compare(&table);
        }
        for pid in 1..7 {
            model.end(&mut table, pid);
        }
        for region in 0..4 {
            table.forget(region);
        }
        prop_assert!(table.locks.is_empty() && table.held.is_empty());
        prop_assert!(table.waiting.is_empty());
    }
}
