//! How many calls were made and how they ended, while they are made and in the end.

use crate::findings::Findings;
use crate::slot::{ERRORS, Slot};
use abi::Errno;
use abi::process::ExitStatus;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cmp::Reverse;
use core::fmt::Write;
use core::sync::atomic::Ordering::Relaxed;
use core::time::Duration;
use user::fuzz::{FAMILIES, rows};
use user::io::STDERR;
use user::process::Signal;
use user::table::Align;
use user::{eprint, print, println, style, terminal, time};

/// How often it is told how far it is.
const TELL_EVERY: Duration = Duration::from_millis(500);
/// No process makes so many calls: it has written nonsense where it counts.
const NONSENSE: u64 = 1 << 20;

/// What was done.
pub struct Report {
    seed: u64,
    begin: Duration,
    told: Duration,
    is_seen: bool,
    /// How often a process has written over its notes.
    pub overwritten: u64,
    /// Processes that would have changed notes by a call.
    pub astray: u64,
    /// What the counters of each slot came to at the last look.
    sums: Vec<u64>,
    /// Calls of the processes that have ended.
    pub calls: u64,
    /// Rounds that have ended.
    pub rounds: u32,
    /// Processes that were started.
    pub started: u64,
    /// Processes that were killed at random.
    pub killed: u64,
    /// How often one was stopped.
    pub stopped: u64,
    /// Processes that waited for too long.
    pub stalled: u64,
    ends: BTreeMap<String, u64>,
}

impl Report {
    /// Of nothing yet.
    pub fn new(seed: u64) -> Self {
        let begin = time::now();
        let is_seen = terminal::is_terminal(STDERR);
        let ends = BTreeMap::new();
        Self {
            seed,
            begin,
            told: begin,
            is_seen,
            overwritten: 0,
            astray: 0,
            sums: Vec::new(),
            calls: 0,
            rounds: 0,
            started: 0,
            killed: 0,
            stopped: 0,
            stalled: 0,
            ends,
        }
    }

    /// Notes where counters have gone back, or far ahead: a process may write anything anywhere, also over its notes.
    pub fn look_for_nonsense(&mut self, slots: &[Slot]) {
        self.sums.resize(slots.len(), 0);
        for (slot, last) in slots.iter().zip(&mut self.sums) {
            let sum = slot.sum();
            if sum < *last || sum > *last + NONSENSE {
                self.overwritten += 1;
            }
            *last = sum;
        }
    }

    /// A process has ended that had this slot.
    pub fn count_calls(&mut self, slot: &Slot) {
        let calls = slot.calls.load(Relaxed);
        self.astray += u64::from(slot.astray.load(Relaxed) > 0);
        self.calls += if calls < NONSENSE { calls } else { 0 };
    }

    /// A process has ended.
    pub fn ended(&mut self, status: ExitStatus) {
        let how = match status {
            ExitStatus::Exited(status) => format!("status {status}"),
            ExitStatus::Signalled(signal) => Signal::from_number(signal.into())
                .map_or_else(|| format!("signal {signal}"), |signal| signal.name().into()),
        };
        *self.ends.entry(how).or_default() += 1;
    }

    /// Tells how far it is, where somebody sees it.
    pub fn progress(&mut self, slots: &[Slot], begin: Duration) {
        let now = time::now();
        if !self.is_seen || now - self.told < TELL_EVERY {
            return;
        }
        self.told = now;
        let calls = self.calls;
        let rate = calls * 1000 / ((now - begin).as_millis() as u64).max(1);
        let mut errors = errors(slots);
        errors.truncate(4);
        eprint!("\r\x1b[K{calls} calls, {rate} a second, {} killed{}", self.killed, list(&errors));
    }

    /// Tells of it all.
    pub fn tell(&self, slots: &[Slot], findings: &Findings, is_coverage_wanted: bool) {
        if self.is_seen {
            eprint!("\r\x1b[K");
        }
        if is_coverage_wanted {
            coverage(slots);
        }
        let calls = self.calls;
        let took = (time::now() - self.begin).as_millis() as u64;
        let rate = calls * 1000 / took.max(1);
        println!(
            "seed {}: {calls} calls in {}.{} s, {rate} a second, {} rounds",
            self.seed,
            took / 1000,
            took % 1000 / 100,
            self.rounds
        );
        let Self { started, killed, stopped, stalled, .. } = self;
        println!(
            "{started} processes: {killed} killed and {stopped} times one stopped at random, {stalled} waited too long"
        );
        let ends: Vec<(String, u64)> =
            self.ends.iter().map(|(how, count)| (how.clone(), *count)).collect();
        println!("they ended by{}", list(&ends));
        if self.astray > 0 {
            println!(
                "{} of them had a call that was not made, as it led to their notes",
                self.astray
            );
        }
        if self.overwritten > 0 {
            println!(
                "{} times one of them wrote over its notes: what is below may not be what was",
                self.overwritten
            );
        }
        println!("errors{}", list(&errors(slots)));
        match findings.count() {
            0 => println!("the system is sound"),
            count => println!("{count} findings"),
        }
    }
}

fn list(counts: &[(String, u64)]) -> String {
    counts.iter().fold(String::new(), |mut text, (name, count)| {
        let comma = if text.is_empty() { ":" } else { "," };
        let _ = write!(text, "{comma} {name} {count}");
        text
    })
}

/// The errors that came, the most frequent first.
fn errors(slots: &[Slot]) -> Vec<(String, u64)> {
    let mut counts: Vec<(String, u64)> = (0..ERRORS)
        .map(|number| {
            let count = slots.iter().map(|slot| u64::from(slot.errors[number].load(Relaxed))).sum();
            let name = Errno::from_number(number as i32);
            (name.map_or_else(|| number.to_string(), |errno| errno.name().into()), count)
        })
        .filter(|(_, count)| *count > 0)
        .collect();
    counts.sort_by_key(|(_, count)| Reverse(*count));
    counts
}

fn coverage(slots: &[Slot]) {
    let columns = [
        ("FAMILY", Align::Left),
        ("CALL", Align::Left),
        ("MADE", Align::Right),
        ("SUCCEEDED", Align::Right),
    ];
    let mut table = style::table(&columns);
    let families = FAMILIES.iter().flat_map(|family| family.rows.iter().map(|_| family.name));
    for (index, (row, family)) in rows().zip(families).enumerate() {
        let sum = |count: fn(&Slot, usize) -> u32| -> u64 {
            slots.iter().map(|slot| u64::from(count(slot, index))).sum()
        };
        let made = sum(|slot, index| slot.made[index].load(Relaxed));
        let done = sum(|slot, index| slot.done[index].load(Relaxed));
        table.row([
            String::from(family),
            format!("{:?}", row.call),
            made.to_string(),
            done.to_string(),
        ]);
    }
    print!("{table}");
}
