//! What tests in other crates see of the file systems: a name space of an archive and a card of their own,
//! and an archive's entries.

pub use super::archive::{Entries, Entry};

use super::fat::{self, FatNode};
use super::slot::Slot;
use super::{MountError, Namespace, assemble};
use crate::board::Storage;
use abi::Errno;
use alloc::boxed::Box;
use alloc::sync::Arc;
use arch::addr::PhysAddr;

/// The card's file system in a name space.
pub struct Card(Arc<FatNode>);

impl Card {
    /// Mounts it, if it is not.
    pub fn mount(&self) -> Result<(), Errno> {
        fat::try_mount(&self.0)
    }

    /// Brings all changes to the card, and keeps nothing of its files.
    pub fn forget(&self) {
        fat::forget(&self.0);
    }
}

/// The name space that boot would make of this archive, with this card in the slot. The programs of the
/// archive are copied: it does not lie on a page.
pub fn name_space(
    archive: &'static [u8],
    card: Box<dyn Storage>,
) -> Result<(Namespace, Card), MountError> {
    let slot = Arc::new(Slot::holding(card));
    let card = fat::create(slot.clone());
    let namespace = assemble(PhysAddr::new(0x1004), archive, &slot, card.clone())?;
    Ok((namespace, Card(card)))
}
