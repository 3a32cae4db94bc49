//! `region read`, `write`, `dump` and `fill`: bytes, through the kernel's whole copies.

use super::{Outcome, Words};
use abi::Errno;
use alloc::format;
use alloc::vec;
use alloc::vec::Vec;
use user::error::{Error, Result};
use user::fs::{File, OwnedFd};
use user::hexdump::{Dump, LINE_BYTES};
use user::io::{self, STDIN, STDOUT, Stdout};
use user::options::{Parsed, parse_size, plain, usage};
use user::region::Region;
use user::terminal;

/// What `read` does.
pub const READ_HELP: &str = "\
Prints bytes as they are, from the offset or the beginning, up to the length or
the end. A terminal does not get the zeroes at the end.";

/// What `write` does.
pub const WRITE_HELP: &str = "\
Writes text at an offset; - takes it from standard input.
Nothing is written where it would cross the region's end. One `write` of up to
1M is one piece for all who `region read`. To begin with a -, put -- before it.";

/// What `dump` does.
pub const DUMP_HELP: &str = "\
Shows bytes in hexadecimal and as characters.
A * stands for lines that repeat the one before.";

/// What `fill` does.
pub const FILL_HELP: &str = "\
Sets bytes to a value: a number like 255 or 0xff, or a character.";

/// Bytes of one copy.
const PIECE: u64 = 1 << 20;

/// A part of a region.
struct Part {
    offset: u64,
    end: u64,
}

impl Part {
    /// From what stands behind the name: nothing, an offset, or offset and length.
    fn parse(region: &Region, words: &[&str]) -> Result<Self> {
        let length = region.length()?;
        let (offset, wanted) = match *words {
            [] => (0, None),
            [offset] => (parse_size(offset)?, None),
            [offset, length] => (parse_size(offset)?, Some(parse_size(length)?)),
            [..] => return Err(usage("an offset and a length, and nothing behind them")),
        };
        let end = wanted.map_or(length, |wanted| offset.saturating_add(wanted));
        if offset > length || (wanted.is_some() && end > length) {
            return Err(beyond(region, offset, end, length));
        }
        Ok(Self { offset, end })
    }

    /// Its pieces: where each begins and how long it is.
    fn pieces(&self, of: u64) -> impl Iterator<Item = (u64, usize)> {
        let end = self.end;
        // A piece is at most 1 MiB.
        (self.offset..end).step_by(of as usize).map(move |at| (at, of.min(end - at) as usize))
    }
}

fn beyond(region: &Region, offset: u64, end: u64, length: u64) -> Error {
    let name = region.name();
    let text = format!("{name}: bytes {offset} to {end} cross the region's end at {length}");
    Error::message(text).advice(format!("region grow {name} SIZE makes it longer"))
}

/// Prints bytes.
pub fn read(words: Words) -> Outcome {
    let Parsed::Run(plain) = plain(words)? else { return Ok(Parsed::Help) };
    let [name, ref part @ ..] = plain[..] else { return Err(usage("read needs a name")) };
    let region = Region::open_read_only(name)?;
    let mut part = Part::parse(&region, part)?;
    let to_terminal = terminal::is_terminal(STDOUT);
    if to_terminal {
        part.end = end_of_text(&region, &part)?;
    }
    let mut last = b'\n';
    for (at, length) in part.pieces(PIECE) {
        let bytes = copy(&region, at, length)?;
        last = bytes.last().copied().unwrap_or(last);
        // A reader that is gone is not this program's failure.
        let _ = io::write(&bytes);
    }
    if to_terminal && last != b'\n' {
        let _ = io::write(b"\n");
    }
    Ok(Parsed::Run(0))
}

/// Where the part's last byte that is not 0 ends.
fn end_of_text(region: &Region, part: &Part) -> Result<u64> {
    let mut end = part.offset;
    for (at, length) in part.pieces(PIECE) {
        let bytes = copy(region, at, length)?;
        if let Some(last) = bytes.iter().rposition(|byte| *byte != 0) {
            end = at + last as u64 + 1;
        }
    }
    Ok(end)
}

fn copy(region: &Region, offset: u64, length: usize) -> Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    let count = region.read(offset, &mut bytes)?;
    // Somebody may have made it shorter since.
    bytes.truncate(count);
    Ok(bytes)
}

/// Shows bytes in hexadecimal.
pub fn dump(words: Words) -> Outcome {
    let Parsed::Run(plain) = plain(words)? else { return Ok(Parsed::Help) };
    let [name, ref part @ ..] = plain[..] else { return Err(usage("dump needs a name")) };
    let region = Region::open_read_only(name)?;
    let part = Part::parse(&region, part)?;
    let mut dump = Dump::new(part.offset);
    for (at, length) in part.pieces(PIECE.next_multiple_of(LINE_BYTES as u64)) {
        // As above.
        let _ = dump.add(&copy(&region, at, length)?, &mut Stdout);
    }
    let _ = dump.end(&mut Stdout);
    Ok(Parsed::Run(0))
}

/// Writes text.
pub fn write(words: Words) -> Outcome {
    let Parsed::Run(plain) = plain(words)? else { return Ok(Parsed::Help) };
    let [name, offset, ref text @ ..] = plain[..] else {
        return Err(usage("write needs a name, an offset and text"));
    };
    let offset = parse_size(offset)?;
    let region = Region::open(name)?;
    match text {
        [] => return Err(usage("write needs text, or - for standard input")),
        ["-"] => {
            let mut bytes = Vec::new();
            File::from_fd(OwnedFd::from_raw(STDIN), "standard input").read_to_end(&mut bytes)?;
            put(&region, offset, &bytes)?;
        }
        words => put(&region, offset, words.join(" ").as_bytes())?,
    }
    Ok(Parsed::Run(0))
}

fn put(region: &Region, offset: u64, bytes: &[u8]) -> Result<()> {
    let length = region.length()?;
    let end = offset.saturating_add(bytes.len() as u64);
    if end > length {
        return Err(beyond(region, offset, end, length));
    }
    for (index, piece) in bytes.chunks(PIECE as usize).enumerate() {
        write_whole(region, offset + index as u64 * PIECE, piece)?;
    }
    Ok(())
}

fn write_whole(region: &Region, offset: u64, bytes: &[u8]) -> Result<()> {
    region.write(offset, bytes).map_err(|error| match error.errno() {
        Some(Errno::ERANGE) => error.problem("the region has become shorter than that"),
        Some(Errno::EPERM) => error.problem("a seal forbids writing"),
        _ => error,
    })
}

/// Sets bytes to a value.
pub fn fill(words: Words) -> Outcome {
    let Parsed::Run(plain) = plain(words)? else { return Ok(Parsed::Help) };
    let [name, value, ref part @ ..] = plain[..] else {
        return Err(usage("fill needs a name and a byte"));
    };
    let value = parse_byte(value)?;
    let region = Region::open(name)?;
    let part = Part::parse(&region, part)?;
    let bytes = vec![value; (part.end - part.offset).min(PIECE) as usize];
    for (at, length) in part.pieces(PIECE) {
        write_whole(&region, at, &bytes[..length])?;
    }
    Ok(Parsed::Run(0))
}

fn parse_byte(text: &str) -> Result<u8> {
    if let Some(number) = user::units::parse_size(text).and_then(|number| number.try_into().ok()) {
        return Ok(number);
    }
    match *text.as_bytes() {
        [byte] => Ok(byte),
        _ => Err(usage(format!("{text}: a byte is a number from 0 to 255, or a character"))),
    }
}
