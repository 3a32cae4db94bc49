//! Standard output and error, and the print macros.
//!
//! Output is collected: to a terminal line by line, elsewhere 4 KiB at a time. It goes out at exit
//! and before fork and exec, so that nothing is printed twice or lost. Errors go out at once.

use crate::syscall;
use abi::Errno;
use core::fmt::{self, Write};
use spin::Mutex;

/// Standard input's descriptor.
pub const STDIN: i32 = 0;
/// Standard output's descriptor.
pub const STDOUT: i32 = 1;
/// Standard error's descriptor.
pub const STDERR: i32 = 2;

const BUFFER_BYTES: usize = 4096;

static OUTPUT: Mutex<Output> =
    Mutex::new(Output { bytes: [0; BUFFER_BYTES], used: 0, mode: Mode::Unknown });

/// When collected output goes out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Mode {
    /// Nobody has asked yet what standard output is.
    Unknown,
    /// At the end of each line.
    Lines,
    /// When the buffer is full.
    Blocks,
}

struct Output {
    bytes: [u8; BUFFER_BYTES],
    used: usize,
    mode: Mode,
}

impl Output {
    fn write(&mut self, mut bytes: &[u8]) -> Result<(), Errno> {
        let lines = self.mode() == Mode::Lines && bytes.contains(&b'\n');
        while !bytes.is_empty() {
            if self.used == BUFFER_BYTES {
                self.flush()?;
            }
            let count = bytes.len().min(BUFFER_BYTES - self.used);
            self.bytes[self.used..self.used + count].copy_from_slice(&bytes[..count]);
            self.used += count;
            bytes = &bytes[count..];
        }
        if lines { self.flush() } else { Ok(()) }
    }

    fn mode(&mut self) -> Mode {
        if self.mode == Mode::Unknown {
            let terminal = syscall::terminal::get_settings(STDOUT).is_ok();
            self.mode = if terminal { Mode::Lines } else { Mode::Blocks };
        }
        self.mode
    }

    fn flush(&mut self) -> Result<(), Errno> {
        // What can't be written is dropped: trying again at exit would fail again.
        let used = core::mem::take(&mut self.used);
        write_all(STDOUT, &self.bytes[..used])
    }
}

/// Writes all bytes to a descriptor.
pub fn write_all(fd: i32, mut bytes: &[u8]) -> Result<(), Errno> {
    while !bytes.is_empty() {
        match syscall::file::write(fd, bytes) {
            Ok(0) => return Err(Errno::EIO),
            Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
            Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}

/// Writes bytes to standard output, through the buffer.
pub fn write(bytes: &[u8]) -> Result<(), Errno> {
    OUTPUT.lock().write(bytes)
}

/// Lets collected output go out.
pub fn flush() -> Result<(), Errno> {
    OUTPUT.lock().flush()
}

/// Has the next output ask anew whether standard output is a terminal.
pub(crate) fn forget_mode() {
    OUTPUT.lock().mode = Mode::Unknown;
}

/// Standard output as a formatter's target.
pub struct Stdout;

impl Write for Stdout {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        write(text.as_bytes()).map_err(|_| fmt::Error)
    }
}

/// Standard error as a formatter's target: a line goes out in one piece where it is short enough.
struct Stderr {
    bytes: [u8; 512],
    used: usize,
}

impl Write for Stderr {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for &byte in text.as_bytes() {
            if self.used == self.bytes.len() {
                self.send();
            }
            self.bytes[self.used] = byte;
            self.used += 1;
        }
        Ok(())
    }
}

impl Stderr {
    fn send(&mut self) {
        // There is nowhere to tell that standard error is gone.
        let _ = write_all(STDERR, &self.bytes[..self.used]);
        self.used = 0;
    }
}

/// Prints to standard output; a reader that is gone is not the program's failure.
pub fn print(arguments: fmt::Arguments<'_>) {
    let _ = Stdout.write_fmt(arguments);
}

/// Prints to standard error.
pub fn print_error(arguments: fmt::Arguments<'_>) {
    let mut target = Stderr { bytes: [0; 512], used: 0 };
    let _ = target.write_fmt(arguments);
    target.send();
}

/// Prints to standard output.
#[macro_export]
macro_rules! print {
    ($($argument:tt)*) => { $crate::io::print(core::format_args!($($argument)*)) };
}

/// Prints a line to standard output.
#[macro_export]
macro_rules! println {
    () => { $crate::print!("\n") };
    ($($argument:tt)*) => { $crate::print!("{}\n", core::format_args!($($argument)*)) };
}

/// Prints to standard error, at once.
#[macro_export]
macro_rules! eprint {
    ($($argument:tt)*) => { $crate::io::print_error(core::format_args!($($argument)*)) };
}

/// Prints a line to standard error, at once.
#[macro_export]
macro_rules! eprintln {
    () => { $crate::eprint!("\n") };
    ($($argument:tt)*) => { $crate::eprint!("{}\n", core::format_args!($($argument)*)) };
}
