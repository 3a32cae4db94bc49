//! The names of a file system in memory.

use super::node::MemoryNode;
use abi::Errno;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use core::ops::Bound::{Excluded, Unbounded};

/// Names in a file system: bounds the kernel's heap.
pub const NAMES_MAX: usize = 16_384;

/// What a directory holds.
pub struct Contents {
    parent: Option<Arc<MemoryNode>>,
    names: BTreeMap<Box<[u8]>, Arc<MemoryNode>>,
}

/// All directories, by their inode; one that has been removed is not here.
pub struct Tree {
    directories: BTreeMap<u64, Contents>,
    names: usize,
}

/// A name to be moved.
pub struct Move<'a> {
    /// The directory that it leaves.
    pub from: &'a Arc<MemoryNode>,
    /// The name.
    pub name: &'a [u8],
    /// The directory that it goes to.
    pub to: &'a Arc<MemoryNode>,
    /// The new name.
    pub new_name: &'a [u8],
    /// The file that has the new name already.
    pub replaced: Option<u64>,
}

impl Tree {
    /// No directories.
    pub const fn new() -> Self {
        Self { directories: BTreeMap::new(), names: 0 }
    }

    /// Adds the directory above all.
    pub fn add_root(&mut self, inode: u64) {
        self.directories.insert(inode, Contents { parent: None, names: BTreeMap::new() });
    }

    /// The file of this name.
    pub fn look_up(&self, directory: u64, name: &[u8]) -> Result<Arc<MemoryNode>, Errno> {
        self.contents(directory)?.names.get(name).cloned().ok_or(Errno::ENOENT)
    }

    /// The directory above this one.
    pub fn parent(&self, directory: u64) -> Option<Arc<MemoryNode>> {
        self.directories.get(&directory)?.parent.clone()
    }

    /// The first name greater than `name`.
    pub fn after(&self, directory: u64, name: &[u8]) -> Option<(&[u8], &Arc<MemoryNode>)> {
        let names = &self.directories.get(&directory)?.names;
        let (name, node) = names.range::<[u8], _>((Excluded(name), Unbounded)).next()?;
        Some((name, node))
    }

    /// The names in a directory; none in one that has been removed.
    pub fn names(&self, directory: u64) -> impl Iterator<Item = (&[u8], &Arc<MemoryNode>)> {
        let names = self.directories.get(&directory).into_iter().flat_map(|it| &it.names);
        names.map(|(name, node)| (&**name, node))
    }

    /// Gives a file a name; for a directory, this is where it comes to be.
    pub fn add(
        &mut self,
        directory: &Arc<MemoryNode>,
        name: &[u8],
        node: &Arc<MemoryNode>,
    ) -> Result<(), Errno> {
        if self.contents(directory.inode())?.names.contains_key(name) {
            return Err(Errno::EEXIST);
        }
        if self.names >= NAMES_MAX {
            return Err(Errno::ENOSPC);
        }
        if node.is_directory() {
            let contents = Contents { parent: Some(directory.clone()), names: BTreeMap::new() };
            self.directories.insert(node.inode(), contents);
        }
        self.names += 1;
        self.contents_mut(directory.inode())?.names.insert(name.into(), node.clone());
        Ok(())
    }

    /// Takes a file's name away; the caller drops the node without the tree's lock.
    pub fn remove(
        &mut self,
        directory: u64,
        name: &[u8],
        expected: u64,
    ) -> Result<Arc<MemoryNode>, Errno> {
        let node = self.expect(directory, name, expected)?;
        self.contents_mut(directory)?.names.remove(name);
        self.names -= 1;
        Ok(node)
    }

    /// Takes an empty directory away.
    pub fn remove_directory(
        &mut self,
        directory: u64,
        name: &[u8],
        expected: u64,
    ) -> Result<Arc<MemoryNode>, Errno> {
        self.expect(directory, name, expected)?;
        self.check_empty(expected)?;
        self.directories.remove(&expected);
        self.remove(directory, name, expected)
    }

    /// Moves a name; returns the file that gave way.
    pub fn rename(
        &mut self,
        expected: u64,
        step: &Move<'_>,
    ) -> Result<Option<Arc<MemoryNode>>, Errno> {
        let (from, to) = (step.from.inode(), step.to.inode());
        let node = self.expect(from, step.name, expected)?;
        let found = self.contents(to)?.names.get(step.new_name).map(|node| node.inode());
        if found != step.replaced {
            return Err(Errno::ESTALE);
        }
        if node.is_directory() && self.is_within(to, expected) {
            return Err(Errno::EINVAL);
        }
        if let Some(replaced) = step.replaced {
            // Only a directory has contents; the caller has compared the kinds.
            if self.directories.contains_key(&replaced) {
                self.check_empty(replaced)?;
                self.directories.remove(&replaced);
            }
            self.names -= 1;
        }
        self.contents_mut(from)?.names.remove(step.name);
        let old = self.contents_mut(to)?.names.insert(step.new_name.into(), node);
        if let Some(contents) = self.directories.get_mut(&expected) {
            contents.parent = Some(step.to.clone());
        }
        Ok(old)
    }

    /// Lets two names change their files.
    pub fn exchange(&mut self, expected: u64, step: &Move<'_>) -> Result<(), Errno> {
        let (from, to) = (step.from.inode(), step.to.inode());
        let one = self.expect(from, step.name, expected)?;
        let other = self.expect(to, step.new_name, step.replaced.ok_or(Errno::ENOENT)?)?;
        let swallows = |node: &Arc<MemoryNode>, into| {
            node.is_directory() && self.is_within(into, node.inode())
        };
        if swallows(&one, to) || swallows(&other, from) {
            return Err(Errno::EINVAL);
        }
        for (node, parent) in [(&one, step.to), (&other, step.from)] {
            if let Some(contents) = self.directories.get_mut(&node.inode()) {
                contents.parent = Some(parent.clone());
            }
        }
        self.contents_mut(from)?.names.insert(step.name.into(), other);
        self.contents_mut(to)?.names.insert(step.new_name.into(), one);
        Ok(())
    }

    fn contents(&self, directory: u64) -> Result<&Contents, Errno> {
        self.directories.get(&directory).ok_or(Errno::ENOENT)
    }

    fn contents_mut(&mut self, directory: u64) -> Result<&mut Contents, Errno> {
        self.directories.get_mut(&directory).ok_or(Errno::ENOENT)
    }

    /// The file of the name, if it is still the one that the caller has looked at.
    fn expect(&self, directory: u64, name: &[u8], expected: u64) -> Result<Arc<MemoryNode>, Errno> {
        let node = self.look_up(directory, name)?;
        if node.inode() == expected { Ok(node) } else { Err(Errno::ESTALE) }
    }

    fn check_empty(&self, directory: u64) -> Result<(), Errno> {
        if self.contents(directory)?.names.is_empty() { Ok(()) } else { Err(Errno::ENOTEMPTY) }
    }

    /// Whether a directory is `above` or lies below it.
    fn is_within(&self, directory: u64, above: u64) -> bool {
        let mut current = directory;
        while current != above {
            match self.directories.get(&current).and_then(|contents| contents.parent.as_ref()) {
                Some(parent) => current = parent.inode(),
                None => return false,
            }
        }
        true
    }
}
