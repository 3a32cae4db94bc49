//! The ELF image around the code: a shared object that is already in memory, with the symbols and
//! the version by which C libraries look for the functions.

use alloc::vec;
use alloc::vec::Vec;
use arch::addr::PAGE_SIZE;
use arch::vdso::{CODE_AT, Code};
use elf::abi::{
    DT_HASH, DT_NULL, DT_SONAME, DT_STRSZ, DT_STRTAB, DT_SYMENT, DT_SYMTAB, DT_VERDEF,
    DT_VERDEFNUM, DT_VERSYM, EI_NIDENT, ELFMAGIC, EM_AARCH64, ET_DYN, EV_CURRENT, PF_R, PF_X,
    PT_DYNAMIC, PT_LOAD, STB_GLOBAL, STT_FUNC, VER_FLG_BASE,
};
use elf::hash::sysv_hash;

const NAME: &str = "linux-vdso.so.1";
/// The version that the functions have on Linux/AArch64.
const VERSION: &str = "LINUX_2.6.39";
/// Their number in the table of versions; 1 is the object's own.
const VERSION_INDEX: u16 = 2;
const HEADER_BYTES: u16 = 64;
const SEGMENT_BYTES: u16 = 56;
const SYMBOL_BYTES: u64 = 24;
const DYNAMIC_ENTRIES: usize = 10;

/// Bytes of an image that is built from its start.
struct Bytes(Vec<u8>);

