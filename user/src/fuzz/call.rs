//! A call: made of a row of the grammar, of what the process has, and of chance.

mod values;

#[cfg(test)]
mod tests;

use super::grammar::Row;
use super::hostile;
use super::kind::{Field, Kind};
use super::random::Random;
use super::text::{self, TEXT_MAX};
use super::world::World;
use abi::Sysno;
use abi::limits::PAGE_SIZE;

const PAGE: u64 = PAGE_SIZE as u64;
/// Stores that one call needs at most; others are left out.
const STORES: usize = 24;
/// Bytes of all stores of a call.
const BYTES: usize = 3 * TEXT_MAX;
/// How deep structures lead to others.
const DEPTH: u32 = 3;
/// Bytes of a buffer, at most.
const BUFFER: u64 = 3 * PAGE;

/// Bytes that must lie in memory before a call.
#[derive(Clone, Copy, Debug, Default)]
pub struct Store {
    /// Where.
    pub address: u64,
    begin: usize,
    length: usize,
}

/// How much of a call is right.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Manner {
    /// All of it, as far as the grammar knows.
    Right,
    /// All but one argument.
    OneWrong(usize),
    /// Each argument is right or wrong by chance.
    Wild,
}

/// What is in one argument or in what it leads to.
#[derive(Clone, Copy)]
struct Part {
    is_wrong: bool,
    depth: u32,
}

/// A call with all it needs; made once and filled again and again, as it is large.
pub struct Call {
    /// Which.
    pub number: u64,
    /// The registers.
    pub arguments: [u64; 6],
    stores: [Store; STORES],
    count: usize,
    bytes: [u8; BYTES],
    used: usize,
    text: [u8; TEXT_MAX],
    /// Where the next structure lies in scratch memory.
    cursor: u64,
    /// What the length of the last name is, how many bytes there are in the last buffer, and how many records.
    name_length: u64,
    size: u64,
    records: u64,
}

impl Call {
    /// A call to be composed.
    pub const fn new() -> Self {
        Self {
            number: 0,
            arguments: [0; 6],
            stores: [Store { address: 0, begin: 0, length: 0 }; STORES],
            count: 0,
            bytes: [0; BYTES],
            used: 0,
            text: [0; TEXT_MAX],
            cursor: 0,
            name_length: 0,
            size: 0,
            records: 0,
        }
    }

    /// What must lie where.
    pub fn stores(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let bytes = |store: &Store| (store.address, store.begin, store.length);
        self.stores[..self.count].iter().map(bytes).map(|(address, begin, length)| {
            (address, self.bytes.get(begin..begin + length).unwrap_or_default())
        })
    }

    /// Makes a call of a row.
    pub fn compose(&mut self, row: &Row, world: &World, random: &mut Random) {
        (self.count, self.used) = (0, 0);
        self.cursor = 64 * random.below(8);
        (self.number, self.arguments) = (row.call as u64, [0; 6]);
        let manner = match random.below(16) {
            0..10 => Manner::Right,
            10..15 => Manner::OneWrong(random.below(row.kinds.len() as u64) as usize),
            _ => Manner::Wild,
        };
        for (index, kind) in row.kinds.iter().take(6).enumerate() {
            let is_wrong = match manner {
                Manner::Right => false,
                Manner::OneWrong(wrong) => wrong == index,
                Manner::Wild => random.once_in(2),
            };
            let part = Part { is_wrong, depth: 0 };
            self.arguments[index] = self.value(*kind, part, world, random);
        }
        // What a call does not take must not matter.
        for index in row.kinds.len()..6 {
            self.arguments[index] = if random.once_in(8) { random.number() } else { 0 };
        }
    }

    /// Calls that there are not.
    pub fn compose_unknown(&mut self, world: &World, random: &mut Random) {
        (self.count, self.used) = (0, 0);
        self.number = loop {
            let number = if random.once_in(2) {
                random.below(0x2000)
            } else {
                hostile::number(random, world)
            };
            if Sysno::from_number(number).is_none() {
                break number;
            }
        };
        self.arguments = [(); 6].map(|()| hostile::number(random, world));
    }

    fn value(&mut self, kind: Kind, part: Part, world: &World, random: &mut Random) -> u64 {
        let Part { is_wrong, .. } = part;
        match kind {
            Kind::Fd(objects) => values::descriptor(objects, is_wrong, world, random),
            Kind::Place if is_wrong || random.once_in(8) => {
                values::descriptor(super::Objects::DIRECTORY, is_wrong, world, random)
            }
            Kind::Place => abi::file::AT_FDCWD as i64 as u64,
            Kind::Path(_) | Kind::Name(_) | Kind::Named(_) => self.text(kind, part, world, random),
            Kind::NameLength if is_wrong => random.pick(&[0, 1, 255, 256, 257, 4096, u64::MAX]),
            Kind::NameLength => self.name_length,
            Kind::Buffer => self.buffer(is_wrong, world, random),
            Kind::Size if is_wrong => hostile::number(random, world),
            Kind::Size if random.once_in(3) => random.below(self.size + 1),
            Kind::Size => self.size,
            Kind::Record(fields) => self.records(fields, 1, part, world, random),
            Kind::Records(fields, most) => {
                let count = random.below(most + 1);
                self.records(fields, count, part, world, random)
            }
            Kind::Count if is_wrong => hostile::number(random, world),
            Kind::Count => self.records,
            Kind::Optional(kind) => {
                if random.once_in(2) {
                    0
                } else {
                    self.value(*kind, part, world, random)
                }
            }
            Kind::Deal
            | Kind::Pool
            | Kind::Page
            | Kind::Pages
            | Kind::Futex
            | Kind::Mapped
            | Kind::Handler
            | Kind::Any => values::memory(kind, is_wrong, world, random),
            Kind::Pid | Kind::Peer | Kind::Target | Kind::Tid => {
                values::process(kind, is_wrong, world, random)
            }
            plain => values::number(plain, is_wrong, world, random),
        }
    }

