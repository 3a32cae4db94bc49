//! Sleeping: gates for threads of the kernel, and futexes as programs see them.

use crate::atomic::fence;
use core::sync::atomic::Ordering;
use loom::sync::{Condvar, Mutex};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

/// What one thread waits at until another opens it.
#[derive(Debug, Default)]
pub struct Gate {
    is_open: Mutex<bool>,
    opened: Condvar,
}

impl Gate {
    /// Lets the one go on that waits there, or the next who comes.
    pub fn open(&self) {
        *self.is_open.lock().expect("no holder panics") = true;
        self.opened.notify_one();
    }

    /// Waits until it is open, and shuts it.
    pub fn pass(&self) {
        let mut is_open = self.is_open.lock().expect("no holder panics");
        while !*is_open {
            is_open = self.opened.wait(is_open).expect("no holder panics");
        }
        *is_open = false;
    }
}

/// Who sleeps on which word.
type Sleepers = Mutex<Vec<(usize, Arc<Condvar>)>>;

thread_local! {
    static SLEEPERS: RefCell<Option<Rc<Sleepers>>> = const { RefCell::new(None) };
}

pub(crate) fn begin() {
    drop(SLEEPERS.replace(Some(Rc::default())));
}

pub(crate) fn end() {
    drop(SLEEPERS.take());
}

pub(crate) fn forget() {
    std::mem::forget(SLEEPERS.take());
}

fn sleepers() -> Rc<Sleepers> {
    SLEEPERS.with_borrow(|sleepers| sleepers.clone().expect("a futex is used in a model only"))
}

/// Futexes, which promise what the kernel's do (`futexes` explores those): a change of the word before a wake is seen by
/// the sleeper, or the sleeper by the wake.
pub mod futex {
    use super::*;

    /// Sleeps while the word at the address is as expected; `false` if it is not.
    pub fn wait(address: usize, is_as_expected: impl FnOnce() -> bool) -> bool {
        let sleepers = sleepers();
        let mut list = sleepers.lock().expect("no holder panics");
        fence(Ordering::SeqCst);
        if !is_as_expected() {
            return false;
        }
        let woken = Arc::new(Condvar::new());
        list.push((address, woken.clone()));
        while list.iter().any(|(_, sleeper)| Arc::ptr_eq(sleeper, &woken)) {
            list = woken.wait(list).expect("no holder panics");
        }
        true
    }

    /// Wakes up to so many of those who sleep on the word; returns how many.
    pub fn wake(address: usize, count: u32) -> u32 {
        fence(Ordering::SeqCst);
        let sleepers = sleepers();
        let mut list = sleepers.lock().expect("no holder panics");
        let mut woken = 0;
        while woken < count
            && let Some(place) = list.iter().position(|(word, _)| *word == address)
        {
            list.remove(place).1.notify_one();
            woken += 1;
        }
        woken
    }
}
