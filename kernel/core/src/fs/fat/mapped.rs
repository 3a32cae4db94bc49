//! Files that somebody maps or runs: their bytes are a region then.
//!
//! Whoever maps the file gets views of that one region, so all see the same pages, and reads,
//! writes and changes of the length go to it too: nothing can be out of step. The region is filled
//! when the file is first mapped. What calls write goes to the card at once, as ever. What views
//! store is found by comparing each page's sum with that of when it was last as on the card: at
//! `msync`, `fsync` and `sync`, and every two seconds while there is a view that can store. The
//! file on the card always has the region's length, so that storing never lacks room.
//!
//! A link in `/dev/shm` makes the file a region with a name. What regions' own calls write to that,
//! and its length, follow in the same way; room that lacks then is told by whoever syncs.
//!
//! When nobody has the file open, mapped or running any more, the keeper lets the region go.

use super::file::{PART, check_ending, part};
use super::node::FatNode;
use crate::region::{Purpose, Region, RegionAttributes};
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use alloc::sync::Arc;
use alloc::vec::Vec;
use arch::addr::PAGE_SIZE;
use core::ops::Range;
use core::sync::atomic::Ordering;

const PAGE: u64 = PAGE_SIZE as u64;

/// The bytes of a file that is mapped.
pub struct Mapped {
    /// They.
    pub region: Arc<Region>,
    /// For each page the sum that it had when it was last the same as on the card.
    sums: Vec<u64>,
    /// Whether somebody may have changed the region since.
    is_dirty: bool,
    /// The number of the last change by a call of the region's own that was looked at.
    seen: u64,
}

/// Tells pages apart: each word counts, with its place.
fn sum(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let start = 0x9E37_79B9_7F4A_7C15_u64;
    let mix = |sum: u64, word: u64| (sum ^ word).wrapping_mul(start).rotate_left(29);
    let sum = words.iter().fold(start, |sum, word| mix(sum, u64::from_le_bytes(*word)));
    rest.iter().fold(sum, |sum, byte| mix(sum, (*byte).into()))
}

impl Mapped {
    /// Makes the region longer or shorter.
    pub fn set_length(&mut self, length: u64) -> Result<(), Errno> {
        self.resize_sums(length)?;
        if length == self.region.length() {
            return Ok(());
        }
        let _turn = self.region.turn(Purpose::Write)?;
        self.region.set_length(length)
    }

    /// Makes room for the sums. A page that ends elsewhere from now on has another sum: it is
    /// written once more than it has to be.
    fn resize_sums(&mut self, length: u64) -> Result<(), Errno> {
        let pages = length.div_ceil(PAGE) as usize;
        let missing = pages.saturating_sub(self.sums.len());
        self.sums.try_reserve(missing).map_err(|_| Errno::ENOMEM)?;
        self.sums.resize(pages, 0);
        Ok(())
    }

    /// Notes whether views may have stored, or calls of the region's own have changed it.
    fn look_for_changes(&mut self) {
        let number = self.region.sync().changes.number();
        self.is_dirty |= self.region.was_open_to_stores() || number != self.seen;
        self.seen = number;
    }

    /// Puts bytes that are on the card already into the region.
    pub fn put(&self, at: u64, bytes: &[u8]) -> Result<(), Errno> {
        let count = self.region.write(at, &mut UserData::kernel(bytes))?;
        if count == bytes.len() { Ok(()) } else { Err(Errno::EIO) }
    }

    /// Reads as much as there is, into the front of `bytes`.
    fn take(&self, at: u64, bytes: &mut [u8]) -> Result<usize, Errno> {
        self.region.read(at, &mut UserBuffer::kernel(bytes))
    }

    /// Notes the sums of all pages in a part of the file that begins with a page.
    fn note(&mut self, at: u64, bytes: &[u8]) {
        let first = (at / PAGE) as usize;
        for (slot, page) in self.sums.iter_mut().skip(first).zip(bytes.chunks(PAGE_SIZE)) {
            *slot = sum(page);
        }
    }

