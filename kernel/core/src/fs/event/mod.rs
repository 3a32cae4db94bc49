//! Files that are only there to be waited for: event counters, timers, signals and processes.

mod counter;
mod process_file;
mod signals;
mod timer;

pub use counter::{Reading, create_counter};
pub use process_file::{ProcessFile, create_process_file};
pub use signals::{Signals, create_signals};
pub use timer::{Timer, create_timer};

use core::sync::atomic::{AtomicU64, Ordering};

static NEXT_INODE: AtomicU64 = AtomicU64::new(1);

/// A number for a file without a name.
pub fn new_inode() -> u64 {
    NEXT_INODE.fetch_add(1, Ordering::Relaxed)
}
