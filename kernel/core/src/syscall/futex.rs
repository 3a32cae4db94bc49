//! The call `futex`.

use super::arguments::Arguments;
use super::memory::space;
use super::time::{deadline_after, deadline_at};
use crate::day::Epoch;
use crate::mm::{Access, FaultError, Location};
use crate::sched::futex::{self, Counts};
use abi::Errno;
use abi::futex::{
    FUTEX_BITSET_MATCH_ANY, FUTEX_CLOCK_REALTIME, FUTEX_CMP_REQUEUE, FUTEX_PRIVATE_FLAG,
    FUTEX_REQUEUE, FUTEX_WAIT, FUTEX_WAIT_BITSET, FUTEX_WAKE, FUTEX_WAKE_BITSET, FUTEX_WAKE_OP,
    WakeOperation,
};
use arch::addr::{USER_END, VirtAddr};
use arch::user_memory;

pub fn futex(a: Arguments<'_>) -> Result<u64, Errno> {
    let operation = a.u32(1);
    let command = operation & !(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
    let has_clock = matches!(command, FUTEX_WAIT | FUTEX_WAIT_BITSET);
    if operation & FUTEX_CLOCK_REALTIME != 0 && !has_clock {
        return Err(Errno::ENOSYS);
    }
    let word = Word { address: a.address(0), scope: scope(operation) };
    let other = || Word { address: a.address(4), scope: scope(operation) };
    let value = a.u32(2);
    match command {
        FUTEX_WAIT => wait(word, value, FUTEX_BITSET_MATCH_ANY, deadline_after(a.address(3))?),
        FUTEX_WAIT_BITSET => {
            wait(word, value, mask(a.u32(5))?, deadline_at(epoch(operation), a.address(3))?)
        }
        FUTEX_WAKE => wake(word, value, FUTEX_BITSET_MATCH_ANY),
        FUTEX_WAKE_BITSET => wake(word, value, mask(a.u32(5))?),
        FUTEX_REQUEUE => requeue(word, other(), [value, a.u32(3)], None),
        FUTEX_CMP_REQUEUE => requeue(word, other(), [value, a.u32(3)], Some(a.u32(5))),
        FUTEX_WAKE_OP => wake_op(word, other(), [value, a.u32(3)], a.u32(5)),
        _ => Err(Errno::ENOSYS),
    }
}

const fn epoch(operation: u32) -> Epoch {
    if operation & FUTEX_CLOCK_REALTIME == 0 { Epoch::Boot } else { Epoch::Day }
}

/// Who can mean the same word.
#[derive(Clone, Copy, PartialEq)]
enum Scope {
    /// Threads that share the address space: the address says it all.
    Private,
    /// Whoever shares the memory.
    Shared,
}

const fn scope(operation: u32) -> Scope {
    if operation & FUTEX_PRIVATE_FLAG == 0 { Scope::Shared } else { Scope::Private }
}

/// A word that a program names.
#[derive(Clone, Copy)]
struct Word {
    address: VirtAddr,
    scope: Scope,
}

impl Word {
    fn locate(self) -> Result<Location, Errno> {
        let address = self.address.value();
        if !address.is_multiple_of(size_of::<u32>()) {
            return Err(Errno::EINVAL);
        }
        if address >= USER_END {
            return Err(Errno::EFAULT);
        }
        let space = space()?;
        match self.scope {
            Scope::Private => Ok(Location::Private(space.id(), address as u64)),
            Scope::Shared => space.locate(self.address).ok_or(Errno::EFAULT),
        }
    }
}

fn mask(mask: u32) -> Result<u32, Errno> {
    if mask == 0 { Err(Errno::EINVAL) } else { Ok(mask) }
}

/// How many are woken: on Linux at least one, even if none is asked for.
const fn woken(count: u32) -> u32 {
    if count == 0 { 1 } else { count }
}

fn wait(word: Word, expected: u32, mask: u32, deadline: Option<u64>) -> Result<u64, Errno> {
    futex::wait(|| word.locate(), word.address, expected, mask, deadline)?;
    Ok(0)
}

fn wake(word: Word, count: u32, mask: u32) -> Result<u64, Errno> {
    Ok(futex::wake(word.locate()?, woken(count), mask).into())
}

/// Wakes some and moves others, if the word is as expected where that is asked for.
fn requeue(
    word: Word,
    other: Word,
    [woken, moved]: [u32; 2],
    expected: Option<u32>,
) -> Result<u64, Errno> {
    if (woken as i32) < 0 || (moved as i32) < 0 {
        return Err(Errno::EINVAL);
    }
    let (from, to) = (word.locate()?, other.locate()?);
    let counts = Counts { woken, moved };
    let Some(expected) = expected else {
        return Ok(futex::requeue(from, to, counts, || Ok(()))?.into());
    };
    // Held, so that looking at it under the locks of the queues cannot fault.
    let page = space()?.page_for(word.address, Access::Read).map_err(errno_of)?;
    let check = || {
        let found = page.load_u32(word.address.page_offset());
        if found == expected { Ok(()) } else { Err(Errno::EAGAIN) }
    };
    Ok(futex::requeue(from, to, counts, check)?.into())
}

const fn errno_of(error: FaultError) -> Errno {
    match error {
        FaultError::OutOfMemory => Errno::ENOMEM,
        _ => Errno::EFAULT,
    }
}

/// Changes another word, wakes who waits for the first and, if the other was right, for that.
fn wake_op(word: Word, other: Word, counts: [u32; 2], bits: u32) -> Result<u64, Errno> {
    let (one, two) = (word.locate()?, other.locate()?);
    let operation = WakeOperation::new(bits).ok_or(Errno::ENOSYS)?;
    let old = replace(other.address, operation)?;
    let mut count = futex::wake(one, woken(counts[0]), FUTEX_BITSET_MATCH_ANY);
    if operation.holds(old) {
        count += futex::wake(two, woken(counts[1]), FUTEX_BITSET_MATCH_ANY);
    }
    Ok(count.into())
}

/// Applies an operation to a word in one step; returns what was there.
fn replace(address: VirtAddr, operation: WakeOperation) -> Result<u32, Errno> {
    let mut expected = user_memory::load_u32(address).map_err(|_| Errno::EFAULT)?;
    loop {
        let new = operation.apply(expected);
        let found = user_memory::compare_exchange_u32(address, expected, new);
        let found = found.map_err(|_| Errno::EFAULT)?;
        if found == expected {
            return Ok(found);
        }
        expected = found;
    }
}
