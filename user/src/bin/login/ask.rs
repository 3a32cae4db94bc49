//! Asking for a name.

use abi::Errno;
use alloc::string::String;
use alloc::vec::Vec;
use user::error::{Context, Result};
use user::io::{self, STDIN};
use user::syscall::file::read;
use user::{print, println, terminal};

/// The most bytes of a name that count.
const LONGEST: usize = 256;

/// Asks until a name is typed; none when the terminal is gone.
pub fn name(prompt: &str) -> Result<Option<String>> {
    loop {
        print!("{prompt}");
        let _ = io::flush();
        match line()? {
            Some(line) if line.is_empty() => {}
            Some(line) => return Ok(Some(line)),
            // Ctrl-D, unless nobody can type any more.
            None if terminal::is_terminal(STDIN) => println!(),
            None => return Ok(None),
        }
    }
}

/// A line without blanks around it; none at the end of the input.
fn line() -> Result<Option<String>> {
    let mut bytes: Vec<u8> = Vec::new();
    let mut byte = [0];
    loop {
        match read(STDIN, &mut byte) {
            Ok(0) => return Ok(None),
            Ok(_) if byte[0] == b'\n' => break,
            Ok(_) if bytes.len() < LONGEST => bytes.push(byte[0]),
            Ok(_) | Err(Errno::EINTR) => {}
            // A terminal that has hung up.
            Err(Errno::EIO) => return Ok(None),
            Err(errno) => return Err(errno).context("standard input"),
        }
    }
    Ok(Some(String::from_utf8_lossy(&bytes).trim().into()))
}
