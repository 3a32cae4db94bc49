//! How long a process may make files (`RLIMIT_FSIZE`): what goes beyond is `EFBIG`, with a signal.

use super::node::Node;
use crate::process::signal;
use crate::sched;
use abi::Errno;
use abi::file::{S_IFMT, S_IFREG};
use abi::resource::{RLIMIT_FSIZE, UNLIMITED};
use abi::signal::Signal;
use core::sync::atomic::{AtomicBool, Ordering};

/// Whether any process was ever limited: few are, and every write asks.
static IS_USED: AtomicBool = AtomicBool::new(false);

/// From now on processes may be limited.
pub fn begin_to_look() {
    IS_USED.store(true, Ordering::Relaxed);
}

/// The limit of the caller for this file, if there is one.
fn limit(node: &dyn Node) -> Option<u64> {
    if !IS_USED.load(Ordering::Relaxed) || node.permissions().mode & S_IFMT != S_IFREG {
        return None;
    }
    let limit = sched::process_if_any()?.limit(RLIMIT_FSIZE);
    (limit != UNLIMITED).then_some(limit)
}

fn refuse() -> Errno {
    signal::send_to_current(Signal::XFSZ);
    Errno::EFBIG
}

/// How many of some bytes may be written from `start` on.
pub fn room(node: &dyn Node, start: impl FnOnce() -> u64, bytes: usize) -> Result<usize, Errno> {
    let Some(limit) = limit(node).filter(|_| bytes > 0) else { return Ok(bytes) };
    match limit.saturating_sub(start()) {
        0 => Err(refuse()),
        room => Ok(bytes.min(usize::try_from(room).unwrap_or(usize::MAX))),
    }
}

/// Whether the file may be made this long.
pub fn check_length(node: &dyn Node, length: u64) -> Result<(), Errno> {
    match limit(node) {
        Some(limit) if length > limit && length > node.length() => Err(refuse()),
        _ => Ok(()),
    }
}
