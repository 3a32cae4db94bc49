//! A reader of cpio archives in the format `newc`.
//!
//! An entry is a header of 110 characters (a magic number and 13 fields of 8 hexadecimal digits),
//! the name with its NUL, and the data; name and data are each padded to 4 bytes from the
//! archive's start. The name may be followed by more NULs, with which our archives put the data
//! of programs on page boundaries. The entry `TRAILER!!!` ends the archive.

use crate::bytes;
use core::fmt;

const MAGIC: &[u8] = b"070701";
const HEADER: usize = 110;
const TRAILER: &[u8] = b"TRAILER!!!";

/// What is wrong with an archive; offsets are those of the entry's header.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ArchiveError {
    /// There is no entry where one should be.
    BadMagic(usize),
    /// A field is not a hexadecimal number.
    BadField(usize),
    /// An entry goes beyond the archive's end, or the trailer is missing.
    Truncated(usize),
    /// A name is empty, too long, has no NUL or bytes behind it, or leads out of the archive.
    BadName(usize),
    /// A file is neither a regular file, a directory nor a symbolic link.
    BadKind(usize),
    /// Two entries have the same name.
    Duplicate(usize),
    /// An entry lies in something that is not a directory.
    NotInDirectory(usize),
}

impl fmt::Display for ArchiveError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, at) = match *self {
            Self::BadMagic(at) => ("no newc header", at),
            Self::BadField(at) => ("a header field that is not a number", at),
            Self::Truncated(at) => ("an entry or trailer that is cut off", at),
            Self::BadName(at) => ("a name that cannot be used", at),
            Self::BadKind(at) => ("a file of a kind that is not supported", at),
            Self::Duplicate(at) => ("a name that was there before", at),
            Self::NotInDirectory(at) => ("a file within something that is not a directory", at),
        };
        write!(formatter, "the archive has {what} at offset {at:#x}; build the image again")
    }
}

impl core::error::Error for ArchiveError {}

/// An entry.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Entry<'a> {
    /// Where its header begins.
    pub offset: usize,
    /// The path, without NUL.
    pub name: &'a [u8],
    /// Mode with type.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Last change, in seconds.
    pub modified: u32,
    /// Where its data begin.
    pub data_offset: usize,
    /// The data.
    pub data: &'a [u8],
}

/// The entries of an archive, in their order; an error is the last thing it gives.
pub struct Entries<'a> {
    archive: &'a [u8],
    next: Option<usize>,
}

impl<'a> Entries<'a> {
    /// The entries of this archive.
    pub const fn new(archive: &'a [u8]) -> Self {
        Self { archive, next: Some(0) }
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Result<Entry<'a>, ArchiveError>;

    fn next(&mut self) -> Option<Self::Item> {
        let offset = self.next.take()?;
        match read(self.archive, offset) {
            Ok((entry, _)) if entry.name == TRAILER => None,
            Ok((entry, end)) => {
                self.next = Some(end);
                Some(Ok(entry))
            }
            Err(error) => Some(Err(error)),
        }
    }
}

/// The entry at `offset`, and where the next one begins.
fn read(archive: &[u8], offset: usize) -> Result<(Entry<'_>, usize), ArchiveError> {
    let header = part(archive, offset, offset, HEADER)?;
    if &header[..MAGIC.len()] != MAGIC {
        return Err(ArchiveError::BadMagic(offset));
    }
    let mut fields = [0; 13];
    for (field, digits) in fields.iter_mut().zip(header[MAGIC.len()..].chunks_exact(8)) {
        *field = number(digits).ok_or(ArchiveError::BadField(offset))?;
    }
    let [_, mode, uid, gid, _, modified, data_length, _, _, _, _, name_length, _] = fields;
    let name_start = offset + HEADER;
    let padded = part(archive, offset, name_start, name_length as usize)?;
    let name = strip(padded).ok_or(ArchiveError::BadName(offset))?;
    let data_offset = (name_start + padded.len()).next_multiple_of(4);
    let data = part(archive, offset, data_offset, data_length as usize)?;
    let end = (data_offset + data.len()).next_multiple_of(4);
    Ok((Entry { offset, name, mode, uid, gid, modified, data_offset, data }, end))
}

fn part(archive: &[u8], entry: usize, start: usize, length: usize) -> Result<&[u8], ArchiveError> {
    let end = start.checked_add(length).ok_or(ArchiveError::Truncated(entry))?;
    archive.get(start..end).ok_or(ArchiveError::Truncated(entry))
}

/// A number of 8 hexadecimal digits; a sign, which the library would take, is none.
fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |value, digit| Some(value << 4 | char::from(*digit).to_digit(16)?))
}

