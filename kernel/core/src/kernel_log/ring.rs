//! The memory of the log, which processes read while the kernel writes: atomics only.
//!
//! `abi::log` has its layout and says how it is read. The order of a write is: `reserved`, the
//! bytes, `written`; so a reader that finds an old `reserved` afterwards has read old bytes.

use crate::atomic::{AtomicU8, AtomicU64, Ordering, fence};
use abi::log::{LOG_HEADER_BYTES, LOG_RING_BYTES};

const WORD: usize = size_of::<u64>();

/// Whole pages that hold nothing else.
#[repr(C, align(4096))]
pub struct Ring {
    written: AtomicU64,
    reserved: AtomicU64,
    unused: [AtomicU8; LOG_HEADER_BYTES - 2 * WORD],
    text: [AtomicU8; LOG_RING_BYTES],
}

impl Ring {
    /// Nothing was written.
    pub const fn new() -> Self {
        Self {
            written: AtomicU64::new(0),
            reserved: AtomicU64::new(0),
            unused: [const { AtomicU8::new(0) }; LOG_HEADER_BYTES - 2 * WORD],
            text: [const { AtomicU8::new(0) }; LOG_RING_BYTES],
        }
    }

    /// Adds bytes in place of the oldest; one writer at a time. More than the ring has are cut.
    pub fn write(&self, bytes: &[u8]) {
        let bytes = &bytes[..bytes.len().min(LOG_RING_BYTES)];
        let start = self.written.load(Ordering::Relaxed);
        let end = start + bytes.len() as u64;
        self.reserved.store(end, Ordering::Relaxed);
        fence(Ordering::Release);
        for (position, byte) in (start..end).zip(bytes) {
            self.text[position as usize % LOG_RING_BYTES].store(*byte, Ordering::Relaxed);
        }
        self.written.store(end, Ordering::Release);
    }

    /// How many bytes were ever added.
    pub fn written(&self) -> u64 {
        self.written.load(Ordering::Acquire)
    }

    /// Copies bytes from a position on; returns how many, and `None` if some have been overwritten.
    pub fn read(&self, from: u64, to: &mut [u8]) -> Option<usize> {
        let end = self.written().min(from.saturating_add(to.len() as u64));
        for (position, byte) in (from..end).zip(to) {
            *byte = self.text[position as usize % LOG_RING_BYTES].load(Ordering::Relaxed);
        }
        fence(Ordering::Acquire);
        let reserved = self.reserved.load(Ordering::Relaxed);
        let is_whole = from.saturating_add(LOG_RING_BYTES as u64) >= reserved;
        is_whole.then_some(end.saturating_sub(from) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use abi::log::{LOG_BYTES, LogHeader};
    use core::mem::offset_of;

    /// The last bytes, and where they end.
    fn last(ring: &Ring, count: usize) -> (Vec<u8>, u64) {
        let mut bytes = vec![0; count];
        assert_eq!(ring.read(ring.written() - count as u64, &mut bytes), Some(count));
        (bytes, ring.written())
    }

    #[test]
    fn it_lies_in_memory_as_processes_are_told() {
        assert_eq!(size_of::<Ring>(), LOG_BYTES);
        assert_eq!(align_of::<Ring>(), arch::addr::PAGE_SIZE);
        assert_eq!(offset_of!(Ring, written), offset_of!(LogHeader, written));
        assert_eq!(offset_of!(Ring, reserved), offset_of!(LogHeader, reserved));
        assert_eq!(offset_of!(Ring, text), LOG_HEADER_BYTES);
    }

    #[test]
    fn the_newest_bytes_take_the_place_of_the_oldest() {
        let ring = Box::new(Ring::new());
        let mut all = Vec::new();
        for number in 0..20_000 {
            let line = format!("line {number}\n");
            ring.write(line.as_bytes());
            all.extend_from_slice(line.as_bytes());
        }
        let (found, end) = last(&ring, LOG_RING_BYTES);
        assert_eq!(end, all.len() as u64);
        assert!(found == all[all.len() - LOG_RING_BYTES..]);
        ring.write(&vec![b'x'; 2 * LOG_RING_BYTES]);
        assert_eq!(last(&ring, LOG_RING_BYTES).1, end + LOG_RING_BYTES as u64);
        assert_eq!(ring.read(end - 1, &mut [0; 4]), None);
        assert_eq!(ring.read(ring.written() - 2, &mut [0; 4]), Some(2));
        assert_eq!(ring.read(ring.written() + 9, &mut [0; 4]), Some(0));
    }

    #[test]
    fn a_reader_that_looks_at_what_was_reserved_never_takes_a_torn_line() {
        let ring = Box::new(Ring::new());
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                for number in 0..200_000_u64 {
                    ring.write(format!("{number:07}\n").as_bytes());
                }
            });
            let mut kept = 0;
            while !writer.is_finished() || kept == 0 {
                let written = ring.written.load(Ordering::Acquire);
                // The oldest lines, which the writer takes next.
                let start = written.saturating_sub(LOG_RING_BYTES as u64).next_multiple_of(8);
                let line: Vec<u8> = (start..(start + 8).min(written))
                    .map(|at| ring.text[at as usize % LOG_RING_BYTES].load(Ordering::Relaxed))
                    .collect();
                fence(Ordering::Acquire);
                let reserved = ring.reserved.load(Ordering::Relaxed);
                if line.len() == 8 && start + LOG_RING_BYTES as u64 >= reserved {
                    assert_eq!(line, format!("{:07}\n", start / 8).into_bytes());
                    kept += 1;
                }
            }
        });
    }
}
