//! By which name an open file or a program was found, so that it can be told later.

use super::namespace::Namespace;
use super::node::{Name, NodeRef, name_from};
use super::permission::Want;
use abi::Errno;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// A name in a directory.
pub struct Origin {
    directory: NodeRef,
    name: Box<[u8]>,
}

/// A file, and by which name it was found, if by any.
#[derive(Clone)]
pub struct Located {
    /// The file.
    pub node: NodeRef,
    /// Its name when it was found.
    pub origin: Option<Arc<Origin>>,
    /// What it may be opened for at most, whatever its mode allows.
    pub limit: Want,
}

impl Origin {
    /// The name in the directory.
    pub fn new(directory: &NodeRef, name: &[u8]) -> Arc<Self> {
        Arc::new(Self { directory: directory.clone(), name: name.into() })
    }

    /// The file's name now, if it still has one in the directory.
    fn current(&self, node: &NodeRef) -> Option<Name> {
        let directory = self.directory.directory()?;
        match directory.lookup(&self.name) {
            Ok(found) if found.identity() == node.identity() => name_from(&self.name).ok(),
            _ => directory.name_of(node.identity()),
        }
    }
}

impl Located {
    /// A file that was found by no name.
    pub const fn unnamed(node: NodeRef) -> Self {
        Self { node, origin: None, limit: Want::all() }
    }
}

impl Namespace {
    /// The path of a file as a person is told it, with a note if it has been removed.
    pub fn text_of(&self, place: &Located) -> Result<Vec<u8>, Errno> {
        let node = &place.node;
        if node.directory().is_some() {
            return self.path_of(node).or_else(|_| Ok(b"/ (deleted)".to_vec()));
        }
        if let Some(label) = node.label() {
            return Ok(label.into_bytes());
        }
        let Some(origin) = &place.origin else { return Ok(b"/ (deleted)".to_vec()) };
        let mut path = self.path_of(&origin.directory).unwrap_or_default();
        if path.last() != Some(&b'/') {
            path.push(b'/');
        }
        match origin.current(node) {
            Some(name) => path.extend_from_slice(&name),
            None => {
                path.extend_from_slice(&origin.name);
                path.extend_from_slice(b" (deleted)");
            }
        }
        Ok(path)
    }
}
