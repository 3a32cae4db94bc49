//! A counted handle to a frame whose contents programs see.
//!
//! The kernel never makes a reference to such a frame's bytes: a program may write them at any
//! time. It copies.
#![allow(unsafe_code, reason = "the bottom of memory: raw frames become counted handles here")]

use super::frames::{self, FrameUse, OutOfMemory};
use super::references::is_last;
use arch::addr::{PAGE_SIZE, PhysAddr};
use core::sync::atomic::{AtomicU32, Ordering, fence};
use heapless::Vec;

/// One reference to a frame; the last one to go frees it.
#[derive(Debug, Eq, PartialEq)]
pub struct Frame(PhysAddr);

impl Frame {
    /// A new frame of zeroes.
    pub fn zeroed() -> Result<Self, OutOfMemory> {
        let address = frames::allocate(FrameUse::User)?;
        // SAFETY: the frame was just allocated, so nobody else refers to it.
        unsafe { arch::ram::zero_frame(address) };
        Ok(Self(address))
    }

    /// A new frame of zeroes, out of those that the caller has been promised.
    pub fn zeroed_promised() -> Result<Self, OutOfMemory> {
        let address = frames::allocate_promised(FrameUse::User)?;
        // SAFETY: the frame was just allocated, so nobody else refers to it.
        unsafe { arch::ram::zero_frame(address) };
        Ok(Self(address))
    }

    /// A new frame with this one's contents.
    pub fn copied(&self) -> Result<Self, OutOfMemory> {
        let address = frames::allocate(FrameUse::User)?;
        // SAFETY: the target was just allocated; the source lives as long as `self`.
        unsafe { arch::ram::copy_frame(address, self.0) };
        Ok(Self(address))
    }

    /// A reference to a frame of the image, which the pool does not manage and never frees.
    pub fn of_image(address: PhysAddr) -> Self {
        let frame = core::mem::ManuallyDrop::new(Self(address));
        let count = frames::count_of(address);
        // A first reference for the image itself, so that the count never comes down to 0.
        if count.load(Ordering::Relaxed) == 0 {
            count.fetch_add(1, Ordering::Relaxed);
        }
        Self::clone(&frame)
    }

    /// How many references there are.
    pub fn count(&self) -> u32 {
        let count = frames::count_of(self.0).load(Ordering::Relaxed);
        // Pairs with the release of a reference that another core has dropped.
        fence(Ordering::Acquire);
        count
    }

    /// Where the frame is.
    pub const fn address(&self) -> PhysAddr {
        self.0
    }

    /// Gives the reference up to a table entry, which [`Self::from_entry`] takes it back from.
    pub fn into_entry(self) -> PhysAddr {
        core::mem::ManuallyDrop::new(self).0
    }

    /// Takes back the reference that a table entry holds.
    ///
    /// # Safety
    ///
    /// - The address came from [`Self::into_entry`] and was not taken back since.
    pub const unsafe fn from_entry(address: PhysAddr) -> Self {
        Self(address)
    }

    /// Copies bytes out of the frame, from `offset` on.
    ///
    /// # Panics
    ///
    /// If they do not lie within the frame.
    pub fn read(&self, offset: usize, to: &mut [u8]) {
        assert!(offset <= PAGE_SIZE && to.len() <= PAGE_SIZE - offset);
        // SAFETY: the bytes lie in a frame that lives as long as `self`.
        unsafe { arch::ram::read_bytes(self.0.add(offset as u64), to) };
    }

    /// Copies bytes into the frame, from `offset` on.
    ///
    /// # Panics
    ///
    /// If they do not fit in the frame.
    pub fn write(&self, offset: usize, from: &[u8]) {
        assert!(offset <= PAGE_SIZE && from.len() <= PAGE_SIZE - offset);
        // SAFETY: the bytes lie in a frame that lives as long as `self` and that only programs
        // and copies like this one access.
        unsafe { arch::ram::write_bytes(self.0.add(offset as u64), from) };
    }

