//! Regions that all processes of the storm use at once: nobody knows what they hold, but some things
//! always hold of them.

use super::steps::{Checked, Mismatch};
use crate::os::region_sync as sync;
use crate::os::{PAGE, READ_WRITE, SECOND};
use crate::random::Random;
use crate::{os, touch};
use abi::region::{LockFlags, RegionFlags, Seals};
use abi::{Errno, Sysno};

const NAME: &[u8] = b"/storm-shared";
const EPHEMERAL: &[u8] = b"/storm-ephemeral";
const SINGLE: &[u8] = b"/storm-single";
const MAXIMUM: u64 = 1536 * PAGE;
/// The first page that copies through the kernel fill.
const BLOCK: u64 = 2 * PAGE;
const BLOCK_BYTES: usize = 6000;
const PATIENCE: Option<u64> = Some(60 * SECOND);

/// The regions, and the words beside them that are never lost.
pub struct Shared {
    region: i32,
    single: i32,
    /// Memory of the storm itself: additions that were made, and writers that there are.
    words: u64,
}

/// Who takes a step: one that may be killed in it leaves no mark outside of the kernel.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Life {
    /// It comes to its end.
    Whole,
    /// It is killed at any moment.
    Cut,
}

fn must<T>(what: &'static str, holds: bool, found: T) -> Checked
where
    T: core::fmt::Debug,
{
    if holds {
        return Ok(());
    }
    crate::say!("{what}: {found:x?}");
    Err(Mismatch(what))
}

impl Shared {
    /// The regions, which the storm's processes inherit.
    pub fn new() -> Self {
        let mut request = os::request(4 * PAGE, RegionFlags::EXCLUSIVE);
        (request.maximum, request.seals) = (MAXIMUM, Seals::SHRINK.bits());
        let region = os::region_create(NAME, &request).expect("a region for the test itself");
        let flags = RegionFlags::EXCLUSIVE | RegionFlags::SINGLE_WRITER;
        let made = os::region_create(SINGLE, &os::request(PAGE, flags));
        os::ignore(made.and_then(os::close));
        let single = os::region_open(SINGLE, RegionFlags::READ_ONLY);
        let single = single.expect("a reader for the test itself");
        Self { region, single, words: os::map(PAGE, os::COMMON) }
    }

    /// One step.
    pub fn step(&self, random: &mut Random, life: Life) -> Checked {
        match random.below(6) {
            0 => self.add(),
            1 => self.change_both(random.number()),
            2 => self.copy(random.number() as u8),
            3 => self.grow(random.below(MAXIMUM / PAGE)),
            4 => Self::come_and_go(random.number()),
            _ => self.write_alone(life),
        }
    }

    /// Stores of many processes are never lost.
    fn add(&self) -> Checked {
        let view = os::region_map(self.region, READ_WRITE);
        let at = view.unwrap_or(0);
        must("a view of what all share", view.is_ok(), view)?;
        touch::add(at, 1);
        touch::add(self.words, 1);
        let ended = os::region_unmap(at);
        must("and its end", ended == Ok(0), ended)
    }

    /// Two words under the lock are the same for whoever gets it clean.
    fn change_both(&self, number: u64) -> Checked {
        let locked = sync::lock(self.region, PATIENCE);
        must("the lock", matches!(locked, Ok(_) | Err(Errno::EOWNERDEAD)), locked)?;
        let mut words = [0_u64; 2];
        let address = words.as_mut_ptr() as u64;
        os::ignore(sync::read(self.region, PAGE, address, 16));
        let [one, other] = words;
        must("no holder has died, but half is written", locked.is_err() || one == other, words)?;
        let word = [number];
        for index in 0..2 {
            let written = sync::write(self.region, PAGE + index * 8, word.as_ptr() as u64, 8);
            must("a word is written", written == Ok(8), written)?;
        }
        let flags = if locked.is_ok() { LockFlags::empty() } else { LockFlags::CONSISTENT };
        let unlocked = sync::unlock(self.region, flags);
        must("the lock is given back", unlocked == Ok(0), unlocked)
    }

    /// No copy tears another.
    fn copy(&self, byte: u8) -> Checked {
        let mut block = [byte; BLOCK_BYTES];
        let (address, length) = (block.as_mut_ptr() as u64, BLOCK_BYTES as u64);
        let written = sync::write(self.region, BLOCK, address, length);
        must("a block is written", written == Ok(length), written)?;
        let read = sync::read(self.region, BLOCK, address, length);
        must("a block is read", read == Ok(length), read)?;
        let first = block[0];
        must("it is one of those written", block.iter().all(|byte| *byte == first), first)
    }

    /// It only ever gets longer, and every view reaches what it grew by.
    fn grow(&self, pages: u64) -> Checked {
        let before = os::region_stat(self.region).length;
        let grown = os::region_set_length(self.region, pages * PAGE);
        let is_right = match grown {
            Ok(_) => pages * PAGE >= before,
            Err(error) => error == Errno::EPERM,
        };
        must("growth, and nothing else", is_right, (grown, before, pages))?;
        let after = os::region_stat(self.region).length;
        let long_enough = after >= before && (grown.is_err() || after >= pages * PAGE);
        must("no byte is lost", long_enough, (before, after))?;
        let view = os::region_map(self.region, READ_WRITE).unwrap_or(0);
        touch::probe(view + after - 8);
        let ended = os::region_unmap(view);
        must("and its end", ended == Ok(0), ended)
    }

    /// An ephemeral region comes and goes with its users.
    fn come_and_go(number: u64) -> Checked {
        let made = os::region_create(EPHEMERAL, &os::request(PAGE, RegionFlags::EPHEMERAL));
        let region = made.unwrap_or(-1);
        must("it is found or made", made.is_ok(), made)?;
        let view = os::region_map(region, READ_WRITE);
        must("it is mapped", view.is_ok(), view)?;
        os::ignore(os::close(region));
        let again = os::region_open(EPHEMERAL, RegionFlags::empty());
        must("a view keeps the name", again.is_ok(), again)?;
        let at = view.unwrap_or(0);
        touch::store(at, number);
        must("the same one", os::region_stat(again.unwrap_or(-1)).views > 0, again)?;
        let left = if number.is_multiple_of(2) {
            os::region_leave(again.unwrap_or(-1))
        } else {
            os::region_unmap(at).and_then(|_| os::close(again.unwrap_or(-1)))
        };
        must("it is left", left == Ok(0), left)
    }

    /// There is never a second writer.
    fn write_alone(&self, life: Life) -> Checked {
        let opened = os::region_open(SINGLE, RegionFlags::empty());
        must("one writer or none", matches!(opened, Ok(_) | Err(Errno::EBUSY)), opened)?;
        let Ok(writer) = opened else { return Ok(()) };
        let mut writers = 1;
        if life == Life::Whole {
            writers = touch::add(self.words + 64, 1);
            os::yield_core();
            touch::add(self.words + 64, u64::MAX);
        }
        os::ignore(os::close(writer));
        must("one writer at a time", writers == 1, writers)
    }

    /// Ends the regions, of whose users so many were killed; whether all was well.
    pub fn end(self, killed: u64) -> Checked {
        let mut sum = [0_u64];
        os::ignore(sync::read(self.region, 0, sum.as_mut_ptr() as u64, 8));
        let noted = touch::load(self.words);
        // One that was killed between the two has added and not noted.
        let is_right = sum[0] >= noted && sum[0] - noted <= killed;
        let gone = os::region_open(EPHEMERAL, RegionFlags::empty());
        for fd in [self.region, self.single] {
            os::ignore(os::close(fd));
        }
        for name in [NAME, SINGLE] {
            let at = [name.as_ptr() as u64, name.len() as u64];
            os::ignore(os::call(Sysno::RegionUnlink, at));
        }
        os::ignore(os::unmap(self.words, PAGE));
        must("no addition is lost", is_right, (sum, noted, killed))?;
        must("what was ephemeral has gone", gone == Err(Errno::ENOENT), gone)
    }
}
