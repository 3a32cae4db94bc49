//! What views have stored, on its way to the card.
//!
//! It is found by comparing each page's sum with that of when it was last as on the card: at
//! `msync`, `fsync` and `sync`, and every two seconds while there is a view that can store. A page
//! that could not be written is changed still, so whoever asks next is told of it, too.

use super::file::{PART, part_or_less};
use super::mapped::{Mapped, PAGE};
use super::node::FatNode;
use super::sums::sum;
use abi::Errno;
use arch::addr::PAGE_SIZE;

impl FatNode {
    /// Brings to the card what views have stored.
    pub(super) fn write_back(&self) -> Result<(), Errno> {
        let Some(findings) = self.begin_write_back() else { return Ok(()) };
        let mut buffer = part_or_less(PART)?;
        let mut next = Some(0);
        while let Some(from) = next {
            // Faults have their turn after each part.
            let mut bytes = self.bytes.lock();
            let Some(mapped) = &mut *bytes else { return Ok(()) };
            next = self.write_run(mapped, from, &mut buffer)?;
        }
        if let Some(mapped) = &mut *self.bytes.lock() {
            // What was found since may be in pages that had been looked at.
            mapped.is_dirty &= mapped.findings != findings;
        }
        Ok(())
    }

    /// How often changes were found, if there may be any.
    fn begin_write_back(&self) -> Option<u64> {
        let mut bytes = self.bytes.lock();
        let mapped = bytes.as_mut()?;
        mapped.look_for_changes();
        mapped.is_dirty.then_some(mapped.findings)
    }

    /// Writes what has changed among the next pages in a row that are there, from an index on;
    /// returns where to go on.
    pub(super) fn write_run(
        &self,
        mapped: &mut Mapped,
        from: usize,
        buffer: &mut [u8],
    ) -> Result<Option<usize>, Errno> {
        let Some((first, page)) = mapped.region.next_page(from) else { return Ok(None) };
        let mut pages = 0;
        let mut next = Some(page);
        let (slots, _) = buffer.as_chunks_mut::<PAGE_SIZE>();
        for slot in slots.iter_mut() {
            let Some(page) = next else { break };
            page.read(0, slot);
            pages += 1;
            next = mapped.region.page_if_there(first + pages);
        }
        let is_changed = |index: &usize| sum(&slots[*index]) != mapped.sums.get(first + index);
        let Some(begin) = (0..pages).find(is_changed) else { return Ok(Some(first + pages)) };
        let end = (begin..pages).rfind(is_changed).unwrap_or(begin) + 1;
        let place = (first + begin) as u64 * PAGE;
        let length = mapped.region.length().saturating_sub(place);
        let changed = slots[begin..end].as_flattened();
        let changed = &changed[..length.min(changed.len() as u64) as usize];
        self.change(|mounted| Ok(mounted.fs.write(self.id, place, changed)?))?;
        for (index, slot) in (first + begin..).zip(&slots[begin..end]) {
            mapped.sums.set(index, sum(slot));
        }
        Ok(Some(first + pages))
    }

    /// What views have stored can go nowhere any more.
    pub(super) fn forget_stores(&self) {
        if let Some(mapped) = &mut *self.bytes.lock() {
            mapped.is_dirty = false;
        }
    }
}
