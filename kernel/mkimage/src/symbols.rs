//! The kernel's own symbol table, by which a panic names the functions of its backtrace.
//!
//! All little endian:
//! ```text
//! u32 count
//! count × { u32 offset from the image's virtual base, u32 offset of the name }   sorted by offset
//! names, each ended by a NUL                        (name offsets count from the table's first byte)
//! ```
//! An address belongs to the last symbol at or below it. Sizes are left out: code between functions
//! is not run.

use crate::error::Error;
use crate::flatten::{self, KernelElf};
use elf::abi::{SHN_UNDEF, STT_FUNC};
use std::collections::BTreeMap;

/// The virtual address of the image's first byte, as the kernel's link script has it.
pub const VIRTUAL_BASE: u64 = 0xFFFF_FF80_0008_0000;

/// The symbol by which the kernel finds the payload.
const PAYLOAD_START: &[u8] = b"__payload_start";

/// Function names by their offset from the image's virtual base.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct SymbolTable {
    names: BTreeMap<u32, String>,
}

impl SymbolTable {
    /// Takes the functions of the image's virtual range from the file's symbol table.
    ///
    /// A stripped kernel yields an empty table: its backtraces then show addresses only.
    pub fn from_elf(elf: &KernelElf<'_>) -> Result<Self, Error> {
        let mut table = Self::default();
        for_each_symbol(elf, |symbol, name| {
            if symbol.st_symtype() == STT_FUNC && symbol.st_shndx != SHN_UNDEF {
                table.insert(symbol.st_value, name);
            }
        })?;
        Ok(table)
    }

    /// Those of a kernel's whole ELF file.
    pub fn of_file(bytes: &[u8]) -> Result<Self, Error> {
        Self::from_elf(&flatten::parse(bytes)?)
    }

    /// The function that begins at an address.
    #[must_use]
    pub fn at(&self, address: u64) -> Option<&str> {
        self.names.get(&offset_of(address)?).map(String::as_str)
    }

    /// The function that an address in the kernel belongs to.
    #[must_use]
    pub fn around(&self, address: u64) -> Option<&str> {
        self.names.range(..=offset_of(address)?).next_back().map(|(_, name)| name.as_str())
    }

    /// Of several names for one address, the first in the alphabet stays: builds are reproducible.
    fn insert(&mut self, address: u64, mangled: &[u8]) {
        let (Some(offset), Ok(mangled)) = (offset_of(address), std::str::from_utf8(mangled)) else {
            return;
        };
        let name = format!("{:#}", rustc_demangle::demangle(mangled));
        if name.is_empty() {
            return;
        }
        self.names
            .entry(offset)
            .and_modify(|known| {
                if name < *known {
                    known.clone_from(&name);
                }
            })
            .or_insert(name);
    }

    /// The table as the kernel reads it.
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        let too_large = || Error::TooLarge { what: "the kernel's symbol table".into() };
        let fit = |number: usize| u32::try_from(number).map_err(|_| too_large());
        let names_at = 4 + 8 * self.names.len();
        let mut bytes = fit(self.names.len())?.to_le_bytes().to_vec();
        let mut names = Vec::new();
        for (offset, name) in &self.names {
            bytes.extend_from_slice(&offset.to_le_bytes());
            bytes.extend_from_slice(&fit(names_at + names.len())?.to_le_bytes());
            names.extend_from_slice(name.as_bytes());
            names.push(0);
        }
        bytes.extend_from_slice(&names);
        Ok(bytes)
    }
}

/// How far an address is behind the image's virtual base, if it is in the image.
fn offset_of(address: u64) -> Option<u32> {
    u32::try_from(address.checked_sub(VIRTUAL_BASE)?).ok()
}

