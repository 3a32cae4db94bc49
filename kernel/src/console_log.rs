//! The kernel's messages, on the console.

use core::fmt::{self, Write};
use heapless::String;
use kcore::fs::tty;
use log::{LevelFilter, Log, Metadata, Record};

/// The longest message; more is cut off.
const LINE_BYTES: usize = 320;

struct ConsoleLog;

/// Takes as much as fits.
struct Line(String<LINE_BYTES>);

impl Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            self.0.push(character).map_err(|_| fmt::Error)?;
        }
        Ok(())
    }
}

impl Log for ConsoleLog {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let now = arch::clock::now() / 1000;
        let (seconds, micros) = (now / 1_000_000, now % 1_000_000);
        let mut line = Line(String::new());
        // A message that is too long is cut, not lost.
        let _ = write!(line, "[{seconds:4}.{micros:06}] {}", record.args());
        tty::kernel_write(line.0.as_bytes());
        tty::kernel_write(b"\n");
    }

    fn flush(&self) {}
}

/// Sends the kernel's messages to the console from now on.
pub fn start() {
    // A second logger is refused; there is only this call.
    let _ = log::set_logger(&ConsoleLog);
    log::set_max_level(LevelFilter::Info);
}
