//! Reads archives back by the format's definition.

use super::*;
use crate::contents::Mode;
use proptest::prelude::*;

#[derive(Debug, PartialEq)]
struct Read {
    name: Vec<u8>,
    mode: u32,
    data_offset: usize,
    data: Vec<u8>,
}

fn field(header: &[u8], index: usize) -> usize {
    let digits = std::str::from_utf8(&header[6 + 8 * index..14 + 8 * index]).unwrap();
    usize::from_str_radix(digits, 16).unwrap()
}

/// Every entry before the trailer, from an archive at `at`.
fn read(payload: &[u8], mut at: usize) -> Vec<Read> {
    let mut entries = Vec::new();
    loop {
        let header = &payload[at..at + 110];
        assert_eq!(&header[..6], b"070701");
        let (mode, size, name_size) = (field(header, 1), field(header, 6), field(header, 11));
        let name_field = &payload[at + 110..at + 110 + name_size];
        let name = name_field.split(|&byte| byte == 0).next().unwrap().to_vec();
        assert_eq!(name_field.last(), Some(&0), "the name ends with a NUL");
        let data_offset = (at + 110 + name_size).next_multiple_of(4);
        if name == b"TRAILER!!!" {
            assert_eq!(payload.len(), data_offset);
            return entries;
        }
        let data = payload[data_offset..data_offset + size].to_vec();
        at = (data_offset + size).next_multiple_of(4);
        entries.push(Read { name, mode: mode as u32, data_offset, data });
    }
}

fn path(text: &str) -> ArchivePath {
    ArchivePath::new(text.as_bytes()).unwrap()
}

fn file(mode: u32, data: &[u8]) -> Node {
    Node::File { mode: Mode::new(mode), data: data.to_vec() }
}

#[test]
fn entries_are_sorted_and_keep_type_mode_and_bytes() {
    let mut contents = Contents::default();
    contents.add(path("/link"), Node::SymbolicLink { target: b"bin/one".to_vec() }).unwrap();
    contents.add(path("/bin/two"), file(0o644, b"")).unwrap();
    contents.add(path("/bin/one"), file(0o4755, b"program")).unwrap();
    let mut payload = vec![0; 4096];
    write(&mut payload, &contents).unwrap();
    let entries = read(&payload, 4096);
    let seen: Vec<_> =
        entries.iter().map(|entry| (&entry.name[..], entry.mode, &entry.data[..])).collect();
    let expected: [(&[u8], u32, &[u8]); 4] = [
        (b"bin", 0o040_755, b""),
        (b"bin/one", 0o104_755, b"program"),
        (b"bin/two", 0o100_644, b""),
        (b"link", 0o120_777, b"bin/one"),
    ];
    assert_eq!(seen, expected);
}

#[test]
fn an_empty_archive_is_its_trailer() {
    let mut payload = Vec::new();
    write(&mut payload, &Contents::default()).unwrap();
    assert_eq!(read(&payload, 0), []);
}

proptest! {
    #[test]
    fn every_files_data_begins_on_a_page_and_comes_back(
        files in prop::collection::btree_map("[a-z]{1,60}", prop::collection::vec(any::<u8>(), 1..9000), 0..8),
    ) {
        let mut contents = Contents::default();
        for (name, data) in &files {
            contents.add(path(&format!("/{name}")), file(0o755, data)).unwrap();
        }
        let mut payload = vec![0; 8192];
        write(&mut payload, &contents).unwrap();
        let entries = read(&payload, 8192);
        prop_assert_eq!(entries.len(), files.len());
        for (entry, (name, data)) in entries.iter().zip(&files) {
            prop_assert_eq!(entry.data_offset % 4096, 0);
            prop_assert_eq!(&entry.name[..], name.as_bytes());
            prop_assert_eq!(&entry.data, data);
        }
    }
}
