//! Names right below a mount point, as in `/dev/shm/NAME`: they need no walk.
//!
//! What is found so is a plain file, or nothing; whatever else a path may lead to (a link, a
//! directory, a mount point) is left to a walk, and so is every refusal.

use super::namespace::Namespace;
use super::node::{Directory, Node, NodeRef};
use super::open_file::OpenFile;
use super::origin::Origin;
use super::permission::Want;
use crate::bytes;
use crate::process::Credentials;
use abi::Errno;
use abi::file::{OpenFlags, S_IFMT, S_IFREG};
use abi::limits::NAME_MAX;
use alloc::sync::Arc;

/// The root of a file system, and the rest of a path, which may lead to something or not.
pub(super) struct Shortcut<'a> {
    pub node: &'a NodeRef,
    pub rest: &'a [u8],
}

/// A directory and a name in it, which may or may not exist.
pub(super) struct Below<'a> {
    pub node: &'a NodeRef,
    pub directory: &'a dyn Directory,
    pub name: &'a [u8],
}

impl Namespace {
    /// Where the path leads below a mount point.
    #[inline]
    pub(super) fn shortcut<'a>(&'a self, path: &'a [u8]) -> Option<Shortcut<'a>> {
        let (node, walked) = self.mounted_above(path)?;
        Some(Shortcut { node, rest: &path[walked..] })
    }
}

impl<'a> Shortcut<'a> {
    /// The name, if one is all that the path has, and the caller may look names up there.
    pub fn below(&self, caller: Credentials) -> Option<Below<'a>> {
        let Self { node, rest } = *self;
        if !is_plain_name(rest) || !node.permissions().allow(caller, Want::EXECUTE) {
            return None;
        }
        Some(Below { node, directory: node.directory()?, name: rest })
    }
}

/// Whether the rest of a path is a name, and leads neither here nor up.
pub(super) fn is_plain_name(rest: &[u8]) -> bool {
    let may_be = rest.first().is_some_and(|first| *first != b'.') && rest.len() <= NAME_MAX;
    may_be && bytes::find(rest, b'/').is_none()
}

impl Below<'_> {
    /// The file, if it is a plain one.
    pub fn plain_file(&self) -> Result<Option<NodeRef>, Errno> {
        let file = self.directory.lookup(self.name)?;
        Ok(is_plain_file(&*file).then_some(file))
    }

    /// Opens a file that has the name; what is checked before is the caller's business.
    pub fn open(&self, file: NodeRef, flags: OpenFlags) -> Result<Arc<OpenFile>, Errno> {
        let origin = (!file.names_itself()).then(|| Origin::new(self.node, self.name));
        OpenFile::named(file, origin, flags)
    }
}

/// Whether it is neither a directory nor a link nor anything special.
pub(super) fn is_plain_file(node: &dyn Node) -> bool {
    node.permissions().mode & S_IFMT == S_IFREG
}
