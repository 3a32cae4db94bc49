//! Bytes as a programmer writes them: a string in quotes, with escapes.

use super::record::Capture;
use abi::trace::Copied;
use alloc::string::String;
use core::fmt::Write;

/// The bytes as a string of C.
pub fn quoted(bytes: &[u8]) -> String {
    let mut text = String::from("\"");
    for (index, &byte) in bytes.iter().enumerate() {
        match byte {
            b'"' => text.push_str("\\\""),
            b'\\' => text.push_str("\\\\"),
            b'\n' => text.push_str("\\n"),
            b'\t' => text.push_str("\\t"),
            b'\r' => text.push_str("\\r"),
            0x0B => text.push_str("\\v"),
            0x0C => text.push_str("\\f"),
            b' '..=b'~' => text.push(char::from(byte)),
            // As short as it can be, unless a digit follows that would belong to it.
            _ => {
                let is_before_digit = bytes.get(index + 1).is_some_and(u8::is_ascii_digit);
                let width = if is_before_digit { 3 } else { 1 };
                let _ = write!(text, "\\{byte:0width$o}");
            }
        }
    }
    text.push('"');
    text
}

/// A string or a buffer of which this was copied; `address` is where it is.
pub fn captured(capture: Option<&Capture>, address: u64) -> String {
    let Some(capture) = capture else { return pointer(address) };
    match capture.copied {
        Copied::Whole => quoted(&capture.bytes),
        Copied::Unreadable | Copied::NoMemory if capture.bytes.is_empty() => pointer(address),
        _ => quoted(&capture.bytes) + "...",
    }
}

/// An address.
pub fn pointer(address: u64) -> String {
    if address == 0 { "NULL".into() } else { alloc::format!("{address:#x}") }
}
