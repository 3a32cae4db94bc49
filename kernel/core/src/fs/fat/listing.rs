//! A directory's names in their order, read from the card when somebody lists it.
//!
//! FAT's order is that of free places, and names come and go while a listing is under way. So it
//! is read as a whole, and thrown away when the directory changes.

use super::error::Error;
use super::names;
use super::volume::Mounted;
use abi::limits::NAME_MAX;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use core::ops::Bound::{Excluded, Unbounded};
use hadris_fs::{DirCursor, FileType, NodeId};

/// What is told of an entry.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Listed {
    /// The file's number.
    pub inode: u64,
    /// What it is.
    pub kind: FileType,
}

/// The names of a directory.
pub struct Listing(BTreeMap<Box<[u8]>, Listed>);

impl Listing {
    /// Reads the directory. Names longer than a name may be elsewhere are left out: a FAT name can
    /// have 765 bytes.
    pub fn read(mounted: &mut Mounted, directory: NodeId) -> Result<Self, Error> {
        let mut listed = BTreeMap::new();
        let mut cursor = DirCursor::START;
        while let Some(entry) = mounted.fs.readdir(directory, cursor)? {
            cursor = entry.next_cursor();
            let name = entry.name().as_bytes();
            if name.len() <= NAME_MAX && !names::is_removed(name) {
                let item = Listed { inode: entry.node().get(), kind: entry.file_type() };
                listed.insert(name.into(), item);
            }
        }
        Ok(Self(listed))
    }

    /// The first name greater than `name`.
    pub fn after(&self, name: &[u8]) -> Option<(&[u8], Listed)> {
        let (name, item) = self.0.range::<[u8], _>((Excluded(name), Unbounded)).next()?;
        Some((name, *item))
    }

    /// The name of a file.
    pub fn name_of(&self, inode: u64) -> Option<&[u8]> {
        self.0.iter().find(|(_, item)| item.inode == inode).map(|(name, _)| &**name)
    }
}
