//! Lines of standard input when that is no terminal.

use abi::Errno;
use alloc::string::String;
use alloc::vec::Vec;
use user::io::STDIN;
use user::syscall::file::read;

/// The lines; not a byte is read beyond the line that was asked for, since the rest may be for
/// the program that the line starts.
pub struct InputLines;

impl Iterator for InputLines {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let mut line: Vec<u8> = Vec::new();
        let mut byte = [0];
        loop {
            match read_input(&mut byte) {
                Ok(1) if byte[0] == b'\n' => break,
                Ok(1) => line.push(byte[0]),
                _ if line.is_empty() => return None,
                _ => break,
            }
        }
        Some(String::from_utf8_lossy(&line).into_owned())
    }
}

/// Reads standard input, as often as a signal interrupts it.
pub fn read_input(buffer: &mut [u8]) -> Result<usize, Errno> {
    loop {
        match read(STDIN, buffer) {
            Err(Errno::EINTR) => {}
            outcome => return outcome,
        }
    }
}
