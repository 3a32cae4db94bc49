//! The kernel's log: lines in pages that the kernel offers to root's processes.
//!
//! [`Text`] reads the ring in them, which the kernel goes on writing (`abi::log` says how it lies).

use crate::shared::SharedMemory;
use abi::log::{LOG_BYTES, LOG_HEADER_BYTES, LOG_RING_BYTES, LogHeader};
use alloc::vec;
use alloc::vec::Vec;
use core::mem::offset_of;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};

#[cfg(target_os = "none")]
pub use claimed::KernelLog;

/// The log's lines, in memory that the kernel writes.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a>(SharedMemory<'a>);

/// Lines of the log.
#[derive(Debug, Default, Eq, PartialEq)]
pub struct Lines {
    /// Bytes that were asked for and have been overwritten.
    pub lost: u64,
    /// What there is: whole lines.
    pub bytes: Vec<u8>,
    /// The position behind it, from which to read on.
    pub end: u64,
}

impl<'a> Text<'a> {
    /// The log in some memory, which has [`LOG_BYTES`].
    pub fn new(memory: SharedMemory<'a>) -> Option<Self> {
        (memory.len() >= LOG_BYTES && memory.as_atomic_u64(0).is_some()).then_some(Self(memory))
    }

    fn word(&self, offset: usize) -> &'a AtomicU64 {
        self.0.as_atomic_u64(offset).expect("invariant: `new` has checked length and alignment")
    }

    /// The low half of the position behind the last line; whoever wants more sleeps on it.
    pub fn bell(&self) -> &'a AtomicU32 {
        self.0.as_atomic_u32(0).expect("invariant: `new` has checked length and alignment")
    }

    /// The lines from a position on: 0 is the first line since boot.
    pub fn read(&self, from: u64) -> Lines {
        let end = self.word(offset_of!(LogHeader, written)).load(Ordering::Acquire);
        let oldest = end.saturating_sub(LOG_RING_BYTES as u64);
        let start = from.clamp(oldest, end.max(oldest));
        let mut bytes = vec![0; (end - start) as usize];
        self.copy(start, &mut bytes);
        // What is being written by now may have been overwritten while it was copied.
        fence(Ordering::Acquire);
        let reserved = self.word(offset_of!(LogHeader, reserved)).load(Ordering::Relaxed);
        let whole = reserved.saturating_sub(LOG_RING_BYTES as u64).clamp(start, end);
        bytes.drain(..(whole - start) as usize);
        if whole > from {
            // The rest of a line that has lost its beginning.
            let rest =
                bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1);
            bytes.drain(..rest);
        }
        let lost = end.saturating_sub(from) - bytes.len() as u64;
        Lines { lost, bytes, end }
    }

    /// Copies bytes out, around the end of the ring.
    fn copy(&self, position: u64, bytes: &mut [u8]) {
        let at = (position % LOG_RING_BYTES as u64) as usize;
        let first = bytes.len().min(LOG_RING_BYTES - at);
        let (head, tail) = bytes.split_at_mut(first);
        let head = self.0.read(LOG_HEADER_BYTES + at, head);
        let done = head.and(self.0.read(LOG_HEADER_BYTES, tail));
        debug_assert!(done.is_some(), "both lie within the ring");
    }
}

#[cfg(target_os = "none")]
mod claimed {
    use super::{Lines, Text};
    use crate::error::{Context, Error, Result};
    use crate::offer::{self, Pages};
    use crate::process::Pid;
    use crate::sync;
    use crate::syscall::offer as call;
    use abi::Errno;
    use core::time::Duration;

    /// The number by which the kernel offers.
    const KERNEL: Pid = Pid(0);

    /// The kernel's log, claimed by this process.
    #[derive(Debug)]
    pub struct KernelLog(Pages);

    impl KernelLog {
        /// Asks the kernel for its log and claims it; for root only.
        pub fn open() -> Result<Self> {
            let address = match call::vm_offer_log() {
                // An earlier attempt was not finished; there is one log.
                Err(Errno::EEXIST) => abi::log::LOG_ADDRESS as usize,
                outcome => outcome.map_err(refused)?,
            };
            let pages = offer::claim(KERNEL, address)?;
            let is_log = Text::new(pages.memory()).is_some();
            is_log.then_some(Self(pages)).ok_or(Errno::EINVAL).context("the kernel's log")
        }

