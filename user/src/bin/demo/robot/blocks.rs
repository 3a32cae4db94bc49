//! The runtime's blocks and semaphores as a process sees them: the wrapper that keeps calls of POSIX
//! out of the rest.

use super::names::{Block, Mutex, Names};
use super::{DEVICES, ROUNDS};
use abi::Errno;
use alloc::format;
use alloc::vec::Vec;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use user::error::{Context, Error, Result};
use user::posix::{self, MapFlags, NamedSemaphore, OpenFlags, Protection, TimeSpec};
use user::shared::SharedMemory;
use user::time::{Duration, now};

const WORD: usize = size_of::<u64>();
/// Not a multiple of the page size: a block has the bytes that it was given.
pub const BLOCK_BYTES: usize = DEVICES * RECORD_BYTES + 3 * WORD;
const RECORD_BYTES: usize = 4 * WORD;

/// Where in the robot's block things are.
const MODE: usize = 0;
const CHANGES: usize = WORD;

/// A record in a block: words that belong together, and what shows that they do.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Record {
    /// How often it was written.
    pub round: u64,
    /// What is measured, or to be done.
    pub value: u64,
    /// The round of the reading that a command answers.
    pub answers: u64,
}

impl Record {
    const fn seal(&self) -> u64 {
        let mixed = self.round.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ self.value.rotate_left(32);
        mixed.wrapping_add(self.answers).wrapping_mul(0xD6E8_FEB8_6659_FD93)
    }
}

/// What the robot is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mode {
    /// Everybody works.
    Run,
    /// The executor stops in the middle of a command.
    Hold,
}

/// A block that the process has mapped, until it is dropped.
pub struct Mapped {
    memory: SharedMemory<'static>,
}

impl Mapped {
    /// `shm_open`, `mmap` and `close` of a block that somebody has made.
    fn attach(name: &str) -> Result<Self> {
        let fd = posix::shm_open(name, OpenFlags::READ_WRITE, 0).context(name)?;
        let rights = Protection::READ | Protection::WRITE;
        // SAFETY: without `FIXED` nothing that is in use is replaced.
        let address =
            unsafe { posix::mmap(0, BLOCK_BYTES, rights, MapFlags::SHARED, fd.as_raw(), 0) };
        let base = address.context(name)?;
        // SAFETY: it is mapped for both until `drop`, and what is borrowed from here ends before.
        Ok(Self { memory: unsafe { SharedMemory::new(base, BLOCK_BYTES) } })
    }

    fn words(&self, offset: usize, count: usize) -> Result<&[AtomicU64]> {
        self.memory.objects(offset, count).ok_or_else(|| Errno::ERANGE.into())
    }

    fn word(&self, offset: usize) -> Result<&AtomicU64> {
        self.memory.as_atomic_u64(offset).ok_or_else(|| Errno::ERANGE.into())
    }

    fn record(&self, device: usize) -> Result<&[AtomicU64]> {
        self.words(device * RECORD_BYTES, RECORD_BYTES / WORD)
    }

    /// Whether the words of a device's record belong together; `None` if they do not.
    pub fn load(&self, device: usize) -> Result<Option<Record>> {
        let words = self.record(device)?;
        let [round, value, answers, seal] = [0, 1, 2, 3].map(|index| words[index].load(Relaxed));
        let record = Record { round, value, answers };
        Ok((record.seal() == seal).then_some(record))
    }

    /// Writes a device's record, word by word.
    pub fn store(&self, device: usize, record: Record) -> Result<()> {
        self.store_half(device, record)?;
        let words = self.record(device)?;
        words[2].store(record.answers, Relaxed);
        words[3].store(record.seal(), Relaxed);
        Ok(())
    }

    /// Writes the first words of a device's record.
    pub fn store_half(&self, device: usize, record: Record) -> Result<()> {
        let words = self.record(device)?;
        words[0].store(record.round, Relaxed);
        words[1].store(record.value, Relaxed);
        Ok(())
    }
}

impl Drop for Mapped {
    fn drop(&mut self) {
        let base: NonNull<u8> = self.memory.base();
        // SAFETY: nothing that was borrowed from here is left.
        let _ = unsafe { posix::munmap(base.as_ptr() as usize, BLOCK_BYTES) };
    }
}

/// All blocks and semaphores, as a process has them.
pub struct Runtime {
    /// What the devices say.
    pub readings: Mapped,
    /// What the devices are to do.
    pub commands: Mapped,
    robot: Mapped,
    log: Mapped,
    semaphores: Vec<(Mutex, NamedSemaphore)>,
}

