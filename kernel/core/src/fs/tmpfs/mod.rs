//! Files in memory: the file system at `/tmp`.
//!
//! A file's bytes are a region of its own, so it can be mapped like any other. A file lives as
//! long as a name or an open file refers to it: both are references to its node. The names of all
//! directories are one tree behind one lock, because rename changes two directories in one step;
//! reading and writing do not touch it.

mod directory;
mod node;
mod tree;

#[cfg(test)]
mod tests;

use super::node::{NewFile, NodeRef};
use super::pipe::Pipe;
use crate::sync::{Lock, Rank};
use abi::Errno;
use alloc::sync::Arc;
use core::any::Any;
use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use node::MemoryNode;
use tree::Tree;

/// Files, including those without names that are still open: bounds the kernel's heap.
const NODES_MAX: usize = 16_384;

/// The pipe that a node stands for, if it is a FIFO.
pub fn fifo_of(node: &NodeRef) -> Option<&Pipe> {
    (&**node as &dyn Any).downcast_ref().and_then(MemoryNode::fifo)
}

/// What the nodes of a file system share.
struct MemoryFileSystem {
    tree: Lock<Tree>,
    nodes: AtomicUsize,
    next_inode: AtomicU64,
}

/// Counts a node for as long as it lives.
struct NodeCount(Arc<MemoryFileSystem>);

impl NodeCount {
    fn new(file_system: &Arc<MemoryFileSystem>) -> Result<Self, Errno> {
        let count = file_system.nodes.fetch_add(1, Ordering::Relaxed);
        // Made first: it takes back the count if there are too many.
        let counted = Self(file_system.clone());
        if count < NODES_MAX { Ok(counted) } else { Err(Errno::ENOSPC) }
    }
}

impl Drop for NodeCount {
    fn drop(&mut self) {
        self.0.nodes.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The root directory of a new file system, with this mode and owner.
pub fn create(root: NewFile) -> Result<NodeRef, Errno> {
    let file_system = Arc::new(MemoryFileSystem {
        tree: Lock::new(Rank::Inode, Tree::new()),
        nodes: AtomicUsize::new(0),
        next_inode: AtomicU64::new(1),
    });
    let node = MemoryNode::directory_in(&file_system, root)?;
    file_system.tree.lock().add_root(node.inode());
    Ok(node)
}