        fn text(&self) -> Text<'_> {
            Text::new(self.0.memory()).expect("invariant: `open` has checked it")
        }

        /// The lines from a position on: 0 is the first line since boot.
        pub fn read(&self, from: u64) -> Lines {
            self.text().read(from)
        }

        /// Sleeps until there is more than up to a position, or the time is over, or for a while.
        pub fn wait(&self, end: u64, timeout: Option<Duration>) {
            sync::wait(self.text().bell(), end as u32, timeout);
        }
    }

    fn refused(errno: Errno) -> Error {
        let error = Error::new(errno, "the kernel's log");
        match errno {
            Errno::EPERM => error.problem("only root may read it"),
            _ => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory() -> Vec<AtomicU64> {
        (0..LOG_BYTES / 8).map(|_| AtomicU64::new(0)).collect()
    }

    /// What the kernel does, as `abi::log` describes it.
    fn write(words: &[AtomicU64], bytes: &[u8]) {
        let memory = SharedMemory::of_words(words);
        let start = words[0].load(Ordering::Relaxed);
        let end = start + bytes.len() as u64;
        words[1].store(end, Ordering::Relaxed);
        for (position, byte) in (start..end).zip(bytes) {
            let at = LOG_HEADER_BYTES + position as usize % LOG_RING_BYTES;
            memory.write(at, &[*byte]).unwrap();
        }
        words[0].store(end, Ordering::Relaxed);
    }

    fn lines(numbers: core::ops::Range<usize>) -> Vec<u8> {
        numbers.flat_map(|number| std::format!("line {number:010}\n").into_bytes()).collect()
    }

    #[test]
    fn all_lines_are_read_once_by_reading_on_from_where_the_last_read_ended() {
        let words = memory();
        let text = Text::new(SharedMemory::of_words(&words)).unwrap();
        assert_eq!(text.read(0), Lines::default());
        let (mut end, mut read) = (0, Vec::new());
        for number in 0..20_000 {
            write(&words, &lines(number..number + 1));
            if number % 100 == 99 {
                let found = text.read(end);
                assert_eq!(found.lost, 0);
                read.extend(found.bytes);
                end = found.end;
            }
        }
        assert!(read == lines(0..20_000));
        assert_eq!(text.read(end), Lines { end, ..Lines::default() });
        assert_eq!(u64::from(text.bell().load(Ordering::Relaxed)), end);
    }

    #[test]
    fn who_comes_late_gets_whole_lines_and_is_told_how_much_is_lost() {
        let words = memory();
        let text = Text::new(SharedMemory::of_words(&words)).unwrap();
        write(&words, b"a line of another length\n");
        let all = lines(0..9000);
        all.chunks(16).for_each(|line| write(&words, line));
        let found = text.read(0);
        assert!(found.bytes.len() >= LOG_RING_BYTES - 16 && found.bytes.starts_with(b"line "));
        assert!(all.ends_with(&found.bytes));
        assert_eq!(found.lost + found.bytes.len() as u64, found.end);
    }

    #[test]
    fn what_is_being_overwritten_is_lost() {
        let words = memory();
        let text = Text::new(SharedMemory::of_words(&words)).unwrap();
        let all = lines(0..9000);
        all.chunks(16).for_each(|line| write(&words, line));
        let before = text.read(0);
        // The kernel has begun a message of 160 bytes.
        words[1].store(before.end + 160, Ordering::Relaxed);
        let found = text.read(0);
        assert_eq!(found.end, before.end);
        assert!(before.bytes.ends_with(&found.bytes) && found.bytes.starts_with(b"line "));
        assert!(before.bytes.len() - found.bytes.len() >= 160 - 16);
    }

    #[test]
    fn broken_positions_do_no_harm() {
        let words = memory();
        let text = Text::new(SharedMemory::of_words(&words)).unwrap();
        words[0].store(u64::MAX, Ordering::Relaxed);
        text.read(0);
        text.read(u64::MAX);
        words[0].store(5, Ordering::Relaxed);
        words[1].store(u64::MAX, Ordering::Relaxed);
        assert_eq!(text.read(100).bytes, []);
        assert!(Text::new(SharedMemory::of_words(&words[1..])).is_none());
    }
}
