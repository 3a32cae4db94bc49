//! Rings between threads, which stand for processes.
//!
//! The system is played by `world`: a process ends when its `Process` is dropped, whether it has
//! left the ring or not, and its departure is counted then, as the kernel does it.

mod hostile;
mod world;

use super::layout::{Geometry, Header, Slots};
use super::queue::{Head, Queue};
use super::roster::{Counts, Roster};
use super::slot::{SlotWord, State};
use super::tally::Tally;
use super::{Checksum, Consumer, End, JoinError, Producer, SendError};
use core::sync::atomic::Ordering;
use std::sync::{Barrier, mpsc};
use std::thread;
use std::vec;
use std::vec::Vec;
use world::{Process, REGION_BYTES, World};

fn send(producer: &mut Producer<'_, &Process<'_>>, count: u64) -> Result<(), SendError> {
    for _ in 0..count {
        let byte = producer.sequence() as u8;
        producer.payload().fill(byte);
        producer.send()?;
    }
    Ok(())
}

fn receive_all(consumer: &mut Consumer<'_, &Process<'_>>, tally: &mut Tally) -> End {
    loop {
        match consumer.receive() {
            Ok(message) => {
                assert_eq!(message.checksum, Checksum::Good);
                assert!(message.payload.iter().all(|byte| *byte == message.sequence as u8));
                assert!(tally.record(message.producer, message.sequence), "out of order");
            }
            Err(end) => return end,
        }
    }
}

/// Runs producers and consumers at the same time, and returns what came.
fn storm(world: &World, producers: usize, consumers: usize, each: u64, bytes: usize) -> Tally {
    let mut total = Tally::default();
    // All producers join before the first leaves, else the consumers could be finished in between.
    let barrier = Barrier::new(producers);
    let barrier = &barrier;
    thread::scope(|scope| {
        // Consumers that begin after all is over would wait for another session.
        let (ready, begin) = mpsc::channel();
        let sinks: Vec<_> = (0..consumers)
            .map(|_| {
                let ready = ready.clone();
                scope.spawn(move || {
                    let process = world.start();
                    let mut consumer = process.consume();
                    ready.send(()).unwrap();
                    let mut tally = Tally::default();
                    assert_eq!(receive_all(&mut consumer, &mut tally), End::Finished);
                    consumer.leave();
                    tally
                })
            })
            .collect();
        begin.iter().take(consumers).for_each(drop);
        for _ in 0..producers {
            scope.spawn(move || {
                let process = world.start();
                let mut producer = process.produce(bytes).unwrap();
                barrier.wait();
                send(&mut producer, each).unwrap();
                producer.leave();
            });
        }
        for sink in sinks {
            total.merge(&sink.join().unwrap());
        }
    });
    total
}

#[test]
fn one_producer_and_one_consumer_pass_every_message_in_order() {
    let world = World::new();
    let tally = storm(&world, 1, 1, 20_000, 64);
    assert_eq!(tally.count(), 20_000);
    assert!(tally.is_gapless());
}

#[test]
fn of_several_consumers_exactly_one_gets_each_message() {
    let world = World::new();
    let tally = storm(&world, 3, 2, 5_000, 24);
    assert_eq!(tally.count(), 15_000);
    assert!(tally.is_gapless());
}

#[test]
fn a_ring_of_a_single_slot_works() {
    let world = World::new();
    // Two slots of 1500 bytes would not fit behind the header.
    let tally = storm(&world, 2, 2, 500, 1500);
    assert_eq!(tally.count(), 1_000);
    assert!(tally.is_gapless());
}

#[test]
fn a_finished_session_is_followed_by_another_on_the_same_region() {
    let world = World::new();
    for (round, bytes) in [8, 64, 1, 200, 7].into_iter().enumerate() {
        let tally = storm(&world, 2, 1, 300, bytes);
        assert_eq!((tally.count(), tally.is_gapless()), (600, true), "round {round}");
    }
}

#[test]
fn messages_wait_for_a_consumer_that_comes_after_the_producer_has_ended() {
    let world = World::new();
    {
        let process = world.start();
        let mut producer = process.produce(16).unwrap();
        send(&mut producer, 10).unwrap();
        producer.leave();
    }
    let mut tally = Tally::default();
    for expected in [4, 6] {
        let process = world.start();
        let mut consumer = process.consume();
        for _ in 0..expected {
            let message = consumer.receive().unwrap();
            assert!(tally.record(message.producer, message.sequence));
        }
        if expected == 6 {
            assert_eq!(consumer.receive(), Err(End::Finished));
        }
        consumer.leave();
    }
    assert!(tally.is_gapless());
}

