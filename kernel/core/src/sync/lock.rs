//! A spin lock with a place in the lock order.

use super::Rank;
use super::order::{self, Held};
use core::ops::{Deref, DerefMut};
use spin::RelaxStrategy;
use spin::mutex::{SpinMutex, SpinMutexGuard};

/// A value that one core at a time may touch.
pub struct Lock<T> {
    rank: Rank,
    inner: SpinMutex<T, Relax>,
}

/// What a core does between two looks at a lock that another one holds.
pub struct Relax;

impl RelaxStrategy for Relax {
    #[inline(always)]
    fn relax() {
        arch::cpu::relax();
    }
}

impl<T> Lock<T> {
    /// A free lock around a value.
    pub const fn new(rank: Rank, value: T) -> Self {
        Self { rank, inner: SpinMutex::new(value) }
    }

    /// Spins until the lock is free, then holds it until the guard is dropped.
    #[inline]
    pub fn lock(&self) -> Guard<'_, T> {
        let held = Held::acquire(self.rank);
        Guard { inner: order::acquire(&self.inner, self.rank), _held: held }
    }

    /// As [`Self::lock`], but in the place of another rank: for the second of two locks of one
    /// kind, which everybody who needs both takes in the same order.
    pub fn lock_as(&self, rank: Rank) -> Guard<'_, T> {
        let held = Held::acquire(rank);
        Guard { inner: order::acquire(&self.inner, rank), _held: held }
    }

    /// The value, when nobody else can have the lock.
    pub fn get_mut(&mut self) -> &mut T {
        self.inner.get_mut()
    }

    /// The value, taken out of the lock.
    pub fn into_inner(self) -> T {
        self.inner.into_inner()
    }
}

/// The right to touch a lock's value; dropping it frees the lock.
pub struct Guard<'a, T> {
    inner: SpinMutexGuard<'a, T, Relax>,
    _held: Held,
}

impl<T> Deref for Guard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.inner
    }
}

impl<T> DerefMut for Guard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.inner
    }
}