/// Refuses a kernel whose link script expects the payload elsewhere than behind `image_size` bytes.
pub fn check_payload_start(elf: &KernelElf<'_>, image_size: usize) -> Result<(), Error> {
    let expected = VIRTUAL_BASE + image_size as u64;
    let mut found = None;
    for_each_symbol(elf, |symbol, name| {
        if name == PAYLOAD_START {
            found = Some(symbol.st_value);
        }
    })?;
    match found {
        Some(found) if found != expected => Err(Error::PayloadMoved { found, expected }),
        _ => Ok(()),
    }
}

fn for_each_symbol(
    elf: &KernelElf<'_>,
    mut visit: impl FnMut(&elf::symbol::Symbol, &[u8]),
) -> Result<(), Error> {
    if let Some((symbols, names)) = elf.symbol_table()? {
        for symbol in symbols.iter() {
            visit(&symbol, names.get_raw(symbol.st_name as usize)?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flatten;
    use crate::test_elf::{Symbol, TestElf};

    fn table(symbols: &[(u64, &str)]) -> SymbolTable {
        let symbols = symbols.iter().map(|(at, name)| Symbol::function(*at, name)).collect();
        let bytes = TestElf { symbols, ..TestElf::small_kernel() }.bytes();
        SymbolTable::from_elf(&flatten::parse(&bytes).unwrap()).unwrap()
    }

    #[test]
    fn names_are_sorted_by_address_and_demangled_without_the_hash() {
        let table = table(&[
            (VIRTUAL_BASE + 0x40, "_ZN6kernel4main17h0123456789abcdefE"),
            (VIRTUAL_BASE, "_start"),
        ]);
        let encoded = table.encode().unwrap();
        let mut expected = vec![2, 0, 0, 0];
        expected.extend_from_slice(&[0, 0, 0, 0, 20, 0, 0, 0]);
        expected.extend_from_slice(&[0x40, 0, 0, 0, 27, 0, 0, 0]);
        expected.extend_from_slice(b"_start\0kernel::main\0");
        assert_eq!(encoded, expected);
    }

    #[test]
    fn symbols_outside_the_image_are_left_out() {
        let table = table(&[
            (0x80000, "physical"),
            (VIRTUAL_BASE - 4, "below"),
            (VIRTUAL_BASE + (1 << 32), "far"),
        ]);
        assert_eq!(table, SymbolTable::default());
        assert_eq!(table.encode().unwrap(), [0, 0, 0, 0]);
    }

    #[test]
    fn of_two_names_for_one_address_the_same_one_stays_in_either_order() {
        let forward = table(&[(VIRTUAL_BASE, "alpha"), (VIRTUAL_BASE, "beta")]);
        let backward = table(&[(VIRTUAL_BASE, "beta"), (VIRTUAL_BASE, "alpha")]);
        assert_eq!(forward, backward);
        assert!(forward.encode().unwrap().ends_with(b"alpha\0"));
    }

    #[test]
    fn data_symbols_are_left_out() {
        let symbols =
            vec![Symbol { kind: elf::abi::STT_OBJECT, ..Symbol::function(VIRTUAL_BASE, "d") }];
        let bytes = TestElf { symbols, ..TestElf::small_kernel() }.bytes();
        let table = SymbolTable::from_elf(&flatten::parse(&bytes).unwrap()).unwrap();
        assert_eq!(table, SymbolTable::default());
    }

    #[test]
    fn a_kernel_that_expects_the_payload_elsewhere_is_refused() {
        let with_payload_at = |at| {
            let symbols = vec![Symbol { kind: 0, ..Symbol::function(at, "__payload_start") }];
            TestElf { symbols, ..TestElf::small_kernel() }.bytes()
        };
        let good = with_payload_at(VIRTUAL_BASE + 0x1000);
        check_payload_start(&flatten::parse(&good).unwrap(), 0x1000).expect("in its place");
        let bad = with_payload_at(VIRTUAL_BASE + 0x2000);
        assert!(matches!(
            check_payload_start(&flatten::parse(&bad).unwrap(), 0x1000),
            Err(Error::PayloadMoved { .. })
        ));
    }
}
