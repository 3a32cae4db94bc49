//! The kernel's messages, on the console and in the log that processes can read.

use core::fmt::{self, Write};
use heapless::String;
use kcore::fs::tty;
use kcore::kernel_log;
use log::{Level, LevelFilter, Log, Metadata, Record};

/// The longest message, with the end of the line; more is cut off.
const LINE_BYTES: usize = 320;

struct ConsoleLog;

/// Takes as much as fits.
struct Line(String<LINE_BYTES>);

impl Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            if self.0.len() + character.len_utf8() >= LINE_BYTES {
                return Err(fmt::Error);
            }
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
        // One write: another core's message comes before it or after it.
        let _ = line.0.push('\n');
        if record.level() <= Level::Info {
            tty::kernel_write(line.0.as_bytes());
        }
        kernel_log::write(line.0.as_bytes());
    }

    fn flush(&self) {}
}

/// Takes the kernel's messages from now on; details are in the log, but not on the console.
pub fn start() {
    // A second logger is refused; there is only this call.
    let _ = log::set_logger(&ConsoleLog);
    log::set_max_level(LevelFilter::Debug);
}
