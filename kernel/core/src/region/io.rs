//! Copying between a region and a program's buffer, page by page.
//!
//! No lock is held while user memory is touched: a page is referred to, then copied.

use super::object::Region;
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use arch::addr::PAGE_SIZE;

impl Region {
    /// Copies bytes from `offset` on into the buffer; fewer at the region's end.
    pub fn read(&self, offset: u64, buffer: &mut UserBuffer<'_>) -> Result<usize, Errno> {
        let end = self.length();
        let mut at = offset;
        while at < end && buffer.remaining() > 0 {
            let in_page = (at % PAGE_SIZE as u64) as usize;
            let length = (end - at).min((PAGE_SIZE - in_page) as u64) as usize;
            let copied = match self.existing_page(at) {
                Some(frame) => buffer.put_from_frame(&frame, in_page, length)?,
                None => buffer.put_zeroes(length)?,
            };
            at += copied as u64;
        }
        Ok((at - offset) as usize)
    }

    /// Copies the data into the region from `offset` on; fewer bytes at the region's end.
    pub fn write(&self, offset: u64, data: &mut UserData<'_>) -> Result<usize, Errno> {
        if self.is_image() {
            return Err(Errno::EROFS);
        }
        let end = self.length();
        let mut at = offset;
        while at < end && data.remaining() > 0 {
            let in_page = (at % PAGE_SIZE as u64) as usize;
            let length = (end - at).min((PAGE_SIZE - in_page) as u64) as usize;
            let Ok((frame, _)) = self.make_page((at / PAGE_SIZE as u64) as usize) else {
                return if at == offset { Err(Errno::ENOSPC) } else { Ok((at - offset) as usize) };
            };
            at += data.take_to_frame(&frame, in_page, length)? as u64;
        }
        Ok((at - offset) as usize)
    }
}