impl Bytes {
    fn put(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn put_u16(&mut self, values: &[u16]) {
        values.iter().for_each(|value| self.put(&value.to_le_bytes()));
    }

    fn put_u32(&mut self, values: &[u32]) {
        values.iter().for_each(|value| self.put(&value.to_le_bytes()));
    }

    fn put_u64(&mut self, values: &[u64]) {
        values.iter().for_each(|value| self.put(&value.to_le_bytes()));
    }

    /// Fills up to a multiple of eight; gives the offset of what comes next.
    fn align(&mut self) -> u64 {
        self.0.resize(self.0.len().next_multiple_of(8), 0);
        self.0.len() as u64
    }
}

/// The strings of the image, one behind the other, each with its NUL.
struct Strings(Vec<u8>);

impl Strings {
    fn add(&mut self, string: &str) -> u32 {
        let offset = self.0.len() as u32;
        self.0.extend_from_slice(string.as_bytes());
        self.0.push(0);
        offset
    }
}

/// A page with the image.
pub fn build(code: &Code) -> Vec<u8> {
    let mut strings = Strings(vec![0]);
    let names = code.functions.map(|function| strings.add(function.name));
    let (name, version) = (strings.add(NAME), strings.add(VERSION));
    let dynamic_at = u64::from(HEADER_BYTES + 2 * SEGMENT_BYTES);
    let mut bytes = Bytes(Vec::with_capacity(PAGE_SIZE));
    put_headers(&mut bytes, dynamic_at);
    bytes.0.resize(dynamic_at as usize + 16 * DYNAMIC_ENTRIES, 0);

    let symbols = bytes.align();
    bytes.put_u64(&[0; 3]);
    for (function, name) in code.functions.iter().zip(names) {
        bytes.put_u32(&[name]);
        // Of section 1: any that is not "undefined", for there is no table of sections.
        bytes.put(&[STB_GLOBAL << 4 | STT_FUNC, 0, 1, 0]);
        bytes.put_u64(&[(CODE_AT + function.offset) as u64, 4]);
    }
    let hashes = bytes.align();
    // One bucket: a chain of all symbols, from the last to the first.
    let count = code.functions.len() as u32;
    bytes.put_u32(&[1, count + 1, count]);
    (0..=count).for_each(|symbol| bytes.put_u32(&[symbol.saturating_sub(1)]));
    let versions = bytes.align();
    bytes.put_u16(&[0]);
    code.functions.iter().for_each(|_| bytes.put_u16(&[VERSION_INDEX]));
    let definitions = bytes.align();
    put_definition(&mut bytes, (1, VER_FLG_BASE), (NAME, name), 28);
    put_definition(&mut bytes, (VERSION_INDEX, 0), (VERSION, version), 0);
    let table = bytes.align();
    bytes.put(&strings.0);
    debug_assert!(bytes.0.len() <= CODE_AT && CODE_AT + code.bytes.len() <= PAGE_SIZE);

    let mut dynamic = Bytes(Vec::new());
    let entries: [(i64, u64); DYNAMIC_ENTRIES] = [
        (DT_HASH, hashes),
        (DT_STRTAB, table),
        (DT_SYMTAB, symbols),
        (DT_STRSZ, strings.0.len() as u64),
        (DT_SYMENT, SYMBOL_BYTES),
        (DT_SONAME, name.into()),
        (DT_VERSYM, versions),
        (DT_VERDEF, definitions),
        (DT_VERDEFNUM, 2),
        (DT_NULL, 0),
    ];
    entries.iter().for_each(|(tag, value)| dynamic.put_u64(&[*tag as u64, *value]));
    let place = dynamic_at as usize..dynamic_at as usize + dynamic.0.len();
    bytes.0[place].copy_from_slice(&dynamic.0);
    bytes.0.resize(CODE_AT, 0);
    bytes.put(code.bytes);
    bytes.0.resize(PAGE_SIZE, 0);
    bytes.0
}

/// The file's header and the two segments: everything, and the dynamic section in it.
fn put_headers(bytes: &mut Bytes, dynamic_at: u64) {
    let mut identity = [0; EI_NIDENT];
    identity[..4].copy_from_slice(&ELFMAGIC);
    // 64 bits, little end first, the current version.
    identity[4..7].copy_from_slice(&[2, 1, EV_CURRENT]);
    bytes.put(&identity);
    bytes.put_u16(&[ET_DYN, EM_AARCH64]);
    bytes.put_u32(&[u32::from(EV_CURRENT)]);
    bytes.put_u64(&[CODE_AT as u64, HEADER_BYTES.into(), 0]);
    bytes.put_u32(&[0]);
    bytes.put_u16(&[HEADER_BYTES, SEGMENT_BYTES, 2, 64, 0, 0]);
    let page = PAGE_SIZE as u64;
    bytes.put_u32(&[PT_LOAD, PF_R | PF_X]);
    bytes.put_u64(&[0, 0, 0, page, page, page]);
    bytes.put_u32(&[PT_DYNAMIC, PF_R]);
    let length = 16 * DYNAMIC_ENTRIES as u64;
    bytes.put_u64(&[dynamic_at, dynamic_at, dynamic_at, length, length, 8]);
}

/// A version with one name; `next` is the distance to the one that follows.
fn put_definition(
    bytes: &mut Bytes,
    (index, flags): (u16, u16),
    (text, name): (&str, u32),
    next: u32,
) {
    bytes.put_u16(&[1, flags, index, 1]);
    bytes.put_u32(&[sysv_hash(text.as_bytes()), 20, next]);
    bytes.put_u32(&[name, 0]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use elf::endian::LittleEndian;
    use elf::file::parse_ident;
    use elf::gnu_symver::VerDefIterator;
    use elf::hash::SysVHashTable;
    use elf::parse::ParsingTable;
    use elf::string_table::StringTable;
    use elf::symbol::SymbolTable;
    use elf::{dynamic::DynamicTable, file::Class};

    const CLASS: Class = Class::ELF64;

    /// The dynamic section's value for a tag.
    fn value(image: &[u8], tag: i64) -> usize {
        let start = 64 + 2 * 56;
        let table: DynamicTable<LittleEndian> =
            ParsingTable::new(LittleEndian, CLASS, &image[start..start + 16 * DYNAMIC_ENTRIES]);
        let entry = table.iter().find(|entry| entry.d_tag == tag).expect("the tag is there");
        entry.d_val() as usize
    }

    #[test]
    fn a_library_finds_each_function_by_its_name_and_version() {
        let code = arch::vdso::code();
        let image = build(&code);
        assert_eq!(image.len(), PAGE_SIZE);
        parse_ident::<LittleEndian>(&image).expect("an ELF file");
        let strings_at = value(&image, DT_STRTAB);
        let strings = &image[strings_at..strings_at + value(&image, DT_STRSZ)];
        let strings = StringTable::new(strings);
        let symbols_at = value(&image, DT_SYMTAB);
        let symbols: SymbolTable<LittleEndian> =
            ParsingTable::new(LittleEndian, CLASS, &image[symbols_at..symbols_at + 5 * 24]);
        let hashes = SysVHashTable::new(LittleEndian, CLASS, &image[value(&image, DT_HASH)..])
            .expect("a table of hashes");
        for function in code.functions {
            let found = hashes.find(function.name.as_bytes(), &symbols, &strings);
            let (index, symbol) = found.expect("well-formed").expect("the symbol is there");
            assert_eq!(symbol.st_value as usize, CODE_AT + function.offset);
            let version = value(&image, DT_VERSYM) + 2 * index;
            assert_eq!(image[version..version + 2], VERSION_INDEX.to_le_bytes());
        }
        assert_eq!(strings.get(value(&image, DT_SONAME)).expect("a string"), NAME);
        let found = hashes.find(b"__kernel_none", &symbols, &strings);
        assert!(found.expect("well-formed").is_none());
    }

    #[test]
    fn the_versions_are_the_objects_own_and_that_of_linux() {
        let image = build(&arch::vdso::code());
        let definitions = &image[value(&image, DT_VERDEF)..];
        let strings_at = value(&image, DT_STRTAB);
        let strings = StringTable::new(&image[strings_at..]);
        let found: Vec<_> = VerDefIterator::new(LittleEndian, CLASS, 2, 0, definitions)
            .map(|(definition, mut names)| {
                let name = names.next().expect("a name").vda_name as usize;
                let hash = sysv_hash(strings.get(name).expect("a string").as_bytes());
                assert_eq!(definition.vd_hash, hash);
                (definition.vd_ndx, definition.vd_flags, strings.get(name).expect("a string"))
            })
            .collect();
        assert_eq!(found, [(1, VER_FLG_BASE, NAME), (2, 0, VERSION)]);
    }
}
