//! Waiting for the first of several files to become ready: pipes, the terminal, topics, offers.

use crate::error::{Context, Result};
use crate::process;
use crate::syscall::file as call;
use crate::time::{self, Duration};
use abi::Errno;
pub use abi::poll::PollEvents;
use abi::poll::PollFd;

/// Waits until one of the descriptors is ready for what it is waited for, at most for the time;
/// tells of each what it is ready for, which is nothing for all if the time was over.
pub fn wait<const COUNT: usize>(
    files: [(i32, PollEvents); COUNT],
    timeout: Option<Duration>,
) -> Result<[PollEvents; COUNT]> {
    let mut asked = files.map(|(fd, events)| PollFd { fd, events: events.bits(), revents: 0 });
    let end = timeout.and_then(|timeout| time::now().checked_add(timeout));
    loop {
        let left = end.map(|end| end.saturating_sub(time::now()));
        match call::ppoll(&mut asked, left) {
            Err(Errno::EINTR) => {}
            outcome => {
                outcome.context("waiting for files")?;
                return Ok(asked.map(|file| PollEvents::from_bits_truncate(file.revents)));
            }
        }
    }
}

/// Waits until a descriptor can be read, and tells that it can; or that it was not waited for any longer, since one of
/// these signals was noted ([`process::catch_signal`]), before or meanwhile.
pub fn readable_unless_caught(fd: i32, signals: u64) -> Result<bool> {
    process::signals_blocked(signals, || {
        let others = process::blocked_signals() & !signals;
        loop {
            if process::has_caught(signals) {
                return Ok(false);
            }
            let mut asked = [PollFd { fd, events: PollEvents::READABLE.bits(), revents: 0 }];
            match call::ppoll_blocking(&mut asked, others) {
                Err(Errno::EINTR) => {}
                outcome => return outcome.map(|_| true).context("waiting for a file"),
            }
        }
    })
}
