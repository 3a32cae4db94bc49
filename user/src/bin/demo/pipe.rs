//! The story of the same bytes moved by a pipe and by a region.
//!
//! Both ways the sender makes each word and the receiver checks each word, so that what differs is
//! how they get from one to the other: two copies by the kernel, or none.

use super::actor::actor;
use super::stage::{claim, say};
use abi::Errno;
use alloc::format;
use alloc::vec;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use user::error::{Error, Result};
use user::fs::{self, File, OwnedFd};
use user::println;
use user::process;
use user::region::{self, Protection, Region, View};
use user::sync;
use user::time::{Duration, now};
use zerocopy::IntoBytes;

const MEBIBYTES: usize = 16;
/// How often each way is taken; the best time counts, as whatever else runs only ever adds to it.
const TRIES: usize = 5;
/// What a pipe holds, so that neither way has the longer turns.
const CHUNK_BYTES: usize = 64 << 10;
const CHUNK_WORDS: usize = CHUNK_BYTES / size_of::<u64>();
const CHUNKS: u32 = (MEBIBYTES << 20).div_euclid(CHUNK_BYTES) as u32;
/// Chunks that the region has room for.
const SLOTS: u32 = 16;
/// Chunks after which who waits is woken. It is half of the slots, so that both never sleep at once,
/// and a divisor of the number of chunks, so that the last one is told.
const BATCH: u32 = SLOTS / 2;
const _: () = assert!(CHUNKS.is_multiple_of(BATCH));

/// Where in the region things are: the counts, and behind a page the slots.
const SENT: usize = 0;
const TAKEN: usize = 64;
const FIRST_SLOT: usize = 4096;
const BYTES: usize = FIRST_SLOT + SLOTS as usize * CHUNK_BYTES;

/// How often who waits looks again before it sleeps: the other is at work on another core, and most
/// often done before a sleeper would be awake.
const LOOKS: u32 = 200;

/// A count goes up by two for each chunk; the kernel adds one when the process that counts ends.
const ONE: u32 = 2;

/// Tells the story.
pub fn run() -> Result<()> {
    say(&format!(
        "{MEBIBYTES} MiB from one process to another: through a pipe, then through a region."
    ));
    say("The sender makes each word, the receiver looks at each.");
    let (mut pipe, mut region) = (Duration::MAX, Duration::MAX);
    for _ in 0..TRIES {
        pipe = pipe.min(by_pipe()?);
        region = region.min(by_region()?);
    }
    claim("through the pipe every byte came as it was sent", true)?;
    claim("through the region every byte came as it was sent", true)?;
    println!("  the best of {TRIES} times each:");
    for (way, time) in [("pipe", pipe), ("region", region)] {
        println!("  {way:<6} {:>8.1} MiB/s, {:>6} ms", rate(time), time.as_millis());
    }
    println!("  the region has {:.2} times the rate of the pipe", rate(region) / rate(pipe));
    say(
        "The pipe's bytes are copied into the kernel and out again, the region's are where they are.",
    );
    Ok(())
}

fn rate(time: Duration) -> f64 {
    MEBIBYTES as f64 / time.as_secs_f64().max(1e-6)
}

