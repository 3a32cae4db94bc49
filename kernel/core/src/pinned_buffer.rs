//! A program's buffer whose pages are held: copies from and to it cannot fail.
//!
//! For copies that happen whole or not at all, and for those that wait for their turn in between.

use crate::mm::{Access, AddressSpace, FaultError, Frame};
use abi::Errno;
use alloc::vec::Vec;
use arch::addr::{PAGE_SIZE, USER_END, VirtAddr};

/// The pages of a buffer, held until it is dropped.
///
/// A page that the program unmaps meanwhile is still there, only nobody sees it any more.
pub struct PinnedBuffer {
    frames: Vec<Frame>,
    /// Where in the first page the buffer begins.
    start: usize,
    length: usize,
}

impl PinnedBuffer {
    /// Holds the pages of a buffer, each made accessible as a fault would.
    ///
    /// `EFAULT` if the program could not access one of them so, `ENOMEM` if there is no memory.
    pub fn pin(
        space: &AddressSpace,
        address: VirtAddr,
        length: usize,
        access: Access,
    ) -> Result<Self, Errno> {
        let end = address.value().checked_add(length).filter(|end| *end <= USER_END);
        let end = end.ok_or(Errno::EFAULT)?;
        let mut frames = Vec::new();
        if length > 0 {
            let first = address.page_start().value();
            let pages = (end - first).div_ceil(PAGE_SIZE);
            frames.try_reserve_exact(pages).map_err(|_| Errno::ENOMEM)?;
            for page in (first..end).step_by(PAGE_SIZE) {
                frames.push(space.page_for(VirtAddr::new(page), access).map_err(errno_of)?);
            }
        }
        Ok(Self { frames, start: address.page_offset(), length })
    }

    /// Bytes in the buffer.
    pub const fn length(&self) -> usize {
        self.length
    }

    /// Copies bytes out of the buffer, from its byte number `at` on.
    ///
    /// # Panics
    ///
    /// If they do not lie within it.
    pub fn read(&self, at: usize, to: &mut [u8]) {
        assert!(at <= self.length && to.len() <= self.length - at);
        let mut done = 0;
        while done < to.len() {
            let (frame, offset) = self.place(at + done);
            let part = (to.len() - done).min(PAGE_SIZE - offset);
            frame.read(offset, &mut to[done..done + part]);
            done += part;
        }
    }

    /// Copies bytes into the buffer, from its byte number `at` on.
    ///
    /// # Panics
    ///
    /// If they do not fit in it.
    pub fn write(&self, at: usize, from: &[u8]) {
        assert!(at <= self.length && from.len() <= self.length - at);
        let mut done = 0;
        while done < from.len() {
            let (frame, offset) = self.place(at + done);
            let part = (from.len() - done).min(PAGE_SIZE - offset);
            frame.write(offset, &from[done..done + part]);
            done += part;
        }
    }

    fn place(&self, at: usize) -> (&Frame, usize) {
        let position = self.start + at;
        (&self.frames[position / PAGE_SIZE], position % PAGE_SIZE)
    }
}

fn errno_of(error: FaultError) -> Errno {
    match error {
        FaultError::OutOfMemory => Errno::ENOMEM,
        _ => Errno::EFAULT,
    }
}
