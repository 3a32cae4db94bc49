//! A program's file: any bytes.
//!
//! Segments lie within the file and within the user half, in order and without an overlap, and none can be both
//! written and executed. What is loaded of them is what the file has, and no memory is left behind.

use crate::machine::without_leak;
use crate::system::ROOT;
use abi::memory::Protection;
use arch::addr::{PAGE_SIZE, USER_END, VirtAddr};
use kcore::fs::PathContext;
use kcore::mm::{Access, AddressSpace};
use kcore::process::{Chance, Loaded, load_program};
use kcore::program::Loadable;
use kcore::program::elf::{HEADER_BYTES, Header, Layout};
use kcore::program::script::first_line;
use kcore::region::{Region, RegionAttributes};
use kcore::user_memory::UserData;
use std::sync::Arc;

/// Drives it.
pub fn run(bytes: &[u8]) {
    script(bytes);
    let layout = layout_of(bytes);
    if layout.as_ref().is_some_and(|layout| layout.interpreter.is_some()) {
        // The target `linker` has those.
        return;
    }
    without_leak(|| {
        if let Some(loaded) = load(bytes) {
            assert!(layout.is_some(), "what is no program was loaded");
            look_at(&loaded, [bytes, b""]);
        }
    });
}

/// What the headers of a program say; what they say is checked.
pub fn layout_of(bytes: &[u8]) -> Option<Layout> {
    let header = Header::parse(bytes.get(..HEADER_BYTES)?).ok()?;
    assert!(header.table_bytes() > 0);
    let start = usize::try_from(header.table_offset).ok()?;
    let table = bytes.get(start..start.saturating_add(header.table_bytes()))?;
    let layout = Layout::parse(&header, table, bytes.len() as u64).ok()?;
    check(&layout, &header, bytes.len() as u64);
    Some(layout)
}

fn script(bytes: &[u8]) {
    let start = &bytes[..bytes.len().min(kcore::program::script::LINE_BYTES)];
    if let Some(Ok(line)) = first_line(start) {
        let is_word =
            |text: &[u8]| !text.is_empty() && !text.contains(&b'\n') && !text.contains(&0);
        assert!(is_word(line.interpreter) && line.argument.is_none_or(is_word));
    }
}

fn check(layout: &Layout, header: &Header, file_bytes: u64) {
    let mut behind = 0;
    for segment in &layout.segments {
        let both = Protection::WRITE | Protection::EXECUTE;
        assert!(!segment.protection.contains(both), "{segment:?}");
        assert!(segment.offset + segment.file_bytes as u64 <= file_bytes, "{segment:?}");
        assert!(segment.file_bytes <= segment.memory_bytes && segment.memory_bytes > 0);
        assert!(segment.address >= behind && segment.address + segment.memory_bytes <= USER_END);
        behind = (segment.address + segment.memory_bytes).next_multiple_of(PAGE_SIZE);
    }
    assert!(header.entry < layout.end());
    assert!(layout.table_address.is_none_or(|address| address < layout.end()));
}

/// Who runs it.
pub const CONTEXT: PathContext<'static> =
    PathContext { directory: None, credentials: ROOT, umask: 0 };

/// Loads it as exec does.
pub fn load(bytes: &[u8]) -> Option<Loaded> {
    let attributes = RegionAttributes { mode: 0o755, uid: 0, gid: 0 };
    let file = Region::create(attributes, bytes.len() as u64).expect("memory is plenty");
    file.write(0, &mut UserData::kernel(bytes)).expect("memory is plenty");
    load_program(&CONTEXT, &file, Chance::Usual).ok()
}

/// Looks at what can be seen of a program that is loaded, and of its interpreter: what views allow, and the
/// segments of these files.
pub fn look_at(loaded: &Loaded, files: [&[u8]; 2]) {
    let mut at = VirtAddr::new(0);
    while let Some(view) = loaded.space.describe_from(at) {
        assert!(!view.protection.contains(Protection::WRITE | Protection::EXECUTE));
        assert!(view.range.end().value() <= USER_END);
        at = view.range.end();
    }
    let starts = [loaded.facts.entry, loaded.start];
    for ((code, bytes), start) in loaded.code.iter().zip(files).zip(starts) {
        let Some(code) = code else { continue };
        look_at_segments(&loaded.space, code, start - code.header.entry, bytes);
    }
}

fn look_at_segments(space: &Arc<AddressSpace>, code: &Loadable, base: usize, bytes: &[u8]) {
    for segment in &code.layout.segments {
        let from_file = &bytes[segment.offset as usize..][..segment.file_bytes];
        let address = base + segment.address;
        compare(space, address, from_file);
        let behind = address + segment.file_bytes;
        let zeroes = (segment.memory_bytes - segment.file_bytes).min(2 * PAGE_SIZE);
        compare(space, behind, &vec![0; zeroes]);
    }
}

fn compare(space: &Arc<AddressSpace>, address: usize, expected: &[u8]) {
    let Some(first) = space.view_at(VirtAddr::new(address)) else {
        assert!(expected.is_empty(), "a part of a segment is missing");
        return;
    };
    if !first.1.protection.contains(Protection::READ) {
        return;
    }
    let mut done = 0;
    while done < expected.len() {
        let at = VirtAddr::new(address + done);
        let offset = at.value() % PAGE_SIZE;
        let length = (PAGE_SIZE - offset).min(expected.len() - done);
        space.fault(at, Access::Read).expect("it can be read");
        let (frame, _) = space.translation(at).expect("it is there");
        let mut found = vec![0; length];
        // SAFETY: the frame is the program's, and nobody writes to it.
        unsafe { arch::ram::read_bytes(frame.add(offset as u64), &mut found) };
        assert_eq!(found, expected[done..][..length], "at {at:?}");
        done += length;
    }
}
