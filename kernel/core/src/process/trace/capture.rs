//! Copies of what a call's arguments lead to, by its signature.
//!
//! Nothing here fails: an address proves nothing, and what cannot be read is recorded as such. No
//! lock is held, for a page may have to be brought in.

use super::record::Record;
use abi::Sysno;
use abi::file::{F_OFD_SETLK, F_OFD_SETLKW, F_SETLK, F_SETLKW, IoVector};
use abi::futex::{FUTEX_CLOCK_REALTIME, FUTEX_PRIVATE_FLAG, FUTEX_WAIT, FUTEX_WAIT_BITSET};
use abi::limits::{NAME_MAX, PATH_MAX};
use abi::socket::MessageHeader;
use abi::trace::{ARGUMENTS, Copied, Kind, Structure, TRACE_ELEMENTS_MAX, Way, signature};
use arch::addr::{PAGE_SIZE, USER_END, VirtAddr};
use arch::user_memory::{self, StringError};
use zerocopy::{FromBytes, IntoBytes};

/// What goes through the kernel's stack at a time; it divides a page.
const CHUNK: usize = 256;
/// The longest address of a socket that is copied.
const ADDRESS_MAX: usize = 128;
/// Words that are counted at most.
const WORDS_MAX: u64 = 4096;

/// Copies what a call is about to read.
pub fn before(record: &mut Record, number: u64, arguments: &[u64; ARGUMENTS], text_max: usize) {
    each(number, |index, kind| {
        Copier { record, arguments, text_max, index }.before(kind);
    });
}

/// Copies what a call has filled; `value` is what it returns.
pub fn after(
    record: &mut Record,
    number: u64,
    arguments: &[u64; ARGUMENTS],
    value: u64,
    text_max: usize,
) {
    let Ok(value) = abi::decode(value) else { return };
    each(number, |index, kind| {
        Copier { record, arguments, text_max, index }.after(kind, value);
    });
}

fn each(number: u64, mut visit: impl FnMut(usize, Kind)) {
    let Some(call) = Sysno::from_number(number) else { return };
    for (index, kind) in signature(call).arguments.iter().enumerate() {
        visit(index, *kind);
    }
}

/// Copies what one argument leads to.
struct Copier<'a> {
    record: &'a mut Record,
    arguments: &'a [u64; ARGUMENTS],
    text_max: usize,
    index: usize,
}

