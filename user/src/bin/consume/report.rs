//! What a consumer tells of its work, and what the person is told.

use alloc::vec::Vec;
use user::ring::Processes;
use user::ring::tally::Tally;
use user::{eprintln, println};
use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes, KnownLayout};

/// How many processes that died a report names.
const NAMED: usize = 7;

/// How the work ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// All messages that were asked for have come.
    Complete,
    /// The producers left before.
    Finished,
    /// Producers died before.
    Died(Vec<u32>),
    /// The ring was overwritten.
    Damaged,
}

/// One consumer's work, or that of several together; it travels through a pipe in one piece.
#[derive(Clone, Copy, Debug, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct Report {
    /// The process.
    pub process: u32,
    /// The outcome: 0 complete, 1 finished, 2 died, 3 damaged.
    outcome: u32,
    /// How many of the next field count.
    died_count: u32,
    /// Producers that died.
    died: [u32; NAMED],
    /// Messages that came.
    pub messages: u64,
    /// Bytes of their payload.
    pub bytes: u64,
    /// Messages with a wrong checksum.
    pub bad: u64,
    /// Messages that came again, or after a later one of the same producer.
    pub disordered: u64,
    /// When the first message came, in nanoseconds.
    pub first: u64,
    /// When the last message came.
    pub last: u64,
    /// Consumers that ever joined the session.
    pub members: u64,
    /// Which messages came.
    pub tally: Tally,
}

// A write of this size to a pipe is not mixed with others.
const _: () = assert!(size_of::<Report>() <= abi::limits::PIPE_BUF);

impl Report {
    /// No work.
    pub fn new(process: u32) -> Self {
        let mut report = Self::new_zeroed();
        report.process = process;
        report
    }

    /// Records how the work ended.
    pub fn set_outcome(&mut self, outcome: &Outcome) {
        self.outcome = match outcome {
            Outcome::Complete => 0,
            Outcome::Finished => 1,
            Outcome::Died(_) => 2,
            Outcome::Damaged => 3,
        };
        if let Outcome::Died(processes) = outcome {
            self.died_count = processes.len().min(NAMED) as u32;
            for (named, process) in self.died.iter_mut().zip(processes) {
                *named = *process;
            }
        }
    }

    /// Adds another consumer's work.
    pub fn merge(&mut self, other: &Self) {
        // Who got no message knows no time.
        if self.first == 0 || other.first != 0 && other.first < self.first {
            self.first = other.first;
        }
        self.last = self.last.max(other.last);
        self.messages += other.messages;
        self.bytes += other.bytes;
        self.bad += other.bad;
        self.disordered += other.disordered;
        self.members = self.members.max(other.members);
        self.tally.merge(&other.tally);
        if other.outcome > self.outcome {
            self.outcome = other.outcome;
            self.died_count = other.died_count;
            self.died = other.died;
        }
    }

    /// Tells the person, and returns the exit status.
    pub fn print(&self, wanted: Option<u64>, consumers: u64) -> i32 {
        let faults = self.print_faults(consumers);
        let messages = self.messages;
        let died = &self.died[..(self.died_count as usize).min(NAMED)];
        match (self.outcome, wanted) {
            (0, _) | (1, None) => {}
            (1, Some(wanted)) => {
                eprintln!("consume: the producers finished after {messages} of {wanted} messages");
                return 1;
            }
            (2, _) => {
                let processes = Processes("producer", died);
                eprintln!("consume: {processes} died after {messages} messages");
                return 1;
            }
            _ => {
                eprintln!("consume: the ring was overwritten after {messages} messages");
                return 1;
            }
        }
        let verdict = if faults { "bad" } else { "ok" };
        let (bytes, rate) = (self.bytes, self.rate());
        println!("consume: {messages} messages, {bytes} bytes, checksum {verdict}, {rate} msg/s");
        i32::from(faults)
    }

    fn print_faults(&self, consumers: u64) -> bool {
        // Where other consumers took part, gaps are theirs.
        let gaps = self.members == consumers && self.bad == 0 && !self.tally.is_gapless();
        if self.bad > 0 {
            eprintln!("consume: {} messages are not what was sent", self.bad);
        }
        if self.disordered > 0 {
            eprintln!("consume: {} messages came again or out of order", self.disordered);
        }
        if gaps {
            eprintln!("consume: messages are missing, or came twice");
        }
        gaps || self.bad > 0 || self.disordered > 0
    }

    fn rate(&self) -> u128 {
        let elapsed = u128::from(self.last.saturating_sub(self.first)).max(1);
        u128::from(self.messages) * 1_000_000_000 / elapsed
    }
}
