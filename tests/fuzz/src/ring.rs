//! What peers share: a ring's region, a channel's lane and the kernel's log, with any words in them.
//!
//! Whatever a peer has written, joining, sending and receiving end in a message or an error; a message has the
//! size that the ring says and a checksum that is good or is told to be bad; and what a lane gives is no longer
//! than a message may be.

use crate::input::Input;
use std::cell::{Cell, RefCell};
use std::mem::offset_of;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use std::{ptr, slice};
use user::kernel_log::Text;
use user::offer::lane::{INLINE_MAX, Kind, LANE_BYTES, Lane};
use user::ring::{Consumer, Producer, System};
use user::shared::SharedMemory;

const RING_WORDS: usize = 4096 / 8;
const MESSAGE_BYTES: usize = 40;
/// Sleeps after which the peer puts everything right.
const PATIENCE: u32 = 16;

/// Drives it.
pub fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    match input.u8() % 4 {
        0 | 1 => ring(&mut input),
        2 => lane(&mut input),
        _ => log(&mut input),
    }
}

/// Words as they begin a page, or at least a cache line.
#[repr(align(64))]
struct Line {
    words: [AtomicU64; 8],
}

fn lines(words: usize) -> Vec<Line> {
    (0..words.div_ceil(8)).map(|_| Line { words: [const { AtomicU64::new(0) }; 8] }).collect()
}

const _: () = assert!(offset_of!(Line, words) == 0 && size_of::<Line>() == 64);

fn words(lines: &[Line]) -> &[AtomicU64] {
    // SAFETY: a line is its words, without anything before, between or behind them.
    unsafe { slice::from_raw_parts(lines.as_ptr().cast(), 8 * lines.len()) }
}

/// Words that a peer writes: so many, each with its place.
fn spoil(words: &[AtomicU64], places: usize, input: &mut Input<'_>) {
    for _ in 0..input.u8() % 32 {
        let place = usize::from(input.u16());
        let place =
            if place & 0x8000 == 0 { place % places.min(words.len()) } else { place % words.len() };
        let value = match input.u8() % 4 {
            0 => input.u8().into(),
            1 => words[place].load(Relaxed) ^ 1 << (input.u8() % 64),
            2 => input.u32().into(),
            _ => input.u64(),
        };
        words[place].store(value, Relaxed);
    }
}

/// A kernel in which one process lives at a time, and in which nobody sleeps for ever.
struct Alone<'a> {
    words: &'a [AtomicU64],
    /// The process that lives.
    process: Cell<u32>,
    /// The word that counts its end, by its place in the region.
    departure: Cell<Option<usize>>,
    /// All words that have ever counted one.
    departures: RefCell<Vec<usize>>,
    /// The ring when its last producer had left.
    sound: Vec<u64>,
    sleeps: Cell<u32>,
}

impl Alone<'_> {
    /// The process ends, and another one begins.
    fn end(&self) {
        let memory = SharedMemory::of_words(self.words);
        let word = self.departure.take().and_then(|offset| memory.as_atomic_u32(offset));
        word.map(|word| word.fetch_add(1, Relaxed));
        self.process.set(self.process.get() + 1);
    }
}

impl Alone<'_> {
    /// Who has taken over a peer's sizes finds no room where the ring is as it was: all others have ended, and a
    /// consumer has not left.
    fn have_all_died(&self) {
        if let (Some(roster), Some(sound)) = (self.words.first(), self.sound.first()) {
            roster.store(sound & !0xFFFF | 0x100, Relaxed);
        }
        let memory = SharedMemory::of_words(self.words);
        for offset in self.departures.borrow().iter() {
            memory.as_atomic_u32(*offset).map(|word| word.fetch_or(0xFF, Relaxed));
        }
    }
}