/// The name before its NUL, if there are only NULs behind it.
fn strip(padded: &[u8]) -> Option<&[u8]> {
    let end = padded.iter().position(|byte| *byte == 0)?;
    bytes::are_zero(&padded[end..]).then_some(&padded[..end])
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Adds an entry to an archive; its name gets `padding` NULs.
    pub fn add(archive: &mut Vec<u8>, name: &str, mode: u32, data: &[u8], padding: usize) {
        let fields =
            [1, mode, 0, 0, 1, 77, data.len() as u32, 0, 0, 0, 0, (name.len() + padding) as u32, 0];
        archive.extend_from_slice(MAGIC);
        for field in fields {
            archive.extend_from_slice(format!("{field:08X}").as_bytes());
        }
        archive.extend_from_slice(name.as_bytes());
        archive.resize(archive.len() + padding, 0);
        archive.resize(archive.len().next_multiple_of(4), 0);
        archive.extend_from_slice(data);
        archive.resize(archive.len().next_multiple_of(4), 0);
    }

    /// An archive of these files, with its trailer.
    pub fn archive(files: &[(&str, u32, &[u8])]) -> Vec<u8> {
        let mut archive = Vec::new();
        for (name, mode, data) in files {
            add(&mut archive, name, *mode, data, 1);
        }
        add(&mut archive, "TRAILER!!!", 0, b"", 1);
        archive
    }

    fn sample() -> Vec<u8> {
        archive(&[("bin", 0o040755, b""), ("bin/a", 0o100755, b"hello"), ("b", 0o100644, b"")])
    }

    #[test]
    fn entries_come_in_order_with_names_modes_and_data() {
        let bytes = sample();
        let entries: Vec<_> = Entries::new(&bytes).map(Result::unwrap).collect();
        assert_eq!(entries.len(), 3);
        assert_eq!((entries[1].name, entries[1].data), (&b"bin/a"[..], &b"hello"[..]));
        assert_eq!((entries[1].mode, entries[1].modified), (0o100755, 77));
    }

    #[test]
    fn a_name_padded_with_nuls_puts_data_on_a_page() {
        let mut bytes = Vec::new();
        add(&mut bytes, "x", 0o100755, b"data", 4096 - 111);
        let entry = Entries::new(&bytes).next().unwrap().unwrap();
        assert_eq!((entry.name, entry.data_offset), (&b"x"[..], 4096));
    }

    #[test]
    fn an_archive_without_its_trailer_is_cut_off() {
        let mut bytes = Vec::new();
        add(&mut bytes, "x", 0o100755, b"data", 1);
        let last = Entries::new(&bytes).last().unwrap();
        assert_eq!(last, Err(ArchiveError::Truncated(bytes.len())));
    }

    #[test]
    fn bytes_behind_a_names_nul_are_refused() {
        let mut bytes = Vec::new();
        add(&mut bytes, "x\0y", 0o100755, b"", 1);
        assert_eq!(Entries::new(&bytes).next().unwrap(), Err(ArchiveError::BadName(0)));
    }

    proptest! {
        #[test]
        fn no_damage_makes_the_reader_panic_or_go_on_for_ever(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
            length in any::<prop::sample::Index>(),
        ) {
            let mut bytes = sample();
            for (index, value) in changes {
                let at = index.index(bytes.len());
                bytes[at] = value;
            }
            bytes.truncate(length.index(bytes.len()) + 1);
            prop_assert!(Entries::new(&bytes).count() <= bytes.len() / HEADER + 1);
        }
    }
}
