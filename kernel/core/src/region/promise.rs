//! Memory that is set aside for one region, so that its pages are there when they are touched.

use crate::mm::{Frame, LeafTable, OutOfMemory, frames};

/// Frames that the region has been promised and has not taken.
pub struct Promise {
    outstanding: usize,
}

impl Promise {
    /// Nothing set aside yet.
    pub const fn new() -> Self {
        Self { outstanding: 0 }
    }

    /// Frames that are set aside.
    pub const fn outstanding(&self) -> usize {
        self.outstanding
    }

    /// Sets so many frames aside in all; less than before always succeeds.
    pub fn resize(&mut self, wanted: usize) -> Result<(), OutOfMemory> {
        if wanted > self.outstanding {
            frames::promise(wanted - self.outstanding)?;
        } else {
            frames::withdraw_promise(self.outstanding - wanted);
        }
        self.outstanding = wanted;
        Ok(())
    }

    /// A page of zeroes.
    pub fn page(&mut self) -> Result<Frame, OutOfMemory> {
        if self.outstanding == 0 {
            return Frame::zeroed();
        }
        let page = Frame::zeroed_promised()?;
        self.outstanding -= 1;
        Ok(page)
    }

    /// An empty table.
    pub fn table(&mut self) -> Result<LeafTable, OutOfMemory> {
        if self.outstanding == 0 {
            return LeafTable::new();
        }
        let table = LeafTable::new_promised()?;
        self.outstanding -= 1;
        Ok(table)
    }
}

impl Drop for Promise {
    fn drop(&mut self) {
        frames::withdraw_promise(self.outstanding);
    }
}
