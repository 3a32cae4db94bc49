//! What a region has so that processes can agree about its bytes.

use super::changes::Changes;
use super::lock;
use super::turns::Turns;

/// A region's changes, the turns of its copies, and the end of its lock.
pub struct RegionSync {
    id: u64,
    /// What has changed, and who waits to be told.
    pub changes: Changes,
    /// Whose turn it is to copy.
    pub turns: Turns,
}

impl RegionSync {
    /// For the region with this number.
    pub const fn new(id: u64) -> Self {
        Self { id, changes: Changes::new(), turns: Turns::new() }
    }
}

impl Drop for RegionSync {
    fn drop(&mut self) {
        lock::region_ended(self.id);
    }
}
