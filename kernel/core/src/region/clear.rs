//! Zeroes in place of a region's bytes: a hole as far as anybody who reads can see.

use super::object::Region;
use crate::mm::MemoryObject;
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
        while let Some((index, frame)) = self.page_from(next) {
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
}
