//! Reading the headers of an ELF64 program (System V ABI, chapters 4 and 5; AArch64 ELF).
//!
//! The `elf` crate decodes the fields; whether they make sense is decided here, because a file
//! may say anything. Static programs and static position-independent ones are understood.

use abi::memory::Protection;
use arch::addr::{PAGE_SIZE, USER_END};
use elf::abi::{EM_AARCH64, ET_DYN, ET_EXEC, PF_R, PF_W, PF_X, PT_INTERP, PT_LOAD};
use elf::endian::LittleEndian;
use elf::file::{Class, FileHeader};
use elf::parse::ParseAt;
use elf::segment::ProgramHeader;
use heapless::Vec;

/// Bytes at the start of a file that hold its file header.
pub const HEADER_BYTES: usize = 64;
const PROGRAM_HEADER_BYTES: usize = 56;
/// Program headers that a file may have.
const PROGRAM_HEADERS: usize = 64;
/// Segments that a program may load.
pub const SEGMENTS: usize = 16;

/// Why a file is not a program that can be run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ElfError {
    /// It is not a 64-bit little-endian ELF file.
    NotElf,
    /// It is for another processor.
    OtherProcessor(u16),
    /// It is not a program.
    NotProgram(u16),
    /// It needs a dynamic linker.
    NeedsInterpreter,
    /// The table of segments is missing, cut off, or too long.
    BadTable,
    /// A segment lies outside of the file or of the user half, overlaps another one, is longer in
    /// the file than in memory, or is out of step with its place in the file.
    BadSegment(usize),
    /// A segment is writable and executable.
    WritableText(usize),
    /// Nothing is loaded, or the entry point is not in what is.
    NoEntry,
}

/// Whether a program chooses its addresses.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Position {
    /// It does.
    Fixed,
    /// It runs anywhere.
    Independent,
}

/// A part of the file that goes into memory; addresses are relative to the program's base.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Segment {
    /// Its address.
    pub address: usize,
    /// Its length in memory.
    pub memory_bytes: usize,
    /// Its offset in the file.
    pub offset: u64,
    /// Its length in the file; the rest of the memory is zero.
    pub file_bytes: usize,
    /// What the program may do with it.
    pub protection: Protection,
}

/// The file header's part that says where the rest is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Header {
    /// Whether the program chooses its addresses.
    pub position: Position,
    /// Where it starts.
    pub entry: usize,
    /// Offset of the program headers in the file.
    pub table_offset: u64,
    /// Number of program headers.
    pub table_entries: usize,
}

impl Header {
    /// Decodes the first [`HEADER_BYTES`] of a file.
    pub fn parse(bytes: &[u8]) -> Result<Self, ElfError> {
        let identity = bytes.get(..16).ok_or(ElfError::NotElf)?;
        let rest = bytes.get(16..HEADER_BYTES).ok_or(ElfError::NotElf)?;
        let identity =
            elf::file::parse_ident::<LittleEndian>(identity).map_err(|_| ElfError::NotElf)?;
        let header = FileHeader::parse_tail(identity, rest).map_err(|_| ElfError::NotElf)?;
        if header.class != Class::ELF64 {
            return Err(ElfError::NotElf);
        }
        if header.e_machine != EM_AARCH64 {
            return Err(ElfError::OtherProcessor(header.e_machine));
        }
        let position = match header.e_type {
            ET_EXEC => Position::Fixed,
            ET_DYN => Position::Independent,
            other => return Err(ElfError::NotProgram(other)),
        };
        let table_entries = usize::from(header.e_phnum);
        let odd = usize::from(header.e_phentsize) != PROGRAM_HEADER_BYTES;
        if odd || table_entries == 0 || table_entries > PROGRAM_HEADERS {
            return Err(ElfError::BadTable);
        }
        let entry = usize::try_from(header.e_entry).map_err(|_| ElfError::NoEntry)?;
        Ok(Self { position, entry, table_offset: header.e_phoff, table_entries })
    }

    /// Bytes of the table of program headers.
    pub const fn table_bytes(&self) -> usize {
        self.table_entries * PROGRAM_HEADER_BYTES
    }
}

/// A program's segments, in the order of their addresses.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Layout {
    /// What is loaded.
    pub segments: Vec<Segment, SEGMENTS>,
    /// The address of the program headers, if they are in a segment.
    pub table_address: Option<usize>,
}

