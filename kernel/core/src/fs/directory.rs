//! Listing a directory as `getdents64` records.
//!
//! A listing goes by names and not by positions: it goes on behind the name that it gave last,
//! so names that come and go meanwhile neither hide nor repeat one that stays. The offset only
//! counts what was given.

use super::node::{Directory, Item, Name, Node};
use super::position::Claim;
use crate::user_memory::UserBuffer;
use abi::Errno;
use abi::file::{
    DT_BLK, DT_CHR, DT_DIR, DT_FIFO, DT_LNK, DT_REG, DT_SOCK, DirectoryEntry, S_IFBLK, S_IFCHR,
    S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFSOCK,
};
use abi::limits::NAME_MAX;
use alloc::boxed::Box;
use zerocopy::IntoBytes;

const HEADER: usize = size_of::<DirectoryEntry>();
/// A record is a multiple of 8 bytes; its name ends in a NUL.
const RECORD_MAX: usize = (HEADER + NAME_MAX + 1).next_multiple_of(8);

/// Fills the buffer with the records that follow; 0 at the end of the directory.
pub fn list(
    node: &dyn Node,
    directory: &dyn Directory,
    claim: &mut Claim<'_>,
    to: &mut UserBuffer<'_>,
) -> Result<usize, Errno> {
    let size = to.remaining();
    while let Some(item) = next(node, directory, claim) {
        let mut record = [0; RECORD_MAX];
        let length = encode(&item, claim.offset + 1, &mut record);
        let is_first = to.remaining() == size;
        if length > to.remaining() {
            // A buffer that cannot hold even one record would look like the end.
            if is_first {
                return Err(Errno::EINVAL);
            }
            break;
        }
        match to.put(&record[..length]) {
            Ok(_) => {}
            Err(error) if is_first => return Err(error),
            Err(_) => break,
        }
        claim.offset += 1;
        if claim.offset > 2 {
            claim.listed = item.name.as_slice().into();
        }
    }
    Ok(size - to.remaining())
}

/// The name before the entry at this offset: where a listing goes on after `lseek`.
pub fn name_at(directory: &dyn Directory, offset: u64) -> Box<[u8]> {
    let mut name = Name::new();
    for _ in 2..offset {
        match directory.entry_after(&name) {
            Some(item) => name = item.name,
            None => break,
        }
    }
    name.as_slice().into()
}

fn next(node: &dyn Node, directory: &dyn Directory, claim: &Claim<'_>) -> Option<Item> {
    let inode = node.identity().inode;
    match claim.offset {
        0 => Some(item(b".", inode)),
        1 => {
            let parent = directory.parent().map_or(inode, |parent| parent.identity().inode);
            Some(item(b"..", parent))
        }
        _ => directory.entry_after(&claim.listed),
    }
}

fn item(name: &[u8], inode: u64) -> Item {
    let name = Name::from_slice(name).unwrap_or_default();
    Item { name, inode, mode: S_IFDIR }
}

fn encode(item: &Item, next: u64, record: &mut [u8; RECORD_MAX]) -> usize {
    let length = (HEADER + item.name.len() + 1).next_multiple_of(8);
    let header = DirectoryEntry {
        inode: item.inode,
        offset: next as i64,
        record_length: length as u16,
        kind: match item.mode & S_IFMT {
            S_IFDIR => DT_DIR,
            S_IFCHR => DT_CHR,
            S_IFBLK => DT_BLK,
            S_IFLNK => DT_LNK,
            S_IFIFO => DT_FIFO,
            S_IFSOCK => DT_SOCK,
            _ => DT_REG,
        },
    };
    record[..HEADER].copy_from_slice(header.as_bytes());
    record[HEADER..HEADER + item.name.len()].copy_from_slice(&item.name);
    length
}
