//! The log as the next start finds it: a copy in RAM that a restart leaves alone.
//!
//! Each message is written through to memory at once, so that it is there whatever ends the run: a
//! panic, the watchdog, somebody at the reset button.
//!
//! ```text
//! 0   u64 MAGIC    u64 bytes ever written    u64 how the run ended    u64 check of the three
//! 64  the ring
//! ```
//!
//! RAM that was without power, or that the firmware has used, holds anything: then the check fails, and
//! nothing is kept of an earlier run.
#![allow(
    unsafe_code,
    reason = "the promise of whoever gives the area is kept here, in two functions"
)]

use abi::log::{LOG_BYTES, LOG_HEADER_BYTES, LOG_RING_BYTES};
use alloc::vec::Vec;
use arch::addr::PhysAddr;
use arch::{cache, ram};
use core::ops::Range;
use core::sync::atomic::{AtomicU64, Ordering};
use spin::Once;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// The bytes of RAM that the log is kept in.
pub const KEPT_BYTES: u64 = LOG_BYTES as u64;

const MAGIC: u64 = u64::from_le_bytes(*b"commons\n");

/// How a run ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ending {
    /// Without a word: without power, or by the watchdog.
    Unknown,
    /// The kernel has panicked.
    Panic,
    /// Somebody has switched the machine off, or restarted it.
    Orderly,
}

/// What is left of the run before this one.
#[derive(Debug)]
pub struct LastRun {
    /// The end of its log.
    pub text: Vec<u8>,
    /// How it ended.
    pub ending: Ending,
}

#[derive(Clone, Copy, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
struct Header {
    magic: u64,
    written: u64,
    ending: u64,
    check: u64,
}

const _: () = assert!(size_of::<Header>() <= LOG_HEADER_BYTES);

impl Header {
    fn new(written: u64, ending: Ending) -> Self {
        let ending = match ending {
            Ending::Unknown => 0,
            Ending::Panic => 1,
            Ending::Orderly => 2,
        };
        Self { magic: MAGIC, written, ending, check: Self::check_of(written, ending) }
    }

    const fn check_of(written: u64, ending: u64) -> u64 {
        !(MAGIC ^ written.rotate_left(24) ^ ending.rotate_left(7))
    }

    /// How far a log has come and how it ended, if this is a log's header.
    fn told(self) -> Option<(u64, Ending)> {
        let is_one = self.magic == MAGIC && self.check == Self::check_of(self.written, self.ending);
        let ending = match self.ending {
            0 => Ending::Unknown,
            1 => Ending::Panic,
            2 => Ending::Orderly,
            _ => return None,
        };
        is_one.then_some((self.written, ending))
    }
}

/// The copy of the log.
struct Kept {
    area: PhysAddr,
    written: AtomicU64,
}

static KEPT: Once<Kept> = Once::new();
static LAST_RUN: Once<Option<LastRun>> = Once::new();

/// Keeps the log in an area of [`KEPT_BYTES`] from now on, beginning with `earlier`; first looks for what
/// the run before has left there.
///
/// # Safety
///
/// - The area is RAM in the linear map that nothing else uses, for ever.
pub unsafe fn keep_in(area: PhysAddr, earlier: &[u8]) {
    let kept = Kept { area, written: AtomicU64::new(0) };
    LAST_RUN.call_once(|| kept.last_run());
    kept.add(earlier);
    KEPT.call_once(|| kept);
}

/// What is left of the run before, if something is.
pub fn last_run() -> Option<&'static LastRun> {
    LAST_RUN.get()?.as_ref()
}

/// Adds a message; one caller at a time.
pub fn add(message: &[u8]) {
    if let Some(kept) = KEPT.get() {
        kept.add(message);
    }
}

/// Adds what a panic says, whoever was adding something.
pub fn add_last_words(text: &[u8]) {
    if let Some(kept) = KEPT.get() {
        kept.add(text);
        kept.end(Ending::Panic);
    }
}

/// The machine is being switched off or restarted by somebody.
pub fn end_orderly() {
    if let Some(kept) = KEPT.get() {
        kept.end(Ending::Orderly);
    }
}

