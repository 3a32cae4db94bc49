//! A record while it is made.

use abi::trace::{ARGUMENTS, Copied, TRACE_RECORD_MAX, TraceCapture, TraceEvent, TraceRecord};
use alloc::vec::Vec;
use core::mem::offset_of;
use zerocopy::IntoBytes;

/// A record, and what follows it.
pub struct Record {
    header: TraceRecord,
    captures: Vec<u8>,
    /// Where the last capture begins.
    last: usize,
}

impl Record {
    /// A record without captures.
    pub fn new(event: TraceEvent, pid: u32, tid: u32, number: u64) -> Self {
        let header =
            TraceRecord { event: event as u32, pid, tid, number, ..TraceRecord::default() };
        Self { header, captures: Vec::new(), last: 0 }
    }

    /// What a call was made with.
    pub const fn set_arguments(&mut self, arguments: [u64; ARGUMENTS]) {
        self.header.arguments = arguments;
    }

    /// What a call has returned.
    pub const fn set_value(&mut self, value: u64, flags: u32) {
        self.header.value = value;
        self.header.flags = flags;
    }

    /// Bytes that a capture may still have.
    pub const fn room(&self) -> usize {
        let used = size_of::<TraceRecord>() + self.captures.len() + size_of::<TraceCapture>();
        // A multiple of 8, as each capture's end is.
        TRACE_RECORD_MAX.saturating_sub(used) & !7
    }

    /// Adds a capture of bytes that are known.
    pub fn capture(&mut self, argument: u8, part: u8, copied: Copied, bytes: &[u8]) {
        if self.begin(argument, part) {
            let is_kept = self.add(bytes);
            self.end(if is_kept { copied } else { Copied::NoMemory });
        }
    }

    /// Begins a capture; without memory, or without room for a byte, there is none.
    pub fn begin(&mut self, argument: u8, part: u8) -> bool {
        let head = TraceCapture { argument, part, ..TraceCapture::default() };
        // With room for the zeroes that end it, so that the end cannot fail.
        let room = size_of::<TraceCapture>() + size_of::<u64>();
        if self.room() == 0 || self.captures.try_reserve(room).is_err() {
            return false;
        }
        self.last = self.captures.len();
        self.captures.extend_from_slice(head.as_bytes());
        self.header.captures += 1;
        true
    }

    /// Adds bytes to the capture; whether there was memory for them. They fit in its room.
    pub fn add(&mut self, bytes: &[u8]) -> bool {
        if self.captures.try_reserve(bytes.len() + size_of::<u64>()).is_err() {
            return false;
        }
        self.captures.extend_from_slice(bytes);
        true
    }

    /// Ends the capture.
    pub fn end(&mut self, copied: Copied) {
        let head = self.last;
        let length = (self.captures.len() - head - size_of::<TraceCapture>()) as u32;
        let at = head + offset_of!(TraceCapture, length);
        self.captures[at..at + size_of::<u32>()].copy_from_slice(&length.to_ne_bytes());
        self.captures[head + offset_of!(TraceCapture, copied)] = copied as u8;
        while !self.captures.len().is_multiple_of(size_of::<u64>()) {
            self.captures.push(0);
        }
    }

    /// Its length in the ring.
    pub const fn size(&self) -> usize {
        size_of::<TraceRecord>() + self.captures.len()
    }

    /// Its bytes, in two parts, as of this time.
    pub fn parts(&mut self, time: u64) -> [&[u8]; 2] {
        self.header.size = self.size() as u32;
        self.header.time = time;
        [self.header.as_bytes(), &self.captures]
    }
}
