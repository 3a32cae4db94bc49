//! The atomics of the explored code: loom's, at the addresses and with the sizes of the processor's.
//!
//! The code has constant initialisers and casts memory to structures of atomics, which loom's own can't do.
//! So one here is the plain value, and what loom knows of it is found by its address. Loom wants each to have
//! been made by a thread that all users come after; therefore a run begins with a stock of zeroes, made by its
//! first thread, and what is kept in them is the difference to the initial value.
//!
//! What a model's first thread does before it starts others is done to the plain values.
//!
//! To leave out interleavings that make no difference, loom remembers of each atomic who was there last: where a thread
//! has loaded it and then stores to it, who loaded it before is forgotten, and loom 0.7 takes the store to make no
//! difference to that one. So beside each atomic is another that everybody exchanges first, whatever is done: of these
//! the last is enough.
//!
//! Loom also lets a store come before an exchange that had found the value before both. So a store is an exchange here:
//! stores to one word come in the order in which they are made, and hand on what was released there before. That is more
//! than the language promises.
//!
//! Invariants: an atomic that was used stays where it is until the run ends; an address is used as one type.
//!
//! Loom takes a sequentially consistent access for an acquire or release. Here it is what ARM makes of it: such a
//! read waits for the thread's earlier such writes (`ldar` after `stlr`), which is a fence between the two.

use crate::book::{is_shared, set_written, with_book};
use crate::run::{self, Role};
use core::panic::Location;
pub use core::sync::atomic::Ordering;
use std::cell::UnsafeCell;
use std::rc::Rc;

/// A fence between a sequentially consistent read and such writes before it.
fn before_read(order: Ordering) {
    if order == Ordering::SeqCst && set_written(false) {
        loom::sync::atomic::fence(Ordering::SeqCst);
    }
}

fn after_write(order: Ordering) {
    if order == Ordering::SeqCst {
        set_written(true);
    }
}

/// Makes words zeroes, at the begin of a run: what the last one's first thread has left there.
pub fn forget_words(words: &[AtomicU64]) {
    words.iter().for_each(|word| word.store(0, Ordering::Relaxed));
}

/// A fence.
#[track_caller]
pub fn fence(order: Ordering) {
    match run::order_at(Location::caller(), Role::Fence, order) {
        Ordering::Relaxed => {}
        order => {
            if order == Ordering::SeqCst {
                set_written(false);
            }
            loom::sync::atomic::fence(order);
        }
    }
}

/// How a type is kept in loom's integer.
trait Kept: Copy {
    type Bits;
    fn to_bits(self) -> Self::Bits;
    fn from_bits(bits: Self::Bits) -> Self;
}

macro_rules! integer_kept {
    ($($type:ty as $bits:ty),*) => {$(
        impl Kept for $type {
            type Bits = $bits;
            fn to_bits(self) -> $bits {
                self as $bits
            }
            fn from_bits(bits: $bits) -> Self {
                bits as Self
            }
        }
    )*};
}

integer_kept!(u8 as u8, u32 as u32, u64 as u64, usize as u64);

impl Kept for bool {
    type Bits = u8;
    fn to_bits(self) -> u8 {
        self.into()
    }
    fn from_bits(bits: u8) -> Self {
        bits != 0
    }
}

