//! Memory that can be had back: pages that are kept elsewhere, too.
//!
//! Whoever has such pages registers here. It is asked by those who find no memory and may sleep. When
//! nothing is left to give, others may have taken what was given since the memory was asked for: who was
//! refused tries again until nobody was given anything meanwhile.

use super::frames::{self, OutOfMemory};
use crate::sched;
use abi::Errno;
use core::sync::atomic::{AtomicUsize, Ordering};
use spin::Once;

/// Gives back some memory if there is any to give, and notes it ([`note_given`]). Called without locks,
/// and may sleep.
pub type GiveBack = fn();

static GIVER: Once<GiveBack> = Once::new();
/// Pages that were given back since the boot.
static GIVEN: AtomicUsize = AtomicUsize::new(0);

/// From now on this is asked.
pub fn set_giver(giver: GiveBack) {
    GIVER.call_once(|| giver);
}

/// Pages were given back.
pub fn note_given(pages: usize) {
    GIVEN.fetch_add(pages, Ordering::AcqRel);
}

/// An attempt to do something that may lack memory: what had been given back when it began.
#[derive(Clone, Copy, Debug)]
pub struct Attempt(usize);

impl Attempt {
    /// It begins.
    pub fn begin() -> Self {
        Self(GIVEN.load(Ordering::Acquire))
    }

    /// Pages that were given to anybody since.
    pub fn given_since(self) -> usize {
        GIVEN.load(Ordering::Acquire).wrapping_sub(self.0)
    }

    /// Has some memory given back, after which it is worth trying again; whether it is. Called without
    /// locks. Who is to end needs no memory.
    pub fn make_room(self) -> bool {
        if sched::current_if_any().is_some_and(|thread| thread.is_ending()) {
            return false;
        }
        GIVER.get().is_some_and(|giver| {
            giver();
            self.given_since() > 0
        })
    }
}

/// Does something that may lack memory, again and again as long as some is given back for it.
pub fn with_room<T>(attempt: impl FnMut() -> Result<T, Errno>) -> Result<T, Errno> {
    with_room_or(attempt)
}

/// The same for any error that a lack of memory can be.
pub fn with_room_or<T, E>(mut attempt: impl FnMut() -> Result<T, E>) -> Result<T, E>
where
    E: From<OutOfMemory> + PartialEq,
{
    let first = Attempt::begin();
    loop {
        let this = Attempt::begin();
        match attempt() {
            Err(error)
                if error == E::from(OutOfMemory) && !is_hopeless(first) && this.make_room() => {}
            outcome => return outcome,
        }
    }
}

/// Whether all memory was given back once since: more is asked for than others leave.
fn is_hopeless(first: Attempt) -> bool {
    first.given_since() as u64 > frames::statistics().total
}