impl Layout {
    /// Decodes and checks the program headers of a file that is `file_bytes` long.
    pub fn parse(header: &Header, table: &[u8], file_bytes: u64) -> Result<Self, ElfError> {
        let mut layout = Self { segments: Vec::new(), table_address: None };
        let mut offset = 0;
        for index in 0..header.table_entries {
            let entry = ProgramHeader::parse_at(LittleEndian, Class::ELF64, &mut offset, table)
                .map_err(|_| ElfError::BadTable)?;
            match entry.p_type {
                PT_INTERP => return Err(ElfError::NeedsInterpreter),
                PT_LOAD if entry.p_memsz > 0 => layout.add(index, &entry, file_bytes)?,
                _ => {}
            }
        }
        layout.table_address = layout.address_of(header.table_offset, header.table_bytes());
        let starts_in = |segment: &Segment| {
            segment.protection.contains(Protection::EXECUTE)
                && segment.address <= header.entry
                && header.entry < segment.address + segment.memory_bytes
        };
        if !header.entry.is_multiple_of(4) || !layout.segments.iter().any(starts_in) {
            return Err(ElfError::NoEntry);
        }
        Ok(layout)
    }

    /// The end of the last segment, relative to the base.
    pub fn end(&self) -> usize {
        self.segments.last().map_or(0, |last| last.address + last.memory_bytes)
    }

    fn add(
        &mut self,
        index: usize,
        entry: &ProgramHeader,
        file_bytes: u64,
    ) -> Result<(), ElfError> {
        let bad = ElfError::BadSegment(index);
        // Where nothing comes from the file, as in a segment of zeroes only, its place there means
        // nothing, and linkers put it behind the end.
        let is_in_file = entry.p_filesz > 0;
        let offset = if is_in_file { entry.p_offset } else { 0 };
        let file_end = offset.checked_add(entry.p_filesz).ok_or(bad)?;
        let end = entry.p_vaddr.checked_add(entry.p_memsz).ok_or(bad)?;
        let in_step = entry.p_vaddr % PAGE_SIZE as u64 == offset % PAGE_SIZE as u64;
        let page = |address: u64| address & !(PAGE_SIZE as u64 - 1);
        let behind_last = u64::try_from(self.end().next_multiple_of(PAGE_SIZE)).map_err(|_| bad)?;
        let overlaps = !self.segments.is_empty() && page(entry.p_vaddr) < behind_last;
        if entry.p_filesz > entry.p_memsz
            || file_end > file_bytes
            || end > USER_END as u64
            || is_in_file && !in_step
            || overlaps
        {
            return Err(bad);
        }
        let mut protection = Protection::empty();
        protection.set(Protection::READ, entry.p_flags & PF_R != 0);
        protection.set(Protection::WRITE, entry.p_flags & PF_W != 0);
        protection.set(Protection::EXECUTE, entry.p_flags & PF_X != 0);
        if protection.contains(Protection::WRITE | Protection::EXECUTE) {
            return Err(ElfError::WritableText(index));
        }
        let segment = Segment {
            address: entry.p_vaddr as usize,
            memory_bytes: entry.p_memsz as usize,
            offset,
            file_bytes: entry.p_filesz as usize,
            protection,
        };
        self.segments.push(segment).map_err(|_| ElfError::BadTable)
    }

