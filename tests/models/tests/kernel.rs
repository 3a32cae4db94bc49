//! What the kernel's cores share.

#![allow(clippy::unwrap_used, reason = "a model that fails says where")]
#![allow(clippy::arc_with_non_send_sync, reason = "loom's cells look for what would be wrong")]

use core::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use loom::cell::UnsafeCell;
use models::addr::PhysAddr;
use models::atomic::AtomicU32;
use models::frames::count_of;
use models::log_ring::Ring;
use models::occupancy::LeafNote;
use models::references::is_last;
use models::sched::idle::{IdleCores, Length};
use models::sched::place::Place;
use models::sched::work::{Task, Work};
use models::sync::{Lock, Rank};
use models::{Model, thread};
use std::sync::Arc;

/// A core writes to the log, which has room for two bytes; a reader that is told that what it has copied is whole has
/// copied what was written.
#[test]
fn a_reader_of_the_log_knows_when_it_has_read_too_late() {
    fn body() {
        let ring = Arc::new(Ring::new());
        ring.write(b"a");
        let writer = ring.clone();
        let thread = thread::spawn(move || {
            writer.write(b"b");
            writer.write(b"c");
        });
        let mut bytes = [0; 2];
        if let Some(count) = ring.read(0, &mut bytes) {
            assert_eq!(bytes[..count], b"ab"[..count]);
        }
        thread.join().unwrap();
    }
    Model::new(body).holds_and_needs(&[
        ("ring.rs: fence(Ordering::Release)", Relaxed),
        ("ring.rs: fence(Ordering::Acquire)", Relaxed),
        ("ring.rs: self.written.store(end, Ordering::Release)", Relaxed),
        ("ring.rs: self.written.load(Ordering::Acquire)", Relaxed),
    ]);
}

/// Two have a reference each to something that they use; who lets go last has it alone, with all that was done to it.
#[test]
fn the_last_reference_is_let_go_of_once_and_after_all_uses() {
    fn body() {
        let shared = Arc::new((AtomicU32::new(2), UnsafeCell::new(0)));
        let let_go = |shared: &(AtomicU32, UnsafeCell<u32>)| {
            // SAFETY: loom checks it.
            shared.1.with(|value| unsafe { *value });
            let is_last = is_last(&shared.0);
            if is_last {
                // SAFETY: as above.
                shared.1.with_mut(|value| unsafe { *value += 1 });
            }
            is_last
        };
        let other = shared.clone();
        let thread = thread::spawn(move || let_go(&other));
        let mine = let_go(&shared);
        assert!(mine != thread.join().unwrap());
    }
    Model::new(body).holds_and_needs(&[
        ("references.rs: if count.load(Ordering::Acquire)", Relaxed),
        ("references.rs: if count.fetch_sub(1, Ordering::Release)", Relaxed),
        ("references.rs: fence(Ordering::Acquire)", Relaxed),
    ]);
}

const TABLE: PhysAddr = PhysAddr(0);

/// The same for translation tables that are shared; and who finds itself alone may change the table in place.
#[test]
fn a_table_is_changed_by_who_has_it_alone() {
    fn body(is_removed: bool) {
        let count = count_of(TABLE);
        count.store(2, Relaxed);
        let table = Arc::new(UnsafeCell::new(0));
        let other = table.clone();
        let thread = thread::spawn(move || {
            // SAFETY: loom checks it.
            other.with(|value| unsafe { *value });
            LeafNote::of(TABLE).mark(0);
            if LeafNote::of(TABLE).remove() {
                // SAFETY: as above.
                other.with_mut(|value| unsafe { *value += 1 });
            }
        });
        let note = LeafNote::of(TABLE);
        if if is_removed { note.remove() } else { note.is_exclusive() } {
            // SAFETY: as above.
            table.with_mut(|value| unsafe { *value += 1 });
        }
        thread.join().unwrap();
        assert_eq!(note.groups(), 1);
    }
    let needed = [
        ("occupancy.rs: fence(Ordering::Acquire)", Relaxed),
        ("occupancy.rs: let is_last = self.0.fetch_sub(1, Ordering::Release)", Relaxed),
    ];
    Model::new(|| body(true)).holds_and_needs(&needed);
    Model::new(|| body(false)).holds_and_needs(&needed);
}

/// One core goes idle, and the other queues a thread in its own queue: the first one finds it, or is called.
#[test]
fn an_idle_core_is_called_for_a_thread_that_it_has_not_found() {
    fn body() {
        let shared = Arc::new((IdleCores::new(), Length::new(), Lock::new(Rank::WaitQueue, 0)));
        let other = shared.clone();
        let thread = thread::spawn(move || {
            let mut queue = other.2.lock();
            *queue += 1;
            other.1.set(*queue);
            drop(queue);
            other.0.after_queueing() != 0
        });
        shared.0.enter(1);
        let is_found = shared.1.get() > 0;
        let is_called = thread.join().unwrap();
        assert!(is_found || is_called, "the core sleeps, and nobody calls it");
    }
    Model::new(body).holds_and_needs(&[
        ("idle.rs: self.0.fetch_or(bit, Ordering::SeqCst)", AcqRel),
        ("idle.rs: self.0.load(Ordering::SeqCst)", Acquire),
        ("idle.rs: self.0.store(length, Ordering::SeqCst)", Release),
    ]);
}

/// A thread comes to core 1 while somebody gives it something to do: it finds that on its way to its program, or core 1
/// is interrupted.
#[test]
fn a_thread_that_comes_to_a_core_is_told_what_it_has_to_do() {
    fn body() {
        let shared = Arc::new((Place::new(0), Work::new()));
        let other = shared.clone();
        let thread = thread::spawn(move || {
            other.1.add(Task::Interrupt);
            other.0.to_interrupt()
        });
        shared.0.take_to(1);
        let is_found = shared.1.is_any();
        assert!(thread.join().unwrap() == 1 || is_found, "the program goes on, told by nobody");
    }
    Model::new(body).holds_and_needs(&[("place.rs: fence(Ordering::SeqCst)", AcqRel)]);
}

/// Others give a thread tasks, and it takes each once, with what was written before it was given.
#[test]
fn a_task_is_taken_once_with_what_was_written_before() {
    fn body() {
        let shared = Arc::new((Work::new(), UnsafeCell::new(0)));
        let other = shared.clone();
        let thread = thread::spawn(move || {
            // SAFETY: loom checks it.
            other.1.with_mut(|value| unsafe { *value = 7 });
            other.0.add(Task::Interrupt);
            other.0.add(Task::News);
        });
        let is_early = shared.0.take(Task::Interrupt);
        if is_early {
            // SAFETY: as above.
            assert_eq!(shared.1.with(|value| unsafe { *value }), 7);
        }
        thread.join().unwrap();
        assert!(shared.0.take(Task::Interrupt) != is_early);
        assert!(shared.0.take(Task::News) && !shared.0.is_any());
    }
    Model::new(body)
        .holds_and_needs(&[("work.rs: self.0.fetch_or(task as u32, Ordering::AcqRel)", Acquire)]);
}
