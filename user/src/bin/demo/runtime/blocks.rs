//! The blocks and semaphores as a process sees them: records that are whole, behind a lock that
//! survives its holder.

use super::DEVICES;
use super::names::{Count, Name, Names};
use super::state::{Counter, Role, State};
use abi::Errno;
use alloc::format;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use user::error::{Context, Error, Result};
use user::posix::{self, NamedSemaphore, OpenFlags, TimeSpec};
use user::region::{Guard, Locked, Protection, Region, View};
use user::time::{self, Duration, now};

const WORD: usize = size_of::<u64>();
const WORDS: usize = 6;
/// Not a multiple of the page size: a block has the bytes that it was given.
pub const BLOCK_BYTES: usize = DEVICES * WORDS * WORD + WORD;
/// How long anybody waits for the others before the story is over.
const PATIENCE: Duration = Duration::from_secs(60);

/// A record in a block: words that belong together, and what shows that they do.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Record {
    /// How often it was written.
    pub number: u64,
    /// What is wanted, to be done, or measured.
    pub value: u64,
    /// The number of the goal that led to it; 0 for none.
    pub goal: u64,
    /// When that goal was given, in nanoseconds.
    pub since: u64,
    /// When this was written, in nanoseconds.
    pub at: u64,
}

impl Record {
    const fn words(&self) -> [u64; WORDS - 1] {
        [self.number, self.value, self.goal, self.since, self.at]
    }

    /// The checksum; that of zeroes is zero, as a new block is.
    fn seal(&self) -> u64 {
        self.words().iter().fold(0_u64, |sum, word| {
            (sum.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        })
    }
}

/// The time as records have it.
pub fn stamp() -> u64 {
    now().as_nanos() as u64
}

/// A block that the process has mapped.
pub struct Block {
    region: Region,
    view: View,
}

impl Block {
    fn attach(name: &str) -> Result<Self> {
        let fd = posix::shm_open(name, OpenFlags::READ_WRITE, 0).context(name)?;
        let region = Region::from_fd(fd)?;
        let view = region.map(Protection::READ | Protection::WRITE)?;
        Ok(Self { region, view })
    }

    /// Takes the lock; who had it and died is told to `state`, and what it left is repaired.
    pub fn lock<'a>(&'a self, state: &'a State, role: Role) -> Result<Held<'a>> {
        let held = |guard| Held { block: self, state, role, _guard: guard };
        loop {
            match self.region.lock_within(PATIENCE)?.ok_or_else(silence)? {
                Locked::Clean(guard) => return Ok(held(guard)),
                Locked::OwnerDied(guard) => {
                    state.add(role, Counter::Deaths, 1)?;
                    state.add(role, Counter::Repaired, self.repair()?)?;
                    guard.unlock_consistent()?;
                }
            }
        }
    }

    /// Whether somebody has the lock.
    pub fn is_locked(&self) -> Result<bool> {
        Ok(self.region.try_lock()?.is_none())
    }

    /// The words of the block.
    pub fn words(&self, offset: usize, count: usize) -> Result<&[AtomicU64]> {
        self.view.memory().objects(offset, count).ok_or_else(|| Errno::ERANGE.into())
    }

    fn record(&self, device: usize) -> Result<&[AtomicU64]> {
        self.words(device * WORDS * WORD, WORDS)
    }

    /// A device's record, if its words belong together.
    fn load(&self, device: usize) -> Result<Option<Record>> {
        let words = self.record(device)?;
        let [number, value, goal, since, at, seal] =
            [0, 1, 2, 3, 4, 5].map(|index| words[index].load(Relaxed));
        let record = Record { number, value, goal, since, at };
        Ok((record.seal() == seal).then_some(record))
    }

    fn store(&self, device: usize, record: Record) -> Result<()> {
        self.store_half(device, record)?;
        let words = self.record(device)?;
        for (word, value) in words.iter().zip(record.words()).skip(WORDS / 2) {
            word.store(value, Relaxed);
        }
        words[WORDS - 1].store(record.seal(), Relaxed);
        Ok(())
    }

    fn store_half(&self, device: usize, record: Record) -> Result<()> {
        for (word, value) in self.record(device)?.iter().zip(record.words()).take(WORDS / 2) {
            word.store(value, Relaxed);
        }
        Ok(())
    }

    /// Has records that say that nothing is known, where they are half written; returns how many.
    fn repair(&self) -> Result<u64> {
        let (mut number, mut torn) = (u64::MAX, 0);
        for device in 0..DEVICES {
            number = number.min(self.load(device)?.map_or(u64::MAX, |record| record.number));
        }
        for device in 0..DEVICES {
            if self.load(device)?.is_none() {
                self.store(device, Record { number, ..Record::default() })?;
                torn += 1;
            }
        }
        Ok(torn)
    }
}

/// A block with its lock taken.
pub struct Held<'a> {
    block: &'a Block,
    state: &'a State,
    role: Role,
    _guard: Guard<'a>,
}

