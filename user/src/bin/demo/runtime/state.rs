//! What the robot is about, and what its processes have done: words that each change in one piece,
//! so they need no lock.

use super::blocks::Block;
use core::sync::atomic::{AtomicU64, Ordering::SeqCst};
use user::error::{Error, Result};
use user::time::Duration;

const WORD: usize = size_of::<u64>();
const ORDER: usize = 0;
const START: usize = 1;
const READING: usize = 2;
const COUNTERS: usize = 3;
const PER_ROLE: usize = 8;

/// What the robot is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Order {
    /// Everybody works.
    Work,
    /// The device handler is to stop in the middle of a reading.
    HoldDevices,
    /// The network handler is to give its last goal.
    Stop,
    /// It has been answered.
    Stopped,
}

impl Order {
    const ALL: [Self; 4] = [Self::Work, Self::HoldDevices, Self::Stop, Self::Stopped];
}

/// A process.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    /// Gives goals.
    Network,
    /// Makes commands of goals and readings.
    Executor,
    /// Moves the devices as commanded, and reads them.
    Devices,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Network, Self::Executor, Self::Devices];
}

/// Something that a process counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Counter {
    /// Cycles done.
    Cycles,
    /// Deadlines that went by.
    Missed,
    /// Cycles in which there was nothing new from the other side.
    Stale,
    /// Records that were read, each with the right checksum.
    Records,
    /// Times that a lock's holder had died.
    Deaths,
    /// Records that were repaired.
    Repaired,
    /// Nanoseconds from goals to what this process made of them, all together.
    Latency,
    /// How many that were.
    Answers,
}

/// The block that says so.
pub struct State {
    block: Block,
}

impl State {
    /// The state in its block.
    pub const fn new(block: Block) -> Self {
        Self { block }
    }

    fn word(&self, index: usize) -> Result<&AtomicU64> {
        let words = self.block.words(index * WORD, 1)?;
        words.first().ok_or_else(|| Error::message("the state is too short"))
    }

    fn counter(&self, role: Role, counter: Counter) -> Result<&AtomicU64> {
        self.word(COUNTERS + role as usize * PER_ROLE + counter as usize)
    }

    /// Says when the first period begins.
    pub fn begin(&self, time: Duration) -> Result<()> {
        self.word(START)?.store(time.as_nanos() as u64, SeqCst);
        Ok(())
    }

    /// When the first period began.
    pub fn start(&self) -> Result<Duration> {
        Ok(Duration::from_nanos(self.word(START)?.load(SeqCst)))
    }

    /// When the devices were last read.
    pub fn last_reading(&self) -> Result<Duration> {
        Ok(Duration::from_nanos(self.word(READING)?.load(SeqCst)))
    }

    /// Says when the devices were read.
    pub fn set_last_reading(&self, stamp: u64) -> Result<()> {
        self.word(READING)?.store(stamp, SeqCst);
        Ok(())
    }

    /// What the robot is about.
    pub fn order(&self) -> Result<Order> {
        let order = self.word(ORDER)?.load(SeqCst) as usize;
        Ok(Order::ALL.get(order).copied().unwrap_or(Order::Stopped))
    }

    /// Says what the robot is about.
    pub fn give(&self, order: Order) -> Result<()> {
        self.word(ORDER)?.store(order as u64, SeqCst);
        Ok(())
    }

    /// Counts.
    pub fn add(&self, role: Role, counter: Counter, more: u64) -> Result<()> {
        self.counter(role, counter)?.fetch_add(more, SeqCst);
        Ok(())
    }

    /// What a process has counted.
    pub fn get(&self, role: Role, counter: Counter) -> Result<u64> {
        Ok(self.counter(role, counter)?.load(SeqCst))
    }

    /// What all have counted.
    pub fn sum(&self, counter: Counter) -> Result<u64> {
        Role::ALL.iter().try_fold(0, |sum, role| Ok(sum + self.get(*role, counter)?))
    }

    /// Counts the time from a goal to what came of it.
    pub fn answered(&self, role: Role, since: u64, at: u64) -> Result<()> {
        self.add(role, Counter::Latency, at.saturating_sub(since))?;
        self.add(role, Counter::Answers, 1)
    }
}
