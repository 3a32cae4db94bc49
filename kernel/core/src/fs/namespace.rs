//! The tree of names: the root file system, and others mounted on its directories.
//!
//! The mounts are fixed when the system starts, so that a look-up takes no lock for them.

use super::node::{Name, NodeRef};
use super::origin::{Located, Origin};
use super::permission::{Permissions, Want};
use super::walk::{Follow, Walk};
use crate::bytes;
use crate::process::Credentials;
use crate::region::Region;
use abi::Errno;
use abi::file::{S_IFMT, S_IFREG};
use abi::limits::PATH_MAX;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use arch::word;

/// What a path means depends on who uses it.
#[derive(Clone, Copy)]
pub struct PathContext<'a> {
    /// Where a relative path begins: the current directory, or that of a descriptor. None for the
    /// root of the name space.
    pub directory: Option<&'a NodeRef>,
    /// Who asks.
    pub credentials: Credentials,
    /// Permissions that new files do not get.
    pub umask: u32,
}

struct Mount {
    point: NodeRef,
    root: NodeRef,
    prefix: Option<Prefix>,
}

/// How paths begin that lead below a mount point, if everybody may walk there and nobody can change
/// that: what is above need not be walked then.
struct Prefix {
    path: Box<[u8]>,
    /// The first of its bytes, which tell most paths apart.
    word: u64,
    mask: u64,
}

impl Prefix {
    fn new(path: &[u8]) -> Self {
        let path: Box<[u8]> = [path, b"/"].concat().into();
        let first = path.len().min(size_of::<u64>());
        let mask = u64::MAX >> (u64::BITS as usize - 8 * first);
        let mut word = [0; size_of::<u64>()];
        word[..first].copy_from_slice(&path[..first]);
        Self { path, word: u64::from_le_bytes(word), mask }
    }

    /// Where the first name below the mount point begins in a path, whose first bytes are `word`.
    #[inline]
    fn end_in(&self, word: u64, path: &[u8]) -> Option<usize> {
        let length = self.path.len();
        let begins = (word ^ self.word) & self.mask == 0 && path.len() > length;
        if !begins || path[length - 1] != b'/' || path[length] == b'/' {
            return None;
        }
        // Mostly the word was all of it but the slash.
        let is_same = length <= size_of::<u64>() + 1 || bytes::same(&path[..length], &self.path);
        is_same.then_some(length)
    }
}

/// All names that there are.
pub struct Namespace {
    root: NodeRef,
    mounts: Vec<Mount>,
}

impl Namespace {
    /// A name space of one file system.
    pub const fn new(root: NodeRef) -> Self {
        Self { root, mounts: Vec::new() }
    }

    /// Puts a file system over a directory; the path is absolute and leads through no link.
    pub fn mount(&mut self, path: &[u8], root: NodeRef) -> Result<(), Errno> {
        let context =
            PathContext { directory: None, credentials: Credentials { uid: 0, gid: 0 }, umask: 0 };
        let point = self.find(&context, path, Follow::Yes)?;
        if point.directory().is_none() {
            return Err(Errno::ENOTDIR);
        }
        let prefix = self.is_open_above(&point)?.then(|| Prefix::new(path));
        self.mounts.push(Mount { point, root, prefix });
        // The deepest first: what a path begins with is looked for in this order.
        let length = |mount: &Mount| mount.prefix.as_ref().map_or(0, |prefix| prefix.path.len());
        self.mounts.sort_by_key(|mount| core::cmp::Reverse(length(mount)));
        Ok(())
    }

    /// The root directories of all file systems.
    pub fn roots(&self) -> impl Iterator<Item = &NodeRef> {
        core::iter::once(&self.root).chain(self.mounts.iter().map(|mount| &mount.root))
    }

