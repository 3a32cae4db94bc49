//! A semaphore: 32 bytes, laid out as the C libraries do on 64-bit machines.
//!
//! The value is at 0, the number of those who wait at 4, and at 8 a word that tells which library
//! made it: glibc stores 128 for a semaphore that processes share, musl (from 1.2.4) stores 0. Both
//! wait on the value's futex, but musl's posts wake only if the value's sign bit says that somebody
//! sleeps, and glibc's waits would take that bit for permits. So it is set in musl's semaphores only;
//! those made here are glibc's.
//!
//! Value and waiters change together, as glibc changes them: who posts learns in the same moment
//! whether somebody waits, and need not touch a semaphore that may be gone by then.

use crate::atomic::{AtomicU32, AtomicU64, Ordering};
use crate::posix::Outcome;
use crate::shared::Shared;
use abi::Errno;
use abi::time::TimeSpec;

/// `SEM_VALUE_MAX`: the greatest value.
pub const SEM_VALUE_MAX: u32 = i32::MAX as u32;

/// One who waits, in the upper half.
const WAITER: u64 = 1 << 32;

/// musl's mark that somebody sleeps.
const SLEEPERS: u32 = 1 << 31;

/// What glibc stores in a semaphore that processes share.
const GLIBC_SHARED: u32 = 128;

/// A semaphore, POSIX's `sem_t`.
///
/// It may lie in any shared memory; `sem_init` makes it ready there. Zeroed memory is a semaphore of
/// value 0 too, one of musl's.
#[derive(Debug)]
#[repr(C)]
pub struct Semaphore {
    /// The value in the lower half, those who wait in the upper.
    data: AtomicU64,
    maker: AtomicU32,
    unused: [AtomicU32; 5],
}

const _: () = assert!(size_of::<Semaphore>() == 32);

// SAFETY: it consists of atomic words, of which every value is valid.
unsafe impl Shared for Semaphore {}

/// A clock that a deadline is told by.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Clock {
    /// `CLOCK_REALTIME`.
    RealTime,
    /// `CLOCK_MONOTONIC`.
    Monotonic,
}

/// A time by a clock.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Deadline {
    /// The clock.
    pub clock: Clock,
    /// The time that it will show.
    pub time: TimeSpec,
}

/// Who lets a process sleep on a word: the kernel.
pub trait Futex {
    /// Sleeps while the lower half of the data has the expected value, at most until the deadline;
    /// fails with `ETIMEDOUT` or `EINTR`.
    fn wait(&self, data: &AtomicU64, expected: u32, deadline: Option<Deadline>) -> Outcome<()>;

    /// Wakes up to `count` of those who sleep on the lower half.
    fn wake(&self, data: &AtomicU64, count: u32);
}

impl Semaphore {
    /// A semaphore of a value, which is not checked.
    pub const fn new(value: u32) -> Self {
        Self {
            data: AtomicU64::new(value as u64),
            maker: AtomicU32::new(GLIBC_SHARED),
            unused: [const { AtomicU32::new(0) }; 5],
        }
    }

    /// The bytes of a new semaphore, for a file.
    pub fn bytes(value: u32) -> [u8; size_of::<Self>()] {
        let mut bytes = [0; size_of::<Self>()];
        bytes[..4].copy_from_slice(&value.to_ne_bytes());
        bytes[8..12].copy_from_slice(&GLIBC_SHARED.to_ne_bytes());
        bytes
    }

    /// Makes it a new semaphore of a value; nobody may be using it.
    pub fn initialise(&self, value: u32) -> Outcome<()> {
        if value > SEM_VALUE_MAX {
            return Err(Errno::EINVAL);
        }
        self.maker.store(GLIBC_SHARED, Ordering::Relaxed);
        self.data.store(value.into(), Ordering::Release);
        Ok(())
    }

    /// Its value.
    pub fn value(&self) -> u32 {
        self.data.load(Ordering::Acquire) as u32 & SEM_VALUE_MAX
    }

    /// How many wait; one that was killed while it waited may stay counted.
    pub fn waiters(&self) -> u32 {
        (self.data.load(Ordering::Acquire) >> 32) as u32
    }

    /// Takes one from the value, if there is one.
    pub fn try_wait(&self) -> Outcome<()> {
        self.take(0)
    }

    /// Takes one from the value, and `waiting` from the whole word with it.
    fn take(&self, waiting: u64) -> Outcome<()> {
        let less = |data: u64| (data as u32 & SEM_VALUE_MAX != 0).then(|| data - 1 - waiting);
        let outcome = self.data.fetch_update(Ordering::Acquire, Ordering::Relaxed, less);
        outcome.map(drop).map_err(|_| Errno::EAGAIN)
    }

    /// Waits until there is one to take, at most until the deadline.
    pub fn wait(&self, futex: &impl Futex, deadline: Option<Deadline>) -> Outcome<()> {
        if self.try_wait().is_ok() {
            return Ok(());
        }
        if let Some(Deadline { time, .. }) = deadline {
            if !(0..1_000_000_000).contains(&time.nanoseconds) {
                return Err(Errno::EINVAL);
            }
            // A valid time, of which the kernel knows nothing: long ago.
            if time.seconds < 0 {
                return Err(Errno::ETIMEDOUT);
            }
        }
        self.data.fetch_add(WAITER, Ordering::Relaxed);
        while self.take(WAITER).is_err() {
            let expected = self.mark_sleeper();
            match futex.wait(&self.data, expected, deadline) {
                // Woken, or the word changed before it slept: look again.
                Ok(()) | Err(Errno::EAGAIN) => {}
                Err(error) => {
                    self.data.fetch_sub(WAITER, Ordering::Relaxed);
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Has posts wake sleepers, and returns the word that a sleeper expects.
    fn mark_sleeper(&self) -> u32 {
        if self.maker.load(Ordering::Relaxed) == GLIBC_SHARED {
            return 0;
        }
        let mark = |data: u64| (data as u32 == 0).then_some(data | u64::from(SLEEPERS));
        let _ = self.data.fetch_update(Ordering::Relaxed, Ordering::Relaxed, mark);
        SLEEPERS
    }

    /// Adds one to the value, and wakes one who waits for it.
    pub fn post(&self, futex: &impl Futex) -> Outcome<()> {
        let more = |data: u64| {
            let value = data as u32;
            if value & SEM_VALUE_MAX == SEM_VALUE_MAX {
                return None;
            }
            // The last one who waits is woken: nobody sleeps after that.
            let keep = if data >> 32 <= 1 { SEM_VALUE_MAX } else { u32::MAX };
            Some(data & !u64::from(u32::MAX) | u64::from((value + 1) & keep))
        };
        let before = self.data.fetch_update(Ordering::Release, Ordering::Relaxed, more);
        let before = before.map_err(|_| Errno::EOVERFLOW)?;
        let waiters = before >> 32;
        if before as u32 & SLEEPERS != 0 && waiters <= 1 {
            // musl counts a waiter only while it sleeps, so more of them may be asleep than counted.
            futex.wake(&self.data, SEM_VALUE_MAX);
        } else if waiters != 0 {
            futex.wake(&self.data, 1);
        }
        Ok(())
    }
}
