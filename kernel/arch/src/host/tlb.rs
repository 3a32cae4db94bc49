//! Translations are not remembered: every simulated access walks the tables.

use crate::addr::{PageRange, VirtAddr};

pub use crate::kernel_map::NORMAL_MEMORY_INDEX;

/// The tag of an address space's translations.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Asid(u16);

impl Asid {
    /// The tag of that number.
    pub const fn new(number: u16) -> Self {
        Self(number)
    }

    /// Its number.
    pub const fn number(self) -> u16 {
        self.0
    }
}

/// Invalid entries became valid.
pub fn publish() {}

/// Pages' entries were emptied or allow less.
pub fn flush_pages(_asid: Asid, _range: PageRange) {}

/// Anything in an address space was emptied or allows less.
pub fn flush_asid(_asid: Asid) {}

/// Something in any address space was emptied or allows less.
pub fn flush_all() {}

/// A level-2 entry was changed.
pub fn flush_walk(_asid: Asid, _address: VirtAddr) {}