impl System for &Alone<'_> {
    fn wait(&self, _: &AtomicU32, _: u32, _: Option<Duration>) {
        let sleeps = self.sleeps.get() + 1;
        self.sleeps.set(sleeps);
        if sleeps.is_multiple_of(PATIENCE) {
            self.words
                .iter()
                .zip(&self.sound)
                .for_each(|(word, value)| word.store(*value, Relaxed));
        }
        if sleeps >= 4 * PATIENCE {
            self.have_all_died();
        }
        assert!(sleeps < 100 * PATIENCE, "sleeps for ever in a ring whose members have ended");
    }

    fn wake_all(&self, _: &AtomicU32) {}

    fn announce_departure(&self, word: &AtomicU32) -> Result<(), String> {
        let offset = ptr::from_ref(word).addr() - self.words.as_ptr().addr();
        self.departure.set(Some(offset));
        self.departures.borrow_mut().push(offset);
        Ok(())
    }

    fn is_alive(&self, process: u32) -> bool {
        process == self.id()
    }

    fn id(&self) -> u32 {
        self.process.get()
    }
}

fn ring(input: &mut Input<'_>) {
    let lines = lines(RING_WORDS);
    let words = words(&lines);
    let memory = || SharedMemory::of_words(words);
    let mut system = Alone {
        words,
        process: Cell::new(7),
        departure: Cell::new(None),
        departures: RefCell::new(Vec::new()),
        sound: Vec::new(),
        sleeps: Cell::new(0),
    };
    let mut producer = Producer::join(memory(), &system, MESSAGE_BYTES).expect("an empty region");
    for number in 0..input.u8() % 8 {
        producer.payload().fill(number);
        producer.send().expect("there is room");
    }
    producer.leave();
    system.end();
    system.sound = words.iter().map(|word| word.load(Relaxed)).collect();
    let joined = input.u8().is_multiple_of(2);
    // Spoiled before the consumer joins, or while it is there.
    if !joined {
        spoil(words, 160, input);
    }
    let Ok(mut consumer) = Consumer::join(memory(), &system) else { return };
    if joined {
        spoil(words, 160, input);
    }
    for _ in 0..12 {
        let Ok(message) = consumer.receive() else { break };
        assert!(message.payload.len() <= RING_WORDS * 8);
        spoil(words, 160, input);
    }
    let _ = consumer.consumers();
    consumer.leave();
    system.end();
    let size = if input.u8().is_multiple_of(2) { MESSAGE_BYTES } else { input.u16().into() };
    let Ok(mut producer) = Producer::join(memory(), &system, size) else { return };
    spoil(words, 160, input);
    producer.payload().fill(1);
    let _ = producer.send();
    producer.leave();
}

fn lane(input: &mut Input<'_>) {
    let lines = lines(LANE_BYTES / 8);
    let words = words(&lines);
    let lane = Lane::new(SharedMemory::of_words(words)).expect("it is large enough");
    for _ in 0..16 {
        if input.is_empty() {
            break;
        }
        match input.u8() % 4 {
            0 => {
                let message = vec![input.u8(); usize::from(input.u16())];
                let before = lane.pop();
                let kind = if input.u8().is_multiple_of(2) { Kind::Inline } else { Kind::Pages };
                let pushed = lane.push(kind, &message);
                assert!(pushed.is_none() || message.len() <= INLINE_MAX);
                assert!(before.is_none_or(|(_, message, _)| message.len() <= INLINE_MAX));
            }
            1 => {
                if let Some((_, message, _)) = lane.pop() {
                    assert!(message.len() <= INLINE_MAX);
                }
            }
            // The positions, the bells, and what follows them; then the messages.
            2 => spoil(words, 40, input),
            _ => spoil(&words[512..], 16, input),
        }
    }
    if !lane.is_closed() {
        lane.close();
        assert!(lane.is_closed());
    }
}

fn log(input: &mut Input<'_>) {
    let lines = lines(abi::log::LOG_BYTES / 8);
    let words = words(&lines);
    let text = Text::new(SharedMemory::of_words(words)).expect("it is large enough");
    spoil(words, 4, input);
    spoil(words, 1024, input);
    let from = if input.u8().is_multiple_of(2) { input.u16().into() } else { input.u64() };
    let lines = text.read(from);
    assert!(lines.bytes.len() <= abi::log::LOG_RING_BYTES);
    let again = text.read(lines.end);
    assert!(again.bytes.is_empty(), "what was read comes again");
}
