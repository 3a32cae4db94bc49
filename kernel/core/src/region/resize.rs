//! Growing and shrinking: what the pages and the views of a region see of it.

use super::length::pages_for;
use super::object::{Kind, Region};
use super::pages::Batch;
use crate::mm::{AddressSpace, OutOfMemory, SpaceKey};
use abi::Errno;
use abi::region::ChangeKind;
use alloc::sync::Weak;
use arch::tlb;
use core::sync::atomic::Ordering;

impl Region {
    /// Grows or shrinks the region, and the file that keeps its bytes, if one does; what is cut off
    /// is gone from every view. It may sleep then, so no locks are held.
    ///
    /// The caller has the turn to write ([`Self::turn`]). `EFBIG` beyond the maximum, `EPERM` if it
    /// is sealed against it, `EDQUOT` if a quota leaves no room for it, `ENOMEM` if there is no
    /// memory to set aside.
    pub fn set_length(&self, length: u64) -> Result<(), Errno> {
        if self.has_pager() {
            return self.pager().ok_or(Errno::EIO)?.set_length(length);
        }
        self.set_length_here(length)
    }

    /// The same for the pages alone; called by a pager, when there is room for them.
    pub fn set_length_here(&self, length: u64) -> Result<(), Errno> {
        if matches!(self.kind(), Kind::Image | Kind::Device(_)) {
            return Err(Errno::EROFS);
        }
        if length > self.maximum() {
            return Err(Errno::EFBIG);
        }
        let _resizing = self.resizing.lock();
        self.state().check_length(length)?;
        let before = self.length();
        if length < before {
            let outcome = self.shrink(length);
            self.sync().changes.add(ChangeKind::Shrunk, length, before - length);
            return Ok(outcome?);
        }
        self.grow(length)?;
        if length > before {
            self.sync().changes.add(ChangeKind::Grown, length, length - before);
        }
        Ok(())
    }

    /// Before there are more pages, tables are unlinked that would show them behind a view's end.
    fn grow(&self, length: u64) -> Result<(), Errno> {
        self.state().make_room(length)?;
        let pages = pages_for(length);
        // A fault that still sees the old number links before its space is visited.
        if self.most_pages.swap(pages, Ordering::Relaxed) < pages {
            self.for_each_viewer(|space| space.unlink_ends(self.id(), pages));
        }
        self.state().length = length;
        Ok(())
    }

    /// Viewers come last, when the region has none of the pages any more: nobody can copy an
    /// entry of them then, but by a fork.
    fn shrink(&self, length: u64) -> Result<(), OutOfMemory> {
        let mut state = self.state();
        state.length = length;
        state.pages.zero_tail(length);
        drop(state);
        let pages = pages_for(length);
        self.cut(pages);
        let mut outcome = Ok(());
        self.for_each_viewer(|space| outcome = outcome.and(space.forget_pages(self.id(), pages)));
        self.most_pages.store(pages, Ordering::Relaxed);
        self.state().settle();
        outcome
    }

    /// Frees the pages from this index on, a batch at a time: it must work without memory.
    fn cut(&self, pages: usize) {
        let mut batch = Batch::new();
        let mut next = Some(pages);
        while let Some(from) = next {
            next = self.state().pages.cut(from, &mut batch);
            if !batch.is_empty() {
                // Linked tables are in address spaces with any number, at any address.
                tlb::flush_all();
            }
            batch.clear();
        }
    }

    /// Calls `visit` with the address spaces that show the region, without a list of them.
    ///
    /// A fork makes the child known under its parent's lock, and the child stands behind it here. So
    /// either the child is found, or it is a copy of a parent that was visited already. Who changes its
    /// views leaves its relatives for a place further behind.
    pub(super) fn for_each_viewer(&self, mut visit: impl FnMut(&AddressSpace)) {
        let mut last = (0, 0);
        while let Some((key, space)) = self.viewer_behind(last) {
            last = key;
            if let Some(space) = space.upgrade() {
                visit(&space);
            }
        }
    }

    fn viewer_behind(&self, key: SpaceKey) -> Option<(SpaceKey, Weak<AddressSpace>)> {
        self.state().viewers.next_behind(key)
    }
}
