//! A level-3 translation table as an object: 512 pages that several owners can share.
//!
//! Owners are regions (the table leads to the region's pages) and address spaces (by a link, or
//! as their own private table, which fork shares). A private table that two address spaces share
//! is never changed but to take write rights away; who wants to change it splits it first.
#![allow(unsafe_code, reason = "the bottom of memory: tables are read and written here")]

use super::descriptor::{Ownership, PageEntry, Rights};
use super::frame::Frame;
use super::frames::{self, FrameUse, OutOfMemory};
use arch::addr::{PhysAddr, TABLE_ENTRIES};
use core::mem::ManuallyDrop;
use core::sync::atomic::{Ordering, fence};

/// One reference to a level-3 table; the last one to go lets go of the pages and frees it.
#[derive(Debug)]
pub struct LeafTable(PhysAddr);

impl LeafTable {
    /// A table without pages.
    pub fn new() -> Result<Self, OutOfMemory> {
        Ok(Self(empty_table()?))
    }

    /// The entry at `index`, which is taken modulo 512.
    #[inline]
    pub fn entry(&self, index: usize) -> PageEntry {
        // SAFETY: the table's frame lives as long as `self`.
        PageEntry::from_bits(unsafe { arch::ram::read_entry(self.0, index % TABLE_ENTRIES) })
    }

    /// A new reference to the page at `index`.
    ///
    /// The caller keeps others from taking the page away meanwhile: by the lock of the address
    /// space or region that the table belongs to, or because a shared table loses no pages.
    pub fn frame(&self, index: usize) -> Option<Frame> {
        let address = self.entry(index).frame()?;
        // SAFETY: the entry holds a reference, and `ManuallyDrop` leaves it there.
        let frame = ManuallyDrop::new(unsafe { Frame::from_entry(address) });
        Some(Frame::clone(&frame))
    }

    /// Puts a page where there is none; an entry that changes a page needs [`Self::take`] first.
    pub fn set(&self, index: usize, frame: Frame, rights: Rights, ownership: Ownership) {
        debug_assert!(self.entry(index).frame().is_none(), "a page would be lost");
        self.write(index, PageEntry::new(frame.into_entry(), rights, ownership));
    }

    /// Takes a page away.
    ///
    /// The frame may be used by a processor until the translation is invalidated: gather it
    /// first (`gather`).
    pub fn take(&self, index: usize) -> Option<Frame> {
        let address = self.entry(index).frame()?;
        self.write(index, PageEntry::EMPTY);
        // SAFETY: the entry held a reference and no longer does.
        Some(unsafe { Frame::from_entry(address) })
    }

    /// Changes what programs may do with the page at `index`, if there is one.
    pub fn set_rights(&self, index: usize, rights: Rights) {
        let entry = self.entry(index);
        if entry.frame().is_some() && entry.rights() != rights {
            self.write(index, entry.with_rights(rights));
        }
    }

    /// The same, where rights may be added: instructions that were written while the page could
    /// not be executed become visible to fetches.
    pub fn widen(&self, index: usize, rights: Rights) {
        let added = rights - self.entry(index).rights();
        if added.contains(Rights::EXECUTE)
            && let Some(frame) = self.frame(index)
        {
            frame.synchronise_instructions();
        }
        self.set_rights(index, rights);
    }

    /// Where the table is.
    pub const fn address(&self) -> PhysAddr {
        self.0
    }

    /// Whether this is the only reference.
    pub fn is_exclusive(&self) -> bool {
        let exclusive = frames::count_of(self.0).load(Ordering::Relaxed) == 1;
        fence(Ordering::Acquire);
        exclusive
    }

    /// A table of one's own with the same pages: private ones lose their write rights in both.
    pub fn split(&self) -> Result<Self, OutOfMemory> {
        let copy = Self::new()?;
        for index in 0..TABLE_ENTRIES {
            let entry = self.entry(index);
            let Some(frame) = self.frame(index) else { continue };
            let mut rights = entry.rights();
            if entry.ownership() == Ownership::Private && rights.contains(Rights::WRITE) {
                rights.remove(Rights::WRITE);
                self.write(index, entry.with_rights(rights));
            }
            copy.set(index, frame, rights, entry.ownership());
        }
        Ok(copy)
    }

    /// Pages that are there.
    pub fn pages(&self) -> usize {
        (0..TABLE_ENTRIES).filter(|index| self.entry(*index).frame().is_some()).count()
    }

    /// Gives the reference up to a level-2 entry, which [`Self::from_entry`] takes it back from.
    pub fn into_entry(self) -> PhysAddr {
        ManuallyDrop::new(self).0
    }

    /// Takes back the reference that a level-2 entry holds.
    ///
    /// # Safety
    ///
    /// - The address came from [`Self::into_entry`] and was not taken back since.
    pub const unsafe fn from_entry(address: PhysAddr) -> Self {
        Self(address)
    }

    fn write(&self, index: usize, entry: PageEntry) {
        // SAFETY: the table's frame lives as long as `self`, and the entry leads to a frame that
        // the table holds a reference to.
        unsafe { arch::ram::write_entry(self.0, index % TABLE_ENTRIES, entry.bits()) };
    }
}

impl Clone for LeafTable {
    fn clone(&self) -> Self {
        frames::count_of(self.0).fetch_add(1, Ordering::Relaxed);
        Self(self.0)
    }
}

impl Drop for LeafTable {
    fn drop(&mut self) {
        if frames::count_of(self.0).fetch_sub(1, Ordering::Release) != 1 {
            return;
        }
        fence(Ordering::Acquire);
        for index in 0..TABLE_ENTRIES {
            drop(self.take(index));
        }
        frames::free(self.0, FrameUse::Table);
    }
}

/// A frame for a table of any level, all entries empty.
pub fn empty_table() -> Result<PhysAddr, OutOfMemory> {
    let frame = frames::allocate(FrameUse::Table)?;
    // SAFETY: the frame was just allocated, so nobody else refers to it.
    unsafe { arch::ram::zero_frame(frame) };
    Ok(frame)
}
