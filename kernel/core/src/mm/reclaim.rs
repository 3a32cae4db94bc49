//! Memory that can be had back: pages that are kept elsewhere, too.
//!
//! Whoever has such pages registers here. It is asked by those who find no memory and may sleep.

use abi::Errno;
use spin::Once;

/// Gives back some memory if there is any to give; whether there was. Called without locks, and may
/// sleep.
pub type GiveBack = fn() -> bool;

static GIVER: Once<GiveBack> = Once::new();

/// From now on this is asked.
pub fn set_giver(giver: GiveBack) {
    GIVER.call_once(|| giver);
}

/// Has some memory given back; whether there is more now. Called without locks.
pub fn make_room() -> bool {
    GIVER.get().is_some_and(|giver| giver())
}

/// Does something that may lack memory, again and again as long as some is given back for it.
pub fn with_room<T>(mut attempt: impl FnMut() -> Result<T, Errno>) -> Result<T, Errno> {
    loop {
        match attempt() {
            Err(Errno::ENOMEM) if make_room() => {}
            outcome => return outcome,
        }
    }
}