    fn text(&mut self, kind: Kind, part: Part, world: &World, random: &mut Random) -> u64 {
        // The text or its address may be what is wrong.
        let is_address_wrong = part.is_wrong && random.once_in(3);
        let is_wrong = part.is_wrong && !is_address_wrong;
        let mut room = self.text;
        let length = match kind {
            Kind::Path(paths) => text::path(&mut room, paths, is_wrong, world.is_root, random),
            Kind::Name(names) | Kind::Named(names) => {
                text::name(&mut room, names, is_wrong, random)
            }
            _ => 0,
        };
        self.name_length = length as u64;
        if is_address_wrong {
            return hostile::address(random, world);
        }
        // Its last byte may be the last one that can be read.
        let at_end = random.once_in(16);
        let address = self.place(length as u64 + 1, at_end, world);
        self.store(address, &room[..=length]);
        address
    }

    fn buffer(&mut self, is_wrong: bool, world: &World, random: &mut Random) -> u64 {
        self.size = match random.below(4) {
            0 => random.below(16),
            1 => random.below(256),
            2 => random.pick(&[0, 1, 8, PAGE - 1, PAGE, PAGE + 1]),
            _ => random.below(BUFFER),
        };
        if is_wrong {
            return hostile::address(random, world);
        }
        match random.below(8) {
            0 => world.arena.vanishing.0 + random.below(world.arena.vanishing.1 / 2),
            1 => self.place(self.size, true, world),
            _ => self.place(self.size, false, world),
        }
    }

    /// Bytes in scratch memory: behind what the call has there already, or at the very end.
    fn place(&mut self, length: u64, at_end: bool, world: &World) -> u64 {
        let (begin, bytes) = world.arena.scratch;
        if at_end {
            return begin + bytes - length.min(bytes);
        }
        if self.cursor + length > bytes {
            self.cursor = 0;
        }
        let address = begin + self.cursor;
        self.cursor = (self.cursor + length).next_multiple_of(16);
        address
    }

    /// Has bytes stored, as far as they lie in scratch memory.
    fn store(&mut self, address: u64, bytes: &[u8]) {
        let length = bytes.len();
        if length > 0 && self.count < STORES && self.used + length <= BYTES {
            self.bytes[self.used..self.used + length].copy_from_slice(bytes);
            self.stores[self.count] = Store { address, begin: self.used, length };
            (self.count, self.used) = (self.count + 1, self.used + length);
        }
    }

    fn records(
        &mut self,
        fields: &'static [Field],
        count: u64,
        part: Part,
        world: &World,
        random: &mut Random,
    ) -> u64 {
        let bytes: u64 = fields.iter().map(|field| field.bytes() as u64).sum();
        let address = if part.is_wrong && random.once_in(2) {
            return hostile::address(random, world);
        } else if part.is_wrong && random.once_in(3) {
            // Not aligned; the end may lie behind what can be read.
            self.place(bytes * count, random.once_in(2), world) + 1 + random.below(9)
        } else {
            let at_end = random.once_in(16);
            self.place(bytes * count, at_end, world)
        };
        if part.depth < DEPTH {
            for index in 0..count {
                self.record(fields, address + index * bytes, part, world, random);
            }
        }
        self.records = count;
        self.size = bytes * count;
        address
    }

    fn record(
        &mut self,
        fields: &'static [Field],
        mut address: u64,
        part: Part,
        world: &World,
        random: &mut Random,
    ) {
        let end = world.arena.scratch.0 + world.arena.scratch.1;
        for field in fields {
            let is_wrong = part.is_wrong && random.once_in(fields.len() as u64);
            let inner = Part { is_wrong, depth: part.depth + 1 };
            let room = end.saturating_sub(address) as usize;
            if let Field::Text(names, most) = *field {
                self.field_text(names, most, address, is_wrong, room, random);
            } else if let Field::Wide(kind) | Field::Word(kind) | Field::Half(kind) = *field {
                let value = self.value(kind, inner, world, random).to_le_bytes();
                self.store(address, &value[..field.bytes().min(room)]);
            } else if let Field::Zeroes(bytes) = *field {
                self.store(address, &[0; TEXT_MAX][..bytes.min(room).min(TEXT_MAX)]);
            }
            address += field.bytes() as u64;
        }
    }

    fn field_text(
        &mut self,
        names: super::Names,
        most: usize,
        address: u64,
        is_wrong: bool,
        room: usize,
        random: &mut Random,
    ) {
        let mut bytes = [0; TEXT_MAX];
        let length = text::name(&mut bytes, names, is_wrong, random).min(most);
        let told = if is_wrong && random.once_in(3) { random.number() } else { length as u64 };
        self.store(address, &told.to_le_bytes()[..room.min(8)]);
        self.store(address + 8, &bytes[..most.min(room.saturating_sub(8)).min(TEXT_MAX)]);
    }
}

impl Default for Call {
    fn default() -> Self {
        Self::new()
    }
}
