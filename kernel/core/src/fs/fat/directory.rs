//! A directory on the card.

use super::listing::Listing;
use super::names;
use super::node::FatNode;
use super::volume::{Failure, Mount, Mounted};
use crate::fs::node::{Destination, Directory, Identity, Item, Name, NewFile, NodeRef, name_from};
use abi::Errno;
use abi::file::{S_IFDIR, S_IFREG};
use alloc::sync::Arc;
use core::any::Any;
use hadris_fs::{FileType, Name as FatName, NodeId, RenameMode, SetAttr};

impl FatNode {
    /// The node of this file system; the caller has compared the file systems.
    pub(super) fn from_node(node: &NodeRef) -> Result<Arc<Self>, Errno> {
        let node: Arc<dyn Any + Send + Sync> = node.clone();
        node.downcast::<Self>().map_err(|_| Errno::EXDEV)
    }

    /// As [`Self::alter`], for what changes the directory's names.
    pub(super) fn change_names<T>(
        &self,
        operation: impl FnOnce(&mut Mounted) -> Result<T, Failure>,
    ) -> Result<T, Errno> {
        let outcome = self.alter(operation);
        *self.listing.lock() = None;
        outcome
    }

    /// Reads the listing, if it is not there.
    pub(super) fn have_listing(&self) -> Result<(), Errno> {
        self.listed(|_| Some(())).map(drop)
    }

    /// What `look` finds in the listing, which is read if it is not there.
    fn listed<T>(&self, look: impl FnOnce(&Listing) -> Option<T>) -> Result<Option<T>, Errno> {
        let mut listing = self.listing.lock();
        if listing.is_none() {
            *listing = Some(self.with(|mounted| Ok(Listing::read(mounted, self.id)?))?);
        }
        Ok(listing.as_ref().and_then(look))
    }

    /// As [`Self::listed`]; a directory that cannot be read has no names.
    fn listed_or_log<T>(&self, look: impl FnOnce(&Listing) -> Option<T>) -> Option<T> {
        self.listed(look).unwrap_or_else(|error| {
            log::warn!("/sd: a directory cannot be read: {error}");
            None
        })
    }

    /// The name's file, which is still the one that the caller has looked at.
    pub(super) fn expect(
        &self,
        mounted: &mut Mounted,
        name: &FatName,
        expected: Identity,
    ) -> Result<NodeId, Failure> {
        let id = mounted.find(self.id, name)?;
        if id.get() == expected.inode { Ok(id) } else { Err(Errno::ESTALE.into()) }
    }

    /// Takes a file's name away: by `remove` if nobody uses it, else in favour of one that nobody
    /// sees.
    pub(super) fn take_name(
        &self,
        mounted: &mut Mounted,
        name: &FatName,
        id: NodeId,
        remove: impl FnOnce(&mut Mounted) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let Some(node) = mounted.live(id) else { return remove(mounted) };
        if node.end_unused() {
            return remove(mounted).inspect_err(|_| node.stay());
        }
        let root = mounted.fs.root();
        let hidden = names::of_removed(id);
        mounted.fs.rename(self.id, name, root, FatName::new(&hidden), RenameMode::NoReplace)?;
        node.note_removal();
        Ok(())
    }
}

impl Directory for FatNode {
    fn lookup(&self, name: &[u8]) -> Result<NodeRef, Errno> {
        let name = names::to_find(name)?;
        self.with(|mounted| {
            let id = mounted.fs.lookup(self.id, name)?;
            self.volume.node(mounted, id)
        })
    }

    fn parent(&self) -> Option<NodeRef> {
        if self.mount == Mount::Any {
            return None;
        }
        let parent = self.with(|mounted| {
            let id = mounted.fs.parent(self.id)?;
            self.volume.node(mounted, id)
        });
        parent.ok()
    }

    fn name_of(&self, child: Identity) -> Option<Name> {
        self.listed_or_log(|listing| name_from(listing.name_of(child.inode)?).ok())
    }

    fn entry_after(&self, name: &[u8]) -> Option<Item> {
        self.listed_or_log(|listing| {
            let (name, item) = listing.after(name)?;
            let mode = if item.kind == FileType::Dir { S_IFDIR } else { S_IFREG };
            Some(Item { name: name_from(name).ok()?, inode: item.inode, mode })
        })
    }

    fn create_file(&self, name: &[u8], _: NewFile) -> Result<NodeRef, Errno> {
        let name = names::to_make(name)?;
        self.change_names(|mounted| {
            let id = mounted.fs.create(self.id, name, &SetAttr::new())?;
            self.volume.node(mounted, id)
        })
    }

    fn create_directory(&self, name: &[u8], _: NewFile) -> Result<(), Errno> {
        let name = names::to_make(name)?;
        self.change_names(|mounted| {
            let id = mounted.fs.mkdir(self.id, name, &SetAttr::new())?;
            mounted.fs.forget(id, 1);
            Ok(())
        })
    }

    fn create_link(&self, _: &[u8], _: &[u8], _: NewFile) -> Result<(), Errno> {
        Err(Errno::EPERM)
    }

    fn create_special(&self, _: &[u8], _: NewFile, _: NodeRef) -> Result<(), Errno> {
        Err(Errno::EPERM)
    }

    fn create_fifo(&self, _: &[u8], _: NewFile) -> Result<(), Errno> {
        Err(Errno::EPERM)
    }

    fn link(&self, _: &[u8], _: &NodeRef) -> Result<(), Errno> {
        Err(Errno::EPERM)
    }

    fn unlink(&self, name: &[u8], expected: Identity) -> Result<(), Errno> {
        let name = names::to_find(name)?;
        self.change_names(|mounted| {
            let id = self.expect(mounted, name, expected)?;
            self.take_name(mounted, name, id, |mounted| Ok(mounted.fs.unlink(self.id, name)?))
        })
    }

    fn remove_directory(&self, name: &[u8], expected: Identity) -> Result<(), Errno> {
        let name = names::to_find(name)?;
        self.change_names(|mounted| {
            self.expect(mounted, name, expected)?;
            Ok(mounted.fs.rmdir(self.id, name)?)
        })
    }

    fn rename(&self, name: &[u8], file: Identity, to: &Destination<'_>) -> Result<(), Errno> {
        let directory = Self::from_node(to.directory)?;
        let outcome = self.rename_to(names::to_find(name)?, file, &directory, to);
        *directory.listing.lock() = None;
        outcome
    }
}
