//! Semaphores that musl made, and its own steps on them (`src/thread/sem_*.c`, 1.2.5) beside ours.

use super::world::World;
use crate::posix::sem::{Futex, Semaphore};
use abi::Errno;
use core::sync::atomic::{AtomicU64, Ordering};
use std::thread;

const MAX: u32 = 0x7FFF_FFFF;
const SIGN: u32 = 0x8000_0000;

/// A semaphore as musl's `sem_init(&s, 1, value)` leaves it, reached by words.
fn made_by_musl(value: u32) -> [AtomicU64; 4] {
    [AtomicU64::new(value.into()), AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0)]
}

fn ours(words: &[AtomicU64; 4]) -> &Semaphore {
    let memory = crate::shared::SharedMemory::of_words(words);
    memory.object(0).unwrap()
}

fn swap_value(data: &AtomicU64, old: u32, new: u32) -> Result<(), u32> {
    let swap = |data: u64| (data as u32 == old).then_some(data >> 32 << 32 | u64::from(new));
    let outcome = data.fetch_update(Ordering::SeqCst, Ordering::SeqCst, swap);
    outcome.map(drop).map_err(|data| data as u32)
}

fn musl_try(data: &AtomicU64) -> bool {
    loop {
        let value = data.load(Ordering::SeqCst) as u32;
        if value & MAX == 0 {
            return false;
        }
        if swap_value(data, value, value - 1).is_ok() {
            return true;
        }
    }
}

fn musl_wait(data: &AtomicU64, world: &World) {
    while !musl_try(data) {
        data.fetch_add(1 << 32, Ordering::SeqCst);
        let _ = swap_value(data, 0, SIGN);
        let outcome = world.wait(data, SIGN, None);
        assert!(matches!(outcome, Ok(()) | Err(Errno::EAGAIN)));
        data.fetch_sub(1 << 32, Ordering::SeqCst);
    }
}

fn musl_post(data: &AtomicU64, world: &World) {
    let (value, waiters) = loop {
        let now = data.load(Ordering::SeqCst);
        let (value, waiters) = (now as u32, (now >> 32) as u32);
        let keep = if waiters <= 1 { !SIGN } else { u32::MAX };
        if swap_value(data, value, (value + 1) & keep).is_ok() {
            break (value, waiters);
        }
    };
    if value & SIGN != 0 {
        world.wake(data, if waiters > 1 { 1 } else { MAX });
    }
}

#[test]
fn a_post_of_musl_wakes_one_of_ours() {
    let world = World::new();
    let words = made_by_musl(0);
    thread::scope(|scope| {
        let waiter = scope.spawn(|| ours(&words).wait(&world, None));
        world.until_asleep(1);
        musl_post(&words[0], &world);
        assert_eq!(waiter.join().unwrap(), Ok(()));
    });
    assert_eq!(ours(&words).value(), 0);
}

#[test]
fn a_post_of_ours_wakes_one_of_musl() {
    let world = World::new();
    let words = made_by_musl(0);
    thread::scope(|scope| {
        scope.spawn(|| musl_wait(&words[0], &world));
        world.until_asleep(1);
        assert_eq!(ours(&words).value(), 0, "the sign bit is no value");
        ours(&words).post(&world).unwrap();
    });
    assert_eq!(ours(&words).value(), 0);
}

#[test]
fn programs_of_musl_and_ours_keep_each_other_out() {
    let world = World::new();
    let words = made_by_musl(1);
    let inside = AtomicU64::new(0);
    let enter = || assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
    let leave = || assert_eq!(inside.fetch_sub(1, Ordering::SeqCst), 1);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..3000 {
                    musl_wait(&words[0], &world);
                    enter();
                    leave();
                    musl_post(&words[0], &world);
                }
            });
            scope.spawn(|| {
                for _ in 0..3000 {
                    ours(&words).wait(&world, None).unwrap();
                    enter();
                    leave();
                    ours(&words).post(&world).unwrap();
                }
            });
        }
    });
    assert_eq!((ours(&words).value(), ours(&words).waiters()), (1, 0));
}