impl Runtime {
    /// Opens all of them by their names; nothing is made.
    pub fn attach(names: &Names) -> Result<Self> {
        let block = |block| Mapped::attach(&names.block(block));
        let open = |mutex| {
            let name = names.mutex(mutex);
            let semaphore = posix::sem_open(&name, OpenFlags::empty(), 0, 0).context(name)?;
            Ok((mutex, semaphore))
        };
        Ok(Self {
            readings: block(Block::Readings)?,
            commands: block(Block::Commands)?,
            robot: block(Block::Robot)?,
            log: block(Block::Log)?,
            semaphores: Mutex::all().map(open).collect::<Result<_>>()?,
        })
    }

    fn semaphore(&self, mutex: Mutex) -> Result<&NamedSemaphore> {
        let found = self.semaphores.iter().find(|(known, _)| *known == mutex);
        found.map(|(_, semaphore)| semaphore).ok_or_else(|| Errno::ENOENT.into())
    }

    /// Waits for a semaphore, and has it until what is returned is dropped.
    pub fn take(&self, mutex: Mutex) -> Result<Taken<'_>> {
        let semaphore = self.semaphore(mutex)?;
        loop {
            match posix::sem_wait(semaphore) {
                Err(Errno::EINTR) => {}
                outcome => return outcome.map(|()| Taken { semaphore }).map_err(Error::from),
            }
        }
    }

    /// As [`Self::take`], at most for the time.
    pub fn take_within(&self, mutex: Mutex, time: Duration) -> Result<Option<Taken<'_>>> {
        let semaphore = self.semaphore(mutex)?;
        let end = TimeSpec::from_duration(now() + time);
        loop {
            match posix::sem_clockwait(semaphore, posix::Clock::Monotonic, end) {
                Err(Errno::EINTR) => {}
                Err(Errno::ETIMEDOUT) => return Ok(None),
                outcome => return Ok(outcome.map(|()| Some(Taken { semaphore }))?),
            }
        }
    }

    /// Gives a semaphore that this process does not have.
    pub fn give(&self, mutex: Mutex) -> Result<()> {
        Ok(posix::sem_post(self.semaphore(mutex)?)?)
    }

    /// A semaphore's value.
    pub fn value(&self, mutex: Mutex) -> Result<i32> {
        Ok(posix::sem_getvalue(self.semaphore(mutex)?)?)
    }

    /// What the robot is about.
    pub fn mode(&self) -> Result<Mode> {
        let mode = self.robot.word(MODE)?.load(Relaxed);
        Ok(if mode == Mode::Hold as u64 { Mode::Hold } else { Mode::Run })
    }

    /// Says what the robot is about.
    pub fn set_mode(&self, mode: Mode) -> Result<()> {
        self.robot.word(MODE)?.store(mode as u64, Relaxed);
        Ok(())
    }

    /// The bits of the devices with a new reading; who changes them has [`Mutex::Changes`].
    pub fn changes(&self) -> Result<&AtomicU64> {
        self.robot.word(CHANGES)
    }

    /// Counts in the log that somebody went without a command.
    pub fn log_missing(&self) -> Result<()> {
        let _log = self.take(Mutex::Log)?;
        let count = self.log.word(0)?;
        count.store(count.load(Relaxed) + 1, Relaxed);
        Ok(())
    }

    /// How often somebody went without a command.
    pub fn missing(&self) -> Result<u64> {
        let _log = self.take(Mutex::Log)?;
        Ok(self.log.word(0)?.load(Relaxed))
    }
}

/// A semaphore that was taken; it is given back when this is dropped.
pub struct Taken<'a> {
    semaphore: &'a NamedSemaphore,
}

impl Taken<'_> {
    /// Keeps it from being given back.
    pub fn keep(self) {
        core::mem::forget(self);
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        // The value was one less a moment ago.
        let _ = posix::sem_post(self.semaphore);
    }
}

/// A record that must be whole, as somebody has its semaphore.
pub fn whole(block: &Mapped, device: usize) -> Result<Record> {
    let torn = || Error::message(format!("a record of device {device} is torn"));
    let record = block.load(device)?.ok_or_else(torn)?;
    if record.round > 2 * ROUNDS {
        return Err(Error::message(format!("device {device} is in round {}", record.round)));
    }
    Ok(record)
}
