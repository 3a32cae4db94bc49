//! Lines on standard output, each written by one call.

use crate::os;
use core::ffi::CStr;
use core::fmt::{self, Write};

/// A line under construction; what does not fit is cut off.
pub struct Line {
    bytes: [u8; 512],
    length: usize,
}

impl Line {
    /// An empty line.
    pub const fn new() -> Self {
        Self { bytes: [0; 512], length: 0 }
    }

    /// Writes the line, with a line feed, to a descriptor.
    pub fn print(mut self, descriptor: i32) {
        let length = self.length.min(self.bytes.len() - 1);
        self.bytes[length] = b'\n';
        // There is nobody to tell that telling failed.
        let _ = os::write(descriptor, &self.bytes[..=length]);
    }

    /// The bytes so far.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

impl Default for Line {
    fn default() -> Self {
        Self::new()
    }
}

impl Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let free = &mut self.bytes[self.length..];
        let length = text.len().min(free.len());
        free[..length].copy_from_slice(&text.as_bytes()[..length]);
        self.length += length;
        Ok(())
    }
}

/// Prints formatted text as one line.
#[macro_export]
macro_rules! say {
    ($($text:tt)*) => {{
        let mut line = $crate::print::Line::new();
        let _ = core::fmt::Write::write_fmt(&mut line, format_args!($($text)*));
        line.print(1);
    }};
}

/// A string as text; what is not UTF-8 becomes nothing.
pub fn text(string: &CStr) -> &str {
    string.to_str().unwrap_or("")
}
