//! Asking for a password: it is not echoed, and wiped when it is dropped.

use crate::error::{Context, Result};
use crate::io::{self, STDIN};
use crate::syscall::file::read;
use crate::{eprint, terminal};
use abi::Errno;
use abi::terminal::{ECHO, ECHONL, Termios};
use alloc::vec::Vec;
use zeroize::Zeroizing;

/// The most bytes of a password that are read; a line of a terminal has no more than 4095.
const LONGEST: usize = 4096;

/// What was typed. It never grows, so that no copy of it is left anywhere.
pub struct Password(Zeroizing<Vec<u8>>);

impl Password {
    /// Asks for one on standard input; none at its end. What was typed ahead at a terminal does not count: it was
    /// echoed.
    pub fn ask(prompt: &str) -> Result<Option<Self>> {
        let quiet = Quiet::begin()?;
        let _ = io::flush();
        // What a program prints may go to a file.
        eprint!("{prompt}");
        let password = Self::read_line();
        drop(quiet);
        password.context("standard input")
    }

    /// The bytes, without the end of the line.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Byte by byte: what follows the line is for others.
    fn read_line() -> core::result::Result<Option<Self>, Errno> {
        let mut password = Self(Zeroizing::new(Vec::with_capacity(LONGEST)));
        let mut byte = Zeroizing::new([0]);
        let mut is_begun = false;
        loop {
            match read(STDIN, byte.as_mut()) {
                Ok(0) => return Ok(is_begun.then_some(password)),
                Ok(_) if byte[0] == b'\n' => return Ok(Some(password)),
                Ok(_) if password.0.len() < LONGEST => password.0.push(byte[0]),
                Ok(_) | Err(Errno::EINTR) => {}
                Err(errno) => return Err(errno),
            }
            is_begun = true;
        }
    }
}

/// Nothing but the end of a line is echoed, until this is dropped.
struct Quiet(Option<Termios>);

impl Quiet {
    fn begin() -> Result<Self> {
        // What is no terminal echoes nothing.
        let Ok(before) = terminal::settings(STDIN) else { return Ok(Self(None)) };
        let quiet = Termios { local: before.local & !ECHO | ECHONL, ..before };
        terminal::set_settings_and_forget(STDIN, &quiet)?;
        Ok(Self(Some(before)))
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            let _ = terminal::set_settings(STDIN, before);
        }
    }
}
