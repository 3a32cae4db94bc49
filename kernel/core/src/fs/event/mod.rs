//! Files that are only there to be waited for: event counters and timers.

mod counter;
mod timer;

pub use counter::{Reading, create_counter};
pub use timer::{Timer, create_timer};

use core::sync::atomic::{AtomicU64, Ordering};

static NEXT_INODE: AtomicU64 = AtomicU64::new(1);

/// A number for a file without a name.
pub fn new_inode() -> u64 {
    NEXT_INODE.fetch_add(1, Ordering::Relaxed)
}
