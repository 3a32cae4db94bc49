//! Whole copies between a region and a program's buffer: no other copy of the same region is
//! seen half done, and a write that fails has changed nothing.
//!
//! Everything that can fail comes first: the buffer's pages are held before the copy's turn is
//! waited for, and the region's pages are made before the first byte is written. The length
//! changes only in a turn of its own, so it holds for the whole copy.

use super::object::Region;
use super::turns::{Purpose, Turn};
use crate::mm::{Access, AddressSpace, Frame, MemoryObject, PageError, reclaim};
use crate::pinned_buffer::PinnedBuffer;
use abi::Errno;
use abi::region::ChangeKind;
use alloc::vec::Vec;
use arch::addr::{PAGE_SIZE, VirtAddr};
use core::ops::Range;

/// What goes through the kernel's stack at a time.
const BOUNCE: usize = 512;

impl Region {
    /// Waits until nobody else copies in a way that is at odds with the purpose.
    ///
    /// Who changes the length, or writes, has a turn meanwhile.
    pub fn turn(&self, purpose: Purpose) -> Result<Turn<'_>, Errno> {
        self.sync().turns.take(purpose)
    }

    /// Whether so many bytes from `offset` on lie within the region; `ERANGE` if not.
    pub fn check_range(&self, offset: u64, length: u64) -> Result<(), Errno> {
        match offset.checked_add(length) {
            Some(end) if end <= self.length() => Ok(()),
            _ => Err(Errno::ERANGE),
        }
    }

    /// Copies bytes from `offset` on into a program's buffer, in one piece; fewer at the region's
    /// end. Returns how many.
    pub fn read_whole(
        &self,
        offset: u64,
        space: &AddressSpace,
        address: VirtAddr,
        length: usize,
    ) -> Result<usize, Errno> {
        loop {
            let expected = self.available(offset, length);
            let buffer = PinnedBuffer::pin(space, address, expected, Access::Write)?;
            let turn = self.turn(Purpose::Read)?;
            let available = self.available(offset, length);
            if available > expected {
                // It has grown since: more of the buffer is needed.
                drop(turn);
                continue;
            }
            let held = self.hold_absent(offset, available as u64)?;
            self.copy_out(offset, &buffer, available, &held);
            return Ok(available);
        }
    }

    /// Copies a program's data into the region from `offset` on, in one piece.
    ///
    /// `ERANGE` if it does not fit, `EPERM` if the region is sealed against it, `ENOMEM` if there is no memory for the pages: nothing is
    /// written then.
    pub fn write_whole(&self, offset: u64, data: &PinnedBuffer) -> Result<(), Errno> {
        if self.is_image() {
            return Err(Errno::EROFS);
        }
        let length = data.length() as u64;
        let turn = self.turn(Purpose::Write)?;
        self.check_write()?;
        self.check_range(offset, length)?;
        if length == 0 {
            return Ok(());
        }
        let held = self.hold_absent(offset, length)?;
        if held.is_empty() {
            for index in pages_of(offset, length) {
                drop(reclaim::with_room(|| self.page(index).map_err(errno_of))?);
            }
        }
        self.copy_in(offset, data, &held);
        self.sync().changes.add(ChangeKind::Written, offset, length);
        drop(turn);
        Ok(())
    }

    /// The pages of so many bytes, if they are kept elsewhere: they could go while they are copied.
    /// None of others, which stay for as long as somebody has the turn.
    fn hold_absent(&self, offset: u64, length: u64) -> Result<Vec<Frame>, Errno> {
        let mut held = Vec::new();
        if self.has_pager() && length > 0 {
            let pages = pages_of(offset, length);
            held.try_reserve_exact(pages.len()).map_err(|_| Errno::ENOMEM)?;
            for index in pages {
                held.push(self.page_in(index).map_err(errno_of)?);
            }
        }
        Ok(held)
    }

    /// The page of a copy's part: one that is held, or the region's.
    fn page_of(&self, offset: u64, part: &Part, held: &[Frame]) -> Option<Frame> {
        if held.is_empty() {
            return self.existing_page(offset + part.at as u64);
        }
        let first = pages_of(offset, 1).start;
        held.get(pages_of(offset + part.at as u64, 1).start - first).cloned()
    }

    /// As many of so many bytes from `offset` on as there are.
    fn available(&self, offset: u64, length: usize) -> usize {
        self.length().saturating_sub(offset).min(length as u64) as usize
    }

    fn copy_out(&self, offset: u64, buffer: &PinnedBuffer, length: usize, held: &[Frame]) {
        const ZEROES: [u8; BOUNCE] = [0; BOUNCE];
        let mut bounce = [0; BOUNCE];
        for part in parts(offset, length) {
            let frame = self.page_of(offset, &part, held);
            for done in (0..part.length).step_by(BOUNCE) {
                let size = (part.length - done).min(BOUNCE);
                let Some(frame) = &frame else {
                    buffer.write(part.at + done, &ZEROES[..size]);
                    continue;
                };
                frame.read(part.in_page + done, &mut bounce[..size]);
                buffer.write(part.at + done, &bounce[..size]);
            }
        }
    }

    fn copy_in(&self, offset: u64, data: &PinnedBuffer, held: &[Frame]) {
        let mut bounce = [0; BOUNCE];
        for part in parts(offset, data.length()) {
            // The pages were made in the same turn, and nobody takes pages away out of turn.
            let Some(frame) = self.page_of(offset, &part, held) else { continue };
            for done in (0..part.length).step_by(BOUNCE) {
                let size = (part.length - done).min(BOUNCE);
                data.read(part.at + done, &mut bounce[..size]);
                frame.write(part.in_page + done, &bounce[..size]);
            }
        }
    }
}

/// The pages that hold some bytes, of which there is one at least.
const fn pages_of(offset: u64, length: u64) -> Range<usize> {
    (offset / PAGE_SIZE as u64) as usize..((offset + length - 1) / PAGE_SIZE as u64) as usize + 1
}

/// The part of a copy that one page of the region holds.
struct Part {
    /// The number of its first byte within the copy.
    at: usize,
    /// Where it begins in the page.
    in_page: usize,
    length: usize,
}

/// Cuts a copy at the borders of the region's pages.
fn parts(offset: u64, length: usize) -> impl Iterator<Item = Part> {
    let mut at = 0;
    core::iter::from_fn(move || {
        let in_page = ((offset + at as u64) % PAGE_SIZE as u64) as usize;
        let part = Part { at, in_page, length: (length - at).min(PAGE_SIZE - in_page) };
        at += part.length;
        (part.length > 0).then_some(part)
    })
}

const fn errno_of(error: PageError) -> Errno {
    match error {
        PageError::BeyondEnd => Errno::ERANGE,
        PageError::Unreadable => Errno::EIO,
        PageError::OutOfMemory | PageError::Absent => Errno::ENOMEM,
    }
}
