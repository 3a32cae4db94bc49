//! The numbers that tell translations of different address spaces apart in the TLB.

use super::frames::OutOfMemory;
use crate::sync::{Lock, Rank};
use arch::tlb::{self, Asid};
use heapless::Vec;

/// 0 belongs to the empty address space.
const FIRST: u16 = 1;
/// Address spaces that can exist at once; processes run out first.
const SPACES: usize = 8192;

struct Asids {
    next: u16,
    returned: Vec<u16, SPACES>,
}

static ASIDS: Lock<Asids> = Lock::new(Rank::Asids, Asids { next: FIRST, returned: Vec::new() });

/// A number that one address space has to itself; dropping it invalidates its translations.
pub struct OwnedAsid(Asid);

impl OwnedAsid {
    /// A number that nobody has.
    pub fn new() -> Result<Self, OutOfMemory> {
        let mut asids = ASIDS.lock();
        let number = match asids.returned.pop() {
            Some(number) => number,
            None => {
                let number = asids.next;
                // There is room for the return of every number that was given out.
                if usize::from(number - FIRST) >= SPACES {
                    return Err(OutOfMemory);
                }
                asids.next = number + 1;
                number
            }
        };
        Ok(Self(Asid::new(number)))
    }

    /// The number, for the processor.
    pub const fn get(&self) -> Asid {
        self.0
    }
}

impl Drop for OwnedAsid {
    fn drop(&mut self) {
        tlb::flush_asid(self.0);
        let returned = ASIDS.lock().returned.push(self.0.number());
        debug_assert!(returned.is_ok(), "more numbers came back than were given out");
    }
}
