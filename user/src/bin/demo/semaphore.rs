//! The story of producers and consumers with semaphores, and of what goes wrong without.

use super::actor::{Actor, actor};
use super::stage::{Name, claim, must, say};
use abi::Errno;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU32, Ordering::SeqCst};
use user::error::{Context, Error, Result};
use user::posix::{self, NamedSemaphore, OpenFlags};
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
const DONE: usize = 8;
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
    say("Each looks whether there is room or an item, uses a slot, and moves on: steps, not one.");
    let without = play(&buffer, None)?;
    claim(
        &format!(
            "without semaphores, {} of {ITEMS} items were lost and {} came more than once",
            without.lost, without.repeated
        ),
        without.lost + without.repeated > 0,
    )?;

    say("Now with three semaphores: free slots, filled slots, and whose turn it is.");
    let semaphores = Semaphores::open(&name)?;
    must("sem ls")?;
    view.write(0, &[0; BYTES as usize]).ok_or_else(outside)?;
    let with = play(&buffer, Some(&semaphores))?;
    claim(
        &format!("with them, each of the {ITEMS} items came exactly once"),
        (with.lost, with.repeated) == (0, 0),
    )
}

fn outside() -> Error {
    Error::new(Errno::ERANGE, "the buffer in the region")
}

/// What came of a round.
struct Report {
    lost: u32,
    repeated: u32,
}

fn play(buffer: &Buffer<'_>, semaphores: Option<&Semaphores>) -> Result<Report> {
    let mut actors: Vec<Actor> = Vec::new();
    for number in 0..PAIRS {
        actors.push(actor(|line| {
            line.wait()?;
            (1..=EACH).try_for_each(|item| produce(buffer, semaphores, number * EACH + item))?;
            buffer.word(DONE)?.fetch_add(1, SeqCst);
            Ok(())
        })?);
        actors.push(actor(|line| {
            line.wait()?;
            match semaphores {
                None => consume_what_comes(buffer),
                Some(semaphores) => (0..EACH).try_for_each(|_| consume(buffer, semaphores)),
            }
        })?);
    }
    actors.iter().try_for_each(Actor::cue)?;
    actors.into_iter().try_for_each(Actor::ends_well)?;
    let mut report = Report { lost: 0, repeated: 0 };
    for item in 1..=ITEMS {
        match buffer.tally(item)?.load(SeqCst) {
            0 => report.lost += 1,
            1 => {}
            _ => report.repeated += 1,
        }
    }
    Ok(report)
}

fn produce(buffer: &Buffer<'_>, semaphores: Option<&Semaphores>, item: u32) -> Result<()> {
    let Some(Semaphores { free, filled, turn }) = semaphores else {
        while buffer.items()? >= SLOTS as i32 {
            process::yield_now();
        }
        return buffer.put(item);
    };
    free.wait()?;
    turn.wait()?;
    buffer.put(item)?;
    turn.post()?;
    filled.post()
}

fn consume(buffer: &Buffer<'_>, Semaphores { free, filled, turn }: &Semaphores) -> Result<()> {
    filled.wait()?;
    turn.wait()?;
    buffer.take()?;
    turn.post()?;
    free.post()
}

/// Without semaphores: as items may be lost, until the producers are done and none is left.
fn consume_what_comes(buffer: &Buffer<'_>) -> Result<()> {
    loop {
        // Asked first: what a producer put before it was done is then seen.
        let done = buffer.word(DONE)?.load(SeqCst) == PAIRS;
        if buffer.items()? > 0 {
            buffer.take()?;
        } else if done {
            return Ok(());
        } else {
            process::yield_now();
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

    /// How often an item was taken.
    fn tally(&self, item: u32) -> Result<&AtomicU32> {
        self.word(TALLY + (item as usize - 1) * 4)
    }

    /// How many items seem to be there; below 0 when the positions have gone wrong.
    fn items(&self) -> Result<i32> {
        Ok(self.word(IN)?.load(SeqCst).wrapping_sub(self.word(OUT)?.load(SeqCst)) as i32)
    }

    fn put(&self, item: u32) -> Result<()> {
        let index = self.word(IN)?.load(SeqCst);
        // Another process may run at any moment; here it surely may.
        process::yield_now();
        self.slot(index)?.store(item, SeqCst);
        self.word(IN)?.store(index.wrapping_add(1), SeqCst);
        Ok(())
    }

    fn take(&self) -> Result<()> {
        let index = self.word(OUT)?.load(SeqCst);
        process::yield_now();
        let item = self.slot(index)?.load(SeqCst);
        self.word(OUT)?.store(index.wrapping_add(1), SeqCst);
        // A slot that nobody has filled yet has no item to count.
        if (1..=ITEMS).contains(&item) {
            self.tally(item)?.fetch_add(1, SeqCst);
        }
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