impl Copier<'_> {
    fn argument(&self, index: u8) -> usize {
        self.arguments[usize::from(index)] as usize
    }

    fn address(&self) -> usize {
        self.arguments[self.index] as usize
    }

    fn before(&mut self, kind: Kind) {
        match kind {
            Kind::Path => self.text(0, self.address(), PATH_MAX),
            Kind::Text => self.text(0, self.address(), self.text_max),
            Kind::Name(length) => {
                self.bytes(0, self.address(), self.argument(length), NAME_MAX + 1)
            }
            Kind::Bytes(length) => {
                self.bytes(0, self.address(), self.argument(length), self.text_max);
            }
            Kind::Vector(count, Way::In) => {
                self.vector(0, self.address(), self.argument(count), usize::MAX);
            }
            Kind::Words => self.words(),
            Kind::WordCount => self.word_count(),
            Kind::Structure(structure, way) if way.is_in() => self.structure(structure),
            Kind::Array(structure, count, way) if way.is_in() => {
                self.array(structure, self.argument(count));
            }
            Kind::SocketAddress(length) => {
                self.bytes(0, self.address(), self.argument(length), ADDRESS_MAX);
            }
            Kind::Message(Way::In) => self.message(usize::MAX),
            Kind::Control => {
                if let Some((structure, Way::In)) = Structure::of_control(self.command()) {
                    self.structure(structure);
                }
            }
            Kind::Command => {
                if matches!(self.command(), F_SETLK | F_SETLKW | F_OFD_SETLK | F_OFD_SETLKW) {
                    self.structure(Structure::FileLock);
                }
            }
            Kind::FutexTimeout => {
                let operation = self.arguments[1] as u32;
                let operation = operation & !(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
                if matches!(operation, FUTEX_WAIT | FUTEX_WAIT_BITSET) {
                    self.structure(Structure::Time);
                }
            }
            _ => {}
        }
    }

    fn after(&mut self, kind: Kind, value: u64) {
        let value = value as usize;
        match kind {
            Kind::Filled(length) => {
                let count = value.min(self.argument(length));
                self.bytes(0, self.address(), count, self.text_max);
            }
            Kind::Vector(count, Way::Out) => {
                self.vector(0, self.address(), self.argument(count), value);
            }
            Kind::Structure(structure, way) if way.is_out() => self.structure(structure),
            Kind::Array(structure, count, Way::Both) => {
                self.array(structure, self.argument(count));
            }
            Kind::Array(structure, count, Way::Out) => {
                self.array(structure, value.min(self.argument(count)));
            }
            Kind::SocketAddressOut(length) => {
                let at = VirtAddr::new(self.argument(length));
                if let Ok(length) = user_memory::load_u32(at) {
                    self.bytes(0, self.address(), length as usize, ADDRESS_MAX);
                }
            }
            Kind::Message(Way::Out) => self.message(value),
            Kind::Control => {
                if let Some((structure, Way::Out)) = Structure::of_control(self.command()) {
                    self.structure(structure);
                }
            }
            _ => {}
        }
    }

    /// The argument before this one, which tells what this one is.
    const fn command(&self) -> u32 {
        self.arguments[self.index - 1] as u32
    }

    fn structure(&mut self, structure: Structure) {
        let size = structure.size();
        self.bytes(0, self.address(), size, size);
    }

    fn array(&mut self, structure: Structure, count: usize) {
        let size = structure.size();
        let most = size * TRACE_ELEMENTS_MAX;
        self.bytes(0, self.address(), count.saturating_mul(size), most);
    }

    /// Copies up to `most` of so many bytes. Nothing is there at address 0.
    fn bytes(&mut self, part: u8, address: usize, length: usize, most: usize) {
        if address == 0 || !self.record.begin(self.index as u8, part) {
            return;
        }
        let most = most.min(self.record.room());
        let mut copied = if length > most { Copied::Cut } else { Copied::Whole };
        let (mut at, mut left) = (address, length.min(most));
        let mut chunk = [0; CHUNK];
        while left > 0 {
            let chunk = &mut chunk[..left.min(CHUNK - at % CHUNK)];
            if user_memory::copy_in(chunk, VirtAddr::new(at)).is_err() {
                copied = Copied::Unreadable;
                break;
            }
            if !self.record.add(chunk) {
                copied = Copied::NoMemory;
                break;
            }
            (at, left) = (at.wrapping_add(chunk.len()), left - chunk.len());
        }
        self.record.end(copied);
    }

    /// Copies a string without its NUL, up to `most` bytes.
    fn text(&mut self, part: u8, address: usize, most: usize) {
        if address == 0 || !self.record.begin(self.index as u8, part) {
            return;
        }
        let mut left = most.min(self.record.room());
        let mut at = address;
        let mut chunk = [0; CHUNK];
        let copied = loop {
            if left == 0 {
                break Copied::Cut;
            }
            // No further than the page, so that what lies before one that is missing is read.
            let chunk = &mut chunk[..left.min(CHUNK - at % CHUNK)];
            let (found, is_end) = match user_memory::read_string(VirtAddr::new(at), chunk) {
                Ok(found) => (found, true),
                Err(StringError::TooLong) => (chunk.len(), false),
                Err(StringError::BadAddress) => break Copied::Unreadable,
            };
            if !self.record.add(&chunk[..found]) {
                break Copied::NoMemory;
            }
            if is_end {
                break Copied::Whole;
            }
            (at, left) = (at + found, left - found);
        };
        self.record.end(copied);
    }

    /// Copies a list of buffers as part `first`, and what is in them as those that follow: `total`
    /// bytes at most.
    fn vector(&mut self, first: u8, address: usize, count: usize, mut total: usize) {
        let size = size_of::<IoVector>();
        self.bytes(first, address, count.saturating_mul(size), size * TRACE_ELEMENTS_MAX);
        for index in 0..count.min(TRACE_ELEMENTS_MAX) {
            let Some(entry) = load::<IoVector>(address.wrapping_add(index * size)) else { return };
            let length = (entry.length as usize).min(total);
            total -= length;
            self.bytes(first + 1 + index as u8, entry.base as usize, length, self.text_max);
        }
    }

    /// Copies the head of a message as part 0, its list of buffers as part 1, and those.
    fn message(&mut self, total: usize) {
        let address = self.address();
        self.bytes(0, address, size_of::<MessageHeader>(), size_of::<MessageHeader>());
        if let Some(header) = load::<MessageHeader>(address) {
            self.vector(1, header.vector as usize, header.vector_length as usize, total);
        }
    }

    /// Copies how many words there are as part 0, and the first ones as those that follow.
    fn words(&mut self) {
        self.word_count();
        for index in 0..TRACE_ELEMENTS_MAX {
            let at = self.address().wrapping_add(index * size_of::<u64>());
            match load::<u64>(at) {
                None | Some(0) => return,
                Some(word) => self.text(1 + index as u8, word as usize, self.text_max),
            }
        }
    }

    fn word_count(&mut self) {
        let mut count = 0;
        let mut is_readable = self.address() != 0;
        while is_readable && count < WORDS_MAX {
            match load::<u64>(self.address().wrapping_add(count as usize * size_of::<u64>())) {
                Some(0) => break,
                Some(_) => count += 1,
                None => is_readable = false,
            }
        }
        if is_readable {
            self.record.capture(self.index as u8, 0, Copied::Whole, count.as_bytes());
        }
    }
}

fn load<T: FromBytes + IntoBytes>(address: usize) -> Option<T> {
    let mut value = T::new_zeroed();
    user_memory::copy_in(value.as_mut_bytes(), VirtAddr::new(address)).ok()?;
    Some(value)
}

// A chunk never crosses a page, and an address below the end of the user half never wraps.
const _: () = assert!(PAGE_SIZE.is_multiple_of(CHUNK) && USER_END < usize::MAX - CHUNK);