macro_rules! atomic {
    ($name:ident, $value:ty, $bits:ty, $loom:ident, $stock:ident) => {
        /// As the one of `core`.
        #[derive(Debug)]
        #[repr(transparent)]
        pub struct $name(UnsafeCell<$value>);

        // SAFETY: a model's threads run on one of the host's, one at a time.
        unsafe impl Sync for $name {}
        // SAFETY: as above.
        unsafe impl Send for $name {}

        impl Default for $name {
            fn default() -> Self {
                // SAFETY: of all these types zeroes are a value, the default one.
                unsafe { core::mem::zeroed() }
            }
        }

        impl $name {
            /// One of this value.
            pub const fn new(value: $value) -> Self {
                Self(UnsafeCell::new(value))
            }

            fn initial(&self) -> $bits {
                // SAFETY: nobody writes to it but this thread of the host's.
                Kept::to_bits(unsafe { *self.0.get() })
            }

            /// Changes the plain value, where there is but one thread; else `None`.
            fn change_alone(
                &self,
                change: impl FnOnce($value) -> Option<$value>,
            ) -> Option<$value> {
                if is_shared() {
                    return None;
                }
                let before = Kept::from_bits(self.initial());
                if let Some(after) = change(before) {
                    // SAFETY: as above.
                    unsafe { *self.0.get() = after };
                }
                Some(before)
            }

            fn loom(&self) -> Rc<loom::sync::atomic::$loom> {
                let (turn, atomic) =
                    with_book(|book| book.$stock.at(self.0.get().addr()).as_ref().clone());
                // Without an order, so that it orders nothing.
                turn.fetch_or(0, Ordering::Relaxed);
                atomic
            }

            fn shown(&self, kept: $bits) -> $value {
                Kept::from_bits(kept.wrapping_add(self.initial()))
            }

            fn kept(&self, value: $value) -> $bits {
                Kept::to_bits(value).wrapping_sub(self.initial())
            }

            /// Loads it.
            #[track_caller]
            pub fn load(&self, order: Ordering) -> $value {
                if let Some(value) = self.change_alone(|_| None) {
                    return value;
                }
                let order = run::order_at(Location::caller(), Role::Load, order);
                before_read(order);
                self.shown(self.loom().load(order))
            }

            /// Stores to it.
            #[track_caller]
            pub fn store(&self, value: $value, order: Ordering) {
                if self.change_alone(|_| Some(value)).is_some() {
                    return;
                }
                let order = run::order_at(Location::caller(), Role::Store, order);
                self.loom().swap(self.kept(value), order);
                after_write(order);
            }

            /// Exchanges it.
            #[track_caller]
            pub fn swap(&self, value: $value, order: Ordering) -> $value {
                if let Some(before) = self.change_alone(|_| Some(value)) {
                    return before;
                }
                let order = run::order_at(Location::caller(), Role::Exchange, order);
                before_read(order);
                let before = self.loom().swap(self.kept(value), order);
                after_write(order);
                self.shown(before)
            }

            /// Exchanges it if it is as expected.
            #[track_caller]
            pub fn compare_exchange(
                &self,
                expected: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                let alone = |now| (now == expected).then_some(new);
                if let Some(before) = self.change_alone(alone) {
                    return if before == expected { Ok(before) } else { Err(before) };
                }
                let success = run::order_at(Location::caller(), Role::Exchange, success);
                let failure = run::order_at(Location::caller(), Role::Failure, failure);
                before_read(success);
                let outcome = self.loom().compare_exchange(
                    self.kept(expected),
                    self.kept(new),
                    success,
                    failure,
                );
                if outcome.is_ok() {
                    after_write(success);
                }
                outcome.map(|it| self.shown(it)).map_err(|it| self.shown(it))
            }

            /// The same; it never fails for nothing here.
            #[track_caller]
            pub fn compare_exchange_weak(
                &self,
                expected: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                self.compare_exchange(expected, new, success, failure)
            }

            /// Changes it as often as it takes.
            #[track_caller]
            pub fn fetch_update(
                &self,
                success: Ordering,
                failure: Ordering,
                mut change: impl FnMut($value) -> Option<$value>,
            ) -> Result<$value, $value> {
                let mut is_changed = false;
                let alone = |now| {
                    let next = change(now);
                    is_changed = next.is_some();
                    next
                };
                if let Some(before) = self.change_alone(alone) {
                    return if is_changed { Ok(before) } else { Err(before) };
                }
                let first = run::order_at(Location::caller(), Role::Failure, failure);
                before_read(first);
                let mut now = self.shown(self.loom().load(first));
                while let Some(next) = change(now) {
                    match self.compare_exchange(now, next, success, failure) {
                        Ok(before) => return Ok(before),
                        Err(changed) => now = changed,
                    }
                }
                Err(now)
            }

            /// Where it is.
            pub const fn as_ptr(&self) -> *mut $value {
                self.0.get()
            }
        }
    };
}

atomic!(AtomicU8, u8, u8, AtomicU8, small);
atomic!(AtomicBool, bool, u8, AtomicU8, small);
atomic!(AtomicU32, u32, u32, AtomicU32, words);
atomic!(AtomicU64, u64, u64, AtomicU64, longs);
atomic!(AtomicUsize, usize, u64, AtomicU64, longs);

macro_rules! arithmetic {
    ($($name:ident: $value:ty),*) => {$(
        impl $name {
            /// Adds to it.
            #[track_caller]
            pub fn fetch_add(&self, value: $value, order: Ordering) -> $value {
                if let Some(before) = self.change_alone(|now| Some(now.wrapping_add(value))) {
                    return before;
                }
                let order = run::order_at(Location::caller(), Role::Exchange, order);
                before_read(order);
                let before = self.loom().fetch_add(Kept::to_bits(value), order);
                after_write(order);
                self.shown(before)
            }

            /// Takes from it.
            #[track_caller]
            pub fn fetch_sub(&self, value: $value, order: Ordering) -> $value {
                self.fetch_add((0 as $value).wrapping_sub(value), order)
            }

            /// Sets bits.
            #[track_caller]
            pub fn fetch_or(&self, value: $value, order: Ordering) -> $value {
                self.change(order, |before| before | value)
            }

            /// Clears bits.
            #[track_caller]
            pub fn fetch_and(&self, value: $value, order: Ordering) -> $value {
                self.change(order, |before| before & value)
            }

            #[track_caller]
            fn change(&self, order: Ordering, change: impl Fn($value) -> $value) -> $value {
                let change = |before| Some(change(before));
                self.fetch_update(order, Ordering::Relaxed, change).unwrap_or_default()
            }
        }
    )*};
}

arithmetic!(AtomicU8: u8, AtomicU32: u32, AtomicU64: u64, AtomicUsize: usize);
