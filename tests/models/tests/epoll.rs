//! Files that are watched together.

#![allow(clippy::unwrap_used, reason = "a model that fails says where")]

use core::sync::atomic::Ordering::{AcqRel, Relaxed, Release};
use models::atomic::AtomicBool;
use models::epoll_signs::Signs;
use models::{Model, thread};
use std::sync::Arc;

/// A watched file becomes ready while its set is looked at: that is told, at this look or at the next, to those who want
/// each change told once; and the file is found to be ready then.
fn is_told_once<T: 'static>(signs: fn() -> T, note: fn(&T), take: fn(&T) -> Option<bool>) {
    let shared = Arc::new((signs(), AtomicBool::new(false)));
    // Looked at once, and not ready.
    assert_eq!(take(&shared.0), Some(true));
    let other = shared.clone();
    let thread = thread::spawn(move || {
        other.1.store(true, Relaxed);
        note(&other.0);
    });
    let look = || take(&shared.0) == Some(true) && shared.1.load(Relaxed);
    let is_early = look();
    thread.join().unwrap();
    assert!(look() != is_early, "a change is told once");
}

#[test]
fn a_change_of_a_watched_file_is_told() {
    let body = || is_told_once(Signs::new, |signs| signs.note(true), |signs| signs.take(false));
    Model::new(body).holds();
}

/// As it was once: who finds the file not due takes the change away all the same.
#[test]
#[should_panic(expected = "a change is told once")]
fn a_change_is_lost_where_both_flags_are_always_taken() {
    let body = || {
        is_told_once(
            || [AtomicBool::new(true), AtomicBool::new(true)],
            |[is_due, has_changed]| {
                has_changed.store(true, Release);
                is_due.store(true, Release);
            },
            |[is_due, has_changed]| {
                let is_due = is_due.swap(false, AcqRel);
                let has_changed = has_changed.swap(false, AcqRel);
                is_due.then_some(has_changed)
            },
        );
    };
    Model::new(body).holds();
}
