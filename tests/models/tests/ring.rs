//! The ring between processes.

#![allow(clippy::unwrap_used, reason = "a model that fails says where")]

use core::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
use core::time::Duration;
use models::atomic::{AtomicU32, AtomicU64, forget_words as forget};
use models::ring::{Checksum, Consumer, End, Producer, System};
use models::shared::SharedMemory;
use models::{Model, futex, thread};
use std::sync::Arc;

/// Words that are zeroes for ever, as far as others than loom see.
#[repr(align(64))]
struct Region([AtomicU64; 256]);

static REGION: Region = Region([const { AtomicU64::new(0) }; 256]);

/// The region up to so many slots of eight bytes.
fn region(slots: usize) -> SharedMemory<'static> {
    const HEADER: usize = 1344 / 8;
    SharedMemory::of_words(&REGION.0[..HEADER + 4 * slots])
}

/// A process, and whether the other one has ended.
#[derive(Clone)]
struct Process {
    id: u32,
    alive: Arc<[AtomicU32; 3]>,
    departures: Arc<std::sync::Mutex<Vec<usize>>>,
}

impl Process {
    fn three() -> [Self; 3] {
        let alive = Arc::new([const { AtomicU32::new(1) }; 3]);
        [0, 1, 2].map(|id| Self { id, alive: alive.clone(), departures: Arc::default() })
    }

    /// Its end, as the kernel tells it: it is gone first, and then is counted where it asked for that.
    fn end(self) {
        self.alive[self.id as usize].store(0, SeqCst);
        for offset in self.departures.lock().unwrap().iter() {
            let word = SharedMemory::of_words(&REGION.0).as_atomic_u32(*offset).unwrap();
            word.fetch_add(1, SeqCst);
            self.wake_all(word);
        }
    }
}

impl System for Process {
    fn wait(&self, word: &AtomicU32, expected: u32, timeout: Option<Duration>) {
        assert_eq!(timeout, None, "nothing here comes untold");
        let is_as_expected = || word.load(Relaxed) == expected;
        futex::wait(word.as_ptr().addr(), is_as_expected);
    }

    fn wake_all(&self, word: &AtomicU32) {
        futex::wake(word.as_ptr().addr(), u32::MAX);
    }

    fn announce_departure(&self, word: &AtomicU32) -> Result<(), String> {
        let offset = word.as_ptr().addr() - REGION.0.as_ptr().addr();
        self.departures.lock().unwrap().push(offset);
        Ok(())
    }

    fn is_alive(&self, process: u32) -> bool {
        self.alive[process as usize].load(SeqCst) == 1
    }

    fn id(&self) -> u32 {
        self.id
    }
}

fn send(producer: &mut Producer<'static, Process>, value: u8) {
    producer.payload().fill(value);
    producer.send().unwrap();
}

fn expect(consumer: &mut Consumer<'static, Process>, value: u8) {
    let message = consumer.receive().unwrap();
    assert_eq!((message.payload, message.checksum), (&[value; 8][..], Checksum::Good));
}

/// The producer sends two messages and leaves; the consumer gets both in order and whole, and then learns of the end.
/// Nobody sleeps for ever. In a ring of one slot the producer has to wait for the consumer, too.
fn two_messages(slots: usize) {
    forget(&REGION.0);
    let [one, other, _] = Process::three();
    let mut producer = Producer::join(region(slots), one, 8).unwrap();
    let mut consumer = Consumer::join(region(slots), other).unwrap();
    let thread = thread::spawn(move || {
        send(&mut producer, 1);
        send(&mut producer, 2);
        producer.leave();
    });
    expect(&mut consumer, 1);
    expect(&mut consumer, 2);
    assert_eq!(consumer.receive().unwrap_err(), End::Finished);
    thread.join().unwrap();
}

#[test]
fn a_ring_of_one_slot_wakes_whoever_waits() {
    Model::preempted(|| two_messages(1), 2).holds_and_needs(&[
        ("queue.rs: state.store(SlotWord { lap, state: State::Full }", Relaxed),
        ("queue.rs: let word = state.load(SeqCst)", Relaxed),
        ("session.rs: side.waiting.store(1, SeqCst)", Release),
        ("session.rs: if side.waiting.load(SeqCst)", Acquire),
        ("session.rs: let _ = self.header.roster.fetch_update", AcqRel),
        ("session.rs: match Roster::from_word", Acquire),
    ]);
}

#[test]
fn a_ring_of_two_slots_wakes_whoever_waits() {
    Model::preempted(|| two_messages(2), 2).holds();
}

/// A producer that ends without a word, after a message or before: the consumer gets the message and learns of the death.
#[test]
fn a_producers_death_is_told_after_its_last_message() {
    fn body() {
        forget(&REGION.0);
        let [one, other, _] = Process::three();
        let mut producer = Producer::join(region(1), one.clone(), 8).unwrap();
        let mut consumer = Consumer::join(region(1), other).unwrap();
        let thread = thread::spawn(move || {
            send(&mut producer, 1);
            one.end();
        });
        expect(&mut consumer, 1);
        assert_eq!(consumer.receive().unwrap_err(), End::Died(vec![0]));
        thread.join().unwrap();
    }
    Model::preempted(body, 3).holds_and_needs(&[
        ("session.rs: self.header.side(role.opposite()).event.load(SeqCst)", Relaxed),
        ("queue.rs: state.store(SlotWord { lap, state: State::Full }", Relaxed),
    ]);
}

/// Two consumers, and two messages that are there already: each message is taken once.
#[test]
fn a_message_is_taken_once() {
    fn body() {
        forget(&REGION.0);
        let [one, other, _] = Process::three();
        let mut producer = Producer::join(region(2), one.clone(), 8).unwrap();
        let consumers = [one, other].map(|process| Consumer::join(region(2), process).unwrap());
        send(&mut producer, 1);
        send(&mut producer, 2);
        let threads = consumers.map(|mut consumer| {
            thread::spawn(move || {
                let message = consumer.receive().unwrap();
                assert_eq!(message.checksum, Checksum::Good);
                message.payload[0]
            })
        });
        let mut values = threads.map(|thread| thread.join().unwrap());
        values.sort_unstable();
        assert_eq!(values, [1, 2]);
    }
    Model::preempted(body, 2).holds();
}

/// Two consumers sleep or are about to, while a producer sends two messages and leaves: each message is taken once, and both
/// consumers learn of the end.
#[test]
fn two_consumers_that_wait_are_both_woken() {
    fn body() {
        forget(&REGION.0);
        let [one, two, three] = Process::three();
        let mut producer = Producer::join(region(2), one, 8).unwrap();
        let consumers = [two, three].map(|process| Consumer::join(region(2), process).unwrap());
        let threads = consumers.map(|mut consumer| {
            thread::spawn(move || {
                let mut taken = 0;
                loop {
                    match consumer.receive() {
                        Ok(message) => taken += u32::from(message.payload[0]),
                        Err(end) => break assert_eq!(end, End::Finished),
                    }
                }
                taken
            })
        });
        send(&mut producer, 1);
        send(&mut producer, 2);
        producer.leave();
        let taken: u32 = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
        assert_eq!(taken, 3);
    }
    Model::preempted(body, 1).holds();
}
