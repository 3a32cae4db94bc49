//! What follows the kernel in the image: a header, the symbol table and the archive.
//!
//! The header is at the first byte of the payload, which is page-aligned; all little endian:
//! ```text
//!  0  magic "COMMONS1"
//!  8  u64 offset of the archive        offsets count from the header's first byte
//! 16  u64 length of the archive        the archive's offset is a multiple of 4096
//! 24  u64 offset of the symbol table
//! 32  u64 length of the symbol table
//! 40  u64 length of the whole payload  a multiple of 4096
//! ```

use crate::contents::Contents;
use crate::error::Error;
use crate::{archive, page_up};

/// The first bytes of a payload; the digit is the format's version.
pub const MAGIC: [u8; 8] = *b"COMMONS1";

const HEADER_SIZE: usize = 48;

/// Appends the payload to a flat kernel that ends on a page boundary.
pub fn append(image: &mut Vec<u8>, symbols: &[u8], contents: &Contents) -> Result<(), Error> {
    let archive_offset = page_up(HEADER_SIZE + symbols.len());
    let mut payload = vec![0; HEADER_SIZE];
    payload.extend_from_slice(symbols);
    payload.resize(archive_offset, 0);
    archive::write(&mut payload, contents)?;
    let archive_length = payload.len() - archive_offset;
    payload.resize(page_up(payload.len()), 0);

    payload[..8].copy_from_slice(&MAGIC);
    let fields = [archive_offset, archive_length, HEADER_SIZE, symbols.len(), payload.len()];
    for (slot, value) in payload[8..HEADER_SIZE].chunks_exact_mut(8).zip(fields) {
        slot.copy_from_slice(&(value as u64).to_le_bytes());
    }
    image.append(&mut payload);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(payload: &[u8], at: usize) -> usize {
        u64::from_le_bytes(payload[at..at + 8].try_into().unwrap()) as usize
    }

    #[test]
    fn the_header_says_where_everything_is() {
        let mut image = vec![0xAA; 4096];
        let symbols = vec![7; 5000];
        append(&mut image, &symbols, &Contents::default()).unwrap();
        let payload = &image[4096..];
        assert_eq!(&payload[..8], b"COMMONS1");
        let (archive, archive_length) = (field(payload, 8), field(payload, 16));
        assert_eq!(archive % 4096, 0);
        assert_eq!(&payload[archive..archive + 6], b"070701");
        let (table, table_length) = (field(payload, 24), field(payload, 32));
        assert_eq!(&payload[table..table + table_length], symbols);
        assert!(table + table_length <= archive);
        assert_eq!(field(payload, 40), payload.len());
        assert_eq!(payload.len() % 4096, 0);
        assert!(archive + archive_length <= payload.len());
    }
}