/// The word at a place; those of the two ways differ, so that neither finds what the other left.
const fn word(way: u64, chunk: u32, index: usize) -> u64 {
    let place = chunk as u64 * CHUNK_WORDS as u64 + index as u64;
    place.wrapping_add(way).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

fn differs(chunk: u32, index: usize) -> Error {
    let offset = chunk as usize * CHUNK_BYTES + index * size_of::<u64>();
    Error::message(format!("the bytes at {offset} are not those that were sent"))
}

fn by_pipe() -> Result<Duration> {
    const WAY: u64 = 1;
    let (from, to) = fs::pipe()?;
    let receiving = from.as_raw();
    let sender = actor(move |line| {
        // With it the sender would never learn that the receiver has gone.
        drop(OwnedFd::from_raw(receiving));
        let to = File::from_fd(to, "pipe");
        let mut words = vec![0; CHUNK_WORDS];
        line.wait()?;
        for chunk in 0..CHUNKS {
            words.iter_mut().enumerate().for_each(|(index, made)| *made = word(WAY, chunk, index));
            to.write_all(words.as_bytes())?;
        }
        Ok(())
    })?;
    let from = File::from_fd(from, "pipe");
    let mut words: Vec<u64> = vec![0; CHUNK_WORDS];
    let begin = now();
    sender.cue()?;
    for chunk in 0..CHUNKS {
        read_exactly(&from, words.as_mut_bytes())?;
        let wrong = words.iter().enumerate().find(|(index, got)| **got != word(WAY, chunk, *index));
        if let Some((index, _)) = wrong {
            return Err(differs(chunk, index));
        }
    }
    let time = now().saturating_sub(begin);
    sender.ends_well()?;
    Ok(time)
}

fn read_exactly(from: &File, mut bytes: &mut [u8]) -> Result<()> {
    while !bytes.is_empty() {
        match from.read(bytes)? {
            0 => return Err(gone()),
            length => bytes = &mut bytes[length..],
        }
    }
    Ok(())
}

fn by_region() -> Result<Duration> {
    const WAY: u64 = 2;
    let region = Region::options().bytes(BYTES as u64).anonymous()?;
    let view = region.map(Protection::READ | Protection::WRITE)?;
    let sender = actor(|line| {
        let shared = Shared::of(&view)?;
        region::announce_departure(shared.sent)?;
        line.wait()?;
        for chunk in 0..CHUNKS {
            // A slot is free when what was in it has been taken.
            wait_for(shared.taken, (chunk + 1).saturating_sub(SLOTS))?;
            for (index, place) in shared.slot(chunk)?.iter().enumerate() {
                place.store(word(WAY, chunk, index), Ordering::Relaxed);
            }
            count(shared.sent);
        }
        Ok(())
    })?;
    let shared = Shared::of(&view)?;
    region::announce_departure(shared.taken)?;
    let begin = now();
    sender.cue()?;
    for chunk in 0..CHUNKS {
        wait_for(shared.sent, chunk + 1)?;
        for (index, place) in shared.slot(chunk)?.iter().enumerate() {
            if place.load(Ordering::Relaxed) != word(WAY, chunk, index) {
                return Err(differs(chunk, index));
            }
        }
        count(shared.taken);
    }
    let time = now().saturating_sub(begin);
    sender.ends_well()?;
    Ok(time)
}

/// What is in the region.
struct Shared<'a> {
    view: &'a View,
    sent: &'a AtomicU32,
    taken: &'a AtomicU32,
}

impl<'a> Shared<'a> {
    fn of(view: &'a View) -> Result<Self> {
        let count = |offset| view.as_atomic_u32(offset).ok_or_else(too_small);
        Ok(Self { view, sent: count(SENT)?, taken: count(TAKEN)? })
    }

    fn slot(&self, chunk: u32) -> Result<&'a [AtomicU64]> {
        let offset = FIRST_SLOT + (chunk % SLOTS) as usize * CHUNK_BYTES;
        self.view.memory().objects(offset, CHUNK_WORDS).ok_or_else(too_small)
    }
}

/// Waits until that many chunks were counted, or fails if who counts them has ended before.
fn wait_for(counter: &AtomicU32, chunks: u32) -> Result<()> {
    for look in 0.. {
        let value = counter.load(Ordering::Acquire);
        if value / ONE >= chunks {
            break;
        }
        if !value.is_multiple_of(ONE) {
            return Err(gone());
        }
        if look < LOOKS {
            process::yield_now();
        } else {
            sync::wait(counter, value, None);
        }
    }
    Ok(())
}

fn count(counter: &AtomicU32) {
    let chunks = counter.fetch_add(ONE, Ordering::Release) / ONE + 1;
    if chunks.is_multiple_of(BATCH) {
        sync::wake(counter, 1);
    }
}

fn gone() -> Error {
    Error::message("the other process has gone before all bytes were there")
}

fn too_small() -> Error {
    Error::new(Errno::ERANGE, "region").problem("too small for the story")
}
