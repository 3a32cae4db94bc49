//! `maps`: the views of a process.

use super::text::Text;
use crate::fs;
use crate::ipc::segment;
use crate::mm::{Purpose, Sharing, Shown, ViewDescription};
use crate::process::Process;
use crate::region::Region;
use abi::Errno;
use abi::memory::Protection;
use alloc::string::String;
use arch::addr::VirtAddr;
use core::fmt::Write;

/// Where the name begins in a line.
const NAME_COLUMN: usize = 73;

/// Writes a line for each view.
pub fn write(process: &Process, text: &mut Text) -> Result<(), Errno> {
    let Some(space) = process.space() else { return Ok(()) };
    let program = process.program().and_then(|program| {
        let path = fs::namespace().text_of(&program.located()).ok()?;
        Some(String::from_utf8_lossy(&path).into_owned())
    });
    let mut at = VirtAddr::new(0);
    while let Some(description) = space.describe_from(at) {
        if text.is_full() {
            break;
        }
        at = description.range.end();
        let line = line(&description, program.as_deref().unwrap_or(""));
        let _ = writeln!(text, "{line}");
    }
    Ok(())
}

fn line(description: &ViewDescription, program: &str) -> String {
    let ViewDescription { range, protection, shown, purpose, .. } = description;
    let letter = |right, letter| if protection.contains(right) { letter } else { '-' };
    let (start, end) = (range.start().value(), range.end().value());
    let (offset, inode, sharing, name) = match shown {
        Shown::Private => {
            let name = match purpose {
                Purpose::Heap => "[heap]",
                Purpose::Stack => "[stack]",
                Purpose::Other => "",
            };
            (0, 0, 'p', String::from(name))
        }
        Shown::Object { object, base, sharing } => {
            let segment = segment::of_object(object);
            let region = Region::of_object(object);
            let record = region.map(|region| region.record());
            let name = record.as_ref().map_or(&b""[..], |record| record.name());
            let is_shared = *sharing == Sharing::Shared;
            let name = match (name.is_empty(), is_shared) {
                (false, _) => alloc::format!("/dev/shm{}", String::from_utf8_lossy(name)),
                (true, true) => segment.map_or_else(
                    || String::from("/memfd: (deleted)"),
                    |segment| alloc::format!("/SYSV{:08x} (deleted)", segment.key()),
                ),
                (true, false) => String::from(program),
            };
            let letter = if is_shared { 's' } else { 'p' };
            (start.wrapping_sub(*base), object.id(), letter, name)
        }
    };
    let (read, write) = (letter(Protection::READ, 'r'), letter(Protection::WRITE, 'w'));
    let execute = letter(Protection::EXECUTE, 'x');
    let mut line = alloc::format!(
        "{start:08x}-{end:08x} {read}{write}{execute}{sharing} {offset:08x} 00:00 {inode} "
    );
    if !name.is_empty() {
        while line.len() < NAME_COLUMN {
            line.push(' ');
        }
        line.push_str(&name);
    }
    line
}
