//! Regions whose bytes are kept elsewhere: pages come in when they are touched, and may go again.
//!
//! A page that is not there is absent, not zeroes. Who wants it lets go of all locks and has the
//! region's pager bring it in, which may sleep; then it looks again. A page goes only if nothing
//! refers to it once it is in no table: so a copy that holds it, a store that is under way and a new
//! view keep it. It may be in no table for a moment and then be back, so who needs it holds it.
//!
//! The pager also sees to it that what keeps the bytes has room for every page, so it is the one who
//! changes the length.

use super::attributes::RegionAttributes;
use super::length::pages_for;
use super::object::Region;
use crate::mm::{Frame, MemoryObject, PageError, reclaim};
use abi::Errno;
use alloc::sync::{Arc, Weak};
use arch::tlb;
use core::sync::atomic::Ordering;

/// Who keeps a region's bytes.
pub trait Pager: Send + Sync {
    /// Brings a page in; called without locks, and may sleep.
    fn bring_in(&self, index: usize) -> Result<(), PageError>;
    /// Changes the length, here and there; the caller has the turn to write.
    fn set_length(&self, length: u64) -> Result<(), Errno>;
    /// Whether nobody may change the bytes from now on.
    fn is_read_only(&self) -> bool;
}

/// Pages on their way out, with their indices; small enough for a kernel stack.
type Batch = heapless::Vec<(usize, Frame), 64>;

/// What became of some pages that were to go.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Dropped {
    /// How many have gone.
    pub pages: usize,
    /// Where to go on; `None` when there is nothing behind.
    pub next: Option<usize>,
}

impl Region {
    /// A region of bytes that this pager keeps; none of its pages is there.
    pub fn create_paged(
        attributes: RegionAttributes,
        length: u64,
        pager: Weak<dyn Pager>,
    ) -> Result<Arc<Self>, Errno> {
        let region = Self::create(attributes, length)?;
        region.pager.call_once(|| pager);
        Ok(region)
    }

    /// Whether its bytes are kept elsewhere.
    pub(super) fn has_pager(&self) -> bool {
        self.pager.get().is_some()
    }

    /// Who keeps the bytes. Once it has gone, nothing can be brought in any more.
    pub(super) fn pager(&self) -> Option<Arc<dyn Pager>> {
        self.pager.get().and_then(Weak::upgrade)
    }

    /// The page with this index, brought in or made if it is not there; called without locks.
    pub(super) fn page_in(&self, index: usize) -> Result<Frame, PageError> {
        loop {
            match self.make_page(index) {
                Err(PageError::Absent) => self.bring_in(index)?,
                Err(PageError::OutOfMemory) => return self.make_page_with_room(index),
                other => return other.map(|(frame, _)| frame),
            }
        }
    }

    /// A page of memory, for which others may give some back.
    #[cold]
    fn make_page_with_room(&self, index: usize) -> Result<Frame, PageError> {
        reclaim::with_room_or(|| Ok(self.make_page(index)?.0))
    }

    /// The page that holds the byte at `offset`, brought in if it is kept elsewhere; `None` where
    /// none was made yet, which reads as zeroes. Called without locks.
    pub(super) fn readable_page(&self, offset: u64) -> Result<Option<Frame>, PageError> {
        let page = self.existing_page(offset);
        if page.is_some() || !self.has_pager() {
            return Ok(page);
        }
        self.page_in((offset / arch::addr::PAGE_SIZE as u64) as usize).map(Some)
    }

    /// Has the pager bring a page in.
    pub(super) fn have_brought_in(&self, index: usize) -> Result<(), PageError> {
        let pager = self.pager().ok_or(PageError::Unreadable)?;
        self.faults.fetch_add(1, Ordering::Relaxed);
        pager.bring_in(index)
    }

    /// The page with this index, if it is there.
    pub fn page_if_there(&self, index: usize) -> Option<Frame> {
        self.state().pages.get(index)
    }

    /// The first of the pages that are there, from this index on, with its index.
    pub fn next_page(&self, index: usize) -> Option<(usize, Frame)> {
        self.page_from(index)
    }

    /// Puts a page that was brought in into its place, which is empty.
    pub fn put_page(&self, index: usize, page: Frame) -> Result<(), PageError> {
        let mut state = self.state();
        if index >= pages_for(state.length) {
            return Err(PageError::BeyondEnd);
        }
        debug_assert!(state.pages.get(index).is_none(), "only the pager brings pages in");
        Ok(state.pages.put(index, page)?)
    }

    /// Whether pages are to stay: somebody has asked for that, and somebody shows them.
    pub fn holds_pages(&self) -> bool {
        let is_shown = self.state().viewers.mappings() > 0;
        if !is_shown {
            self.is_held.store(false, Ordering::Relaxed);
        }
        self.is_held.load(Ordering::Relaxed)
    }

    /// Lets some pages go, from this index on: those that nobody refers to and that `may_go`, which
    /// is asked when nobody can store to them any more. Called by the pager, which keeps the length as
    /// it is meanwhile.
    pub fn drop_pages(&self, from: usize, may_go: impl Fn(usize, &Frame) -> bool) -> Dropped {
        let mut batch = Batch::new();
        let next = self.take_pages(from, &mut batch);
        self.for_each_viewer(|space| space.forget_frames(self.id(), &batch));
        // Linked tables are in address spaces with any number, at any address.
        tlb::flush_all();
        let mut pages = 0;
        let mut state = self.state();
        for (index, frame) in batch {
            if frame.count() == 1 && may_go(index, &frame) {
                pages += 1;
                continue;
            }
            let outcome = state.pages.put(index, frame);
            debug_assert!(outcome.is_ok(), "its table is there");
        }
        Dropped { pages, next }
    }

    /// Takes pages out of the tables, as many as the batch has room for; returns where to go on.
    fn take_pages(&self, from: usize, batch: &mut Batch) -> Option<usize> {
        let mut state = self.state();
        let mut index = from;
        while let Some((found, _)) = state.pages.page_from(index) {
            if batch.is_full() {
                return Some(found);
            }
            if let Some(frame) = state.pages.take(found) {
                batch.push((found, frame)).ok();
            }
            index = found + 1;
        }
        None
    }
}
