//! Copying between a region and a program's buffer, page by page.
//!
//! No lock is held while user memory is touched: a page is referred to, then copied.

use super::object::Region;
use crate::mm::PageError;
use crate::sched;
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use arch::addr::PAGE_SIZE;

impl Region {
    /// Changes a word that programs read meanwhile, in one access; `offset` is a multiple of 8.
    pub fn store_u64(&self, offset: u64, value: u64) -> Result<(), Errno> {
        let index = (offset / PAGE_SIZE as u64) as usize;
        let frame = self.page_in(index).map_err(errno_of)?;
        frame.store_u64(offset as usize % PAGE_SIZE, value);
        Ok(())
    }

    /// Copies bytes from `offset` on into the buffer; fewer at the region's end or a bad
    /// address.
    pub fn read(&self, offset: u64, buffer: &mut UserBuffer<'_>) -> Result<usize, Errno> {
        buffer.counted(|buffer| self.read_pages(offset, buffer))
    }

    fn read_pages(&self, offset: u64, buffer: &mut UserBuffer<'_>) -> Result<(), Errno> {
        let end = self.length();
        let mut at = offset;
        while at < end && buffer.remaining() > 0 {
            rest_behind_first(offset, at)?;
            let (in_page, length) = piece(at, end);
            let page = match self.readable_page(at) {
                // It has become shorter meanwhile.
                Err(PageError::BeyondEnd) => return Ok(()),
                page => page.map_err(errno_of)?,
            };
            let copied = match page {
                Some(frame) => buffer.put_from_frame(&frame, in_page, length)?,
                None => buffer.put_zeroes(length)?,
            };
            at += copied as u64;
        }
        Ok(())
    }

    /// Copies the data into the region from `offset` on; fewer bytes at the region's end, at a bad
    /// address, or when memory runs out.
    pub fn write(&self, offset: u64, data: &mut UserData<'_>) -> Result<usize, Errno> {
        if self.is_image() {
            return Err(Errno::EROFS);
        }
        data.counted(|data| self.write_pages(offset, data))
    }

    fn write_pages(&self, offset: u64, data: &mut UserData<'_>) -> Result<(), Errno> {
        let end = self.length();
        let mut at = offset;
        while at < end && data.remaining() > 0 {
            rest_behind_first(offset, at)?;
            let (in_page, length) = piece(at, end);
            let index = (at / PAGE_SIZE as u64) as usize;
            let frame = self.page_in(index).map_err(errno_of)?;
            at += data.take_to_frame(&frame, in_page, length)? as u64;
        }
        Ok(())
    }
}

/// A rest between two pages: most copies are of one, and need none.
#[inline]
fn rest_behind_first(start: u64, at: u64) -> Result<(), Errno> {
    if at > start { sched::rest() } else { Ok(()) }
}

const fn errno_of(error: PageError) -> Errno {
    match error {
        PageError::Unreadable => Errno::EIO,
        _ => Errno::ENOSPC,
    }
}

/// Where in its page the byte at `at` is, and how many bytes there are up to that page's end or
/// the region's.
fn piece(at: u64, end: u64) -> (usize, usize) {
    let in_page = (at % PAGE_SIZE as u64) as usize;
    (in_page, (end - at).min((PAGE_SIZE - in_page) as u64) as usize)
}
