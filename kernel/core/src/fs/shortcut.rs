//! Names right below a mount point, as in `/dev/shm/NAME`: they need no walk.
//!
//! What is found so is a plain file, or nothing; whatever else a path may lead to (a link, a
//! directory, a mount point) is left to a walk, and so is every refusal.

use super::namespace::{Namespace, PathContext};
use super::node::{Directory, Node, NodeRef};
use super::open_file::OpenFile;
use super::origin::Origin;
use super::permission::Want;
use crate::bytes;
use abi::Errno;
use abi::file::{OpenFlags, S_IFMT, S_IFREG};
use abi::limits::NAME_MAX;
use alloc::sync::Arc;

/// A directory and a name in it, which may or may not exist.
pub(super) struct Shortcut<'a> {
    pub node: &'a NodeRef,
    pub directory: &'a dyn Directory,
    pub name: &'a [u8],
}

impl Namespace {
    /// Where the path leads, if a name is all that it has below a mount point, and the caller may
    /// look names up there.
    pub(super) fn shortcut<'a>(
        &'a self,
        context: &PathContext<'_>,
        path: &'a [u8],
    ) -> Option<Shortcut<'a>> {
        let (node, walked) = self.mounted_above(path)?;
        let name = &path[walked..];
        let is_plain = name[0] != b'.' && name.len() <= NAME_MAX;
        if !is_plain || bytes::find(name, b'/').is_some() {
            return None;
        }
        let may_search = node.permissions().allow(context.credentials, Want::EXECUTE);
        let directory = node.directory().filter(|_| may_search)?;
        Some(Shortcut { node, directory, name })
    }
}

impl Shortcut<'_> {
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
