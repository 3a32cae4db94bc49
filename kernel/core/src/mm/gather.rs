//! What was taken out of an address space and may go once no processor can reach it.
//!
//! Break-before-make: entries are emptied first, then the translations are invalidated on all
//! cores, then the frames and tables are let go (Arm ARM, D8.14).

use super::frame::Frame;
use super::table::LeafTable;
use arch::addr::{PAGE_SIZE, PageRange, UNIT_SIZE, VirtAddr};
use arch::tlb::{self, Asid};
use core::mem::ManuallyDrop;
use heapless::Vec;

/// Frames and tables on their way out; dropping it invalidates and lets go.
///
/// It is made after the lock of the address space is taken, so that it is dropped before the lock
/// is free: other threads of the process may fill the place at once, and no processor may find
/// the old and the new.
#[must_use = "what was gathered is let go when this is dropped"]
pub struct Gather {
    asid: Asid,
    // Empty where nothing is stale: then there is nothing to drop with it.
    frames: ManuallyDrop<Few<Frame, 64>>,
    tables: ManuallyDrop<Few<LeafTable, 16>>,
    stale: Option<PageRange>,
}

/// Things that are most often none or one: only the second makes the list.
struct Few<T, const N: usize> {
    first: Option<T>,
    more: Option<Vec<T, N>>,
}

impl<T, const N: usize> Few<T, N> {
    const fn new() -> Self {
        Self { first: None, more: None }
    }

    const fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// Gives the thing back if there is no room for it.
    fn push(&mut self, thing: T) -> Result<(), T> {
        if self.first.is_none() {
            self.first = Some(thing);
            return Ok(());
        }
        self.more.get_or_insert_default().push(thing)
    }
}

impl Gather {
    /// For an address space with this number.
    pub const fn new(asid: Asid) -> Self {
        let frames = ManuallyDrop::new(Few::new());
        Self { asid, frames, tables: ManuallyDrop::new(Few::new()), stale: None }
    }

    /// A page's entry was emptied or allows less now.
    pub fn page(&mut self, address: VirtAddr, frame: Option<Frame>) {
        let start = address.page_start();
        self.note(PageRange::from_bounds(start, start.add(PAGE_SIZE)));
        if let Some(frame) = frame
            && let Err(frame) = self.frames.push(frame)
        {
            self.flush();
            drop(frame);
        }
    }

    /// The entries of pages in a range were emptied, and the pages are somebody else's now.
    pub fn moved(&mut self, range: PageRange) {
        self.note(Some(range));
    }

    /// The entries of pages in a range were emptied.
    pub fn pages(&mut self, range: PageRange, frames: impl Iterator<Item = Frame>) {
        let mut is_noted = false;
        for frame in frames {
            if !is_noted || self.frames.is_empty() {
                self.note(Some(range));
                is_noted = true;
            }
            if let Err(frame) = self.frames.push(frame) {
                self.flush();
                drop(frame);
            }
        }
    }

    /// The entry of a unit in a range was emptied.
    pub fn table(&mut self, range: PageRange, table: LeafTable) {
        self.note(Some(range));
        if let Err(table) = self.tables.push(table) {
            self.flush();
            drop(table);
        }
    }

    /// The entries of units in a range were emptied.
    pub fn tables(&mut self, range: PageRange, tables: impl Iterator<Item = LeafTable>) {
        let mut is_noted = false;
        for table in tables {
            if !is_noted || self.tables.is_empty() {
                self.note(Some(range));
                is_noted = true;
            }
            if let Err(table) = self.tables.push(table) {
                self.flush();
                drop(table);
            }
        }
    }

    /// A unit's level-2 entry was emptied or allows less now.
    pub fn unit(&mut self, address: VirtAddr, table: Option<LeafTable>) {
        let start = address.unit_start();
        let range = PageRange::from_bounds(start, start.add(UNIT_SIZE));
        match (range, table) {
            (Some(range), Some(table)) => self.table(range, table),
            _ => self.note(range),
        }
    }

    /// Invalidates what is stale on all cores, then lets go.
    #[inline]
    pub fn flush(&mut self) {
        // What is to go was noted with the addresses it was at.
        if let Some(range) = self.stale.take() {
            self.flush_range(range);
        }
    }

    fn flush_range(&mut self, range: PageRange) {
        tlb::flush_pages(self.asid, range);
        self.frames.first = None;
        if let Some(frames) = self.frames.more.take() {
            Frame::let_go_of(frames);
        }
        self.tables.first = None;
        self.tables.more = None;
    }

    fn note(&mut self, range: Option<PageRange>) {
        let Some(range) = range else { return };
        if self.stale == Some(range) {
            return;
        }
        self.stale = match self.stale {
            None => Some(range),
            Some(old) => {
                PageRange::from_bounds(old.start().min(range.start()), old.end().max(range.end()))
            }
        };
    }
}

impl Drop for Gather {
    #[inline]
    fn drop(&mut self) {
        debug_assert!(self.stale.is_some() || self.frames.is_empty() && self.tables.is_empty());
        self.flush();
    }
}
