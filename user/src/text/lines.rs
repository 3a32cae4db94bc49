//! Reading line by line, however the bytes come.

use crate::error::Result;
use alloc::vec::Vec;

/// What is asked for at once.
const PIECE: usize = 16 * 1024;

/// The lines of a source of bytes.
pub struct Lines<S> {
    source: S,
    /// Bytes that were read; those from `start` on have not been given out.
    bytes: Vec<u8>,
    start: usize,
    is_over: bool,
}

impl<S: FnMut(&mut [u8]) -> Result<usize>> Lines<S> {
    /// Lines from a source that fills a buffer and tells how far; 0 bytes are its end.
    pub const fn new(source: S) -> Self {
        Self { source, bytes: Vec::new(), start: 0, is_over: false }
    }

    /// The next line, with the newline that ends it.
    pub fn next_line(&mut self) -> Result<Option<&[u8]>> {
        let mut searched = self.start;
        let end = loop {
            let found = self.bytes[searched..].iter().position(|byte| *byte == b'\n');
            if let Some(place) = found {
                break searched + place + 1;
            }
            if self.is_over {
                break self.bytes.len();
            }
            searched = self.read_more()?;
        };
        let line = self.start..end;
        self.start = end;
        Ok((!line.is_empty()).then(|| &self.bytes[line]))
    }

    /// Reads a piece behind what is there; returns where that begins.
    fn read_more(&mut self) -> Result<usize> {
        self.bytes.drain(..self.start);
        self.start = 0;
        let length = self.bytes.len();
        self.bytes.resize(length + PIECE, 0);
        let outcome = (self.source)(&mut self.bytes[length..]);
        let count = outcome.as_ref().copied().unwrap_or(0);
        self.bytes.truncate(length + count);
        self.is_over = outcome? == 0;
        Ok(length)
    }
}

/// A line without the newline that ends it.
pub fn content(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\n").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A source that gives so many bytes at a time.
    fn by_pieces(bytes: &[u8], piece: usize) -> impl FnMut(&mut [u8]) -> Result<usize> + '_ {
        let mut left = bytes;
        move |buffer| {
            let count = left.len().min(piece).min(buffer.len());
            buffer[..count].copy_from_slice(&left[..count]);
            left = &left[count..];
            Ok(count)
        }
    }

    proptest! {
        #[test]
        fn lines_are_the_same_however_they_come(
            bytes in prop::collection::vec(prop_oneof![Just(b'\n'), any::<u8>()], 0..200),
            piece in 1..50_usize,
        ) {
            let mut lines = Lines::new(by_pieces(&bytes, piece));
            let mut found = Vec::new();
            while let Some(line) = lines.next_line().unwrap() {
                found.push(line.to_vec());
            }
            let expected: Vec<Vec<u8>> = bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn the_last_line_need_not_end() {
        let mut lines = Lines::new(by_pieces(b"one\n\ntwo", 2));
        assert_eq!(lines.next_line().unwrap(), Some(&b"one\n"[..]));
        assert_eq!(lines.next_line().unwrap().map(content), Some(&b""[..]));
        assert_eq!(lines.next_line().unwrap().map(content), Some(&b"two"[..]));
        assert_eq!(lines.next_line().unwrap(), None);
        assert_eq!(lines.next_line().unwrap(), None);
    }
}
