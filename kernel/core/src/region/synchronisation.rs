//! What a region has so that processes can agree about its bytes.

use super::changes::Changes;
use super::lock;
use super::turns::Turns;
use core::sync::atomic::AtomicBool;

/// A region's changes, the turns of its copies, and the end of its lock.
pub struct RegionSync {
    id: u64,
    /// What has changed, and who waits to be told.
    pub changes: Changes,
    /// Whose turn it is to copy.
    pub turns: Turns,
    /// Whether it may be in the table of locks.
    pub was_locked: AtomicBool,
}

impl RegionSync {
    /// For the region with this number.
    pub const fn new(id: u64) -> Self {
        Self {
            id,
            changes: Changes::new(),
            turns: Turns::new(),
            was_locked: AtomicBool::new(false),
        }
    }
}

impl Drop for RegionSync {
    fn drop(&mut self) {
        if *self.was_locked.get_mut() {
            lock::region_ended(self.id);
        }
    }
}
