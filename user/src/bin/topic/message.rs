//! A message, as a person reads it.

use alloc::string::String;
use user::hexdump::Dump;
use user::topic::{TypeRecord, numbers};

/// Numbers where the type says so, else text where it is text, else a dump in hexadecimal, which
/// has lines of its own.
pub fn show(contents: &TypeRecord, bytes: &[u8]) -> String {
    if let Some(numbers) = numbers::show(contents, bytes) {
        return numbers;
    }
    if let Some(text) = text(bytes) {
        return text.into();
    }
    let mut shown = String::from("\n");
    let mut dump = Dump::new(0);
    // Writing to a string does not fail.
    let _ = dump.add(bytes, &mut shown);
    shown.truncate(shown.trim_end().len());
    shown
}

/// The bytes as text, without the zeroes and line ends behind it, if they are text.
fn text(bytes: &[u8]) -> Option<&str> {
    let end = bytes.iter().rposition(|byte| !matches!(byte, 0 | b'\n' | b'\r'))? + 1;
    let text = str::from_utf8(&bytes[..end]).ok()?;
    let is_shown = |character: char| !character.is_control() || matches!(character, '\n' | '\t');
    text.chars().all(is_shown).then_some(text)
}
