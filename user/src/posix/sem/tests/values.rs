//! Waiting and posting.

use super::world::World;
use crate::posix::sem::{Clock, Deadline, SEM_VALUE_MAX, Semaphore};
use abi::Errno;
use abi::time::TimeSpec;
use core::sync::atomic::{AtomicU32, Ordering};
use std::thread;

fn at(seconds: i64, nanoseconds: i64) -> Option<Deadline> {
    Some(Deadline { clock: Clock::RealTime, time: TimeSpec { seconds, nanoseconds } })
}

#[test]
fn the_bytes_in_a_file_are_those_of_glibc() {
    let bytes = Semaphore::bytes(3);
    assert_eq!(bytes.len(), 32);
    assert_eq!(bytes[..4], 3_u32.to_ne_bytes(), "the value");
    assert_eq!(bytes[4..8], [0; 4], "those who wait");
    assert_eq!(bytes[8..12], 128_u32.to_ne_bytes(), "shared between processes");
    assert_eq!(bytes[12..], [0; 20]);
}

#[test]
fn a_semaphore_gives_as_often_as_its_value_says() {
    let semaphore = Semaphore::new(2);
    assert_eq!(semaphore.try_wait(), Ok(()));
    assert_eq!(semaphore.try_wait(), Ok(()));
    assert_eq!(semaphore.try_wait(), Err(Errno::EAGAIN));
    assert_eq!(semaphore.value(), 0);
    assert_eq!(semaphore.post(&World::new()), Ok(()));
    assert_eq!(semaphore.value(), 1);
}

#[test]
fn the_value_never_passes_its_maximum() {
    let semaphore = Semaphore::new(0);
    assert_eq!(semaphore.initialise(SEM_VALUE_MAX + 1), Err(Errno::EINVAL));
    assert_eq!(semaphore.initialise(SEM_VALUE_MAX), Ok(()));
    assert_eq!(semaphore.post(&World::new()), Err(Errno::EOVERFLOW));
    assert_eq!(semaphore.value(), SEM_VALUE_MAX);
}

#[test]
fn a_deadline_counts_only_where_it_would_wait() {
    let world = World::new();
    let semaphore = Semaphore::new(1);
    assert_eq!(semaphore.wait(&world, at(0, -1)), Ok(()), "it need not wait");
    assert_eq!(semaphore.wait(&world, at(0, -1)), Err(Errno::EINVAL));
    assert_eq!(semaphore.wait(&world, at(0, 1_000_000_000)), Err(Errno::EINVAL));
    assert_eq!(semaphore.wait(&world, at(-1, 0)), Err(Errno::ETIMEDOUT));
    assert_eq!(semaphore.wait(&world, at(0, 0)), Err(Errno::ETIMEDOUT));
    assert_eq!(semaphore.waiters(), 0, "none of them waits on");
}

#[test]
fn a_wait_ends_with_a_post_before_its_deadline() {
    let world = World::new();
    let semaphore = Semaphore::new(0);
    thread::scope(|scope| {
        let waiter = scope.spawn(|| semaphore.wait(&world, at(3600, 0)));
        world.until_asleep(1);
        assert_eq!(semaphore.waiters(), 1);
        semaphore.post(&world).unwrap();
        assert_eq!(waiter.join().unwrap(), Ok(()));
    });
    assert_eq!((semaphore.value(), semaphore.waiters()), (0, 0));
}

#[test]
fn each_post_lets_one_go() {
    let world = World::new();
    let semaphore = Semaphore::new(0);
    let through = AtomicU32::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                semaphore.wait(&world, None).unwrap();
                through.fetch_add(1, Ordering::SeqCst);
            });
        }
        for asleep in (0..4).rev() {
            world.until_asleep(asleep + 1);
            semaphore.post(&world).unwrap();
        }
    });
    assert_eq!(through.into_inner(), 4);
    assert_eq!((semaphore.value(), semaphore.waiters()), (0, 0));
}

#[test]
fn no_permit_and_no_wake_up_is_lost_among_many() {
    const ROUNDS: u32 = 3000;
    for permits in [1, 2] {
        let world = World::new();
        let semaphore = Semaphore::new(permits);
        let inside = AtomicU32::new(0);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..ROUNDS {
                        semaphore.wait(&world, None).unwrap();
                        assert!(inside.fetch_add(1, Ordering::SeqCst) < permits);
                        inside.fetch_sub(1, Ordering::SeqCst);
                        semaphore.post(&world).unwrap();
                    }
                });
            }
        });
        assert_eq!((semaphore.value(), semaphore.waiters()), (permits, 0));
    }
}
