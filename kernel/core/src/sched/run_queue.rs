//! The threads that wait for a core: each user's first come first served, and the users in turn.
//!
//! A user with a thousand threads has no more of a core than one with a single thread, who waits for a
//! slice of each of the others: a fork bomb leaves everybody else's commands as quick as a program does
//! that computes. Root has a row of its own; other users are told apart by the last bits of their numbers.
//!
//! A thread that wakes another mostly waits for it right after that. So the first that is woken stands
//! before all others and goes on with what is left of the slice when the core becomes free: the two
//! may hand the core to and fro, and the others still wait for a slice, no longer.

use super::chain::{Chain, Link, Row};
use super::idle::Length;
use super::thread::Thread;
use crate::sync::{Lock, Rank};
use alloc::sync::Arc;

/// Rows of users other than root: a power of two.
const USER_ROWS: usize = 8;
/// All rows: the first is root's, and the kernel's.
const ROWS: usize = USER_ROWS + 1;

/// One core's ready threads.
pub struct RunQueue {
    waiting: Lock<Waiting>,
    /// How many there are, readable without the lock.
    length: Length,
}

/// The rows of threads that wait for a core.
pub struct Ready;

impl Row for Ready {
    #[inline]
    fn link(thread: &Thread) -> &Link {
        &thread.ready_link
    }
}

struct Waiting {
    rows: [Chain<Ready>; ROWS],
    /// A bit for each row in which somebody waits.
    used: u32,
    /// The row whose turn was last.
    last: usize,
    length: usize,
    /// The row to whose first thread the core is handed.
    heir: Option<usize>,
}

/// The row that a thread waits in.
#[inline]
fn row_of(thread: &Thread) -> usize {
    row_of_user(thread.process.as_ref().map_or(0, |process| process.credentials().uid))
}

#[inline]
const fn row_of_user(uid: u32) -> usize {
    if uid == 0 { 0 } else { 1 + uid as usize % USER_ROWS }
}

impl Waiting {
    const fn new() -> Self {
        let rows = [const { Chain::new() }; ROWS];
        Self { rows, used: 0, last: 0, length: 0, heir: None }
    }

    #[inline]
    fn push_back(&mut self, row: usize, thread: Arc<Thread>) {
        self.rows[row].push_back(thread);
        self.used |= 1 << row;
        self.length += 1;
    }

    /// Notes that a thread was taken out of a row, if one was.
    #[inline]
    fn taken(&mut self, row: usize, thread: Option<Arc<Thread>>) -> Option<Arc<Thread>> {
        self.length -= usize::from(thread.is_some());
        if self.rows[row].len() == 0 {
            self.used &= !(1 << row);
        }
        thread
    }

    #[inline]
    fn pop_front(&mut self, row: usize) -> Option<Arc<Thread>> {
        let thread = self.rows[row].pop_front();
        self.taken(row, thread)
    }

    /// The row whose turn is next.
    #[inline]
    const fn next(&self) -> usize {
        let behind = self.used & !0 << (self.last + 1);
        let next = if behind == 0 { self.used } else { behind };
        next.trailing_zeros() as usize % ROWS
    }

    /// Takes the thread whose turn it is.
    #[inline]
    fn pop_next(&mut self) -> Option<Arc<Thread>> {
        self.last = self.next();
        self.pop_front(self.last)
    }
}

/// How long a thread may run that was taken out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Slice {
    /// For a slice of its own.
    Own,
    /// For the rest of the slice of the thread that woke it.
    Inherited,
}

impl RunQueue {
    /// An empty queue.
    pub const fn new() -> Self {
        Self { waiting: Lock::new(Rank::RunQueue, Waiting::new()), length: Length::new() }
    }

    /// Threads in the queue; may be out of date at once.
    #[inline]
    pub fn len(&self) -> usize {
        self.length.get()
    }

    /// Adds a thread behind its user's; returns how many there are then.
    pub fn push(&self, thread: Arc<Thread>) -> usize {
        self.push_in(row_of(&thread), thread)
    }

    #[inline]
    fn push_in(&self, row: usize, thread: Arc<Thread>) -> usize {
        self.change(|waiting| {
            waiting.push_back(row, thread);
            waiting.length
        })
    }

    /// Adds a thread that the running one has woken: before all others, if it is the first; returns
    /// how many there are then.
    pub fn push_woken(&self, thread: Arc<Thread>) -> usize {
        let row = row_of(&thread);
        self.change(|waiting| {
            if waiting.heir.is_some() {
                waiting.push_back(row, thread);
            } else {
                waiting.heir = Some(row);
                waiting.rows[row].push_front(thread);
                waiting.used |= 1 << row;
                waiting.length += 1;
            }
            waiting.length
        })
    }

    /// Takes the thread that the core is handed to, or else the one whose turn it is.
    #[inline]
    pub fn pop(&self) -> Option<(Arc<Thread>, Slice)> {
        if self.len() == 0 {
            return None;
        }
        self.change(|waiting| match waiting.heir.take() {
            Some(row) => Some((waiting.pop_front(row)?, Slice::Inherited)),
            None => Some((waiting.pop_next()?, Slice::Own)),
        })
    }

    /// Takes the thread whose turn it is: the slice is over, so there is none to be handed on.
    pub fn pop_in_turn(&self) -> Option<Arc<Thread>> {
        if self.len() == 0 {
            return None;
        }
        self.change(|waiting| {
            if let Some(row) = waiting.heir.take()
                && let Some(heir) = waiting.pop_front(row)
            {
                waiting.push_back(row, heir);
            }
            waiting.pop_next()
        })
    }