    /// The pages among these bytes, which begin with one, that are not as on the card: from the
    /// first of them to the last.
    fn changed(&self, at: u64, bytes: &[u8]) -> Option<Range<usize>> {
        let first = (at / PAGE) as usize;
        let sums = self.sums.iter().skip(first).zip(bytes.chunks(PAGE_SIZE)).enumerate();
        let mut changed =
            sums.filter(|(_, (old, page))| **old != sum(page)).map(|(index, _)| index);
        let begin = changed.next()?;
        let end = changed.next_back().unwrap_or(begin) + 1;
        Some(begin * PAGE_SIZE..(end * PAGE_SIZE).min(bytes.len()))
    }
}

impl FatNode {
    /// The region of the file's bytes, filled if it is not there yet.
    pub(super) fn map(self: &Arc<Self>) -> Result<Arc<Region>, Errno> {
        self.check_file().map_err(|_| Errno::ENODEV)?;
        let mut bytes = self.bytes.lock();
        if let Some(mapped) = &*bytes {
            return Ok(mapped.region.clone());
        }
        let length = self.length.load(Ordering::Relaxed);
        let attributes = RegionAttributes { mode: 0o644, uid: 0, gid: 0 };
        let region = Region::create(attributes, length)?;
        let mut mapped = Mapped { region, sums: Vec::new(), is_dirty: false, seen: 0 };
        mapped.set_length(length)?;
        let mut buffer = part(PART)?;
        let mut at = 0;
        while at < length {
            let count = self.with(|mounted| Ok(mounted.fs.read(self.id, at, &mut buffer)?))?;
            if count == 0 {
                return Err(Errno::EIO);
            }
            mapped.put(at, &buffer[..count])?;
            mapped.note(at, &buffer[..count]);
            at += count as u64;
            check_ending()?;
        }
        let region = mapped.region.clone();
        *bytes = Some(mapped);
        self.note_mapped(true);
        self.volume.keep_mapped(self);
        Ok(region)
    }

    /// Brings to the card what views have stored.
    pub(super) fn write_back(&self) -> Result<(), Errno> {
        let mut bytes = self.bytes.lock();
        let Some(mapped) = &mut *bytes else { return Ok(()) };
        mapped.look_for_changes();
        if !mapped.is_dirty {
            return Ok(());
        }
        self.follow_length(mapped)?;
        let mut buffer = part(PART)?;
        let mut at = 0;
        while at < mapped.region.length() {
            let count = mapped.take(at, &mut buffer)?;
            let bytes = &buffer[..count];
            if let Some(range) = mapped.changed(at, bytes) {
                let place = at + range.start as u64;
                let changed = &bytes[range];
                self.change(|mounted| Ok(mounted.fs.write(self.id, place, changed)?))?;
                mapped.note(place, changed);
            }
            at += PART as u64;
        }
        mapped.is_dirty = false;
        Ok(())
    }

    /// What views have stored can go nowhere any more.
    pub(super) fn forget_stores(&self) {
        if let Some(mapped) = &mut *self.bytes.lock() {
            mapped.is_dirty = false;
        }
    }

    /// The region has a name of its own, and another length by that.
    fn follow_length(&self, mapped: &mut Mapped) -> Result<(), Errno> {
        let length = mapped.region.length();
        if length == self.length.load(Ordering::Relaxed) {
            return Ok(());
        }
        mapped.resize_sums(length)?;
        self.change(|mounted| Ok(mounted.fs.truncate(self.id, length)?))?;
        self.length.store(length, Ordering::Relaxed);
        Ok(())
    }

    /// Lets the region go if nobody has it, or the file, any more; whether it is gone.
    pub(super) fn let_region_go(&self) -> bool {
        let mut bytes = self.bytes.lock();
        let is_wanted = bytes.as_mut().is_some_and(|mapped| {
            mapped.look_for_changes();
            mapped.is_dirty || Arc::strong_count(&mapped.region) > 1 || self.is_in_use()
        });
        if is_wanted {
            return false;
        }
        *bytes = None;
        self.note_mapped(false);
        true
    }

    /// Whether its bytes are this region.
    pub(super) fn is_mapped_as(&self, region: u64) -> bool {
        self.bytes.lock().as_ref().is_some_and(|mapped| mapped.region.id() == region)
    }
}
