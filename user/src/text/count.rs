//! Counting lines, words, characters and bytes, as `wc` does.

/// What has been counted, piece by piece.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Count {
    /// Newlines.
    pub lines: u64,
    /// Runs of bytes between blanks.
    pub words: u64,
    /// Characters of UTF-8; a byte that continues one does not count.
    pub characters: u64,
    /// Bytes.
    pub bytes: u64,
    is_in_word: bool,
}

impl Count {
    /// Counts more bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        for byte in bytes {
            let is_blank = matches!(byte, b' ' | b'\t'..=b'\r');
            self.lines += u64::from(*byte == b'\n');
            self.characters += u64::from(byte & 0xC0 != 0x80);
            self.words += u64::from(!is_blank && !self.is_in_word);
            self.is_in_word = !is_blank;
        }
    }

    /// Adds what another has counted.
    pub const fn join(&mut self, other: &Self) {
        self.lines += other.lines;
        self.words += other.words;
        self.characters += other.characters;
        self.bytes += other.bytes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_may_be_cut_anywhere() {
        let text = "one  two\n\tdreißig\n".as_bytes();
        let mut whole = Count::default();
        whole.add(text);
        assert_eq!((whole.lines, whole.words, whole.characters, whole.bytes), (2, 3, 18, 19));
        for cut in 0..text.len() {
            let mut count = Count::default();
            count.add(&text[..cut]);
            count.add(&text[cut..]);
            assert_eq!(count, whole);
        }
    }
}
