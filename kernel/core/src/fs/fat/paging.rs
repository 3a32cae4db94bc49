//! Pages of mapped files: bringing them in, and letting them go when memory is short.
//!
//! A fault reads what is around it. Pages that are as on the card can go at any time; changed ones
//! are written first. While memory is plenty all stay. When it is not, files may still have a
//! sixteenth of it; who brings in more has others go, of its own file first: so a walk along a file
//! that is longer than memory takes nothing from anybody.

use super::file::{PART, check_ending, part_or_less};
use super::mapped::{Mapped, PAGE, cached_pages, pages_of};
use super::node::FatNode;
use super::sums::{sum, sum_of};
use super::volume::Volume;
use crate::mm::reclaim::{self, Attempt};
use crate::mm::{Frame, PageError, frames};
use crate::region::Pager;
use abi::Errno;
use arch::addr::PAGE_SIZE;
use core::ops::Range;
use core::sync::atomic::Ordering;

/// Pages that are let go at a time.
const BATCH: usize = 64;
/// The part of memory that files may have although it is short.
const SHARE: u64 = 16;

impl Pager for FatNode {
    fn bring_in(&self, index: usize) -> Result<(), PageError> {
        if has_too_much() {
            self.volume.make_room(Some(self));
        }
        loop {
            let attempt = Attempt::begin();
            let outcome = self.try_bring_in(index);
            let is_short = outcome == Err(PageError::OutOfMemory) && check_ending().is_ok();
            // Others may have given some back, and taken it again, while this one waited.
            if !is_short || !self.volume.make_room(Some(self)) && attempt.given_since() == 0 {
                return outcome;
            }
        }
    }

    fn set_length(&self, length: u64) -> Result<(), Errno> {
        self.resize(length)
    }

    fn is_read_only(&self) -> bool {
        self.volume.is_read_only.load(Ordering::Relaxed)
    }
}

/// Whether memory is short, and files have more of it than they may then.
pub fn has_too_much() -> bool {
    !frames::are_plenty() && cached_pages() as u64 > frames::statistics().total / SHARE
}

impl FatNode {
    fn try_bring_in(&self, index: usize) -> Result<(), PageError> {
        let mut bytes = self.bytes.lock();
        let mapped = bytes.as_mut().ok_or(PageError::Unreadable)?;
        let file = pages_of(0, mapped.region.length()).end;
        if index >= file {
            return Err(PageError::BeyondEnd);
        }
        let is_absent = |page: usize| mapped.region.page_if_there(page).is_none();
        if !is_absent(index) {
            return Ok(());
        }
        let window = mapped.ahead.window(index, file);
        let before = (window.start..index).rev().take_while(|page| is_absent(*page)).count();
        let behind = (index..window.end).take_while(|page| is_absent(*page)).count();
        let mut outcome = self.read_pages(mapped, index - before..index + behind);
        if outcome == Err(PageError::Unreadable) {
            // A bad place beside it is nothing to the page that is wanted.
            outcome = self.read_pages(mapped, index..index + 1);
        }
        mapped.count();
        let is_there = mapped.region.page_if_there(index).is_some();
        if is_there { Ok(()) } else { outcome }
    }

    /// Reads pages that are not there.
    fn read_pages(&self, mapped: &mut Mapped, pages: Range<usize>) -> Result<(), PageError> {
        let wanted = (pages.len() * PAGE_SIZE).min(PART);
        let mut buffer = part_or_less(wanted).map_err(|_| PageError::OutOfMemory)?;
        let (slots, _) = buffer.as_chunks_mut::<PAGE_SIZE>();
        let length = mapped.region.length();
        for first in pages.clone().step_by(slots.len()) {
            let count = slots.len().min(pages.end - first);
            let slots = &mut slots[..count];
            let at = first as u64 * PAGE;
            let bytes = slots.as_flattened_mut();
            let there = bytes.len().min((length - at) as usize);
            let (there, behind) = bytes.split_at_mut(there);
            behind.fill(0);
            self.read_fully(at, there).map_err(|_| PageError::Unreadable)?;
            for (slot, index) in slots.iter().zip(first..) {
                mapped.sums.prepare(index)?;
                let page = Frame::zeroed()?;
                page.write(0, slot);
                mapped.region.put_page(index, page)?;
                mapped.sums.set(index, sum(slot));
            }
        }
        Ok(())
    }

    /// Reads bytes that the file has.
    fn read_fully(&self, at: u64, bytes: &mut [u8]) -> Result<(), Errno> {
        let mut done = 0;
        while done < bytes.len() {
            let left = &mut bytes[done..];
            let place = at + done as u64;
            let count = self.with(|mounted| Ok(mounted.fs.read(self.id, place, left)?))?;
            if count == 0 {
                return Err(Errno::EIO);
            }
            done += count;
        }
        Ok(())
    }

    /// Lets about so many pages go, those first that were read longest ago by who walks along the
    /// file; returns how many have gone.
    fn drop_pages(&self, wanted: usize) -> usize {
        let mut bytes = self.bytes.lock();
        let mapped = bytes.as_mut().filter(|mapped| !mapped.region.holds_pages());
        let Some(mapped) = mapped else { return 0 };
        mapped.look_for_changes();
        let mut next = mapped.ahead.end();
        let (mut dropped, mut ends) = (0, 0);
        let mut writes = mapped.is_dirty;
        while dropped < wanted && ends < 2 {
            // What cannot be written stays, and nobody waits for a second try.
            writes = writes && self.write_some(mapped, next);
            let is_as_on_card = |index: usize, page: &Frame| mapped.sums.get(index) == sum_of(page);
            let step = mapped.region.drop_pages(next, is_as_on_card);
            dropped += step.pages;
            ends += usize::from(step.next.is_none());
            next = step.next.unwrap_or(0);
        }
        mapped.count();
        reclaim::note_given(dropped);
        dropped
    }

    /// Writes changed pages among those that are to go next; whether that went well.
    fn write_some(&self, mapped: &mut Mapped, from: usize) -> bool {
        let Ok(mut buffer) = part_or_less(PART) else { return false };
        let mut next = Some(from);
        while let Some(from) = next.filter(|next| *next < from + BATCH) {
            let run = self.write_run(mapped, from, &mut buffer);
            if run.written.is_err() {
                return false;
            }
            next = run.next;
        }
        true
    }
}

impl Volume {
    /// Lets some pages of mapped files go, of this one first if it has many; whether any have gone.
    pub fn make_room(&self, first: Option<&FatNode>) -> bool {
        let mut dropped = first.map_or(0, |node| node.drop_pages(BATCH));
        let files = self.mapped.lock().len();
        for _ in 0..files {
            if dropped >= BATCH {
                break;
            }
            let number = self.hand.fetch_add(1, Ordering::Relaxed);
            let mapped = self.mapped.lock();
            let node = mapped.get(number % mapped.len().max(1)).cloned();
            drop(mapped);
            dropped += node.map_or(0, |node| node.drop_pages(BATCH - dropped));
        }
        dropped > 0
    }

    /// Sees to it that files have no more of a memory that is short than they may.
    pub fn restrain(&self) {
        while has_too_much() && self.make_room(None) {}
    }
}
