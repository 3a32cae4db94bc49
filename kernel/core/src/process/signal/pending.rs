//! Signals that were sent and not yet acted on.
//!
//! Of a standard signal one is kept, with what it was sent with first; a real-time signal is kept
//! as often as it was sent, in order, up to a limit.

use super::sets::SYNCHRONOUS;
use abi::limits::SIGNAL_QUEUE_MAX;
use abi::signal::{REAL_TIME_MIN, SI_USER, SignalInfo, signal_bit};
use alloc::collections::VecDeque;

/// There is no room for another one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Full;

/// The pending signals of a process or of a thread.
#[derive(Default)]
pub struct Pending {
    set: u64,
    /// At most one of each standard signal. One that is in the set and not here has lost what it was
    /// sent with.
    queue: VecDeque<SignalInfo>,
}

impl Pending {
    /// None.
    pub const fn new() -> Self {
        Self { set: 0, queue: VecDeque::new() }
    }

    /// Which signals there are.
    pub const fn set(&self) -> u64 {
        self.set
    }

    /// Adds a signal, whose number is from 1 to 64.
    ///
    /// Without room a plain `kill` loses who it came from, and anything else that is to be queued is
    /// refused.
    pub fn add(&mut self, info: SignalInfo) -> Result<(), Full> {
        self.add_within(info, SIGNAL_QUEUE_MAX as u64)
    }

    /// As [`Self::add`], where no more than `room` may wait.
    pub fn add_within(&mut self, info: SignalInfo, room: u64) -> Result<(), Full> {
        let number = info.number as u32;
        let bit = signal_bit(number);
        let is_standard = number < REAL_TIME_MIN;
        if is_standard && self.set & bit != 0 {
            return Ok(());
        }
        let has_room = is_standard || self.queue.len() < SIGNAL_QUEUE_MAX.min(room as usize);
        if has_room && self.queue.try_reserve(1).is_ok() {
            self.queue.push_back(info);
        } else if !is_standard && info.code != SI_USER {
            return Err(Full);
        }
        self.set |= bit;
        Ok(())
    }

    /// Takes one of these signals out: those that come from what a thread does before others, then
    /// the one with the lowest number, of several with the same the oldest.
    pub fn take(&mut self, among: u64) -> Option<SignalInfo> {
        let candidates = self.set & among;
        let urgent = candidates & SYNCHRONOUS;
        let chosen = if urgent == 0 { candidates } else { urgent };
        if chosen == 0 {
            return None;
        }
        let number = chosen.trailing_zeros() + 1;
        let is_it = |info: &SignalInfo| info.number as u32 == number;
        let found = self.queue.iter().position(is_it).and_then(|index| self.queue.remove(index));
        if !self.queue.iter().any(is_it) {
            self.set &= !signal_bit(number);
        }
        self.give_back_if_empty();
        Some(found.unwrap_or_else(|| SignalInfo::from_process(number, SI_USER, 0, 0)))
    }

    /// Adds to how often a timer was due whose signal is pending; returns how often that is now,
    /// `None` if none of its is.
    pub fn count_overrun(&mut self, number: u32, timer: u32, times: u32) -> Option<u32> {
        let is_it =
            |info: &&mut SignalInfo| info.number as u32 == number && info.timer() == Some(timer);
        let info = self.queue.iter_mut().find(is_it)?;
        let overrun = info.overrun().saturating_add(times).min(i32::MAX as u32);
        info.set_overrun(overrun);
        Some(overrun)
    }

    /// Forgets all of these signals.
    pub fn remove(&mut self, signals: u64) {
        if self.set & signals == 0 {
            return;
        }
        self.set &= !signals;
        self.queue.retain(|info| signal_bit(info.number as u32) & signals == 0);
        self.give_back_if_empty();
    }

    /// What a storm has made it hold is given back.
    fn give_back_if_empty(&mut self) {
        if self.queue.is_empty() {
            self.queue = VecDeque::new();
        }
    }
}

#[cfg(test)]
#[path = "pending_tests.rs"]
mod tests;