    /// The 32-bit word at `offset`, in one access.
    ///
    /// # Panics
    ///
    /// If no aligned word lies there.
    pub fn load_u32(&self, offset: usize) -> u32 {
        assert!(offset.is_multiple_of(4) && offset < PAGE_SIZE);
        // SAFETY: the word is aligned and lies in a frame that lives as long as `self`.
        unsafe { arch::ram::load_u32(self.0.add(offset as u64)) }
    }

    /// Changes the 64-bit word at `offset`, in one access.
    ///
    /// # Panics
    ///
    /// If no aligned word lies there.
    pub fn store_u64(&self, offset: usize, value: u64) {
        assert!(offset.is_multiple_of(8) && offset < PAGE_SIZE);
        // SAFETY: the word is aligned and lies in a frame that lives as long as `self`.
        unsafe { arch::ram::store_u64(self.0.add(offset as u64), value) };
    }

    /// Adds to the 32-bit word at `offset`, atomically; returns what it was.
    ///
    /// # Panics
    ///
    /// If no aligned word lies there.
    pub fn add_u32(&self, offset: usize, value: u32) -> u32 {
        assert!(offset.is_multiple_of(4) && offset < PAGE_SIZE);
        // SAFETY: the word is aligned and lies in a frame that lives as long as `self`.
        unsafe { arch::ram::add_u32(self.0.add(offset as u64), value) }
    }

    /// Makes instructions that were written into the frame visible to instruction fetches.
    pub fn synchronise_instructions(&self) {
        // SAFETY: the frame lives as long as `self`; cache maintenance changes no contents.
        unsafe { arch::ram::make_executable(self.0) };
    }
}

impl Clone for Frame {
    fn clone(&self) -> Self {
        frames::count_of(self.0).fetch_add(1, Ordering::Relaxed);
        Self(self.0)
    }
}

/// How many frames come and go at once.
pub const ROW: usize = 64;

/// New frames of zeroes that nobody refers to yet but this.
#[derive(Default)]
pub struct Row(Vec<PhysAddr, ROW>);

impl Row {
    /// Makes up to so many, which costs less than one by one; fewer, or none, where memory is
    /// short. Returns how many there are.
    pub fn fill(&mut self, wanted: usize) -> usize {
        if self.0.is_empty() {
            frames::allocate_row(FrameUse::User, wanted.min(ROW), &mut self.0);
            for address in &self.0 {
                // SAFETY: the frame was just allocated, so nobody else refers to it.
                unsafe { arch::ram::zero_frame(*address) };
            }
        }
        self.0.len()
    }

    /// Gives the references up to table entries.
    pub fn give_up(&mut self, put: impl FnMut(PhysAddr)) {
        self.0.iter().copied().for_each(put);
        self.0.clear();
    }
}

impl Drop for Row {
    fn drop(&mut self) {
        if !self.0.is_empty() {
            frames::free_all(&self.0, FrameUse::User);
        }
    }
}

/// References on their way out, which costs less than one by one: frames go back in bulk.
pub struct Leaving {
    counts: &'static [AtomicU32],
    free: Vec<PhysAddr, ROW>,
}

impl Leaving {
    /// None.
    pub fn new() -> Self {
        Self { counts: frames::counts(), free: Vec::new() }
    }

    /// Lets go of one reference.
    #[inline]
    pub fn push(&mut self, frame: Frame) {
        let address = frame.into_entry();
        if is_last(&self.counts[address.frame_number()])
            && let Err(address) = self.free.push(address)
        {
            frames::free_all(&self.free, FrameUse::User);
            self.free.clear();
            frames::free(address, FrameUse::User);
        }
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        if !self.free.is_empty() {
            frames::free_all(&self.free, FrameUse::User);
        }
    }
}

impl Frame {
    /// Lets go of many references.
    pub fn let_go_of(frames: impl IntoIterator<Item = Self>) {
        let mut leaving = Leaving::new();
        frames.into_iter().for_each(|frame| leaving.push(frame));
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        if is_last(frames::count_of(self.0)) {
            frames::free(self.0, FrameUse::User);
        }
    }
}