impl Held<'_> {
    /// A device's record, which is whole.
    pub fn load(&self, device: usize) -> Result<Record> {
        self.state.add(self.role, Counter::Records, 1)?;
        let torn = || Error::message(format!("a record of device {device} is torn"));
        self.block.load(device)?.ok_or_else(torn)
    }

    /// All devices' records.
    pub fn load_all(&self) -> Result<[Record; DEVICES]> {
        let mut records = [Record::default(); DEVICES];
        for (device, record) in records.iter_mut().enumerate() {
            *record = self.load(device)?;
        }
        Ok(records)
    }

    /// Writes a device's record, word by word.
    pub fn store(&self, device: usize, record: Record) -> Result<()> {
        self.block.store(device, record)
    }

    /// Writes the first words of a device's record.
    pub fn store_half(&self, device: usize, record: Record) -> Result<()> {
        self.block.store_half(device, record)
    }
}

/// The semaphores.
pub struct Counts {
    semaphores: [(Count, NamedSemaphore); 3],
}

impl Counts {
    fn attach(names: &Names) -> Result<Self> {
        let open = |count| {
            let name = names.count(count);
            let semaphore = posix::sem_open(&name, OpenFlags::empty(), 0, 0).context(name)?;
            Ok::<_, Error>((count, semaphore))
        };
        Ok(Self { semaphores: [open(Count::Goals)?, open(Count::Cycles)?, open(Count::Held)?] })
    }

    fn semaphore(&self, count: Count) -> Result<&NamedSemaphore> {
        let found = self.semaphores.iter().find(|(known, _)| *known == count);
        found.map(|(_, semaphore)| semaphore).ok_or_else(|| Errno::ENOENT.into())
    }

    /// Counts one.
    pub fn post(&self, count: Count) -> Result<()> {
        Ok(posix::sem_post(self.semaphore(count)?)?)
    }

    /// Takes one; it is there in a while, or the story is over.
    pub fn wait(&self, count: Count) -> Result<()> {
        if self.wait_until(count, now() + PATIENCE)? { Ok(()) } else { Err(silence()) }
    }

    /// Takes one, if it is there before the deadline.
    pub fn wait_until(&self, count: Count, deadline: Duration) -> Result<bool> {
        let (semaphore, until) = (self.semaphore(count)?, TimeSpec::from_duration(deadline));
        loop {
            match posix::sem_clockwait(semaphore, posix::Clock::Monotonic, until) {
                Err(Errno::EINTR) => {}
                Err(Errno::ETIMEDOUT) => return Ok(false),
                outcome => return Ok(outcome.map(|()| true)?),
            }
        }
    }

    /// Takes all that are there.
    pub fn take_all(&self, count: Count) -> Result<()> {
        while posix::sem_trywait(self.semaphore(count)?).is_ok() {}
        Ok(())
    }
}

fn silence() -> Error {
    Error::message("another process of the robot says nothing any more")
}

/// All blocks and semaphores, as a process has them.
pub struct Blocks {
    /// What the network wants of the devices.
    pub goals: Block,
    /// What the devices are to do.
    pub commands: Block,
    /// What the devices say.
    pub readings: Block,
    /// What the robot is about.
    pub state: State,
    /// The semaphores.
    pub counts: Counts,
}

impl Blocks {
    /// Opens all of them by their names; nothing is made.
    pub fn attach(names: &Names) -> Result<Self> {
        let block = |block| Block::attach(&names.block(block));
        Ok(Self {
            goals: block(Name::Goals)?,
            commands: block(Name::Commands)?,
            readings: block(Name::Readings)?,
            state: State::new(block(Name::State)?),
            counts: Counts::attach(names)?,
        })
    }

    /// Waits until the network handler has done so many cycles from now on.
    pub fn cycles(&self, count: u32) -> Result<()> {
        self.counts.take_all(Count::Cycles)?;
        (0..count).try_for_each(|_| self.counts.wait(Count::Cycles))
    }

    /// Waits until there are readings that are younger than a time.
    pub fn read_again(&self, time: Duration) -> Result<()> {
        let end = now() + PATIENCE;
        while self.state.last_reading()? <= time {
            if now() > end {
                return Err(silence());
            }
            self.counts.wait(Count::Cycles)?;
        }
        Ok(())
    }
}

/// Sleeps until the process is killed.
pub fn hold_still() -> ! {
    loop {
        time::sleep(PATIENCE);
    }
}
