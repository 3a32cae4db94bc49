//! Files that make sense, and files that say anything.

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

fn interpreter(offset: u64, bytes: u64) -> StdVec<u8> {
    let mut header = load(PF_R, offset, offset, bytes, bytes);
    header[..4].copy_from_slice(&PT_INTERP.to_le_bytes());
    header
}

#[test]
fn a_dynamic_program_says_where_its_interpreters_path_is() {
    let text = load(PF_R | PF_X, 0, 0x400000, 0x2000, 0x2000);
    let layout = parse(&[interpreter(0x200, 27), text], 0x400100).expect("a good program");
    assert_eq!(layout.interpreter, Some(Interpreter { offset: 0x200, bytes: 27 }));
    assert_eq!(layout.alignment, 0x1000);
    assert_eq!(Interpreter::path(b"/lib/ld.so\0"), Ok(&b"/lib/ld.so"[..]));
    // As on Linux, the path ends with the first NUL, and may be empty.
    assert_eq!(Interpreter::path(b"/lib/ld.so\0more\0"), Ok(&b"/lib/ld.so"[..]));
    assert_eq!(Interpreter::path(b"\0\0"), Ok(&b""[..]));
}

#[test]
fn an_interpreter_whose_path_cannot_be_one_is_refused() {
    let text = || load(PF_R | PF_X, 0, 0x400000, 0x2000, 0x2000);
    let beyond = [
        interpreter(0x200, 0),
        interpreter(0x200, 1),
        interpreter(0x200, PATH_MAX as u64 + 1),
        interpreter(0x200, u64::MAX),
        interpreter(0xFFF0, 27),
        interpreter(u64::MAX - 8, 27),
        interpreter(1 << 40, 27),
    ];
    for case in beyond {
        assert_eq!(parse(&[case, text()], 0x400100), Err(ElfError::BadInterpreter));
    }
    assert!(parse(&[interpreter(0x200, PATH_MAX as u64), text()], 0x400100).is_ok());
    let two = [interpreter(0x200, 27), interpreter(0x200, 27), text()];
    assert_eq!(parse(&two, 0x400100), Err(ElfError::SecondInterpreter));
    for endless in [&b"/lib/ld.so"[..], b"", b"\0x"] {
        assert_eq!(Interpreter::path(endless), Err(ElfError::BadInterpreter));
    }
    // A path that lies over the headers or over a segment is bytes of the file like any other.
    assert!(parse(&[interpreter(0, 64), text()], 0x400100).is_ok());
}

#[test]
fn an_alignment_that_is_none_is_ignored() {
    let aligned = |alignment: u64| {
        let mut text = load(PF_R | PF_X, 0, 0x400000, 0x2000, 0x2000);
        text[48..].copy_from_slice(&alignment.to_le_bytes());
        parse(&[text], 0x400100).expect("a good program").alignment
    };
    assert_eq!([0, 1, 3, 0x1_0000, u64::MAX].map(aligned), [1, 1, 1, 0x1_0000, 1]);
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
