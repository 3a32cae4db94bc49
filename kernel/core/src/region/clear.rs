//! Zeroes in place of a region's bytes: a hole as far as anybody who reads can see.

use super::object::Region;
use crate::mm::{Frame, MemoryObject, PageError};
use abi::Errno;
use abi::region::ChangeKind;
use arch::addr::{PAGE_SHIFT, PAGE_SIZE};

const ZEROES: [u8; 512] = [0; 512];

impl Region {
    /// Makes the bytes from `start` up to `end` zeroes; where no page was made they are.
    pub fn clear(&self, start: u64, end: u64) -> Result<(), Errno> {
        let end = end.min(self.length());
        if start >= end {
            return Ok(());
        }
        let _turn = self.turn(super::Purpose::Write)?;
        self.check_write()?;
        let mut next = (start >> PAGE_SHIFT) as usize;
        while let Some((index, frame)) = self.page_to_clear(next, end)? {
            let page = (index as u64) << PAGE_SHIFT;
            if page >= end {
                break;
            }
            let first = start.saturating_sub(page) as usize;
            let last = (end - page).min(PAGE_SIZE as u64) as usize;
            for offset in (first..last).step_by(ZEROES.len()) {
                frame.write(offset, &ZEROES[..ZEROES.len().min(last - offset)]);
            }
            next = index + 1;
        }
        self.sync().changes.add(ChangeKind::Written, start, end - start);
        Ok(())
    }

    /// The first page from this index on that may hold something else, if one begins before `end`.
    fn page_to_clear(&self, index: usize, end: u64) -> Result<Option<(usize, Frame)>, Errno> {
        if !self.has_pager() || (index as u64) << PAGE_SHIFT >= end {
            return Ok(self.page_from(index));
        }
        let page = self.page_in(index).map_err(|error| match error {
            PageError::OutOfMemory => Errno::ENOMEM,
            _ => Errno::EIO,
        })?;
        Ok(Some((index, page)))
    }
}
