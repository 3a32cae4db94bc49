//! Writes the cpio archive (format newc, magic 070701) that is the first file system.
//!
//! Each regular file's data begins on a page boundary of the payload, so that the kernel can map it
//! in place: the name field is made longer by NULs, which `namesize` counts, and which every reader of
//! names as C strings skips. Owner 0, time 0 and sorted names make builds reproducible.

use crate::contents::{ArchivePath, Contents, Node};
use crate::error::Error;
use crate::{MAX_IMAGE_SIZE, page_up};

const MAGIC: &[u8] = b"070701";

/// The magic and 13 fields of 8 hexadecimal digits.
const HEADER_SIZE: usize = 110;

/// Headers and data begin at multiples of this.
const ALIGNMENT: usize = 4;

/// The name of the entry that ends an archive.
pub const TRAILER: &str = "TRAILER!!!";

const REGULAR: u32 = 0o100_000;
const DIRECTORY: u32 = 0o040_000;
const SYMBOLIC_LINK: u32 = 0o120_000;

/// Where an entry's data shall begin.
#[derive(Clone, Copy, PartialEq, Eq)]
enum DataAt {
    NextWord,
    NextPage,
}

struct Entry<'a> {
    inode: u32,
    mode: u32,
    links: u32,
    name: &'a [u8],
    data: &'a [u8],
    data_at: DataAt,
}

/// Appends the archive to the payload, whose first byte is page-aligned in memory.
pub fn write(payload: &mut Vec<u8>, contents: &Contents) -> Result<(), Error> {
    for ((path, node), inode) in contents.iter().zip(1..) {
        write_entry(payload, &entry(path, node, inode))?;
        if payload.len() > MAX_IMAGE_SIZE {
            return Err(Error::ImageTooLarge { size: payload.len() as u64 });
        }
    }
    write_entry(
        payload,
        &Entry {
            inode: 0,
            mode: 0,
            links: 1,
            name: TRAILER.as_bytes(),
            data: &[],
            data_at: DataAt::NextWord,
        },
    )
}

fn entry<'a>(path: &'a ArchivePath, node: &'a Node, inode: u32) -> Entry<'a> {
    let (mode, links, data) = match node {
        Node::Directory { mode } => (DIRECTORY | mode.bits(), 2, &[][..]),
        Node::File { mode, data } => (REGULAR | mode.bits(), 1, &data[..]),
        Node::SymbolicLink { target } => (SYMBOLIC_LINK | 0o777, 1, &target[..]),
    };
    let in_place = matches!(node, Node::File { .. }) && !data.is_empty();
    let data_at = if in_place { DataAt::NextPage } else { DataAt::NextWord };
    Entry { inode, mode, links, name: path.bytes(), data, data_at }
}

fn write_entry(payload: &mut Vec<u8>, entry: &Entry<'_>) -> Result<(), Error> {
    let name_start = payload.len() + HEADER_SIZE;
    let name_end = name_start + entry.name.len() + 1;
    let data_start = match entry.data_at {
        DataAt::NextWord => name_end.next_multiple_of(ALIGNMENT),
        DataAt::NextPage => page_up(name_end),
    };
    let name_field = match entry.data_at {
        DataAt::NextWord => entry.name.len() + 1,
        DataAt::NextPage => data_start - name_start,
    };
    let fit = |size: usize| {
        let name = String::from_utf8_lossy(entry.name);
        u32::try_from(size).map_err(|_| Error::TooLarge { what: format!("'/{name}'") })
    };
    let fields = [
        entry.inode,
        entry.mode,
        0, // uid
        0, // gid
        entry.links,
        0, // mtime
        fit(entry.data.len())?,
        0, // device major
        0, // device minor
        0, // special device major
        0, // special device minor
        fit(name_field)?,
        0, // checksum, of another format only
    ];
    payload.extend_from_slice(MAGIC);
    for field in fields {
        payload.extend_from_slice(format!("{field:08x}").as_bytes());
    }
    payload.extend_from_slice(entry.name);
    payload.resize(data_start, 0);
    payload.extend_from_slice(entry.data);
    payload.resize(payload.len().next_multiple_of(ALIGNMENT), 0);
    Ok(())
}

#[cfg(test)]
mod tests;
