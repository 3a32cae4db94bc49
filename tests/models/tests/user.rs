//! What programs share.

#![allow(clippy::unwrap_used, reason = "a model that fails says where")]
#![allow(clippy::arc_with_non_send_sync, reason = "loom's cells look for what would be wrong")]

use core::sync::atomic::Ordering::{AcqRel, Relaxed};
use loom::cell::UnsafeCell;
use models::atomic::AtomicU64;
use models::lane::{Bell, Kind, Lane, Look, Peer};
use models::sem::Deadline;
use models::shared::SharedMemory;
use models::syscall::memory::{futex_wait, futex_wake};
use models::{Errno, Model, futex, thread};
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

struct Word;

impl models::sem::Futex for Word {
    fn wait(
        &self,
        data: &AtomicU64,
        expected: u32,
        _deadline: Option<Deadline>,
    ) -> Result<(), Errno> {
        let is_as_expected = || data.load(Relaxed) as u32 == expected;
        let has_slept = futex::wait(data.as_ptr().addr(), is_as_expected);
        if has_slept { Ok(()) } else { Err(Errno::EAGAIN) }
    }

    fn wake(&self, data: &AtomicU64, count: u32) {
        futex::wake(data.as_ptr().addr(), count);
    }
}

/// As above, for POSIX's semaphores, of either library's kind.
fn posix_semaphore(semaphore: models::sem::Semaphore) {
    let shared = Arc::new((semaphore, UnsafeCell::new(0)));
    let other = shared.clone();
    let taker = thread::spawn(move || {
        other.0.wait(&Word, None).unwrap();
        // SAFETY: loom checks it.
        assert_eq!(other.1.with(|value| unsafe { *value }), 7);
    });
    // SAFETY: as above.
    shared.1.with_mut(|value| unsafe { *value = 7 });
    shared.0.post(&Word).unwrap();
    taker.join().unwrap();
    assert_eq!((shared.0.try_wait(), shared.0.waiters()), (Err(Errno::EAGAIN), 0));
}

#[test]
fn a_post_wakes_who_waits_and_shows_what_was_written_before() {
    let needed = [
        ("fetch_update(Ordering::Acquire, ", Relaxed),
        ("fetch_update(Ordering::Release, ", Relaxed),
    ];
    Model::preempted(|| posix_semaphore(models::sem::Semaphore::new(0)), 3)
        .holds_and_needs(&needed);
    // SAFETY: it consists of atomics. Zeroes are one of musl's.
    let zeroes = || posix_semaphore(unsafe { core::mem::zeroed() });
    Model::preempted(zeroes, 3).holds_and_needs(&needed);
}

/// Two wait and two posts come: none of them sleeps for ever.
fn two_posts(semaphore: models::sem::Semaphore) {
    let semaphore = Arc::new(semaphore);
    let [one, other] = [semaphore.clone(), semaphore.clone()];
    let takers = [
        thread::spawn(move || one.wait(&Word, None).unwrap()),
        thread::spawn(move || other.wait(&Word, None).unwrap()),
    ];
    semaphore.post(&Word).unwrap();
    semaphore.post(&Word).unwrap();
    takers.into_iter().for_each(|taker| taker.join().unwrap());
    assert_eq!(semaphore.value(), 0);
}

#[test]
fn two_posts_wake_two() {
    Model::preempted(|| two_posts(models::sem::Semaphore::new(0)), 2).holds();
    // SAFETY: as above.
    Model::preempted(|| two_posts(unsafe { core::mem::zeroed() }), 2).holds();
}

/// Words that are zeroes for ever, as far as others than loom see.
static WORDS: Words = Words([const { AtomicU64::new(0) }; 16384]);

/// A lane full of messages without bytes: the first word is how much was written.
static FULL: Words = {
    let mut words = [const { AtomicU64::new(0) }; 16384];
    words[0] = AtomicU64::new(64 * 1024);
    Words(words)
};

#[repr(align(4096))]
struct Words([AtomicU64; 16384]);

fn sleep_for<T>(
    lane: Lane<'_>,
    bell: Bell<'_>,
    mut something: impl FnMut() -> Option<T>,
) -> Option<T> {
    loop {
        match lane.look(bell, &mut something) {
            Look::Found(value) => return Some(value),
            Look::Over => return None,
            Look::Nothing(heard) => {
                let _ = bell.sleep(|word| futex_wait(word, heard, None));
            }
        }
    }
}

/// A writer sends two messages, the second when there is room again, and closes the lane; the reader has both, whole and
/// in order, and then learns of the end. Neither sleeps for ever.
#[test]
fn messages_go_through_a_lane_whole_and_in_order() {
    fn body() {
        let lane = Lane::new(SharedMemory::of_words(&WORDS.0)).unwrap();
        let reader = thread::spawn(move || {
            for number in 0..2 {
                let bell = lane.data_bell();
                let (_, bytes, peer) = sleep_for(lane, bell, || lane.pop()).unwrap();
                assert_eq!(bytes, [number + 1; 8]);
                if peer == Peer::Sleeps {
                    futex_wake(lane.room_bell().word, 1).unwrap();
                }
            }
            assert!(sleep_for(lane, lane.data_bell(), || lane.pop()).is_none());
        });
        for number in 0..2 {
            if lane.push(Kind::Inline, &[number + 1; 8]).unwrap() == Peer::Sleeps {
                futex_wake(lane.data_bell().word, 1).unwrap();
            }
        }
        lane.close();
        futex_wake(lane.data_bell().word, u32::MAX).unwrap();
        reader.join().unwrap();
    }
    Model::preempted(body, 2).holds_and_needs(&[
        ("self.word.fetch_add(2, Ordering::Release)", Relaxed),
        ("let heard = bell.word.load(Ordering::Acquire)", Relaxed),
        ("self.word(CLOSED).load(Ordering::Acquire)", Relaxed),
        ("self.word(WRITTEN).store(", Relaxed),
        ("self.word(WRITTEN).load(", Relaxed),
    ]);
}

/// A writer finds the lane full, sleeps until two of its messages are gone, and puts a new one in their place.
#[test]
fn who_finds_a_lane_full_overwrites_what_was_read_only() {
    fn body() {
        let lane = Lane::new(SharedMemory::of_words(&FULL.0)).unwrap();
        let reader = thread::spawn(move || {
            for _ in 0..2 {
                if lane.pop().unwrap().2 == Peer::Sleeps {
                    futex_wake(lane.room_bell().word, 1).unwrap();
                }
            }
        });
        sleep_for(lane, lane.room_bell(), || lane.push(Kind::Inline, &[1; 8])).unwrap();
        reader.join().unwrap();
    }
    Model::preempted(body, 2).holds_and_needs(&[
        ("self.word(READ).load(Ordering::Acquire)", Relaxed),
        ("self.word(READ).store(", Relaxed),
        ("lane.rs: fence(Ordering::SeqCst)", AcqRel),
    ]);
}