    /// Whether everybody may look names up in all directories above, for ever.
    fn is_open_above(&self, point: &NodeRef) -> Result<bool, Errno> {
        let mut node = point.clone();
        while node.identity() != self.root.identity() {
            node = self.parent(&node)?;
            if !node.is_read_only() || node.permissions().mode & 0o111 != 0o111 {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The deepest root of a file system that a path leads into, and how many bytes of it name it.
    #[inline]
    pub(super) fn mounted_above(&self, path: &[u8]) -> Option<(&NodeRef, usize)> {
        let word = word::load(path.first_chunk()?);
        self.mounts.iter().find_map(|mount| {
            let walked = mount.prefix.as_ref()?.end_in(word, path)?;
            Some((&mount.root, walked))
        })
    }

    /// The directory `/`.
    pub const fn root(&self) -> &NodeRef {
        &self.root
    }

    /// The file at the end of a path.
    pub fn find(
        &self,
        context: &PathContext<'_>,
        path: &[u8],
        follow: Follow,
    ) -> Result<NodeRef, Errno> {
        Walk::begin(self, context, path)?.finish(follow)
    }

    /// As [`Self::find`], with the name by which the file was found.
    pub(super) fn locate(
        &self,
        context: &PathContext<'_>,
        path: &[u8],
        follow: Follow,
    ) -> Result<Located, Errno> {
        Walk::begin(self, context, path)?.locate(follow)
    }

    /// `readlinkat`: where the symbolic link leads.
    pub fn read_link(&self, context: &PathContext<'_>, path: &[u8]) -> Result<Vec<u8>, Errno> {
        read_link(&self.find(context, path, Follow::No)?)
    }

    /// `chdir`: the directory, if the caller may look names up in it.
    pub fn directory(&self, context: &PathContext<'_>, path: &[u8]) -> Result<NodeRef, Errno> {
        let node = self.find(context, path, Follow::Yes)?;
        if node.directory().is_none() {
            return Err(Errno::ENOTDIR);
        }
        check(&node, context.credentials, Want::EXECUTE)?;
        Ok(node)
    }

    /// `getcwd`: the absolute path of a directory; `ENOENT` if it has been removed.
    pub fn path_of(&self, directory: &NodeRef) -> Result<Vec<u8>, Errno> {
        let mut names: Vec<Name> = Vec::new();
        let mut length = 1;
        let mut node = self.mount_point_below(directory);
        while node.identity() != self.root.identity() {
            let parent = node.directory().and_then(|node| node.parent()).ok_or(Errno::ENOENT)?;
            let name = parent.directory().and_then(|parent| parent.name_of(node.identity()));
            let name = name.ok_or(Errno::ENOENT)?;
            length += name.len() + 1;
            if length >= PATH_MAX {
                return Err(Errno::ENAMETOOLONG);
            }
            names.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
            names.push(name);
            node = self.mount_point_below(&parent);
        }
        let mut path = Vec::new();
        path.try_reserve(length).map_err(|_| Errno::ENOMEM)?;
        for name in names.iter().rev() {
            path.push(b'/');
            path.extend_from_slice(name);
        }
        if path.is_empty() {
            path.push(b'/');
        }
        Ok(path)
    }

    /// The program at the end of a path, for exec.
    pub fn executable(&self, context: &PathContext<'_>, path: &[u8]) -> Result<Executable, Errno> {
        let Located { node, origin, .. } = self.locate(context, path, Follow::Yes)?;
        let permissions = node.permissions();
        if permissions.mode & S_IFMT != S_IFREG {
            return Err(Errno::EACCES);
        }
        check(&node, context.credentials, Want::EXECUTE)?;
        let region = node.clone().mapping()?;
        node.begin_execution()?;
        Ok(Executable { region, permissions, node, origin })
    }

    /// The directory above, which for a mounted root is on another file system.
    pub(super) fn parent(&self, node: &NodeRef) -> Result<NodeRef, Errno> {
        let node = self.mount_point_below(node);
        if node.identity() == self.root.identity() {
            return Ok(self.root.clone());
        }
        let parent = node.directory().ok_or(Errno::ENOTDIR)?.parent().ok_or(Errno::ENOENT)?;
        Ok(self.uncovered(parent))
    }

    /// The root of what is mounted on the node, or the node.
    pub(super) fn uncovered(&self, node: NodeRef) -> NodeRef {
        if node.directory().is_none() {
            return node;
        }
        let identity = node.identity();
        let mount = self.mounts.iter().find(|mount| mount.point.identity() == identity);
        mount.map_or(node, |mount| mount.root.clone())
    }

    /// Whether a file system is mounted here.
    pub fn is_mounted(&self, root: &NodeRef) -> bool {
        let identity = root.identity();
        self.mounts.iter().any(|mount| mount.root.identity() == identity)
    }

    fn mount_point_below(&self, node: &NodeRef) -> NodeRef {
        let identity = node.identity();
        let mount = self.mounts.iter().find(|mount| mount.root.identity() == identity);
        mount.map_or(node, |mount| &mount.point).clone()
    }
}

/// Where a symbolic link leads, for a person or to be followed.
pub fn read_link(node: &NodeRef) -> Result<Vec<u8>, Errno> {
    if let Some(Err(error)) = node.jump() {
        return Err(error);
    }
    node.link_target().map(Vec::from).ok_or(Errno::EINVAL)
}

/// What `faccessat` asks of a file.
pub fn check_access(node: &NodeRef, caller: Credentials, want: Want) -> Result<(), Errno> {
    if want.contains(Want::WRITE) && node.is_read_only() {
        return Err(Errno::EROFS);
    }
    check(node, caller, want)
}

/// Fails unless the caller may do this to the file.
pub(super) fn check(node: &NodeRef, caller: Credentials, want: Want) -> Result<(), Errno> {
    if node.permissions().allow(caller, want) { Ok(()) } else { Err(Errno::EACCES) }
}

/// A file that is being run; while it lives, nobody opens the file for writing.
pub struct Executable {
    /// The file's bytes.
    pub region: Arc<Region>,
    /// Mode and owner.
    pub permissions: Permissions,
    node: NodeRef,
    origin: Option<Arc<Origin>>,
}

impl Executable {
    /// The file, and by which name it was found.
    pub fn located(&self) -> Located {
        Located { origin: self.origin.clone(), ..Located::unnamed(self.node.clone()) }
    }
}

impl Drop for Executable {
    fn drop(&mut self) {
        self.node.end_execution();
    }
}
