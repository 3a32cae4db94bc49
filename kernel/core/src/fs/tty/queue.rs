//! Bytes that were typed and not yet read, with the ends of the lines among them.
//!
//! Its memory comes once, by [`Queue::make_room`]: before, it is full. Indices run freely and are reduced when a place is looked up, so that a reader can tell
//! whether what it has copied is still there.

use abi::Errno;
use alloc::vec::Vec;

/// Bytes that can be typed ahead; a power of two.
pub const CAPACITY: usize = 16_384;
const _: () = assert!(CAPACITY.is_power_of_two());

/// Stands in the queue, marked, for an end of file.
const END_OF_FILE: u8 = 0;

/// A queue of typed bytes.
pub struct Queue {
    bytes: Vec<u8>,
    /// A bit for each place: a line or a file ends with the byte.
    marks: Vec<u64>,
    /// The next byte to be read.
    first: usize,
    /// Behind the last complete line.
    committed: usize,
    /// Behind the last byte.
    end: usize,
}

/// What a reader gets.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Peeked {
    /// Where in the queue it begins.
    pub from: usize,
    /// Bytes that were copied.
    pub count: usize,
    /// Places to be consumed: one more than bytes, where a file ends.
    pub consumed: usize,
    /// Whether a line or a file ends there.
    pub ends: Ends,
}

/// Whether a line ends with what a reader got.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ends {
    /// It does.
    Yes,
    /// There is more of it.
    No,
}

impl Queue {
    /// Nothing typed, and no room for it.
    pub const fn new() -> Self {
        Self { bytes: Vec::new(), marks: Vec::new(), first: 0, committed: 0, end: 0 }
    }

    /// Gets the memory for what is typed.
    pub fn make_room(&mut self) -> Result<(), Errno> {
        let (mut bytes, mut marks) = (Vec::new(), Vec::new());
        bytes.try_reserve_exact(CAPACITY).map_err(|_| Errno::ENOMEM)?;
        marks.try_reserve_exact(CAPACITY / 64).map_err(|_| Errno::ENOMEM)?;
        bytes.resize(CAPACITY, 0);
        marks.resize(CAPACITY / 64, 0);
        (self.bytes, self.marks) = (bytes, marks);
        Ok(())
    }

    /// Bytes in the queue.
    pub const fn len(&self) -> usize {
        self.end.wrapping_sub(self.first)
    }

    /// Bytes of complete lines.
    pub const fn committed(&self) -> usize {
        self.committed.wrapping_sub(self.first)
    }

    /// Adds a byte; `false` if the queue is full. The last place is left for the end of a line.
    pub fn push(&mut self, byte: u8) -> bool {
        if self.len() + 1 >= self.bytes.len() {
            return false;
        }
        self.put(byte);
        true
    }

    /// Ends the line; `false` if the queue is full.
    pub fn end_line(&mut self) -> bool {
        self.end_with(b'\n')
    }

    /// Ends the line with another byte than a new line; `false` if the queue is full.
    pub fn end_line_with(&mut self, byte: u8) -> bool {
        self.end_with(byte)
    }

    /// Shows the bytes of the line that is being typed.
    pub fn for_each_uncommitted(&self, mut show: impl FnMut(u8)) {
        let mut at = self.committed;
        while at != self.end {
            show(self.bytes[at % CAPACITY]);
            at = at.wrapping_add(1);
        }
    }

    /// Ends the file, or hands over the line as it is; `false` if the queue is full.
    pub fn end_file(&mut self) -> bool {
        self.end_with(END_OF_FILE)
    }

    /// The last byte of the line that is being typed.
    pub fn last(&self) -> Option<u8> {
        if self.end == self.committed {
            return None;
        }
        Some(self.bytes[self.end.wrapping_sub(1) % CAPACITY])
    }

    /// Takes the last byte of the line that is being typed away.
    pub fn pop_last(&mut self) -> Option<u8> {
        let last = self.last()?;
        self.end = self.end.wrapping_sub(1);
        Some(last)
    }

