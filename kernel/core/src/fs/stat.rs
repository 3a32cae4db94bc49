//! Filling in `struct stat`.

use super::node::Node;
use abi::file::Stat;
use abi::limits::PAGE_SIZE;

/// Blocks of 512 bytes in a page: the unit of `st_blocks`.
const BLOCKS_IN_PAGE: i64 = (PAGE_SIZE / 512) as i64;

/// What is the same for all kinds of node: identity, mode and owner; one name, no contents.
pub fn base(node: &dyn Node) -> Stat {
    let identity = node.identity();
    let permissions = node.permissions();
    Stat {
        st_dev: identity.file_system as u64,
        st_ino: identity.inode,
        st_mode: permissions.mode,
        st_nlink: 1,
        st_uid: permissions.uid,
        st_gid: permissions.gid,
        st_blksize: PAGE_SIZE as i32,
        ..Stat::default()
    }
}

/// Adds the length and the memory that holds the contents.
#[must_use]
pub const fn with_contents(mut stat: Stat, length: u64, pages: usize) -> Stat {
    stat.st_size = length as i64;
    stat.st_blocks = pages as i64 * BLOCKS_IN_PAGE;
    stat
}