#[test]
fn a_consumer_learns_of_a_death_after_the_last_message() {
    let world = World::new();
    let (sent, wait) = mpsc::channel();
    thread::scope(|scope| {
        let sink = scope.spawn(|| {
            let process = world.start();
            let mut consumer = process.consume();
            sent.send(()).unwrap();
            let mut tally = Tally::default();
            let end = receive_all(&mut consumer, &mut tally);
            consumer.leave();
            (end, tally.count())
        });
        wait.recv().unwrap();
        let process = world.start();
        let mut producer = process.produce(64).unwrap();
        send(&mut producer, 77).unwrap();
        let id = process.id;
        drop(producer);
        drop(process);
        assert_eq!(sink.join().unwrap(), (End::Died(vec![id]), 77));
    });
    let tally = storm(&world, 1, 1, 100, 32);
    assert_eq!(tally.count(), 100, "the region can be used again");
}

#[test]
fn consumers_that_come_later_take_what_is_left_and_learn_of_the_death() {
    let world = World::new();
    let process = world.start();
    let mut producer = process.produce(64).unwrap();
    send(&mut producer, 3).unwrap();
    let id = process.id;
    drop(producer);
    drop(process);
    for (wanted, last) in [(1, false), (2, true)] {
        let process = world.start();
        let mut consumer = process.consume();
        for _ in 0..wanted {
            assert_eq!(consumer.receive().unwrap().checksum, Checksum::Good);
        }
        if last {
            assert_eq!(consumer.receive(), Err(End::Died(vec![id])));
        }
        consumer.leave();
    }
    assert_eq!(storm(&world, 1, 1, 100, 32).count(), 100, "a told ring begins anew");
}

#[test]
fn a_producer_on_a_full_ring_learns_that_the_consumers_died() {
    let world = World::new();
    thread::scope(|scope| {
        let sink = world.start();
        let id = sink.id;
        let consumer = sink.consume();
        let (joined, wait) = mpsc::channel();
        let world = &world;
        let source = scope.spawn(move || {
            let process = world.start();
            let mut producer = process.produce(64).unwrap();
            joined.send(()).unwrap();
            let outcome = send(&mut producer, 1_000);
            producer.leave();
            outcome
        });
        wait.recv().unwrap();
        drop(consumer);
        drop(sink);
        assert_eq!(source.join().unwrap(), Err(SendError { died: vec![id] }));
    });
    assert_eq!(storm(&world, 1, 1, 100, 32).count(), 100, "the region can be used again");
}

#[test]
fn a_message_that_a_dead_producer_had_begun_is_skipped() {
    let world = World::new();
    let (dead, alive, sink) = (world.start(), world.start(), world.start());
    let doomed = dead.produce(8).unwrap();
    let mut producer = alive.produce(8).unwrap();
    let mut consumer = sink.consume();
    // What it leaves behind if it is killed between taking a slot and filling it.
    let header = world.memory().object::<Header>(0).unwrap();
    let Geometry::Known(slots) = Geometry::from_word(header.geometry.load(Ordering::SeqCst)) else {
        panic!("a producer has joined");
    };
    let writing = SlotWord { lap: 0, state: State::Writing(0) }.to_word();
    slots.memory(&world.memory()).unwrap()[0].store(writing, Ordering::SeqCst);
    let queue = Queue::new(header, &world.memory(), slots).unwrap();
    assert!(matches!(queue.head(), Head::Unfinished(_, 0)));
    send(&mut producer, 5).unwrap();
    drop(doomed);
    drop(dead);
    for sequence in 0..5 {
        let message = consumer.receive().unwrap();
        assert_eq!((message.producer, message.sequence), (1, sequence));
    }
}

#[test]
fn a_message_that_was_finished_before_its_producer_ended_is_not_skipped() {
    let world = World::new();
    let source = world.start();
    let mut producer = source.produce(8).unwrap();
    let header = world.memory().object::<Header>(0).unwrap();
    let Geometry::Known(slots) = Geometry::from_word(header.geometry.load(Ordering::SeqCst)) else {
        panic!("a producer has joined");
    };
    let queue = Queue::new(header, &world.memory(), slots).unwrap();
    let state = &slots.memory(&world.memory()).unwrap()[0];
    // What a consumer sees that looks while the message is being written.
    state.store(SlotWord { lap: 0, state: State::Writing(0) }.to_word(), Ordering::SeqCst);
    let Head::Unfinished(position, owner) = queue.head() else {
        panic!("it is being written");
    };
    state.store(0, Ordering::SeqCst);
    send(&mut producer, 1).unwrap();
    producer.leave();
    drop(source);
    queue.skip(position, owner);
    assert_eq!(queue.head(), Head::Message);
}

#[test]
fn a_death_while_one_more_producer_lives_does_not_end_the_stream() {
    let world = World::new();
    let (dead, alive, sink) = (world.start(), world.start(), world.start());
    let id = dead.id;
    let mut consumer = sink.consume();
    let mut doomed = dead.produce(8).unwrap();
    let mut producer = alive.produce(8).unwrap();
    send(&mut doomed, 2).unwrap();
    drop(doomed);
    drop(dead);
    send(&mut producer, 2).unwrap();
    producer.leave();
    drop(alive);
    let mut tally = Tally::default();
    assert_eq!(receive_all(&mut consumer, &mut tally), End::Died(vec![id]));
    assert_eq!(tally.count(), 4);
}