impl Kept {
    fn last_run(&self) -> Option<LastRun> {
        let mut header = [0; size_of::<Header>()];
        self.read(0, &mut header);
        let (written, ending) = Header::read_from_bytes(&header).ok()?.told()?;
        let start = written.saturating_sub(LOG_RING_BYTES as u64);
        let mut text = Vec::new();
        text.try_reserve_exact((written - start) as usize).ok()?;
        text.resize((written - start) as usize, 0);
        for (offset, part) in pieces(start, text.len()) {
            self.read(offset, &mut text[part]);
        }
        Some(LastRun { text, ending })
    }

    fn add(&self, message: &[u8]) {
        let message = &message[message.len().saturating_sub(LOG_RING_BYTES)..];
        let start = self.written.load(Ordering::Relaxed);
        for (offset, part) in pieces(start, message.len()) {
            self.write(offset, &message[part]);
        }
        self.written.store(start + message.len() as u64, Ordering::Relaxed);
        // In memory after the bytes that it tells of.
        self.end(Ending::Unknown);
    }

    fn end(&self, ending: Ending) {
        let header = Header::new(self.written.load(Ordering::Relaxed), ending);
        self.write(0, header.as_bytes());
    }

    fn read(&self, offset: usize, to: &mut [u8]) {
        assert!(offset + to.len() <= LOG_BYTES);
        // SAFETY: the bytes lie in the area, which is mapped RAM (`keep_in`).
        unsafe { ram::read_bytes(self.area.add(offset as u64), to) };
    }

    fn write(&self, offset: usize, from: &[u8]) {
        assert!(offset + from.len() <= LOG_BYTES);
        let at = self.area.add(offset as u64);
        // SAFETY: the bytes lie in the area, which is mapped RAM that nothing else uses (`keep_in`).
        unsafe { ram::write_bytes(at, from) };
        cache::clean_and_invalidate(ram::linear(at).addr(), from.len());
    }
}

/// Where bytes from a position on lie in the area, and which of them.
fn pieces(start: u64, length: usize) -> impl Iterator<Item = (usize, Range<usize>)> {
    let offset = (start % LOG_RING_BYTES as u64) as usize;
    let first = length.min(LOG_RING_BYTES - offset);
    [(LOG_HEADER_BYTES + offset, 0..first), (LOG_HEADER_BYTES, first..length)]
        .into_iter()
        .filter(|(_, part)| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use arch::addr::PAGE_SIZE;

    fn area() -> PhysAddr {
        ram::claim(LOG_BYTES / PAGE_SIZE).start
    }

    fn run(area: PhysAddr) -> Kept {
        Kept { area, written: AtomicU64::new(0) }
    }

    #[test]
    fn the_next_run_finds_what_was_said_and_how_it_ended() {
        let area = area();
        assert!(run(area).last_run().is_none());
        let first = run(area);
        first.add(b"one\n");
        first.add(b"two\n");
        let found = run(area).last_run().unwrap();
        assert_eq!((&found.text[..], found.ending), (&b"one\ntwo\n"[..], Ending::Unknown));
        first.end(Ending::Panic);
        assert_eq!(run(area).last_run().unwrap().ending, Ending::Panic);
        let second = run(area);
        second.add(b"three\n");
        second.end(Ending::Orderly);
        let found = run(area).last_run().unwrap();
        assert_eq!((&found.text[..], found.ending), (&b"three\n"[..], Ending::Orderly));
    }

    #[test]
    fn the_end_of_a_long_log_is_kept() {
        let area = area();
        let kept = run(area);
        let mut all = Vec::new();
        for number in 0..20_000 {
            let line = alloc::format!("line {number}\n");
            kept.add(line.as_bytes());
            all.extend_from_slice(line.as_bytes());
        }
        assert!(run(area).last_run().unwrap().text == all[all.len() - LOG_RING_BYTES..]);
        kept.add(&vec![b'x'; 2 * LOG_RING_BYTES]);
        assert!(run(area).last_run().unwrap().text == vec![b'x'; LOG_RING_BYTES]);
    }

    #[test]
    fn what_is_no_log_is_none() {
        let area = area();
        let kept = run(area);
        kept.add(b"text");
        let mut header = [0; size_of::<Header>()];
        kept.read(0, &mut header);
        for byte in 0..header.len() {
            let mut damaged = header;
            damaged[byte] ^= 0x10;
            kept.write(0, &damaged);
            assert!(run(area).last_run().is_none(), "byte {byte}");
        }
        kept.write(0, &header);
        assert!(run(area).last_run().is_some());
    }
}
