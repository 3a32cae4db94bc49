//! The region: a growable array of pages with an identity, an owner, a mode and a length.
//!
//! Its pages live while a name, a descriptor or a view refers to it: all of these are references
//! to the object, and the last to go frees it.

use super::lock::Condition;
use super::pages::{Batch, Pages};
use super::synchronisation::RegionSync;
use crate::mm::{
    AddressSpace, Frame, LeafTable, MemoryObject, OutOfMemory, Ownership, PageError, Rights,
};
use crate::sync::{Lock, Rank};
use abi::Errno;
use abi::limits::REGION_BYTES_MAX;
use abi::region::{ChangeKind, RegionRecord, RegionState};
use alloc::collections::BTreeMap;
use alloc::sync::{Arc, Weak};
use arch::addr::{PAGE_SIZE, PhysAddr};
use arch::tlb;
use core::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// Owner and permissions.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RegionAttributes {
    /// Permission bits, as of a file.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    /// Memory: grows, shrinks, is written.
    Memory,
    /// Bytes of the image, in place: fixed and read-only.
    Image,
}

/// An address space that shows the region.
struct Viewer {
    space: Weak<AddressSpace>,
    mappings: u32,
}

struct State {
    attributes: RegionAttributes,
    length: u64,
    pages: Pages,
    /// By their numbers, so that a child stands behind its parent.
    viewers: BTreeMap<u64, Viewer>,
}

/// A region; see the module's documentation.
pub struct Region {
    id: u64,
    kind: Kind,
    descriptors: AtomicU32,
    names: AtomicU32,
    /// Held while the length changes: what is being cut off can't be grown into.
    resizing: Lock<()>,
    /// The pages for the length; when that grows, more before, and when it shrinks, less after.
    most_pages: AtomicUsize,
    sync: RegionSync,
    state: Lock<State>,
}

impl Region {
    /// A region of memory that reads as zeroes.
    pub fn create(attributes: RegionAttributes, length: u64) -> Result<Arc<Self>, Errno> {
        if length > REGION_BYTES_MAX {
            return Err(Errno::EFBIG);
        }
        let pages = Pages::new(Rights::all());
        Ok(Self::with_pages(Kind::Memory, attributes, length, pages))
    }

    /// A region of bytes that lie in the image, from a page's start on.
    pub fn of_image(start: PhysAddr, length: u64) -> Result<Arc<Self>, Errno> {
        if !start.is_frame_start() {
            return Err(Errno::EINVAL);
        }
        Self::of_frames(length, |index| {
            let frame = Frame::of_image(start.add(index * PAGE_SIZE as u64));
            let bytes = (length - index * PAGE_SIZE as u64).min(PAGE_SIZE as u64) as usize;
            if bytes == PAGE_SIZE { Ok(frame) } else { with_zeroed_tail(&frame, bytes) }
        })
    }

    /// A fixed, read-only region whose pages are given by their indices.
    fn of_frames(
        length: u64,
        mut frame: impl FnMut(u64) -> Result<Frame, Errno>,
    ) -> Result<Arc<Self>, Errno> {
        let mut pages = Pages::new(Rights::READ | Rights::EXECUTE);
        for index in 0..length.div_ceil(PAGE_SIZE as u64) {
            pages.put(index as usize, frame(index)?)?;
        }
        let attributes = RegionAttributes { mode: 0o555, uid: 0, gid: 0 };
        Ok(Self::with_pages(Kind::Image, attributes, length, pages))
    }

    fn with_pages(
        kind: Kind,
        attributes: RegionAttributes,
        length: u64,
        pages: Pages,
    ) -> Arc<Self> {
        let state = State { attributes, length, pages, viewers: BTreeMap::new() };
        let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        Arc::new(Self {
            id,
            kind,
            descriptors: AtomicU32::new(0),
            names: AtomicU32::new(0),
            resizing: Lock::new(Rank::RegionLength, ()),
            most_pages: AtomicUsize::new(pages_for(length)),
            sync: RegionSync::new(id),
            state: Lock::new(Rank::Region, state),
        })
    }

    /// The region's number, never used again.
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// The exact length in bytes.
    pub fn length(&self) -> u64 {
        self.state.lock().length
    }

