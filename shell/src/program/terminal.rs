//! The terminal that the shell sits at: who has it, how it is set, and reading keys from it.

use super::lines;
use abi::terminal::{ECHO, Termios};
use embedded_io::{ErrorKind, ErrorType, Read, Write};
use user::io::{self, STDIN, STDOUT};
use user::process::{self, Pid};
use user::terminal as tty;

/// Whether a person sits at both ends: keys come from a terminal, and output goes to one.
pub fn is_interactive() -> bool {
    tty::is_terminal(STDIN) && tty::is_terminal(STDOUT)
}

/// The shell's hold on the terminal.
///
/// While the shell edits, keys come one by one; jobs get whole lines, with echo and Ctrl-C. The
/// switch to lines is made by the new job when the terminal is its own: a Ctrl-C that was typed
/// early waits in the terminal until then and finds the job that it was meant for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Terminal {
    group: Pid,
    settings: Termios,
}

impl Terminal {
    /// Makes the shell a group of its own that has the terminal. The shell must be ignoring the
    /// signals that keep other groups away from it.
    pub fn claim() -> Self {
        // Refused to the leader of a session, which has its own group already.
        let _ = process::set_group(Pid(0), Pid(0));
        let group = process::group();
        give_to(group);
        let settings = tty::settings(STDIN).unwrap_or(Termios::cooked());
        Self { group, settings }
    }

    /// Takes the terminal back from a job.
    pub fn take_back(&self) {
        give_to(self.group);
    }

    /// Switches to keys, whatever a job has left behind.
    pub fn read_keys(&self) -> Result<(), ErrorKind> {
        tty::set_settings(STDIN, &self.editing()).map_err(|_| ErrorKind::Other)
    }

    /// Switches from keys to lines; a job that has set up the terminal for itself keeps that.
    pub fn read_lines(&self) {
        if tty::settings(STDIN).is_ok_and(|settings| settings == self.editing()) {
            // Keys that were typed ahead become lines at this moment. The shell shows them when
            // it edits them, so they are not echoed now. Either call fails only when the terminal
            // is gone, which the next read finds.
            let quiet = Termios { local: self.settings.local & !ECHO, ..self.settings };
            let _ = tty::set_settings(STDIN, &quiet);
            let _ = tty::set_settings(STDIN, &self.settings);
        }
    }

    /// The terminal's width as it says itself, 0 if it does not know.
    pub fn columns(&self) -> u16 {
        tty::window_size(STDOUT).map_or(0, |size| size.columns)
    }

    /// Unlike a raw mode it still reads CR as NL: lines typed ahead may be for the next program,
    /// which expects NL.
    const fn editing(&self) -> Termios {
        Termios { input: self.settings.input, ..self.settings.raw() }
    }
}

/// Puts a group in the foreground. A group that has ended meanwhile needs no terminal.
pub fn give_to(group: Pid) {
    let _ = tty::set_foreground(STDIN, group);
}

/// Keys and screen for the line editor.
pub struct Console;

impl ErrorType for Console {
    type Error = ErrorKind;
}

impl Read for Console {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        lines::read_input(buffer).map_err(|_| ErrorKind::Other)
    }
}

impl Write for Console {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        io::write_all(STDOUT, bytes).map_err(|_| ErrorKind::Other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}
