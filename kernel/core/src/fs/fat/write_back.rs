//! What views have stored, on its way to the card.
//!
//! It is found by comparing each page's sum with that of when it was last as on the card: at
//! `msync`, `fsync` and `sync`, and every two seconds while there is a view that can store. A page
//! that could not be written is changed still, so whoever asks next is told of it, too.

use super::file::{PART, check_ending, part_or_less};
use super::mapped::{Mapped, PAGE};
use super::node::FatNode;
use super::sums::sum;
use abi::Errno;
use arch::addr::PAGE_SIZE;

/// Places that cannot be written until a write-back gives up.
const ERRORS_MAX: usize = 8;

/// What came of a part of a write-back.
pub struct Run {
    /// Where to go on; `None` when there is nothing behind.
    pub next: Option<usize>,
    /// Whether what had changed is on the card.
    pub written: Result<(), Errno>,
}

impl FatNode {
    /// Brings to the card what views have stored.
    pub(super) fn write_back(&self) -> Result<(), Errno> {
        let Some(findings) = self.begin_write_back() else { return Ok(()) };
        let mut buffer = part_or_less(PART)?;
        let mut next = Some(0);
        let (mut errors, mut first) = (0, Ok(()));
        while let Some(from) = next {
            // Faults have their turn after each part.
            let mut bytes = self.bytes.lock();
            let Some(mapped) = &mut *bytes else { return first };
            let run = self.write_run(mapped, from, &mut buffer);
            next = run.next;
            if let Err(error) = run.written {
                // A bad place keeps nothing from the others; a card that fails everywhere is slow.
                first = first.and(Err(error));
                errors += 1;
                if errors == ERRORS_MAX || check_ending().is_err() {
                    return first;
                }
            }
        }
        first?;
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

    /// Writes what has changed among the next pages in a row that are there, from an index on.
    pub(super) fn write_run(&self, mapped: &mut Mapped, from: usize, buffer: &mut [u8]) -> Run {
        let Some((first, page)) = mapped.region.next_page(from) else {
            return Run { next: None, written: Ok(()) };
        };
        let mut pages = 0;
        let mut page = Some(page);
        let (slots, _) = buffer.as_chunks_mut::<PAGE_SIZE>();
        for slot in slots.iter_mut() {
            let Some(found) = page else { break };
            found.read(0, slot);
            pages += 1;
            page = mapped.region.page_if_there(first + pages);
        }
        let next = Some(first + pages);
        let is_changed = |index: &usize| sum(&slots[*index]) != mapped.sums.get(first + index);
        let Some(begin) = (0..pages).find(is_changed) else {
            return Run { next, written: Ok(()) };
        };
        let end = (begin..pages).rfind(is_changed).unwrap_or(begin) + 1;
        let place = (first + begin) as u64 * PAGE;
        let length = mapped.region.length().saturating_sub(place);
        let changed = slots[begin..end].as_flattened();
        let changed = &changed[..length.min(changed.len() as u64) as usize];
        let written = self.change(|mounted| Ok(mounted.fs.write(self.id, place, changed)?));
        if let Err(error) = written {
            return Run { next, written: Err(error) };
        }
        for (index, slot) in (first + begin..).zip(&slots[begin..end]) {
            mapped.sums.set(index, sum(slot));
        }
        Run { next, written: Ok(()) }
    }

    /// What views have stored can go nowhere any more.
    pub(super) fn forget_stores(&self) {
        if let Some(mapped) = &mut *self.bytes.lock() {
            mapped.is_dirty = false;
        }
    }
}
