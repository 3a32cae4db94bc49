//! Bytes on their way to the screen.

use abi::terminal::{OCRNL, ONLCR, OPOST};
use heapless::Deque;

const CAPACITY: usize = 8192;
/// Room that programs leave, so that what is typed can still be echoed.
const KEPT_FOR_ECHO: usize = 1024;

/// A queue of bytes that are ready to be sent.
pub struct Ring(Deque<u8, CAPACITY>);

impl Ring {
    /// No bytes.
    pub const fn new() -> Self {
        Self(Deque::new())
    }

    /// Bytes that are not sent yet.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether everything has been sent.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Bytes that a program can still add.
    pub fn room(&self) -> usize {
        self.room_for_echo().saturating_sub(KEPT_FOR_ECHO)
    }

    /// Bytes that fit.
    pub fn room_for_echo(&self) -> usize {
        CAPACITY - self.0.len()
    }

    /// Adds as much of a program's output as there is room for; returns how many bytes of it.
    pub fn add(&mut self, bytes: &[u8], modes: u32) -> usize {
        let limit = self.room();
        self.add_within(limit, bytes, modes)
    }

    /// Adds an echo, as far as it fits.
    pub fn add_echo(&mut self, bytes: &[u8], modes: u32) {
        let limit = self.room_for_echo();
        self.add_within(limit, bytes, modes);
    }

    /// Sends from the front on, for as long as `send` takes bytes.
    pub fn send(&mut self, mut send: impl FnMut(u8) -> bool) {
        while let Some(byte) = self.0.front() {
            if !send(*byte) {
                break;
            }
            self.0.pop_front();
        }
    }

    fn add_within(&mut self, mut limit: usize, bytes: &[u8], modes: u32) -> usize {
        for (index, byte) in bytes.iter().enumerate() {
            let sent = expand(byte, modes);
            if sent.len() > limit {
                return index;
            }
            limit -= sent.len();
            for byte in sent {
                // Fits: the limit is not above the room.
                let _ = self.0.push_back(*byte);
            }
        }
        bytes.len()
    }
}

/// What is sent for a byte: a new line needs the carriage to return first.
pub fn expand(byte: &u8, modes: u32) -> &[u8] {
    if *byte == b'\n' && modes & OPOST != 0 && modes & ONLCR != 0 {
        b"\r\n"
    } else if *byte == b'\r' && modes & OPOST != 0 && modes & OCRNL != 0 {
        b"\n"
    } else {
        core::slice::from_ref(byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(ring: &mut Ring) -> Vec<u8> {
        let mut bytes = Vec::new();
        ring.send(|byte| {
            bytes.push(byte);
            true
        });
        bytes
    }

    #[test]
    fn a_new_line_returns_the_carriage_unless_output_is_raw() {
        let mut ring = Ring::new();
        ring.add(b"a\nb", OPOST | ONLCR);
        assert_eq!(sent(&mut ring), b"a\r\nb");
        ring.add(b"a\nb", ONLCR);
        assert_eq!(sent(&mut ring), b"a\nb");
    }

    #[test]
    fn what_does_not_fit_is_left_to_the_writer() {
        let mut ring = Ring::new();
        let lines = [b'\n'; CAPACITY];
        let taken = ring.add(&lines, OPOST | ONLCR);
        assert_eq!(taken, (CAPACITY - KEPT_FOR_ECHO) / 2);
        assert_eq!(ring.add(b"x\n", OPOST | ONLCR), 0);
        ring.add_echo(b"^C", 0);
        assert_eq!(sent(&mut ring).len(), taken * 2 + 2);
    }

    #[test]
    fn a_byte_that_is_not_taken_is_sent_first_the_next_time() {
        let mut ring = Ring::new();
        ring.add(b"abc", 0);
        ring.send(|byte| byte == b'a');
        assert_eq!(sent(&mut ring), b"bc");
    }
}
