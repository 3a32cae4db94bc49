//! A file of the archive.

use crate::fs::node::{
    Directory, FileSystem, Identity, Item, Name, Node, NodeRef, Waiting, name_from,
};
use crate::fs::permission::Permissions;
use crate::fs::stat;
use crate::fs::time::Times;
use crate::region::{Region, RegionAttributes};
use crate::sync::Lock;
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use abi::file::Stat;
use abi::limits::PAGE_SIZE;
use abi::time::TimeSpec;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use arch::addr::PhysAddr;
use spin::Once;

/// The region of a file's bytes, once somebody has asked for it.
pub enum Image {
    /// Nobody has.
    None,
    /// The bytes where they are; it costs only a table, and stays.
    InPlace(Arc<Region>),
    /// A copy, because the bytes do not begin on a page; it goes with its last user.
    Copy(Weak<Region>),
}

/// What a file holds.
pub enum Contents {
    /// A directory's names in their order; filled in when the files below it are made.
    Directory(Once<Vec<(&'static [u8], Arc<ArchiveNode>)>>),
    /// Bytes, and where they are.
    File(&'static [u8], PhysAddr, Lock<Image>),
    /// Where a symbolic link leads.
    Link(&'static [u8]),
}

/// A file of the archive.
pub struct ArchiveNode {
    /// The file's number.
    pub inode: u64,
    /// Mode and owner.
    pub permissions: Permissions,
    /// Last change, in seconds.
    pub modified: u32,
    /// The directory that it is in.
    pub parent: Weak<ArchiveNode>,
    /// What it holds.
    pub contents: Contents,
}

impl ArchiveNode {
    fn children(&self) -> &[(&'static [u8], Arc<Self>)] {
        match &self.contents {
            Contents::Directory(children) => children.get().map_or(&[], Vec::as_slice),
            _ => &[],
        }
    }

    const fn bytes(&self) -> &'static [u8] {
        match &self.contents {
            Contents::File(bytes, ..) | Contents::Link(bytes) => bytes,
            Contents::Directory(_) => &[],
        }
    }

    fn copy(&self) -> Result<Arc<Region>, Errno> {
        let Permissions { mode, uid, gid } = self.permissions;
        let attributes = RegionAttributes { mode: mode & 0o7777, uid, gid };
        let region = Region::create(attributes, self.bytes().len() as u64)?;
        let mut data = UserData::kernel(self.bytes());
        while data.remaining() > 0 {
            let done = self.bytes().len() - data.remaining();
            region.write(done as u64, &mut data)?;
        }
        Ok(region)
    }
}

impl Node for ArchiveNode {
    fn identity(&self) -> Identity {
        Identity { file_system: FileSystem::Archive, inode: self.inode }
    }

    fn permissions(&self) -> Permissions {
        self.permissions
    }

    fn stat(&self) -> Stat {
        let base = stat::base(self);
        let length = self.length();
        let mut stat = stat::with_contents(base, length, length.div_ceil(4096) as usize);
        let modified = TimeSpec { seconds: i64::from(self.modified), nanoseconds: 0 };
        Times::all(modified).fill(&mut stat);
        if self.directory().is_some() {
            let below = self.children().iter().filter(|(_, node)| node.directory().is_some());
            stat.st_nlink = 2 + below.count() as u32;
        }
        stat
    }

    fn directory(&self) -> Option<&dyn Directory> {
        matches!(self.contents, Contents::Directory(_)).then_some(self)
    }

    fn link_target(&self) -> Option<&[u8]> {
        match &self.contents {
            Contents::Link(target) => Some(target),
            _ => None,
        }
    }

    fn is_read_only(&self) -> bool {
        true
    }

    fn length(&self) -> u64 {
        self.bytes().len() as u64
    }

    fn read(&self, offset: u64, to: &mut UserBuffer<'_>, _: Waiting) -> Result<usize, Errno> {
        if self.directory().is_some() {
            return Err(Errno::EISDIR);
        }
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(self.bytes().len());
        to.put(&self.bytes()[start..])
    }

    fn set_length(&self, _length: u64) -> Result<(), Errno> {
        Err(Errno::EROFS)
    }

    fn region(self: Arc<Self>) -> Result<Arc<Region>, Errno> {
        let Contents::File(bytes, address, image) = &self.contents else {
            return Err(Errno::ENODEV);
        };
        match &*image.lock() {
            Image::InPlace(region) => return Ok(region.clone()),
            Image::Copy(region) => {
                if let Some(region) = region.upgrade() {
                    return Ok(region);
                }
            }
            Image::None => {}
        }
        // Made without the lock. Two that make it at once each have one, which is only wasteful.
        if address.value().is_multiple_of(PAGE_SIZE as u64) {
            let region = Region::of_image(*address, bytes.len() as u64)?;
            *image.lock() = Image::InPlace(region.clone());
            Ok(region)
        } else {
            let region = self.copy()?;
            *image.lock() = Image::Copy(Arc::downgrade(&region));
            Ok(region)
        }
    }
}

impl Directory for ArchiveNode {
    fn lookup(&self, name: &[u8]) -> Result<NodeRef, Errno> {
        let children = self.children();
        let index = children.binary_search_by_key(&name, |(name, _)| name);
        let index = index.map_err(|_| Errno::ENOENT)?;
        Ok(children[index].1.clone())
    }

    fn parent(&self) -> Option<NodeRef> {
        Some(self.parent.upgrade()?)
    }

    fn name_of(&self, child: Identity) -> Option<Name> {
        let (name, _) = self.children().iter().find(|(_, node)| node.identity() == child)?;
        name_from(name).ok()
    }

    fn entry_after(&self, name: &[u8]) -> Option<Item> {
        let children = self.children();
        let index = children.partition_point(|(other, _)| *other <= name);
        let (name, node) = children.get(index)?;
        Some(Item { name: name_from(name).ok()?, inode: node.inode, mode: node.permissions.mode })
    }
}