    /// Puts what is in the queue out of the reach of editing, to be taken out and typed again;
    /// returns how many bytes that are.
    pub fn begin_again(&mut self) -> usize {
        self.committed = self.end;
        self.len()
    }

    /// Takes the first byte out, of whatever line.
    pub fn take_first(&mut self) -> Option<u8> {
        if self.len() == 0 {
            return None;
        }
        let byte = self.bytes[self.first % CAPACITY];
        let step = Peeked { from: self.first, count: 1, consumed: 1, ends: Ends::No };
        self.consume(&step);
        Some(byte)
    }

    /// Throws everything away.
    pub fn clear(&mut self) {
        self.first = self.end;
        self.committed = self.end;
        self.marks.fill(0);
    }

    /// Makes one stretch of bytes of all lines; ends of files vanish.
    pub fn forget_lines(&mut self) {
        let (first, end) = (self.first, self.end);
        self.end = first;
        for offset in 0..end.wrapping_sub(first) {
            let from = first.wrapping_add(offset);
            let byte = self.bytes[from % CAPACITY];
            if !(self.is_marked(from) && byte == END_OF_FILE) {
                self.bytes[self.end % CAPACITY] = byte;
                self.end = self.end.wrapping_add(1);
            }
        }
        self.marks.fill(0);
        self.committed = self.first;
    }

    /// Copies bytes of the first line, at most up to its end.
    pub fn peek_line(&self, to: &mut [u8]) -> Peeked {
        let mut peeked = Peeked { from: self.first, count: 0, consumed: 0, ends: Ends::No };
        while peeked.consumed < self.committed() {
            let at = self.first.wrapping_add(peeked.consumed);
            let byte = self.bytes[at % CAPACITY];
            let is_marked = self.is_marked(at);
            if is_marked && byte == END_OF_FILE {
                return Peeked { consumed: peeked.consumed + 1, ends: Ends::Yes, ..peeked };
            }
            let Some(place) = to.get_mut(peeked.count) else { break };
            *place = byte;
            peeked.count += 1;
            peeked.consumed += 1;
            if is_marked {
                return Peeked { ends: Ends::Yes, ..peeked };
            }
        }
        peeked
    }

    /// Copies bytes without regard to lines.
    pub fn peek_bytes(&self, to: &mut [u8]) -> Peeked {
        let count = self.len().min(to.len());
        for (offset, place) in to[..count].iter_mut().enumerate() {
            *place = self.bytes[self.first.wrapping_add(offset) % CAPACITY];
        }
        Peeked { from: self.first, count, consumed: count, ends: Ends::No }
    }

    /// Takes out what a reader has got, unless the queue was emptied meanwhile.
    pub fn consume(&mut self, peeked: &Peeked) {
        if self.first != peeked.from || self.len() < peeked.consumed {
            return;
        }
        let is_beyond_lines = peeked.consumed > self.committed();
        for _ in 0..peeked.consumed {
            self.unmark(self.first);
            self.first = self.first.wrapping_add(1);
        }
        if is_beyond_lines {
            self.committed = self.first;
        }
    }

    fn end_with(&mut self, byte: u8) -> bool {
        if self.len() >= self.bytes.len() {
            return false;
        }
        self.mark(self.end);
        self.put(byte);
        self.committed = self.end;
        true
    }

    fn put(&mut self, byte: u8) {
        self.bytes[self.end % CAPACITY] = byte;
        self.end = self.end.wrapping_add(1);
    }

    fn is_marked(&self, index: usize) -> bool {
        let place = index % CAPACITY;
        self.marks[place / 64] >> (place % 64) & 1 == 1
    }

    fn mark(&mut self, index: usize) {
        let place = index % CAPACITY;
        self.marks[place / 64] |= 1 << (place % 64);
    }

    fn unmark(&mut self, index: usize) {
        let place = index % CAPACITY;
        self.marks[place / 64] &= !(1 << (place % 64));
    }
}
