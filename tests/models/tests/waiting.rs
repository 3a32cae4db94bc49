//! Threads of the kernel that wait for each other.

#![allow(clippy::unwrap_used, reason = "a model that fails says where")]
#![allow(clippy::arc_with_non_send_sync, reason = "loom's cells look for what would be wrong")]

use core::sync::atomic::AtomicU64 as Number;
use core::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed};
use loom::cell::UnsafeCell;
use models::addr::VirtAddr;
use models::atomic::{AtomicBool, AtomicU32};
use models::mm::Location;
use models::sched::announcement::Announcement;
use models::sched::current::run_as;
use models::sched::futex::{self, Counts};
use models::sched::sleep_lock::SleepLock;
use models::sched::state::{Step, ThreadState};
use models::sched::switch::park;
use models::sched::thread::Thread;
use models::sched::wait_queue::{WaitError, WaitQueue};
use models::sync::{Lock, Rank};
use models::{Errno, Model, thread};
use std::sync::Arc;

/// A thread leaves its core while it is woken: it is queued once, by one of the two, and whoever runs it then finds the
/// registers that the first core has saved.
#[test]
fn a_thread_that_leaves_its_core_is_queued_once_with_its_registers_saved() {
    fn body() {
        let shared = Arc::new((ThreadState::running(), UnsafeCell::new(0)));
        let [one, other] = [shared.clone(), shared.clone()];
        let leaving = thread::spawn(move || {
            if one.0.park() == Step::Nothing {
                // It goes on where it is.
                return 1;
            }
            // SAFETY: loom checks it.
            one.1.with_mut(|registers| unsafe { *registers = 7 });
            u32::from(one.0.left() == Step::Enqueue)
        });
        let waking = thread::spawn(move || {
            let is_queued = other.0.unpark() == Step::Enqueue;
            if is_queued {
                // Here as on the core that takes it out of the queue.
                // SAFETY: as above.
                assert_eq!(other.1.with_mut(|registers| unsafe { *registers }), 7);
            }
            u32::from(is_queued)
        });
        assert_eq!(leaving.join().unwrap() + waking.join().unwrap(), 1);
    }
    Model::new(body).holds_and_needs(&[(
        "state.rs: match self.0.compare_exchange(PARKING, PARKED, Ordering::AcqRel",
        Acquire,
    )]);
}

/// A thread waits for a word that another writes before it wakes it.
#[test]
fn a_wake_up_between_the_look_and_the_sleep_is_not_lost() {
    fn body() {
        let waiter = Thread::running();
        let word = Arc::new(AtomicBool::new(false));
        let (thread, changed) = (waiter.clone(), word.clone());
        let waking = thread::spawn(move || {
            changed.store(true, Relaxed);
            thread.unpark();
        });
        run_as(waiter, || {
            while !word.load(Relaxed) {
                park(None);
            }
        });
        waking.join().unwrap();
    }
    Model::preempted(body, 4).holds();
}

/// A thread waits in a queue for a word that another writes, which wakes only where it finds somebody.
#[test]
fn a_queue_that_seems_empty_is_one() {
    fn body() {
        let shared = Arc::new((WaitQueue::new(), AtomicBool::new(false)));
        let other = shared.clone();
        let waking = thread::spawn(move || {
            other.1.store(true, Relaxed);
            other.0.wake_one();
        });
        let is_there = || shared.1.load(Relaxed).then_some(());
        assert_eq!(run_as(Thread::running(), || shared.0.wait_until(None, is_there)), Ok(()));
        waking.join().unwrap();
    }
    Model::preempted(body, 3)
        .holds_and_needs(&[("wait_queue.rs: fence(Ordering::SeqCst)", AcqRel)]);
}

/// Two wait for one thing each, and two things come, each of which wakes one: both have one in the end.
#[test]
fn two_wakes_of_one_reach_two() {
    fn body() {
        let shared = Arc::new((WaitQueue::new(), AtomicU32::new(0)));
        let waiter = |shared: Arc<(WaitQueue, AtomicU32)>| {
            move || {
                let take = || {
                    let less = |count: u32| count.checked_sub(1);
                    shared.1.fetch_update(Relaxed, Relaxed, less).ok()
                };
                run_as(Thread::running(), || shared.0.wait_until(None, take)).map(drop)
            }
        };
        let waiters =
            [thread::spawn(waiter(shared.clone())), thread::spawn(waiter(shared.clone()))];
        for _ in 0..2 {
            shared.1.fetch_add(1, Relaxed);
            shared.0.wake_one();
        }
        waiters.into_iter().for_each(|waiter| assert_eq!(waiter.join().unwrap(), Ok(())));
    }
    Model::preempted(body, 1).holds();
}

