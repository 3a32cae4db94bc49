//! Makes small ELF files for the tests: program headers, segments' bytes and a symbol table.

use elf::abi::{EM_AARCH64, PT_LOAD, SHT_STRTAB, SHT_SYMTAB, STT_FUNC};

const HEADER_SIZE: usize = 64;
const PROGRAM_HEADER_SIZE: usize = 56;
const SYMBOL_SIZE: usize = 24;

#[derive(Clone)]
pub struct Segment {
    pub physical: u64,
    pub bytes: Vec<u8>,
    pub memory_size: u64,
}

#[derive(Clone)]
pub struct Symbol {
    pub address: u64,
    pub name: String,
    pub kind: u8,
}

impl Symbol {
    pub fn function(address: u64, name: &str) -> Self {
        Self { address, name: name.into(), kind: STT_FUNC }
    }
}

pub struct TestElf {
    pub machine: u16,
    pub segments: Vec<Segment>,
    pub symbols: Vec<Symbol>,
}

impl Default for TestElf {
    fn default() -> Self {
        Self { machine: EM_AARCH64, segments: Vec::new(), symbols: Vec::new() }
    }
}

impl TestElf {
    /// One segment at the load address, of one page, and one function.
    pub fn small_kernel() -> Self {
        let segment = Segment { physical: 0x80000, bytes: b"code".to_vec(), memory_size: 0x1000 };
        let start = Symbol::function(crate::symbols::VIRTUAL_BASE, "_start");
        Self { segments: vec![segment], symbols: vec![start], ..Self::default() }
    }

    /// The file: header, program headers, segments' bytes, symbols, names, section headers. At least
    /// 512 bytes, so that tests may damage any of those.
    pub fn bytes(&self) -> Vec<u8> {
        let mut file = vec![0; HEADER_SIZE + self.segments.len() * PROGRAM_HEADER_SIZE];
        for (index, segment) in self.segments.iter().enumerate() {
            let header = program_header(segment, file.len() as u64);
            let at = HEADER_SIZE + index * PROGRAM_HEADER_SIZE;
            file[at..at + PROGRAM_HEADER_SIZE].copy_from_slice(&header);
            file.extend_from_slice(&segment.bytes);
        }
        let (symbols, names) = self.symbol_sections();
        let symbols_at = file.len() as u64;
        file.extend_from_slice(&symbols);
        let names_at = file.len() as u64;
        file.extend_from_slice(&names);
        let sections_at = file.len() as u64;
        file.extend(section_header(0, 0, 0, 0));
        file.extend(section_header(SHT_SYMTAB, symbols_at, symbols.len() as u64, 2));
        file.extend(section_header(SHT_STRTAB, names_at, names.len() as u64, 0));
        let header = self.header(sections_at);
        file[..HEADER_SIZE].copy_from_slice(&header);
        file.resize(file.len().max(512), 0);
        file
    }

    fn header(&self, sections_at: u64) -> Vec<u8> {
        let mut header = b"\x7fELF\x02\x01\x01".to_vec();
        header.resize(16, 0);
        header.extend(2u16.to_le_bytes()); // ET_EXEC
        header.extend(self.machine.to_le_bytes());
        header.extend(1u32.to_le_bytes());
        header.extend(0u64.to_le_bytes()); // entry
        header.extend((HEADER_SIZE as u64).to_le_bytes());
        header.extend(sections_at.to_le_bytes());
        header.extend(0u32.to_le_bytes()); // flags
        for half in [HEADER_SIZE, PROGRAM_HEADER_SIZE, self.segments.len(), 64, 3, 2] {
            header.extend((half as u16).to_le_bytes());
        }
        header
    }

    fn symbol_sections(&self) -> (Vec<u8>, Vec<u8>) {
        let (mut symbols, mut names) = (vec![0; SYMBOL_SIZE], vec![0]);
        for symbol in &self.symbols {
            symbols.extend((names.len() as u32).to_le_bytes());
            symbols.extend([symbol.kind, 0]);
            symbols.extend(1u16.to_le_bytes());
            symbols.extend(symbol.address.to_le_bytes());
            symbols.extend(4u64.to_le_bytes());
            names.extend_from_slice(symbol.name.as_bytes());
            names.push(0);
        }
        (symbols, names)
    }
}

fn program_header(segment: &Segment, file_offset: u64) -> Vec<u8> {
    let mut header = PT_LOAD.to_le_bytes().to_vec();
    header.extend(5u32.to_le_bytes());
    let virtual_address = segment.physical.wrapping_add(0xFFFF_FF80_0000_0000);
    let file_size = segment.bytes.len() as u64;
    for field in
        [file_offset, virtual_address, segment.physical, file_size, segment.memory_size, 4096]
    {
        header.extend(field.to_le_bytes());
    }
    header
}

fn section_header(kind: u32, offset: u64, size: u64, link: u32) -> Vec<u8> {
    let mut header = 0u32.to_le_bytes().to_vec();
    header.extend(kind.to_le_bytes());
    for field in [0, 0, offset, size] {
        header.extend(field.to_le_bytes());
    }
    header.extend(link.to_le_bytes());
    header.extend(0u32.to_le_bytes());
    let entry_size = if kind == SHT_SYMTAB { SYMBOL_SIZE as u64 } else { 0 };
    for field in [1, entry_size] {
        header.extend(field.to_le_bytes());
    }
    header
}