    /// Pages that hold memory.
    pub fn resident_pages(&self) -> usize {
        self.state.lock().pages.resident()
    }

    /// Owner and permissions.
    pub fn attributes(&self) -> RegionAttributes {
        self.state.lock().attributes
    }

    /// Changes the permission bits.
    pub fn set_mode(&self, mode: u32) {
        self.state.lock().attributes.mode = mode & 0o7777;
    }

    /// Whether the region is a part of the image, which nobody can change.
    pub fn is_image(&self) -> bool {
        self.kind == Kind::Image
    }

    /// The part of an image's region from a page's start on, as a region of its own.
    pub fn part_of_image(&self, offset: u64, length: u64) -> Result<Arc<Self>, Errno> {
        let end = offset.checked_add(length).ok_or(Errno::EINVAL)?;
        if self.kind != Kind::Image || end > self.length() || length == 0 {
            return Err(Errno::EINVAL);
        }
        let first = offset / PAGE_SIZE as u64;
        Self::of_frames(length, |index| self.page((first + index) as usize).map_err(errno_of))
    }

    /// What processes agree by about its bytes.
    pub const fn sync(&self) -> &RegionSync {
        &self.sync
    }

    /// Grows or shrinks the region; what is cut off is gone from every view.
    ///
    /// The caller has the turn to write ([`Self::turn`]).
    pub fn set_length(&self, length: u64) -> Result<(), Errno> {
        if self.kind == Kind::Image {
            return Err(Errno::EROFS);
        }
        if length > REGION_BYTES_MAX {
            return Err(Errno::EFBIG);
        }
        let _resizing = self.resizing.lock();
        let before = self.length();
        if length < before {
            let outcome = self.shrink(length);
            self.sync.changes.add(ChangeKind::Shrunk, length, before - length);
            return Ok(outcome?);
        }
        self.grow(length);
        if length > before {
            self.sync.changes.add(ChangeKind::Grown, length, length - before);
        }
        Ok(())
    }

    /// Before there are more pages, tables are unlinked that would show them behind a view's end.
    fn grow(&self, length: u64) {
        let pages = pages_for(length);
        // A fault that still sees the old number links before its space is visited.
        if self.most_pages.swap(pages, Ordering::Relaxed) < pages {
            self.for_each_viewer(|space| space.unlink_ends(self.id, pages));
        }
        self.state.lock().length = length;
    }

    /// Viewers come last, when the region has none of the pages any more: nobody can copy an
    /// entry of them then, but by a fork.
    fn shrink(&self, length: u64) -> Result<(), OutOfMemory> {
        let mut state = self.state.lock();
        state.length = length;
        state.pages.zero_tail(length);
        drop(state);
        let pages = pages_for(length);
        self.cut(pages);
        let mut outcome = Ok(());
        self.for_each_viewer(|space| outcome = outcome.and(space.forget_pages(self.id, pages)));
        self.most_pages.store(pages, Ordering::Relaxed);
        outcome
    }

    /// Frees the pages from this index on, a batch at a time: it must work without memory.
    fn cut(&self, pages: usize) {
        let mut batch = Batch::new();
        let mut next = Some(pages);
        while let Some(from) = next {
            next = self.state.lock().pages.cut(from, &mut batch);
            if !batch.is_empty() {
                // Linked tables are in address spaces with any number, at any address.
                tlb::flush_all();
            }
            batch.clear();
        }
    }

    /// Calls `visit` with the address spaces that show the region, without a list of them.
    ///
    /// A fork announces the child under its parent's lock, and the child stands behind it here. So
    /// either the child is found, or it is a copy of a parent that was visited already.
    fn for_each_viewer(&self, mut visit: impl FnMut(&AddressSpace)) {
        let mut last = 0;
        while let Some((id, space)) = self.viewer_behind(last) {
            last = id;
            if let Some(space) = space.upgrade() {
                visit(&space);
            }
        }
    }

    fn viewer_behind(&self, space_id: u64) -> Option<(u64, Weak<AddressSpace>)> {
        let state = self.state.lock();
        let (id, viewer) = state.viewers.range(space_id + 1..).next()?;
        Some((*id, viewer.space.clone()))
    }

