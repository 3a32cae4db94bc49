//! Files in memory, wherever they are in the name space.

use super::namespace;
use super::node::{FileSystem, NodeRef};
use abi::file::{S_IFMT, S_IFREG};
use alloc::vec;

/// Whether a file's bytes are in a region of its own that nobody has to bring in.
pub fn keeps_bytes_in_memory(node: &NodeRef) -> bool {
    matches!(node.identity().file_system, FileSystem::Memory | FileSystem::Regions)
}

fn has_regions(root: &NodeRef) -> bool {
    matches!(root.identity().file_system, FileSystem::Archive | FileSystem::Memory)
}

/// Whether the file has its region already: other files of the archive get one while somebody maps them.
fn is_kept(node: &NodeRef) -> bool {
    let mode = node.permissions().mode;
    let is_archived = node.identity().file_system == FileSystem::Archive;
    mode & S_IFMT == S_IFREG && (!is_archived || mode & 0o111 != 0)
}

/// Calls `visit` with every file that has a name and a region of its own: all of those in memory, and the
/// programs of the archive.
pub fn visit_files_in_memory(visit: &mut dyn FnMut(NodeRef)) {
    for root in namespace().roots().filter(|root| has_regions(root)) {
        let mut directories = vec![root.clone()];
        while let Some(directory) = directories.pop() {
            let Some(entries) = directory.directory() else { continue };
            let mut last = None;
            while let Some(item) = entries.entry_after(last.as_deref().unwrap_or_default()) {
                match entries.lookup(&item.name) {
                    Ok(node) if node.directory().is_some() => directories.push(node),
                    Ok(node) if is_kept(&node) => visit(node),
                    _ => {}
                }
                last = Some(item.name);
            }
        }
    }
}
