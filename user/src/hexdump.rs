//! Bytes shown in hexadecimal with their characters, as `hexdump -C` does.
//!
//! A line that repeats the one before is folded: a single `*` stands for all of them.

use alloc::string::String;
use core::fmt::Write;

/// Bytes of a line.
pub const LINE_BYTES: usize = 16;

/// A dump that gets its bytes piece by piece.
#[derive(Clone, Debug)]
pub struct Dump {
    offset: u64,
    /// The last full line, and whether its repetitions are being folded.
    before: Option<[u8; LINE_BYTES]>,
    folding: bool,
}

impl Dump {
    /// A dump whose first byte is at this offset.
    pub const fn new(offset: u64) -> Self {
        Self { offset, before: None, folding: false }
    }

    /// Shows more bytes; all pieces but the last are whole lines.
    pub fn add(&mut self, bytes: &[u8], to: &mut impl Write) -> core::fmt::Result {
        bytes.chunks(LINE_BYTES).try_for_each(|line| self.line(line, to))
    }

    /// Shows where the bytes end.
    pub fn end(self, to: &mut impl Write) -> core::fmt::Result {
        writeln!(to, "{:08x}", self.offset)
    }

    fn line(&mut self, line: &[u8], to: &mut impl Write) -> core::fmt::Result {
        let whole = <[u8; LINE_BYTES]>::try_from(line).ok();
        let repeats = whole.is_some() && whole == self.before;
        if repeats && !self.folding {
            writeln!(to, "*")?;
        } else if !repeats {
            show(self.offset, line, to)?;
        }
        self.folding = repeats;
        self.before = whole;
        self.offset += line.len() as u64;
        Ok(())
    }
}

fn show(offset: u64, line: &[u8], to: &mut impl Write) -> core::fmt::Result {
    let mut hexadecimal = String::new();
    for (index, byte) in line.iter().enumerate() {
        // A wider gap in the middle lets the eye count.
        let gap = if index == LINE_BYTES / 2 { "  " } else { " " };
        write!(hexadecimal, "{gap}{byte:02x}")?;
    }
    let printable = |byte: &u8| {
        let is_shown = byte.is_ascii_graphic() || *byte == b' ';
        if is_shown { char::from(*byte) } else { '.' }
    };
    let characters: String = line.iter().map(printable).collect();
    let width = LINE_BYTES * 3 + 1;
    writeln!(to, "{offset:08x} {hexadecimal:<width$}  |{characters}|")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dump(offset: u64, pieces: &[&[u8]]) -> String {
        let mut text = String::new();
        let mut dump = Dump::new(offset);
        for piece in pieces {
            dump.add(piece, &mut text).unwrap();
        }
        dump.end(&mut text).unwrap();
        text
    }

    // What `printf 'Commons\n\0\1\2...' | hexdump -C` prints.
    #[test]
    fn a_line_has_offset_bytes_and_characters() {
        assert_eq!(
            dump(0, &[b"Commons~\n\0\x01\x7f\xffabcxyz"]),
            "00000000  43 6f 6d 6d 6f 6e 73 7e  0a 00 01 7f ff 61 62 63  |Commons~.....abc|\n\
             00000010  78 79 7a                                          |xyz|\n\
             00000013\n"
        );
    }

    #[test]
    fn repeated_lines_are_folded_into_a_star() {
        let zeroes = [0; 64];
        let text = dump(0x1000, &[b"0123456789abcdef", &zeroes[..32], &zeroes, b"end"]);
        assert_eq!(
            text,
            "00001000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|\n\
             00001010  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n\
             *\n\
             00001070  65 6e 64                                          |end|\n\
             00001073\n"
        );
    }

    #[test]
    fn a_second_fold_gets_its_own_star() {
        let text = dump(0, &[&[0; 32], &[1; 48]]);
        assert_eq!(text.lines().filter(|line| *line == "*").count(), 2);
        assert_eq!(text.lines().count(), 5);
    }

    #[test]
    fn no_bytes_are_only_their_offset() {
        assert_eq!(dump(5, &[]), "00000005\n");
    }
}