#[test]
fn a_process_that_died_while_it_prepared_the_ring_is_replaced() {
    let world = World::new();
    let header = world.memory().object::<Header>(0).unwrap();
    let building = Roster::Building { session: 5, process: 4 }.to_word();
    header.roster.store(building, Ordering::SeqCst);
    let first = world.start();
    first.consume().leave();
    drop(first);
    header.geometry.store(Geometry::Clearing(4).to_word(), Ordering::SeqCst);
    assert_eq!(storm(&world, 1, 1, 50, 8).count(), 50);
}

#[test]
fn a_member_that_died_before_it_wrote_its_number_is_not_waited_for() {
    let world = World::new();
    let sink = world.start();
    let mut consumer = sink.consume();
    let header = world.memory().object::<Header>(0).unwrap();
    let counts = Counts::default().after_joining(super::Role::Consumer).unwrap().0;
    let (counts, _) = counts.after_joining(super::Role::Producer).unwrap();
    let word = Roster::Ready(Counts { session: 1, ..counts }).to_word();
    header.roster.store(word, Ordering::SeqCst);
    header.side(super::Role::Consumer).event.fetch_add(1, Ordering::SeqCst);
    assert_eq!(consumer.receive(), Err(End::Died(vec![0])));
}

#[test]
fn what_can_not_be_a_ring_is_refused_with_a_reason() {
    let world = World::new();
    let process = world.start();
    let error = process.produce(REGION_BYTES).err().unwrap();
    assert!(matches!(error, JoinError::TooSmall { have: REGION_BYTES, .. }));
    let _producer = process.produce(64).unwrap();
    let other = world.start();
    assert_eq!(other.produce(65).err(), Some(JoinError::OtherSize { ring: 64 }));

    let text = World::new();
    text.memory().write(0, b"letters, not a ring").unwrap();
    assert_eq!(text.start().produce(64).err(), Some(JoinError::NotARing));
}

#[test]
fn garbage_in_the_header_harms_nobody() {
    let world = World::new();
    let (one, two) = (world.start(), world.start());
    let mut producer = one.produce(64).unwrap();
    let header = world.memory().object::<Header>(0).unwrap();
    send(&mut producer, 3).unwrap();
    header.head.0.store(u64::MAX - 2, Ordering::SeqCst);
    let slots = Slots { message_bytes: u32::MAX as usize, capacity_log2: 9 };
    header.geometry.store(Geometry::Known(slots).to_word(), Ordering::SeqCst);
    let mut consumer = two.consume();
    assert_eq!(consumer.receive(), Err(End::Damaged));
}

#[test]
fn who_only_asks_what_is_at_the_head_changes_nothing() {
    let world = World::new();
    assert_eq!(storm(&world, 1, 1, 300, 64).count(), 300);
    let header = world.memory().object::<Header>(0).unwrap();
    let Geometry::Known(slots) = Geometry::from_word(header.geometry.load(Ordering::SeqCst)) else {
        panic!("a producer had joined");
    };
    let queue = Queue::new(header, &world.memory(), slots).unwrap();
    assert_eq!(queue.head(), Head::Empty);
    // As a process finds it that looks at the old session while another begins the next one.
    header.head.0.store(0, Ordering::SeqCst);
    queue.head();
    assert_eq!(header.head.0.load(Ordering::SeqCst), 0);
}

#[test]
fn a_process_that_ended_before_it_joined_is_not_taken_for_a_member() {
    let world = World::new();
    let (stray, source, sink) = (world.start(), world.start(), world.start());
    let mut consumer = sink.consume();
    let mut producer = source.produce(8).unwrap();
    let event = &world.memory().object::<Header>(0).unwrap().side(super::Role::Consumer).event;
    stray.departs_at(event);
    drop(stray);
    thread::scope(|scope| {
        let end = scope.spawn(|| {
            let mut tally = Tally::default();
            (receive_all(&mut consumer, &mut tally), tally.count())
        });
        send(&mut producer, 9).unwrap();
        producer.leave();
        assert_eq!(end.join().unwrap(), (End::Finished, 9));
    });
}

#[test]
fn a_message_that_was_overwritten_has_a_bad_checksum() {
    let world = World::new();
    let (source, sink) = (world.start(), world.start());
    let mut producer = source.produce(20).unwrap();
    send(&mut producer, 2).unwrap();
    // The last byte of the first message: behind the slot's three words.
    world.memory().write(size_of::<Header>() + 3 * 8 + 19, &[0xFF]).unwrap();
    let mut consumer = sink.consume();
    assert_eq!(consumer.receive().unwrap().checksum, Checksum::Bad);
    assert_eq!(consumer.receive().unwrap().checksum, Checksum::Good);
}
