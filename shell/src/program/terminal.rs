//! The terminal that the shell sits at: who has it, how it is set, and reading keys from it.

use abi::Errno;
use abi::signal::{Signal, signal_bit};
use abi::terminal::{ECHO, Termios, WindowSize};
use core::time::Duration;
use shell::editor::{self, Input, Size};
use user::io::{self, STDIN, STDOUT};
use user::poll::{self, PollEvents};
use user::process::{self, Pid};
use user::syscall::file::read;
use user::syscall::terminal::set_window_size;
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
    pub fn read_keys(&self) -> Result<(), Errno> {
        tty::set_settings(STDIN, &self.editing())
            .map_err(|error| error.errno().unwrap_or(Errno::EIO))
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

    /// How large it is, or is taken to be.
    pub fn size(&self) -> Size {
        tty::window_size(STDOUT).map_or(Size::USUAL, |size| Size::usable(size.columns, size.rows))
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

/// Keys and screen for the line editor, which is told when the window's size changes.
pub struct Console {
    terminal: Terminal,
    /// Whether a script wants to see the signal itself.
    is_trapped: bool,
    /// Whether one came while this was there.
    has_come: bool,
}

/// A window has another size.
const RESIZED: u64 = signal_bit(Signal::WINCH as u32);

impl Console {
    /// From here on keys are read.
    pub fn open(terminal: Terminal, is_trapped: bool) -> Result<Self, Errno> {
        terminal.read_keys()?;
        if !is_trapped {
            // Cannot fail: it is a signal that may be caught.
            let _ = process::catch_signal(Signal::WINCH as u32);
        }
        Ok(Self { terminal, is_trapped, has_come: false })
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        if !self.is_trapped {
            let _ = process::default_signal(Signal::WINCH);
        } else if self.has_come {
            process::put_back_caught(RESIZED);
        }
    }
}

impl editor::Terminal for Console {
    fn read(&mut self) -> Result<Input, Errno> {
        // One that comes between the look at the size and the wait for a key is seen here.
        let is_key = poll::readable_unless_caught(STDIN, RESIZED)
            .map_err(|error| error.errno().unwrap_or(Errno::EIO))?;
        if !is_key {
            self.has_come |= process::take_caught_of(RESIZED) != 0;
            return Ok(Input::Resized);
        }
        let mut byte = [0];
        match read(STDIN, &mut byte) {
            Ok(0) => Ok(Input::End),
            Ok(_) => Ok(Input::Byte(byte[0])),
            // Whatever the signal was, to look at the size is no harm.
            Err(Errno::EINTR) => Ok(Input::Resized),
            Err(error) => Err(error),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Errno> {
        io::write_all(STDOUT, bytes)
    }

    fn more_within(&mut self, milliseconds: u32) -> bool {
        let patience = Some(Duration::from_millis(milliseconds.into()));
        poll::wait([(STDIN, PollEvents::READABLE)], patience)
            .is_ok_and(|[events]| !events.is_empty())
    }

    fn size(&mut self) -> Size {
        self.terminal.size()
    }

    fn has_told(&mut self, size: Size) {
        let number = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
        let (rows, columns) = (number(size.rows), number(size.columns));
        // All programs at the terminal know it then. One that cannot be told keeps what it has.
        let _ = set_window_size(STDOUT, &WindowSize { rows, columns, ..WindowSize::default() });
    }
}
