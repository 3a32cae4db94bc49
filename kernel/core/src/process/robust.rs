//! Robust locks: a thread that ends gives up the locks in the list that it told the kernel of.
//!
//! The list is the program's memory: it may loop, and lead anywhere. An address that does not hold
//! ends the walk, and so does the length.

use super::object::Process;
use crate::sched::{Thread, futex};
use abi::futex::{
    FUTEX_BITSET_MATCH_ANY, FUTEX_OWNER_DIED, FUTEX_TID_MASK, FUTEX_WAITERS, RobustListHead,
};
use arch::addr::VirtAddr;
use arch::user_memory::{self, BadAddress};
use core::sync::atomic::Ordering;
use zerocopy::{FromZeros, IntoBytes};

/// Entries that are looked at, as on Linux.
const LENGTH_MAX: usize = 2048;
/// How often a word is tried that others change at the same time.
const TRIES: usize = 64;
/// Marks the pointer to a lock with priority inheritance.
const INHERITS: u64 = 1;

/// Whether a lock is one that the thread holds, or one that it was about to take or to free.
#[derive(Clone, Copy, PartialEq)]
enum Standing {
    Held,
    Pending,
}

/// Marks the locks in the list of the calling thread as given up by a dead holder, and wakes one
/// waiter of each.
pub fn give_up_locks(thread: &Thread, process: &Process) {
    let head = thread.robust_list.swap(0, Ordering::Relaxed);
    if head == 0 {
        return;
    }
    // An error means that the rest of the list is not to be had.
    let _ = walk(head, thread.tid(), process);
}

fn walk(head_address: u64, tid: u32, process: &Process) -> Result<(), BadAddress> {
    let mut head = RobustListHead::new_zeroed();
    user_memory::copy_in(head.as_mut_bytes(), VirtAddr::new(head_address as usize))?;
    let place = |entry: u64| (entry & !INHERITS).wrapping_add_signed(head.offset);
    let mut entry = head.next;
    for _ in 0..LENGTH_MAX {
        if entry & !INHERITS == head_address {
            break;
        }
        // First: who frees a lock may use the entry for something else at once.
        let next = load_u64(entry & !INHERITS);
        if entry & !INHERITS != head.pending & !INHERITS {
            give_up(place(entry), entry & INHERITS, Standing::Held, tid, process)?;
        }
        entry = next?;
    }
    if head.pending & !INHERITS != 0 {
        let pending = place(head.pending);
        give_up(pending, head.pending & INHERITS, Standing::Pending, tid, process)?;
    }
    Ok(())
}

fn load_u64(address: u64) -> Result<u64, BadAddress> {
    let mut value = 0_u64;
    user_memory::copy_in(value.as_mut_bytes(), VirtAddr::new(address as usize))?;
    Ok(value)
}

/// Gives up one lock, if the dead thread holds it.
fn give_up(
    address: u64,
    inherits: u64,
    standing: Standing,
    tid: u32,
    process: &Process,
) -> Result<(), BadAddress> {
    let word = VirtAddr::new(address as usize);
    if !address.is_multiple_of(size_of::<u32>() as u64) {
        return Err(BadAddress);
    }
    for _ in 0..TRIES {
        let value = user_memory::load_u32(word)?;
        if standing == Standing::Pending && inherits == 0 && value == 0 {
            // It was freed, but perhaps the thread died before it could wake anybody.
            wake_one(word, process);
            return Ok(());
        }
        if value & FUTEX_TID_MASK != tid {
            return Ok(());
        }
        let dead = value & FUTEX_WAITERS | FUTEX_OWNER_DIED;
        if user_memory::compare_exchange_u32(word, value, dead)? == value {
            if inherits == 0 && value & FUTEX_WAITERS != 0 {
                wake_one(word, process);
            }
            return Ok(());
        }
    }
    Ok(())
}

fn wake_one(word: VirtAddr, process: &Process) {
    if let Some(location) = process.space().and_then(|space| space.locate(word)) {
        futex::wake(location, 1, FUTEX_BITSET_MATCH_ANY);
    }
}
