//! The kernel's symbols: which function an address lies in.
//!
//! A count, then for each symbol two words of 32 bits (distance from the image's first byte,
//! offset of the name in the table), by rising address; then the names, each ended by a NUL.

const WORD: usize = 4;
const ENTRY: usize = 2 * WORD;

/// A table of symbols, as found in memory.
#[derive(Clone, Copy, Debug)]
pub struct Symbols<'a> {
    table: &'a [u8],
}

/// The function that an address lies in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Symbol<'a> {
    /// Its name.
    pub name: &'a str,
    /// How far into it the address is.
    pub offset: u32,
}

impl<'a> Symbols<'a> {
    /// From the bytes of a table; bytes that make no sense are a table without symbols.
    pub const fn new(table: &'a [u8]) -> Self {
        Self { table }
    }

    /// The symbol that lies at or before `distance` from the image's first byte.
    pub fn lookup(&self, distance: u32) -> Option<Symbol<'a>> {
        let (mut low, mut high) = (0, self.count());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.start(middle)? <= distance { low = middle + 1 } else { high = middle }
        }
        let index = low.checked_sub(1)?;
        let offset = distance.checked_sub(self.start(index)?)?;
        Some(Symbol { name: self.name(index)?, offset })
    }

    /// How many entries there can be: never more than the table has room for.
    fn count(&self) -> usize {
        let room = self.table.len().saturating_sub(WORD) / ENTRY;
        self.word(0).map_or(0, |count| room.min(count as usize))
    }

    fn start(&self, index: usize) -> Option<u32> {
        self.word(WORD + index * ENTRY)
    }

    fn name(&self, index: usize) -> Option<&'a str> {
        let offset = self.word(WORD + index * ENTRY + WORD)? as usize;
        let bytes = self.table.get(offset..)?;
        let end = bytes.iter().position(|byte| *byte == 0)?;
        core::str::from_utf8(&bytes[..end]).ok()
    }

    fn word(&self, offset: usize) -> Option<u32> {
        let bytes = self.table.get(offset..)?.first_chunk()?;
        Some(u32::from_le_bytes(*bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    fn table(symbols: &[(u32, &str)]) -> Vec<u8> {
        let mut bytes = (symbols.len() as u32).to_le_bytes().to_vec();
        let mut names = Vec::new();
        for (start, name) in symbols {
            let offset = (WORD + symbols.len() * ENTRY + names.len()) as u32;
            bytes.extend(start.to_le_bytes());
            bytes.extend(offset.to_le_bytes());
            names.extend(name.as_bytes());
            names.push(0);
        }
        bytes.extend(names);
        bytes
    }

    #[test]
    fn an_address_belongs_to_the_last_symbol_before_it() {
        let bytes = table(&[(0, "_start"), (0x100, "main"), (0x180, "last")]);
        let symbols = Symbols::new(&bytes);
        let found = |distance| symbols.lookup(distance).map(|found| (found.name, found.offset));
        assert_eq!(found(0), Some(("_start", 0)));
        assert_eq!(found(0xFF), Some(("_start", 0xFF)));
        assert_eq!(found(0x100), Some(("main", 0)));
        assert_eq!(found(0x1000), Some(("last", 0xE80)));
    }

    #[test]
    fn an_address_before_the_first_symbol_belongs_to_none() {
        let bytes = table(&[(0x100, "main")]);
        assert_eq!(Symbols::new(&bytes).lookup(0xFF), None);
        assert_eq!(Symbols::new(&[]).lookup(0xFF), None);
    }

    #[test]
    fn a_name_that_leads_outside_of_the_table_is_no_name() {
        let mut bytes = table(&[(0, "main")]);
        bytes[8..12].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(Symbols::new(&bytes).lookup(0), None);
        let unterminated = &table(&[(0, "main")])[..14];
        assert_eq!(Symbols::new(unterminated).lookup(0), None);
    }

    proptest! {
        #[test]
        fn hostile_bytes_never_panic(bytes: Vec<u8>, distance: u32) {
            let _ = Symbols::new(&bytes).lookup(distance);
        }

        #[test]
        fn a_count_that_lies_never_panics(count: u32, rest: [u8; 64], distance: u32) {
            let mut bytes = count.to_le_bytes().to_vec();
            bytes.extend(rest);
            let _ = Symbols::new(&bytes).lookup(distance);
        }
    }
}