    /// Notes that a descriptor refers to the region.
    pub fn add_descriptor(&self) {
        self.descriptors.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes that a descriptor does no longer refer to the region.
    pub fn remove_descriptor(&self) {
        self.descriptors.fetch_sub(1, Ordering::Relaxed);
    }

    /// Names that lead to the region.
    pub fn names(&self) -> u32 {
        self.names.load(Ordering::Relaxed)
    }

    pub(super) fn add_name(&self) {
        self.names.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn remove_name(&self) {
        self.names.fetch_sub(1, Ordering::Relaxed);
    }

    /// The record for `region_list`, without the name.
    pub fn record(&self) -> RegionRecord {
        let (holder, condition) = self.lock_status();
        let mut region_state = RegionState::empty();
        region_state.set(RegionState::LOCKED, holder.is_some());
        region_state.set(RegionState::DIRTY, condition == Condition::Dirty);
        let state = self.state.lock();
        RegionRecord {
            id: self.id,
            length: state.length,
            resident_pages: state.pages.resident() as u64,
            descriptors: self.descriptors.load(Ordering::Relaxed),
            views: state.viewers.values().map(|viewer| viewer.mappings).sum(),
            users: state.viewers.len() as u32,
            changes: self.sync.changes.number(),
            state: region_state.bits(),
            lock_owner: holder.unwrap_or(0),
            mode: state.attributes.mode,
            uid: state.attributes.uid,
            gid: state.attributes.gid,
            ..RegionRecord::empty()
        }
    }

    /// The page that holds the byte at `offset`, if it is there.
    pub(super) fn existing_page(&self, offset: u64) -> Option<Frame> {
        self.state.lock().pages.get((offset / PAGE_SIZE as u64) as usize)
    }
}

const fn pages_for(length: u64) -> usize {
    length.div_ceil(PAGE_SIZE as u64) as usize
}

/// A copy of a page's first bytes, for the end of a file: what follows it in the image is not its.
fn with_zeroed_tail(frame: &Frame, bytes: usize) -> Result<Frame, Errno> {
    let copy = Frame::zeroed()?;
    let mut bounce = [0; 256];
    for offset in (0..bytes).step_by(bounce.len()) {
        let part = &mut bounce[..(bytes - offset).min(256)];
        frame.read(offset, part);
        copy.write(offset, part);
    }
    copy.synchronise_instructions();
    Ok(copy)
}

fn errno_of(error: PageError) -> Errno {
    match error {
        PageError::BeyondEnd => Errno::EINVAL,
        PageError::OutOfMemory => Errno::ENOMEM,
    }
}

impl MemoryObject for Region {
    fn id(&self) -> u64 {
        self.id
    }

    fn page(&self, index: usize) -> Result<Frame, PageError> {
        let mut state = self.state.lock();
        if index >= pages_for(state.length) {
            return Err(PageError::BeyondEnd);
        }
        Ok(state.pages.get_or_make(index)?)
    }

    fn table(&self, unit: usize) -> Result<LeafTable, OutOfMemory> {
        self.state.lock().pages.table(unit).cloned()
    }

    fn table_copy(
        &self,
        unit: usize,
        keep: &mut dyn FnMut(usize) -> bool,
        rights: Rights,
        ownership: Ownership,
    ) -> Result<LeafTable, OutOfMemory> {
        self.state.lock().pages.copy_table(unit, keep, rights, ownership)
    }

    fn most_pages(&self) -> usize {
        self.most_pages.load(Ordering::Relaxed)
    }

    fn is_constant(&self) -> bool {
        self.kind == Kind::Image
    }

    fn attach(&self, space_id: u64, space: Weak<AddressSpace>) {
        let mut state = self.state.lock();
        state.viewers.entry(space_id).or_insert(Viewer { space, mappings: 0 }).mappings += 1;
    }

    fn detach(&self, space_id: u64) {
        let mut state = self.state.lock();
        let Some(viewer) = state.viewers.get_mut(&space_id) else { return };
        viewer.mappings -= 1;
        if viewer.mappings == 0 {
            state.viewers.remove(&space_id);
            if state.viewers.is_empty() {
                // A tree that has become empty keeps a node.
                state.viewers = BTreeMap::new();
            }
        }
    }
}
