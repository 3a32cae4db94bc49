//! Names that need care: those that FAT does not have, and those of files that have been removed
//! while they were open.
//!
//! FAT frees a file with its name. So a file that is removed while somebody has it open moves to a
//! name in the root directory that nobody sees, until the last user has gone; what a power cut
//! leaves there is removed when the card is mounted next.

use abi::Errno;
use alloc::format;
use alloc::string::String;
use hadris_fs::{Name, NodeId};

/// How the names begin that nobody sees.
const REMOVED: &[u8] = b".commons-removed-";

/// Whether the name is of a file that was removed.
pub fn is_removed(name: &[u8]) -> bool {
    name.get(..REMOVED.len()).is_some_and(|start| start.eq_ignore_ascii_case(REMOVED))
}

/// The name of such a file.
pub fn of_removed(id: NodeId) -> String {
    format!("{}{:016x}", REMOVED.escape_ascii(), id.get())
}

/// The name of a file that is about to change places with another one; after a power cut it stays.
pub fn of_exchanged(id: NodeId) -> String {
    format!("exchanged-{:016x}", id.get())
}

/// A name to be looked up: what is not UTF-8 has never been given.
pub fn to_find(name: &[u8]) -> Result<&Name, Errno> {
    if is_removed(name) || core::str::from_utf8(name).is_err() {
        return Err(Errno::ENOENT);
    }
    Ok(Name::new(name))
}

/// A name to be given to a file.
pub fn to_make(name: &[u8]) -> Result<&Name, Errno> {
    if is_removed(name) {
        return Err(Errno::EPERM);
    }
    core::str::from_utf8(name).map_err(|_| Errno::EINVAL)?;
    Ok(Name::new(name))
}
