//! The story of producers and consumers with semaphores, and of what goes wrong without.

use super::actor::{Actor, actor};
use super::stage::{Name, claim, must, say};
use abi::Errno;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
use user::error::{Context, Error, Result};
use user::posix::{self, NamedSemaphore, OpenFlags};
use user::println;
use user::process;
use user::region::{Protection, Region, View};

/// Producers, and as many consumers.
const PAIRS: u32 = 2;
/// Items of each producer.
const EACH: u32 = 1000;
const ITEMS: u32 = PAIRS * EACH;
const SLOTS: u32 = 8;
const BYTES: u64 = 64 << 10;

/// Where in the region things are.
const IN: usize = 0;
const OUT: usize = 4;
const NOTHING: usize = 8;
const SLOT: usize = 64;
const TALLY: usize = 4096;

/// Tells the story twice: without semaphores, and with.
pub fn run() -> Result<()> {
    let name = Name::new("semaphore");
    let region = Region::options().bytes(BYTES).create(&name)?;
    let view = region.map(Protection::READ | Protection::WRITE)?;
    let buffer = Buffer { view: &view };

    say(&format!(
        "{PAIRS} producers and {PAIRS} consumers share a buffer of {SLOTS} slots in a region."
    ));
    say("Each looks where it is, uses the slot there, and moves on: three steps, not one.");
    let without = play(&buffer, None)?;
    claim(
        &format!(
            "without semaphores, of {ITEMS} items {} were lost, {} came more than once, and {} times \
             there was nothing to take",
            without.lost, without.repeated, without.nothing
        ),
        without.lost + without.repeated + without.nothing > 0,
    )?;

    say("Now with three semaphores: free slots, filled slots, and whose turn it is.");
    let semaphores = Semaphores::open(&name)?;
    must("sem ls")?;
    view.write(0, &[0; BYTES as usize]).ok_or_else(outside)?;
    let with = play(&buffer, Some(&semaphores))?;
    claim(
        &format!("with them, each of the {ITEMS} items came exactly once"),
        (with.lost, with.repeated, with.nothing) == (0, 0, 0),
    )
}

fn outside() -> Error {
    Error::new(Errno::ERANGE, "the buffer in the region")
}

/// What came of a round.
struct Report {
    lost: u32,
    repeated: u32,
    nothing: u32,
}

fn play(buffer: &Buffer<'_>, semaphores: Option<&Semaphores>) -> Result<Report> {
    let mut actors: Vec<Actor> = Vec::new();
    for number in 0..PAIRS {
        actors.push(actor(|line| {
            line.wait()?;
            (1..=EACH).try_for_each(|item| produce(buffer, semaphores, number * EACH + item))
        })?);
        actors.push(actor(|line| {
            line.wait()?;
            (0..EACH).try_for_each(|_| consume(buffer, semaphores))
        })?);
    }
    actors.iter().try_for_each(Actor::cue)?;
    actors.into_iter().try_for_each(Actor::ends_well)?;
    let mut report = Report { lost: 0, repeated: 0, nothing: buffer.word(NOTHING)?.load(Relaxed) };
    for item in 0..ITEMS as usize {
        match buffer.word(TALLY + item * 4)?.load(Relaxed) {
            0 => report.lost += 1,
            1 => {}
            _ => report.repeated += 1,
        }
    }
    println!("  {} items lost, {} repeated", report.lost, report.repeated);
    Ok(report)
}

fn produce(buffer: &Buffer<'_>, semaphores: Option<&Semaphores>, item: u32) -> Result<()> {
    match semaphores {
        None => buffer.put(item),
        Some(Semaphores { free, filled, turn }) => {
            free.wait()?;
            turn.wait()?;
            buffer.put(item)?;
            turn.post()?;
            filled.post()
        }
    }
}

fn consume(buffer: &Buffer<'_>, semaphores: Option<&Semaphores>) -> Result<()> {
    match semaphores {
        None => buffer.take(),
        Some(Semaphores { free, filled, turn }) => {
            filled.wait()?;
            turn.wait()?;
            buffer.take()?;
            turn.post()?;
            free.post()
        }
    }
}

/// The buffer, whose steps are those of any program that forgets that others work beside it.
struct Buffer<'a> {
    view: &'a View,
}

impl Buffer<'_> {
    fn word(&self, offset: usize) -> Result<&AtomicU32> {
        self.view.as_atomic_u32(offset).ok_or_else(outside)
    }

    fn slot(&self, index: u32) -> Result<&AtomicU32> {
        self.word(SLOT + (index % SLOTS) as usize * 4)
    }

    fn put(&self, item: u32) -> Result<()> {
        let index = self.word(IN)?.load(Relaxed);
        // Another process may run at any moment; here it surely may.
        process::yield_now();
        self.slot(index)?.store(item, Relaxed);
        self.word(IN)?.store(index.wrapping_add(1), Relaxed);
        Ok(())
    }

    fn take(&self) -> Result<()> {
        let index = self.word(OUT)?.load(Relaxed);
        process::yield_now();
        let slot = self.slot(index)?;
        let item = slot.load(Relaxed);
        slot.store(0, Relaxed);
        self.word(OUT)?.store(index.wrapping_add(1), Relaxed);
        // The tally itself must not lose anything.
        let counter = match item.checked_sub(1) {
            Some(index) => self.word(TALLY + index as usize * 4)?,
            None => self.word(NOTHING)?,
        };
        counter.fetch_add(1, Relaxed);
        Ok(())
    }
}

/// What keeps order.
struct Semaphores {
    free: Turnstile,
    filled: Turnstile,
    turn: Turnstile,
}

impl Semaphores {
    fn open(story: &str) -> Result<Self> {
        Ok(Self {
            free: Turnstile::open(format!("{story}-free"), SLOTS)?,
            filled: Turnstile::open(format!("{story}-filled"), 0)?,
            turn: Turnstile::open(format!("{story}-turn"), 1)?,
        })
    }
}

/// A semaphore whose name goes with the story.
struct Turnstile {
    semaphore: NamedSemaphore,
    name: String,
}

impl Turnstile {
    fn open(name: String, value: u32) -> Result<Self> {
        let flags = OpenFlags::CREATE | OpenFlags::EXCLUSIVE;
        let semaphore = posix::sem_open(&name, flags, 0o600, value).context(name.as_str())?;
        Ok(Self { semaphore, name })
    }

    fn wait(&self) -> Result<()> {
        loop {
            match posix::sem_wait(&self.semaphore) {
                Err(Errno::EINTR) => {}
                outcome => return outcome.context(self.name.as_str()),
            }
        }
    }

    fn post(&self) -> Result<()> {
        posix::sem_post(&self.semaphore).context(self.name.as_str())
    }
}

impl Drop for Turnstile {
    fn drop(&mut self) {
        // There is nobody to tell that somebody else was faster.
        let _ = posix::sem_unlink(&self.name);
    }
}
