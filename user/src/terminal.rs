//! Terminals: settings, size, foreground group.

use crate::error::{Context, Result};
use crate::process::Pid;
use crate::syscall::terminal as call;
pub use abi::terminal::{Termios, WindowSize};

const CONTEXT: &str = "terminal";

/// Whether a descriptor is a terminal.
pub fn is_terminal(fd: i32) -> bool {
    call::get_settings(fd).is_ok()
}

/// Reads a terminal's settings.
pub fn settings(fd: i32) -> Result<Termios> {
    call::get_settings(fd).context(CONTEXT)
}

/// Changes a terminal's settings.
pub fn set_settings(fd: i32, settings: &Termios) -> Result<()> {
    call::set_settings(fd, settings).context(CONTEXT)
}

/// Reads a terminal's size.
pub fn window_size(fd: i32) -> Result<WindowSize> {
    call::window_size(fd).context(CONTEXT)
}

/// Makes this the session's terminal.
pub fn set_controlling(fd: i32) -> Result<()> {
    call::set_controlling(fd).context(CONTEXT)
}

/// The process group that Ctrl-C reaches.
pub fn foreground(fd: i32) -> Result<Pid> {
    call::foreground(fd).context(CONTEXT).map(Pid)
}

/// Sets the process group that Ctrl-C reaches.
pub fn set_foreground(fd: i32, group: Pid) -> Result<()> {
    call::set_foreground(fd, group.0).context(CONTEXT)
}

/// Key by key input, until it is dropped.
#[derive(Debug)]
pub struct RawMode {
    fd: i32,
    before: Termios,
}

impl RawMode {
    /// Switches the terminal to key by key input.
    pub fn enter(fd: i32) -> Result<Self> {
        let before = settings(fd)?;
        set_settings(fd, &before.raw())?;
        Ok(Self { fd, before })
    }
}

impl Drop for RawMode {
    fn drop(&mut self) {
        // A terminal that is gone needs no settings.
        let _ = set_settings(self.fd, &self.before);
    }
}
