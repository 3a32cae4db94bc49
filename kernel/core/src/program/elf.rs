//! Reading the headers of an ELF64 program (System V ABI, chapters 4 and 5; AArch64 ELF).
//!
//! The `elf` crate decodes the fields; whether they make sense is decided here, because a file
//! may say anything. A program may name an interpreter, which is then loaded with it: the dynamic
//! linker.

use abi::limits::PATH_MAX;
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
    /// The path of its interpreter lies outside of the file, is too long or has no end.
    BadInterpreter,
    /// It names more than one interpreter.
    SecondInterpreter,
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

/// Where in the file the path of a program's interpreter is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Interpreter {
    /// The offset of its first byte.
    pub offset: u64,
    /// Its length, with the NUL that ends it.
    pub bytes: usize,
}

impl Interpreter {
    fn parse(entry: &ProgramHeader, file_bytes: u64) -> Result<Self, ElfError> {
        let end = entry.p_offset.checked_add(entry.p_filesz);
        if end.is_none_or(|end| end > file_bytes)
            || !(2..=PATH_MAX as u64).contains(&entry.p_filesz)
        {
            return Err(ElfError::BadInterpreter);
        }
        Ok(Self { offset: entry.p_offset, bytes: entry.p_filesz as usize })
    }

    /// The path among the bytes that the file has there.
    pub fn path(bytes: &[u8]) -> Result<&[u8], ElfError> {
        if bytes.last() != Some(&0) {
            return Err(ElfError::BadInterpreter);
        }
        bytes.split(|byte| *byte == 0).next().ok_or(ElfError::BadInterpreter)
    }
}

/// A program's segments, in the order of their addresses.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Layout {
    /// What is loaded.
    pub segments: Vec<Segment, SEGMENTS>,
    /// The address of the program headers, if they are in a segment.
    pub table_address: Option<usize>,
    /// The program that is to be loaded with it, and begins in its place.
    pub interpreter: Option<Interpreter>,
    /// The largest alignment that a segment asks for.
    pub alignment: usize,
}

impl Layout {
    /// Decodes and checks the program headers of a file that is `file_bytes` long.
    pub fn parse(header: &Header, table: &[u8], file_bytes: u64) -> Result<Self, ElfError> {
        let mut layout =
            Self { segments: Vec::new(), table_address: None, interpreter: None, alignment: 1 };
        let mut offset = 0;
        for index in 0..header.table_entries {
            let entry = ProgramHeader::parse_at(LittleEndian, Class::ELF64, &mut offset, table)
                .map_err(|_| ElfError::BadTable)?;
            match entry.p_type {
                PT_INTERP if layout.interpreter.is_some() => {
                    return Err(ElfError::SecondInterpreter);
                }
                PT_INTERP => layout.interpreter = Some(Interpreter::parse(&entry, file_bytes)?),
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
        if entry.p_align.is_power_of_two() {
            self.alignment = self.alignment.max(entry.p_align as usize);
        }
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
mod tests;
