//! Records as they come out of the ring.

use abi::trace::{Copied, TraceCapture, TraceEvent, TraceRecord};
use alloc::vec::Vec;
use zerocopy::FromBytes;

/// What was copied of an argument.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Capture {
    /// Which argument.
    pub argument: u8,
    /// What of it: 0 for what is at its address.
    pub part: u8,
    /// How the copy went.
    pub copied: Copied,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// A record with what was copied.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Record {
    /// What happened.
    pub event: TraceEvent,
    /// Who, when, and the numbers.
    pub head: TraceRecord,
    /// What arguments led to.
    pub captures: Vec<Capture>,
}

/// The length of the record that begins here, as far as it can be told; the bytes are its first ones.
pub fn size(bytes: &[u8]) -> Option<usize> {
    let (head, _) = TraceRecord::read_from_prefix(bytes).ok()?;
    let size = head.size as usize;
    (size >= size_of::<TraceRecord>()).then_some(size)
}

/// The record that these bytes are; `None` if they are none that this program knows.
pub fn parse(bytes: &[u8]) -> Option<Record> {
    let (head, mut rest) = TraceRecord::read_from_prefix(bytes).ok()?;
    let event = TraceEvent::from_number(head.event)?;
    let mut captures = Vec::new();
    for _ in 0..head.captures {
        let (of, bytes) = TraceCapture::read_from_prefix(rest).ok()?;
        let length = of.length as usize;
        let copied = Copied::from_number(of.copied)?;
        captures.push(Capture {
            argument: of.argument,
            part: of.part,
            copied,
            bytes: bytes.get(..length)?.to_vec(),
        });
        rest = bytes.get(length.checked_next_multiple_of(size_of::<u64>())?..)?;
    }
    Some(Record { event, head, captures })
}

impl Record {
    /// What was copied as one part of an argument.
    pub fn capture(&self, argument: usize, part: u8) -> Option<&Capture> {
        let is_it = |it: &&Capture| usize::from(it.argument) == argument && it.part == part;
        self.captures.iter().find(is_it)
    }
}
