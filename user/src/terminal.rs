//! Terminals: settings, size, foreground group.

use crate::error::{Context, Error, Result};
use crate::fs::File;
use crate::process::Pid;
use crate::syscall::terminal as call;
use abi::Errno;
pub use abi::terminal::{Termios, WindowSize};
use alloc::format;
use alloc::string::String;

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

/// Changes a terminal's settings, and throws away what was typed and not read.
pub fn set_settings_and_forget(fd: i32, settings: &Termios) -> Result<()> {
    call::set_settings_and_forget(fd, settings).context(CONTEXT)
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

/// The program's side of a pseudo-terminal, which hangs up when this is dropped.
#[derive(Debug)]
pub struct Master(File);

impl Master {
    /// A new one, whose terminal can be opened.
    pub fn open() -> Result<Self> {
        let file = File::options().read_write().open("/dev/ptmx")?;
        call::unlock(file.as_raw()).context("/dev/ptmx")?;
        Ok(Self(file))
    }

    /// The terminal's path.
    pub fn path(&self) -> Result<String> {
        let number = call::number(self.0.as_raw()).context("/dev/ptmx")?;
        Ok(format!("/dev/pts/{number}"))
    }

    /// The descriptor's number.
    pub const fn as_raw(&self) -> i32 {
        self.0.as_raw()
    }

    /// Says how large the terminal is.
    pub fn set_window_size(&self, size: &WindowSize) -> Result<()> {
        call::set_window_size(self.0.as_raw(), size).context(CONTEXT)
    }

    /// Waits for what is printed there; `None` when nobody has the terminal any more.
    pub fn read(&self, buffer: &mut [u8]) -> Result<Option<usize>> {
        let left = |error: &Error| error.errno() == Some(Errno::EIO);
        match self.0.read(buffer) {
            Err(error) if left(&error) => Ok(None),
            outcome => outcome.map(Some),
        }
    }

    /// Types all of it.
    pub fn write_all(&self, bytes: &[u8]) -> Result<()> {
        self.0.write_all(bytes)
    }
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
