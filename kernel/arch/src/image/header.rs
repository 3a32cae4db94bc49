//! The head of the payload: 48 bytes, little-endian, offsets from the payload's start.

use core::ops::Range;

const MAGIC: [u8; 8] = *b"COMMONS1";

/// Where the payload's parts are.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PayloadHeader {
    /// The archive of programs.
    pub archive: Range<usize>,
    /// The kernel's symbols.
    pub symbols: Range<usize>,
    /// The size of the whole payload.
    pub total: usize,
}

impl PayloadHeader {
    /// The size of the header.
    pub const BYTES: usize = 48;

    /// Reads a header; `None` if there is none or if its parts do not lie within its total.
    pub fn parse(bytes: &[u8; Self::BYTES]) -> Option<Self> {
        let (magic, rest) = bytes.split_first_chunk()?;
        let mut words = rest.as_chunks().0.iter().map(|word| u64::from_le_bytes(*word));
        let mut next = || usize::try_from(words.next()?).ok();
        let (archive, archive_bytes, symbols, symbols_bytes, total) =
            (next()?, next()?, next()?, next()?, next()?);
        let part = |start: usize, bytes: usize| {
            let end = start.checked_add(bytes)?;
            (start >= Self::BYTES && end <= total).then_some(start..end)
        };
        if *magic != MAGIC {
            return None;
        }
        Some(Self {
            archive: part(archive, archive_bytes)?,
            symbols: part(symbols, symbols_bytes)?,
            total,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn header(words: [u64; 5]) -> [u8; 48] {
        let mut bytes = [0; 48];
        bytes[..8].copy_from_slice(b"COMMONS1");
        for (index, word) in words.iter().enumerate() {
            bytes[8 + index * 8..][..8].copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }

    #[test]
    fn the_parts_are_where_the_header_says() {
        let parsed = PayloadHeader::parse(&header([64, 1000, 1064, 36, 1100])).expect("valid");
        assert_eq!(parsed.archive, 64..1064);
        assert_eq!(parsed.symbols, 1064..1100);
        assert_eq!(parsed.total, 1100);
    }

    #[test]
    fn parts_outside_of_the_total_or_in_the_header_are_refused() {
        assert_eq!(PayloadHeader::parse(&header([64, 1037, 64, 0, 1100])), None);
        assert_eq!(PayloadHeader::parse(&header([0, 8, 64, 0, 1100])), None);
        assert_eq!(PayloadHeader::parse(&header([64, u64::MAX, 64, 0, 1100])), None);
    }

    #[test]
    fn an_image_without_a_payload_has_no_header() {
        assert_eq!(PayloadHeader::parse(&[0; 48]), None);
    }

    proptest! {
        #[test]
        fn no_header_leads_outside_of_its_total(words: [u64; 5]) {
            if let Some(parsed) = PayloadHeader::parse(&header(words)) {
                prop_assert!(parsed.archive.end <= parsed.total);
                prop_assert!(parsed.symbols.end <= parsed.total);
            }
        }
    }
}
