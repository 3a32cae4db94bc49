//! The kernel's messages: on the console, and kept for `syslog`.

use core::fmt::{self, Write};
use heapless::String;
use kcore::fs::tty;
use kcore::kernel_log;
use log::{Level, LevelFilter, Log, Metadata, Record};

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
        let line = line.0.as_bytes();
        let mut ring = kernel_log::RING.lock();
        ring.put(mark(record.level()));
        ring.put(line);
        ring.put(b"\n");
        drop(ring);
        if record.level() <= Level::Info {
            tty::kernel_write(line);
            tty::kernel_write(b"\n");
        }
    }

    fn flush(&self) {}
}

/// What begins a kept line, as on Linux.
const fn mark(level: Level) -> &'static [u8] {
    match level {
        Level::Error => b"<3>",
        Level::Warn => b"<4>",
        Level::Info => b"<6>",
        Level::Debug | Level::Trace => b"<7>",
    }
}

/// Takes the kernel's messages from now on; details are kept, but not shown on the console.
pub fn start() {
    // A second logger is refused; there is only this call.
    let _ = log::set_logger(&ConsoleLog);
    log::set_max_level(LevelFilter::Debug);
}
