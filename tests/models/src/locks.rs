//! Spin locks: who finds one taken is not run until it is free, so that no run spins for ever.
//!
//! Their orders are those of `spin`: taking one acquires, freeing it releases, and no more.

use crate::book;
use core::cell::UnsafeCell;
use core::ops::{Deref, DerefMut};
use std::rc::Rc;

/// What stands for `spin::mutex`.
pub mod mutex {
    use super::*;

    /// As the one of `spin`.
    pub struct SpinMutex<T>(UnsafeCell<T>);

    // SAFETY: one thread at a time has the value.
    unsafe impl<T: Send> Sync for SpinMutex<T> {}

    /// As the one of `spin`.
    pub struct SpinMutexGuard<'a, T> {
        value: &'a UnsafeCell<T>,
        // Goes before what it refers to.
        _held: loom::sync::MutexGuard<'static, ()>,
        _lock: Rc<loom::sync::Mutex<()>>,
    }

    impl<T> SpinMutex<T> {
        /// A free lock.
        pub const fn new(value: T) -> Self {
            Self(UnsafeCell::new(value))
        }

        /// Waits until it is free.
        pub fn lock(&self) -> SpinMutexGuard<'_, T> {
            let lock = book::lock_at(self.0.get().addr());
            let held = lock.lock().expect("no holder panics in a run that goes on");
            self.guard(held_for_ever(held), lock.clone())
        }

        /// Takes it if it is free.
        pub fn try_lock(&self) -> Option<SpinMutexGuard<'_, T>> {
            let lock = book::lock_at(self.0.get().addr());
            let held = lock.try_lock().ok()?;
            Some(self.guard(held_for_ever(held), lock.clone()))
        }

        const fn guard(
            &self,
            held: loom::sync::MutexGuard<'static, ()>,
            lock: Rc<loom::sync::Mutex<()>>,
        ) -> SpinMutexGuard<'_, T> {
            SpinMutexGuard { value: &self.0, _held: held, _lock: lock }
        }
    }

    fn held_for_ever(held: loom::sync::MutexGuard<'_, ()>) -> loom::sync::MutexGuard<'static, ()> {
        // SAFETY: the lock lives at least as long: it is behind the guard's own share in it.
        unsafe { core::mem::transmute(held) }
    }

    impl<T> Deref for SpinMutexGuard<'_, T> {
        type Target = T;

        fn deref(&self) -> &T {
            // SAFETY: the guard's owner alone has the lock.
            unsafe { &*self.value.get() }
        }
    }

    impl<T> DerefMut for SpinMutexGuard<'_, T> {
        fn deref_mut(&mut self) -> &mut T {
            // SAFETY: the guard's owner alone has the lock.
            unsafe { &mut *self.value.get() }
        }
    }
}

/// What stands for the kernel's `sync`.
pub mod sync {
    use super::mutex::{SpinMutex, SpinMutexGuard};

    /// A lock with a place in the order, which is not looked at here.
    pub struct Lock<T>(SpinMutex<T>);

    /// As the kernel's.
    pub type Guard<'a, T> = SpinMutexGuard<'a, T>;

    /// As the kernel's.
    #[derive(Clone, Copy, Debug)]
    pub enum Rank {
        /// Of a bucket of sleepers.
        Futex,
        /// Of a second one.
        SecondFutex,
        /// Of a wait queue.
        WaitQueue,
    }

    impl<T> Lock<T> {
        /// A free lock.
        pub const fn new(_rank: Rank, value: T) -> Self {
            Self(SpinMutex::new(value))
        }

        /// Waits until it is free.
        pub fn lock(&self) -> Guard<'_, T> {
            self.0.lock()
        }

        /// The same.
        pub fn lock_as(&self, _rank: Rank) -> Guard<'_, T> {
            self.0.lock()
        }
    }
}