    /// Takes the first thread of those that may run on a core, which is another one.
    pub fn pop_for(&self, core: usize) -> Option<Arc<Thread>> {
        if self.len() == 0 {
            return None;
        }
        let may_run = |thread: &Thread| thread.attributes.cores() & 1 << core != 0;
        self.change(|waiting| {
            let first = waiting.heir.unwrap_or_else(|| waiting.next());
            for row in (first..ROWS).chain(0..first) {
                let is_heir = waiting.rows[row].first().is_some_and(may_run);
                if let Some(thread) = waiting.rows[row].remove_first(may_run) {
                    waiting.heir = waiting.heir.filter(|heir| *heir != row || !is_heir);
                    return waiting.taken(row, Some(thread));
                }
            }
            None
        })
    }

    /// Calls `visit` with each thread that waits; returns how many there are.
    pub fn visit(&self, visit: &mut dyn FnMut(&Thread)) -> usize {
        let waiting = self.waiting.lock();
        waiting.rows.iter().for_each(|row| row.for_each(visit));
        waiting.length
    }

    /// Whether all that it says of its length agrees.
    pub fn is_agreed(&self) -> bool {
        let waiting = self.waiting.lock();
        let mut rows = waiting.rows.iter().enumerate();
        let marked = |(row, chain): (usize, &Chain<Ready>)| {
            (waiting.used & 1 << row != 0) == (chain.len() > 0)
        };
        let length: usize = waiting.rows.iter().map(Chain::len).sum();
        length == waiting.length && length == self.len() && rows.all(marked)
    }

    #[inline]
    fn change<T>(&self, change: impl FnOnce(&mut Waiting) -> T) -> T {
        let mut waiting = self.waiting.lock();
        let outcome = change(&mut waiting);
        self.length.set(waiting.length);
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thread(tid: u32) -> Arc<Thread> {
        let thread = Arc::new(Thread::idle(0));
        thread.set_tid(tid);
        thread
    }

    fn queue_of(ready: &[u32], woken: &[u32]) -> RunQueue {
        let queue = RunQueue::new();
        ready.iter().for_each(|tid| _ = queue.push(thread(*tid)));
        woken.iter().for_each(|tid| _ = queue.push_woken(thread(*tid)));
        assert_eq!(queue.len(), ready.len() + woken.len());
        queue
    }

    fn all(next: impl FnMut() -> Option<u32>) -> Vec<u32> {
        core::iter::from_fn(next).collect()
    }

    #[test]
    fn the_first_that_is_woken_inherits_and_the_others_stand_behind() {
        let queue = queue_of(&[1, 2], &[3, 4]);
        let pop = || queue.pop().map(|(thread, slice)| (thread.tid(), slice));
        assert_eq!(pop(), Some((3, Slice::Inherited)));
        queue.push(thread(3));
        let rest = all(|| pop().map(|(tid, slice)| if slice == Slice::Own { tid } else { 0 }));
        assert_eq!(rest, [1, 2, 4, 3]);
    }

    #[test]
    fn users_take_turns_however_many_threads_each_has() {
        let queue = RunQueue::new();
        for (tid, uid) in [(10, 1000), (11, 1000), (12, 1000), (20, 1001), (1, 0), (2, 0)] {
            queue.push_in(row_of_user(uid), thread(tid));
        }
        let in_turn = || queue.pop_in_turn().map(|thread| thread.tid());
        assert_eq!(all(in_turn), [10, 20, 1, 11, 2, 12]);
        queue.push_in(row_of_user(1000), thread(10));
        queue.push_in(row_of_user(1000), thread(11));
        queue.push_in(row_of_user(1001), thread(20));
        queue.push_woken(thread(1));
        let first = queue.pop().map(|(thread, slice)| (thread.tid(), slice));
        assert_eq!(first, Some((1, Slice::Inherited)));
        // Who was woken had the rest of somebody's slice: that is no turn.
        assert_eq!(all(in_turn), [20, 10, 11]);
        assert_eq!(queue.len(), 0);
    }

    #[test]
    fn a_queue_that_contradicts_itself_is_found() {
        let queue = queue_of(&[1, 2], &[3]);
        let mut seen = Vec::new();
        assert_eq!(queue.visit(&mut |thread| seen.push(thread.tid())), 3);
        seen.sort_unstable();
        assert_eq!((seen, queue.is_agreed()), (vec![1, 2, 3], true));
        queue.waiting.lock().length += 1;
        assert!(!queue.is_agreed());
        queue.waiting.lock().length -= 1;
        queue.waiting.lock().used ^= 1 << (ROWS - 1);
        assert!(!queue.is_agreed());
    }

    #[test]
    fn when_the_slice_is_over_nobody_is_preferred() {
        let queue = queue_of(&[1, 2], &[3, 4]);
        assert_eq!(all(|| queue.pop_in_turn().map(|thread| thread.tid())), [1, 2, 4, 3]);
    }

    #[test]
    fn another_core_takes_what_may_run_there_and_the_heir_stays_one() {
        let queue = queue_of(&[1, 2], &[3]);
        let elsewhere = thread(4);
        elsewhere.attributes.set_cores(0b01);
        queue.push(elsewhere);
        assert_eq!(queue.pop_for(1).map(|thread| thread.tid()), Some(3));
        let stays = thread(5);
        stays.attributes.set_cores(0b01);
        queue.push_woken(stays);
        assert_eq!(all(|| queue.pop_for(1).map(|thread| thread.tid())), [1, 2]);
        let next = queue.pop().map(|(thread, slice)| (thread.tid(), slice));
        assert_eq!((next, queue.len()), (Some((5, Slice::Inherited)), 1));
    }
}
