//! What a region's length costs: the memory that is set aside for it, and what is charged.

use super::object::{Region, State};
use abi::Errno;
use arch::addr::PAGE_SIZE;

/// The pages for so many bytes.
pub const fn pages_for(length: u64) -> usize {
    length.div_ceil(PAGE_SIZE as u64) as usize
}

impl State {
    /// Charges for a longer region and sets its memory aside, or leaves all as it was.
    pub(super) fn make_room(&mut self, length: u64) -> Result<(), Errno> {
        let pages = pages_for(length);
        let before = self.charge.as_ref().map_or(0, |charge| charge.pages());
        if let Some(charge) = &mut self.charge {
            charge.resize(pages as u64)?;
        }
        let outcome = self.pages.set_aside(pages);
        if outcome.is_err() {
            self.recharge(before);
        }
        Ok(outcome?)
    }

    /// Gives back what the length no longer needs.
    pub(super) fn settle(&mut self) {
        let pages = pages_for(self.length);
        self.recharge(pages as u64);
        self.pages.settle(pages);
    }

    fn recharge(&mut self, pages: u64) {
        if let Some(charge) = &mut self.charge {
            let outcome = charge.resize(pages);
            debug_assert!(outcome.is_ok(), "a smaller charge is never refused");
        }
    }
}

impl Region {
    /// Memory that is set aside for pages and tables that do not exist yet, in frames.
    pub fn promised_frames(&self) -> usize {
        self.state().pages.promised()
    }

    /// Pages that are charged to somebody.
    pub fn charged_pages(&self) -> u64 {
        self.state().charge.as_ref().map_or(0, |charge| charge.pages())
    }
}
