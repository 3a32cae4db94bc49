//! What programs share.

use core::sync::atomic::Ordering::{AcqRel, Relaxed};
use loom::cell::UnsafeCell;
use loom::thread;
use models::Model;
use std::sync::Arc;

/// Two threads change a value that the lock guards, each once: loom says if it is touched by both at a time, or by one
/// that has not seen the other's change; and if one sleeps for ever.
#[test]
fn a_mutex_lets_one_in_at_a_time_and_wakes_who_waits() {
    fn body() {
        let shared = Arc::new((models::native_sync::Mutex::new(), UnsafeCell::new(0)));
        let add = |shared: &(models::native_sync::Mutex, UnsafeCell<u32>)| {
            let guard = shared.0.lock();
            // SAFETY: loom checks it.
            shared.1.with_mut(|value| unsafe { *value += 1 });
            drop(guard);
        };
        let other = shared.clone();
        let thread = thread::spawn(move || add(&other));
        add(&shared);
        thread.join().unwrap();
        let _guard = shared.0.lock();
        // SAFETY: as above.
        assert_eq!(shared.1.with(|value| unsafe { *value }), 2);
    }
    Model::new(body).holds_and_needs(&[
        ("compare_exchange(0, 1, Ordering::Acquire", Relaxed),
        ("swap(2, Ordering::Acquire)", Relaxed),
        ("swap(0, Ordering::Release)", Relaxed),
    ]);
}

/// One gives two permits, one after the other, and two take one each; each sees what was written before.
#[test]
fn a_permit_is_taken_once_and_wakes_who_waits() {
    fn body() {
        let shared = Arc::new((models::native_sync::Semaphore::new(0), UnsafeCell::new(0)));
        let other = shared.clone();
        let taker = thread::spawn(move || {
            other.0.acquire();
            // SAFETY: loom checks it.
            assert_eq!(other.1.with(|value| unsafe { *value }), 7);
        });
        // SAFETY: as above.
        shared.1.with_mut(|value| unsafe { *value = 7 });
        shared.0.release();
        taker.join().unwrap();
        assert!(!shared.0.try_acquire());
    }
    Model::new(body).holds_and_needs(&[("self.permits.fetch_add(1, Ordering::SeqCst)", AcqRel)]);
}
