//! The archive that travels with the kernel: the root file system, read-only.
//!
//! `reader` takes a cpio archive apart and trusts nothing in it; `builder` makes the tree of its
//! entries; `node` is a file of the tree.

mod builder;
mod node;
mod reader;

pub use builder::build;
pub use reader::ArchiveError;

#[cfg(test)]
pub use reader::tests::archive as build_archive;
#[cfg(feature = "testing")]
pub use reader::{Entries, Entry};
