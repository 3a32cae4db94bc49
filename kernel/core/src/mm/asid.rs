//! The numbers that tell translations of different address spaces apart in the TLB.

use super::frames::OutOfMemory;
use crate::sync::{Lock, Rank};
use alloc::vec::Vec;
use arch::tlb::{self, Asid};

/// 0 belongs to the empty address space.
const FIRST: u16 = 1;

struct Asids {
    next: u16,
    returned: Vec<u16>,
}

static ASIDS: Lock<Asids> =
    Lock::new(Rank::Asids, Asids { next: FIRST, returned: Vec::new() });

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
                // Room for the number's return is made now, so that a return cannot fail.
                let outstanding = usize::from(number - FIRST) + 1;
                asids.returned.try_reserve(outstanding).map_err(|_| OutOfMemory)?;
                asids.next = number.checked_add(1).ok_or(OutOfMemory)?;
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
        ASIDS.lock().returned.push(self.0.number());
    }
}
