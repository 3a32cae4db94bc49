//! A directory in memory: each call is one step under the tree's lock.

use super::node::MemoryNode;
use super::tree::Move;
use crate::fs::node::{
    Destination, Directory, Fate, Identity, Item, Name, NewFile, Node, NodeRef, name_from,
};
use abi::Errno;
use alloc::sync::Arc;
use core::any::Any;

impl MemoryNode {
    /// The node as the tree knows it; the caller has compared the file systems.
    fn from_node(node: &NodeRef) -> Result<Arc<Self>, Errno> {
        let node: Arc<dyn Any + Send + Sync> = node.clone();
        node.downcast::<Self>().map_err(|_| Errno::EXDEV)
    }

    /// The counted reference to this directory, which the tree hands out.
    fn counted(&self) -> Result<Arc<Self>, Errno> {
        self.itself.upgrade().ok_or(Errno::ENOENT)
    }

    fn add(&self, name: &[u8], node: &Arc<Self>) -> Result<(), Errno> {
        let directory = self.counted()?;
        self.file_system().tree.lock().add(&directory, name, node)?;
        self.note_change();
        Ok(())
    }
}

impl Directory for MemoryNode {
    fn lookup(&self, name: &[u8]) -> Result<NodeRef, Errno> {
        let node = self.file_system().tree.lock().look_up(self.inode(), name)?;
        Ok(node)
    }

    fn parent(&self) -> Option<NodeRef> {
        let parent = self.file_system().tree.lock().parent(self.inode())?;
        Some(parent)
    }

    fn name_of(&self, child: Identity) -> Option<Name> {
        let tree = self.file_system().tree.lock();
        let mut names = tree.names(self.inode());
        let (name, _) = names.find(|(_, node)| node.inode() == child.inode)?;
        name_from(name).ok()
    }

    fn entry_after(&self, name: &[u8]) -> Option<Item> {
        let tree = self.file_system().tree.lock();
        let (name, node) = tree.after(self.inode(), name)?;
        let mode = node.permissions().mode;
        Some(Item { name: name_from(name).ok()?, inode: node.inode(), mode })
    }

    fn create_file(&self, name: &[u8], file: NewFile) -> Result<NodeRef, Errno> {
        let node = Self::file_in(self.file_system(), file)?;
        self.add(name, &node)?;
        Ok(node)
    }

    fn create_directory(&self, name: &[u8], file: NewFile) -> Result<(), Errno> {
        self.add(name, &Self::directory_in(self.file_system(), file)?)
    }

    fn create_link(&self, name: &[u8], target: &[u8], file: NewFile) -> Result<(), Errno> {
        self.add(name, &Self::link_in(self.file_system(), file, target)?)
    }

    fn create_special(&self, name: &[u8], file: NewFile, socket: NodeRef) -> Result<(), Errno> {
        self.add(name, &Self::socket_in(self.file_system(), file, &socket)?)
    }

    fn create_fifo(&self, name: &[u8], file: NewFile) -> Result<(), Errno> {
        self.add(name, &Self::fifo_in(self.file_system(), file)?)
    }

    fn link(&self, name: &[u8], node: &NodeRef) -> Result<(), Errno> {
        let node = Self::from_node(node)?;
        if node.is_nameless() {
            return Err(Errno::ENOENT);
        }
        self.add(name, &node)?;
        node.change_links(1);
        Ok(())
    }

    fn unlink(&self, name: &[u8], expected: Identity) -> Result<(), Errno> {
        let mut tree = self.file_system().tree.lock();
        let node = tree.remove(self.inode(), name, expected.inode)?;
        drop(tree);
        node.change_links(-1);
        self.note_change();
        Ok(())
    }

    fn remove_directory(&self, name: &[u8], expected: Identity) -> Result<(), Errno> {
        let mut tree = self.file_system().tree.lock();
        let node = tree.remove_directory(self.inode(), name, expected.inode)?;
        drop(tree);
        node.change_links(-1);
        self.note_change();
        Ok(())
    }

    fn rename(&self, name: &[u8], file: Identity, to: &Destination<'_>) -> Result<(), Errno> {
        let directory = Self::from_node(to.directory)?;
        let step = Move {
            from: &self.counted()?,
            name,
            to: &directory,
            new_name: to.name,
            replaced: to.replaced.map(|identity| identity.inode),
        };
        if to.fate == Fate::Exchanged {
            self.file_system().tree.lock().exchange(file.inode, &step)?;
            self.note_change();
            directory.note_change();
            return Ok(());
        }
        let replaced = self.file_system().tree.lock().rename(file.inode, &step)?;
        if let Some(replaced) = replaced {
            replaced.change_links(-1);
        }
        self.note_change();
        directory.note_change();
        Ok(())
    }
}
