//! The kernel's last messages, which `syslog` gives: also those that are not for the console.

use crate::sync::{Lock, Rank};

/// Bytes that are kept.
pub const BYTES: usize = 16 * 1024;

/// A ring of bytes, the newest in place of the oldest.
pub struct Ring<const N: usize> {
    bytes: [u8; N],
    /// Bytes that were ever put in.
    end: usize,
    /// Those before this one have been cleared.
    start: usize,
}

impl<const N: usize> Ring<N> {
    /// Without bytes.
    pub const fn new() -> Self {
        Self { bytes: [0; N], end: 0, start: 0 }
    }

    /// Adds bytes.
    pub fn put(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.bytes[self.end % N] = *byte;
            self.end += 1;
        }
        self.start = self.start.max(self.end.saturating_sub(N));
    }

    /// Bytes that are kept.
    pub const fn len(&self) -> usize {
        self.end - self.start
    }

    /// Whether none is.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Copies from the bytes that are kept, from number `from` of them on; returns how many.
    pub fn read(&self, from: usize, to: &mut [u8]) -> usize {
        let count = to.len().min(self.len().saturating_sub(from));
        for (index, byte) in to[..count].iter_mut().enumerate() {
            *byte = self.bytes[(self.start + from + index) % N];
        }
        count
    }

    /// Lets go of all.
    pub const fn clear(&mut self) {
        self.start = self.end;
    }
}

impl<const N: usize> Default for Ring<N> {
    fn default() -> Self {
        Self::new()
    }
}

/// The messages.
pub static RING: Lock<Ring<BYTES>> = Lock::new(Rank::Log, Ring::new());

#[cfg(test)]
mod tests {
    use super::*;

    fn text(ring: &Ring<8>, from: usize) -> Vec<u8> {
        let mut bytes = [0; 8];
        let count = ring.read(from, &mut bytes);
        bytes[..count].to_vec()
    }

    #[test]
    fn the_newest_bytes_are_kept() {
        let mut ring = Ring::<8>::new();
        ring.put(b"one");
        assert_eq!((text(&ring, 0), ring.len()), (b"one".to_vec(), 3));
        ring.put(b" and more");
        assert_eq!((text(&ring, 0), ring.len()), (b"and more".to_vec(), 8));
        assert_eq!(text(&ring, 4), b"more");
        assert_eq!(text(&ring, 9), b"");
        ring.clear();
        assert!(ring.is_empty());
        ring.put(b"x");
        assert_eq!(text(&ring, 0), b"x");
    }
}
