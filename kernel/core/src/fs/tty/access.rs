//! Who may use the terminal: processes in the background of its session are stopped (POSIX, 11.1.4).

use super::terminal::Terminal;
use crate::process::{self, signal};
use abi::Errno;
use abi::signal::Signal;

/// What a process does with the terminal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Use {
    /// It reads.
    Read,
    /// It writes, or changes something.
    Write,
}

/// Whether the caller is in the background of the terminal's session.
fn is_in_background(terminal: &Terminal, group: u32) -> bool {
    let session = process::current_session();
    let input = terminal.input();
    input.session != 0
        && input.session == session
        && input.foreground != 0
        && input.foreground != group
}

/// Stops the caller's group if it is in the background: then `EINTR`, and the call begins again when
/// the group goes on.
///
/// `EIO` if that can't be, because nobody would let it go on or because a reader does not care. A
/// writer that does not care may write.
pub fn check(terminal: &Terminal, purpose: Use) -> Result<(), Errno> {
    let group = process::current_group();
    if !is_in_background(terminal, group) {
        return Ok(());
    }
    let signal = match purpose {
        Use::Read => Signal::TTIN,
        Use::Write => Signal::TTOU,
    };
    if signal::is_shut_out(signal) {
        return match purpose {
            Use::Read => Err(Errno::EIO),
            Use::Write => Ok(()),
        };
    }
    if signal::is_orphaned(group) {
        return Err(Errno::EIO);
    }
    signal::send_to_group(group, signal);
    Err(Errno::EINTR)
}