/// A signal ends a wait, wherever the waiter is, and uses up no wake.
#[test]
fn an_interrupt_ends_a_wait() {
    fn body() {
        let queue = Arc::new(WaitQueue::new());
        let waiter = Thread::running();
        let thread = waiter.clone();
        let signalling = thread::spawn(move || thread.interrupt());
        let outcome = run_as(waiter, || queue.wait_until(None, || None::<()>));
        assert_eq!(outcome, Err(WaitError::Interrupted));
        signalling.join().unwrap();
    }
    Model::preempted(body, 3).holds();
}

static NEWS: Announcement = Announcement::new();

/// Who is interested in news looks for them under the lock under which they are made: none is missed.
#[test]
fn news_reach_who_is_interested() {
    fn body() {
        let there = Arc::new(Lock::new(Rank::Futex, false));
        let other = there.clone();
        let telling = thread::spawn(move || {
            *other.lock() = true;
            NEWS.tell();
        });
        let _interest = NEWS.interest();
        let look = || there.lock().then_some(());
        assert_eq!(run_as(Thread::running(), || NEWS.queue().wait_until(None, look)), Ok(()));
        telling.join().unwrap();
    }
    Model::preempted(body, 3).holds();
}

/// Two threads change what the lock guards, and sleep while the other has it.
#[test]
fn a_lock_to_sleep_for_lets_one_in_at_a_time() {
    fn body() {
        let lock = Arc::new(SleepLock::new(UnsafeCell::new(0)));
        let add = |lock: &SleepLock<UnsafeCell<u32>>| {
            run_as(Thread::running(), || {
                // SAFETY: loom checks it.
                lock.lock().with_mut(|value| unsafe { *value += 1 });
            });
        };
        let other = lock.clone();
        let thread = thread::spawn(move || add(&other));
        add(&lock);
        thread.join().unwrap();
    }
    Model::preempted(body, 2).holds();
}

static WORD: AtomicU32 = AtomicU32::new(0);
static OWNERS: Number = Number::new(0);

/// A word that no other run knows.
fn new_word() -> Location {
    WORD.store(0, Relaxed);
    Location::Object(OWNERS.fetch_add(1, Relaxed), 0)
}

/// Whether the waiter has slept and was woken, or found the word changed.
fn wait(location: Location) -> bool {
    let outcome = run_as(Thread::running(), || {
        futex::wait(|| Ok(location), VirtAddr(&WORD), 0, u32::MAX, None)
    });
    assert!(matches!(outcome, Ok(()) | Err(Errno::EAGAIN)));
    outcome.is_ok()
}

/// A program changes the word and wakes who sleeps on it: nobody sleeps on.
#[test]
fn a_futex_wake_finds_who_has_not_seen_the_change() {
    fn body() {
        let location = new_word();
        let waking = thread::spawn(move || {
            WORD.store(1, Relaxed);
            futex::wake(location, 1, u32::MAX)
        });
        let was_woken = wait(location);
        assert_eq!(waking.join().unwrap(), u32::from(was_woken), "a wake that is told of was one");
    }
    Model::preempted(body, 3).holds_and_needs(&[("buckets.rs: fence(Ordering::SeqCst)", AcqRel)]);
}

/// Those who sleep are moved to another word, and woken there; who comes later sees the change.
#[test]
fn a_sleeper_that_is_moved_is_woken_on_its_new_word() {
    fn body() {
        // In the same buckets in each run, so that they are locked in the same order.
        WORD.store(0, Relaxed);
        let [from, to] = [0, 4].map(|place| Location::Object(u64::MAX, place));
        let moving = thread::spawn(move || {
            WORD.store(1, Relaxed);
            let counts = Counts { woken: 0, moved: 1 };
            let moved = futex::requeue(from, to, counts, || Ok(())).unwrap();
            // One that was moved may have found the change by itself.
            assert!(futex::wake(to, 1, u32::MAX) <= moved);
        });
        wait(from);
        moving.join().unwrap();
    }
    Model::preempted(body, 3).holds();
}
