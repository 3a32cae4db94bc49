//! The SD card's files: a FAT file system at `/sd`, by the crate `hadris-fat`.
//!
//! `volume` is the file system in the slot: mounted or not, behind one lock whose holder may sleep.
//! `mount` finds it on the card (`partition`) and looks after it: the keeper, a thread of the
//! kernel, mounts it and marks it clean when nothing has changed for a while. `node` is a file or
//! directory, `file` what is done with bytes (`mapped` with those that are in memory, for views:
//! `paging` brings them in, as `ahead` says, `write_back` back to the card, and `sums` knows which
//! have changed), `directory` and `rename` with names (`names` for those that need care, `listing` for
//! an order that stays). `device` gives the crate the card's blocks, `error`
//! and `clock` what it asks for besides.
//!
//! What the crate writes is on the card when a call returns, in the order that it wants: after a
//! power cut nothing that was synced is lost. Only a file's new length waits for the last close
//! or a sync.

mod ahead;
mod by_hand;
mod clock;
mod device;
mod directory;
mod error;
mod file;
mod listing;
mod mapped;
mod mount;
mod names;
mod node;
mod paging;
mod partition;
mod rename;
mod sums;
mod volume;
mod write_back;

#[cfg(test)]
mod tests;

use super::slot::Slot;
use alloc::sync::Arc;
#[cfg(not(feature = "testing"))]
use node::FatNode;
use volume::Volume;

#[cfg(feature = "testing")]
pub use node::FatNode;

pub use by_hand::{Access, mount, mounted, remount, unmount};
pub use mapped::cached_pages;
pub use mount::{keep, shut_down, sync, synchronise_region};

/// The directory above all files of the card in this slot, which is mounted when it is first used.
pub fn create(slot: Arc<Slot>) -> Arc<FatNode> {
    FatNode::root(Arc::new(Volume::new(slot)))
}

/// Brings all changes to the card and lets go of the files whose bytes are in memory, which else have
/// the volume as long as it has them.
#[cfg(feature = "testing")]
pub fn forget(root: &FatNode) {
    // What cannot be written is lost.
    let _ = root.volume.sync();
    let files = core::mem::take(&mut *root.volume.mapped.lock());
    drop(files);
}

/// Mounts the card, if it is not.
#[cfg(feature = "testing")]
pub fn try_mount(root: &FatNode) -> Result<(), abi::Errno> {
    root.volume.mount()
}