    fn address_of(&self, offset: u64, bytes: usize) -> Option<usize> {
        let end = offset.checked_add(bytes as u64)?;
        let segment = self.segments.iter().find(|segment| {
            segment.offset <= offset && end <= segment.offset + segment.file_bytes as u64
        })?;
        Some(segment.address + (offset - segment.offset) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec as StdVec;

    fn word(bytes: &mut StdVec<u8>, value: u64, width: usize) {
        bytes.extend_from_slice(&value.to_le_bytes()[..width]);
    }

    fn header(kind: u16, machine: u16, entry: u64, entries: u16) -> StdVec<u8> {
        let mut bytes = StdVec::from(*b"\x7FELF\x02\x01\x01\0\0\0\0\0\0\0\0\0");
        word(&mut bytes, kind.into(), 2);
        word(&mut bytes, machine.into(), 2);
        word(&mut bytes, 1, 4);
        word(&mut bytes, entry, 8);
        word(&mut bytes, 64, 8);
        word(&mut bytes, 0, 8);
        word(&mut bytes, 0, 4);
        for (value, width) in [(64, 2), (56, 2), (entries.into(), 2), (64, 2), (0, 2), (0, 2)] {
            word(&mut bytes, value, width);
        }
        bytes
    }

    fn load(flags: u32, offset: u64, address: u64, in_file: u64, in_memory: u64) -> StdVec<u8> {
        let mut bytes = StdVec::new();
        word(&mut bytes, PT_LOAD.into(), 4);
        word(&mut bytes, flags.into(), 4);
        for value in [offset, address, address, in_file, in_memory, 0x1000] {
            word(&mut bytes, value, 8);
        }
        bytes
    }

    fn parse(table: &[StdVec<u8>], entry: u64) -> Result<Layout, ElfError> {
        let bytes = header(ET_EXEC, EM_AARCH64, entry, table.len() as u16);
        let header = Header::parse(&bytes).expect("a good header");
        Layout::parse(&header, &table.concat(), 0x10_000)
    }

    #[test]
    fn a_program_with_text_and_data_has_two_segments() {
        let table = [
            load(PF_R | PF_X, 0, 0x400000, 0x2000, 0x2000),
            load(PF_R | PF_W, 0x2010, 0x602010, 0x100, 0x5000),
        ];
        let layout = parse(&table, 0x400100).expect("a good program");
        assert_eq!(layout.segments.len(), 2);
        assert_eq!(layout.table_address, Some(0x400040));
        assert_eq!(layout.end(), 0x607010);
    }

    #[test]
    fn a_segment_of_zeroes_only_has_no_place_in_the_file() {
        let table = [
            load(PF_R | PF_X, 0, 0x400000, 0x2000, 0x2000),
            load(PF_R | PF_W, 0x1_FFF0, 0x41_FFF0, 0, 0x198),
        ];
        let layout = parse(&table, 0x400100).expect("a good program");
        assert_eq!((layout.segments[1].offset, layout.segments[1].file_bytes), (0, 0));
        assert_eq!(layout.end(), 0x42_0188);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let text = || load(PF_R | PF_X, 0, 0x400000, 0x2000, 0x2000);
        let cases = [
            load(PF_R, 0x3000, 0x500000, 0x20, 0x10),
            load(PF_R, 0xF000, 0x500000, 0x2000, 0x2000),
            load(PF_R, u64::MAX - 0xFFF, 0x500000, 0x2000, 0x2000),
            load(PF_R, 0, 0x7F_FFFF_F000, 0x1000, 0x2000),
            load(PF_R, 0, u64::MAX - 0xFFF, 0x1000, 0x2000),
            load(PF_R, 0x10, 0x500000, 0x10, 0x10),
            load(PF_R, 0, 0x401000, 0x10, 0x10),
        ];
        for case in cases {
            assert_eq!(parse(&[text(), case], 0x400100), Err(ElfError::BadSegment(1)));
        }
        let both = load(PF_R | PF_W | PF_X, 0, 0x500000, 0x10, 0x10);
        assert_eq!(parse(&[text(), both], 0x400100), Err(ElfError::WritableText(1)));
        assert_eq!(parse(&[text()], 0x500000), Err(ElfError::NoEntry));
        assert_eq!(parse(&[text()], 0x400102), Err(ElfError::NoEntry));
    }

    #[test]
    fn a_file_for_another_processor_is_refused_by_name() {
        assert_eq!(Header::parse(&header(ET_EXEC, 62, 0, 1)), Err(ElfError::OtherProcessor(62)));
        assert_eq!(Header::parse(b"#!/bin/shell\n"), Err(ElfError::NotElf));
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_parser_panic(
            mut bytes in proptest::collection::vec(any::<u8>(), 64 + 56 * 3),
            keep_magic in any::<bool>(),
            file in any::<u64>(),
        ) {
            if keep_magic {
                bytes[..64].copy_from_slice(&header(ET_DYN, EM_AARCH64, 0x100, 3));
            }
            if let Ok(header) = Header::parse(&bytes) {
                let _ = Layout::parse(&header, &bytes[64..], file);
            }
        }
    }
}
