//! Threads in a row, each of which knows the next: as many as there are, without memory for the row.
#![allow(unsafe_code, reason = "a row holds its threads by their addresses")]

use super::thread::Thread;
use alloc::sync::Arc;
use core::marker::PhantomData;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, Ordering};

/// A kind of row, of which a thread may be in one.
pub trait Row {
    /// The thread's place in it.
    fn link(thread: &Thread) -> &Link;
}

/// A thread's place in a row: the thread behind it.
///
/// Read and written under the lock of the row that the thread is in, so no order is needed here.
pub struct Link(AtomicPtr<Thread>);

impl Link {
    /// Nobody is behind.
    pub const fn new() -> Self {
        Self(AtomicPtr::new(null_mut()))
    }

    fn get(&self) -> *mut Thread {
        self.0.load(Ordering::Relaxed)
    }

    fn set(&self, next: *mut Thread) {
        self.0.store(next, Ordering::Relaxed);
    }
}

/// A row; it has a share in each of its threads, which are in no other of the same kind.
pub struct Chain<R: Row> {
    /// Null where nobody is in the row, as is `last`.
    first: *mut Thread,
    last: *mut Thread,
    length: usize,
    kind: PhantomData<R>,
}

// SAFETY: the addresses stand for shares in threads, which may be sent.
unsafe impl<R: Row> Send for Chain<R> {}

impl<R: Row> Chain<R> {
    /// Nobody.
    pub const fn new() -> Self {
        Self { first: null_mut(), last: null_mut(), length: 0, kind: PhantomData }
    }

    /// How many threads there are.
    pub const fn len(&self) -> usize {
        self.length
    }

    /// The first, if there is one.
    pub fn first(&self) -> Option<&Thread> {
        Self::look(&self.first)
    }

    /// Calls `visit` with each, from the first on.
    pub fn for_each(&self, visit: &mut dyn FnMut(&Thread)) {
        let mut place = self.first;
        while let Some(thread) = Self::look(&place) {
            visit(thread);
            place = R::link(thread).get();
        }
    }

    /// Puts a thread, which is in no row, behind the others.
    #[inline]
    pub fn push_back(&mut self, thread: Arc<Thread>) {
        R::link(&thread).set(null_mut());
        let thread = Arc::into_raw(thread).cast_mut();
        match Self::look(&self.last) {
            Some(last) => R::link(last).set(thread),
            None => self.first = thread,
        }
        self.last = thread;
        self.length += 1;
    }

    /// Puts a thread, which is in no row, before the others.
    #[inline]
    pub fn push_front(&mut self, thread: Arc<Thread>) {
        R::link(&thread).set(self.first);
        let thread = Arc::into_raw(thread).cast_mut();
        if self.first.is_null() {
            self.last = thread;
        }
        self.first = thread;
        self.length += 1;
    }

    /// Takes out the first.
    #[inline]
    pub fn pop_front(&mut self) -> Option<Arc<Thread>> {
        let first = Self::look(&self.first)?;
        let next = R::link(first).get();
        let thread = core::mem::replace(&mut self.first, next);
        if next.is_null() {
            self.last = null_mut();
        }
        self.length -= 1;
        Some(Self::take(thread))
    }

    /// Takes out the first that is meant.
    pub fn remove_first(&mut self, is_meant: impl Fn(&Thread) -> bool) -> Option<Arc<Thread>> {
        if is_meant(Self::look(&self.first)?) {
            return self.pop_front();
        }
        let mut before = self.first;
        loop {
            let link = R::link(Self::look(&before)?);
            let thread = link.get();
            let found = Self::look(&thread)?;
            if is_meant(found) {
                link.set(R::link(found).get());
                if self.last == thread {
                    self.last = before;
                }
                self.length -= 1;
                return Some(Self::take(thread));
            }
            before = thread;
        }
    }

    /// The thread at an address that the row has, or none.
    fn look(thread: &*mut Thread) -> Option<&Thread> {
        // SAFETY: the row's addresses are null or those of threads in it, in which it has a share.
        unsafe { thread.as_ref() }
    }

    /// The row's share in a thread, whose address it has forgotten.
    fn take(thread: *mut Thread) -> Arc<Thread> {
        // SAFETY: the address is from `Arc::into_raw` and was in the row once.
        unsafe { Arc::from_raw(thread) }
    }
}

impl<R: Row> Drop for Chain<R> {
    fn drop(&mut self) {
        while self.pop_front().is_some() {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::run_queue::Ready;
    use super::*;
    use proptest::prelude::*;
    use std::collections::VecDeque;

    proptest! {
        #[test]
        fn a_row_does_what_a_plain_queue_does(steps in prop::collection::vec(0..5_u32, 1..60)) {
            let (mut chain, mut model) = (Chain::<Ready>::new(), VecDeque::new());
            for (number, step) in (0..).zip(steps) {
                let thread = Arc::new(Thread::idle(0));
                thread.set_tid(number);
                match step {
                    0 => {
                        chain.push_front(thread);
                        model.push_front(number);
                    }
                    1 | 2 => {
                        chain.push_back(thread);
                        model.push_back(number);
                    }
                    3 => prop_assert_eq!(chain.pop_front().map(|it| it.tid()), model.pop_front()),
                    _ => {
                        let position = model.iter().position(|number| number % 3 == 1);
                        let expected = position.and_then(|index| model.remove(index));
                        let removed = chain.remove_first(|thread| thread.tid() % 3 == 1);
                        prop_assert_eq!(removed.map(|it| it.tid()), expected);
                    }
                }
                prop_assert_eq!(chain.len(), model.len());
            }
        }
    }

    #[test]
    fn a_row_has_one_share_in_each_thread_and_gives_it_back() {
        let thread = Arc::new(Thread::idle(0));
        let mut chain = Chain::<Ready>::new();
        chain.push_back(thread.clone());
        assert_eq!(Arc::strong_count(&thread), 2);
        drop(chain.pop_front());
        chain.push_front(thread.clone());
        drop(chain);
        assert_eq!(Arc::strong_count(&thread), 1);
    }
}
