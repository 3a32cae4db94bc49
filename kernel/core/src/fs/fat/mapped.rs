//! Files that somebody maps or runs: their bytes are a region then, whose pages come in when they are
//! touched.
//!
//! Whoever maps the file gets views of that one region, so all see the same pages, and reads,
//! writes and changes of the length go to it too: nothing can be out of step. `paging` brings pages
//! in and lets them go, `write_back` brings to the card what views have stored. What calls write goes
//! to the card at once, as ever. The file on the card always has the region's length, so that storing
//! never lacks room.
//!
//! A link in `/dev/shm` makes the file a region with a name; what regions' own calls write to that is
//! stored as by a view, and a change of its length is one of the file's.
//!
//! Locks, each of whose holders may sleep: a file's `writes` (who writes it or changes its length),
//! the region's turn, the file's `bytes` (what is in memory of it, and on the card), the volume.
//! They are taken in this order. User memory is touched, and may fault, only without `bytes`.
//!
//! When nobody has the file open, mapped or running any more, the keeper lets the region go.

use super::ahead::ReadAhead;
use super::node::FatNode;
use super::sums::{Sums, UNKNOWN, sum};
use crate::region::{Pager, Region, RegionAttributes};
use abi::Errno;
use alloc::sync::{Arc, Weak};
use arch::addr::PAGE_SIZE;
use core::ops::Range;
use core::sync::atomic::{AtomicUsize, Ordering};

/// Bytes of a page, as a part of a file.
pub const PAGE: u64 = PAGE_SIZE as u64;

/// Pages of all files that are in memory.
static CACHED: AtomicUsize = AtomicUsize::new(0);

/// Pages of the card's files that are in memory.
pub fn cached_pages() -> usize {
    CACHED.load(Ordering::Relaxed)
}

/// What is in memory of a file that is mapped.
pub struct Mapped {
    /// Its pages, of which some are there.
    pub region: Arc<Region>,
    /// What those pages are on the card.
    pub sums: Sums,
    /// What was read last.
    pub ahead: ReadAhead,
    /// Whether somebody may have changed the region since all of it was on the card.
    pub is_dirty: bool,
    /// How often it was found that somebody may have.
    pub findings: u64,
    /// The number of the last change by a call of the region's own that was looked at.
    seen: u64,
    /// Its part of [`CACHED`].
    counted: usize,
}

impl Mapped {
    fn new(region: Arc<Region>) -> Self {
        let (sums, ahead) = (Sums::new(), ReadAhead::new());
        Self { region, sums, ahead, is_dirty: false, findings: 0, seen: 0, counted: 0 }
    }

    /// Makes the region longer or shorter. What views have stored behind the end is not in the file:
    /// it is zeroes when the file goes on there.
    pub fn set_length(&mut self, length: u64) -> Result<(), Errno> {
        let before = self.region.length();
        if length == before {
            return Ok(());
        }
        if length > before {
            self.zero_behind(before);
        }
        let outcome = self.region.set_length_here(length);
        self.count();
        outcome
    }

    fn zero_behind(&mut self, end: u64) {
        let index = (end / PAGE) as usize;
        let Some(page) = self.region.page_if_there(index).filter(|_| !end.is_multiple_of(PAGE))
        else {
            return;
        };
        let mut bytes = [0; 256];
        for at in ((end % PAGE) as usize..PAGE_SIZE).step_by(bytes.len()) {
            let part = &mut bytes[..(PAGE_SIZE - at).min(256)];
            page.read(at, part);
            if part.iter().any(|byte| *byte != 0) {
                part.fill(0);
                page.write(at, part);
                self.sums.set(index, UNKNOWN);
            }
        }
    }

    /// Notes whether views may have stored, or calls of the region's own have changed it.
    pub fn look_for_changes(&mut self) {
        let number = self.region.sync().changes.number();
        if self.region.was_open_to_stores() || number != self.seen {
            self.is_dirty = true;
            self.findings += 1;
        }
        self.seen = number;
    }

    /// Notes how many pages there are.
    pub fn count(&mut self) {
        let now = self.region.resident_pages();
        CACHED.fetch_add(now.wrapping_sub(self.counted), Ordering::Relaxed);
        self.counted = now;
    }

    /// Puts bytes that are on the card already into the pages that are there; `page` is room for one.
    pub fn put(&mut self, at: u64, bytes: &[u8], page: &mut [u8]) {
        let end = at + bytes.len() as u64;
        for index in pages_of(at, end) {
            let Some(frame) = self.region.page_if_there(index) else { continue };
            let start = index as u64 * PAGE;
            let first = at.max(start);
            let in_page = (first - start) as usize;
            let part = &bytes[(first - at) as usize..(end.min(start + PAGE) - at) as usize];
            // From a copy: what views store meanwhile must not get into the sum.
            frame.read(0, page);
            let was_known = sum(page) == self.sums.get(index);
            page[in_page..in_page + part.len()].copy_from_slice(part);
            frame.write(in_page, part);
            self.sums.set(index, if was_known { sum(page) } else { UNKNOWN });
        }
    }

    /// Nobody knows what is on the card there.
    pub fn forget_sums(&mut self, at: u64, length: usize) {
        for index in pages_of(at, at + length as u64) {
            self.sums.set(index, UNKNOWN);
        }
    }
}

impl Drop for Mapped {
    fn drop(&mut self) {
        CACHED.fetch_sub(self.counted, Ordering::Relaxed);
    }
}

/// The pages that hold bytes of a part of a file.
pub fn pages_of(at: u64, end: u64) -> Range<usize> {
    (at / PAGE) as usize..end.div_ceil(PAGE) as usize
}

impl FatNode {
    /// The region of the file's bytes, made if it is not there yet.
    pub(super) fn map(self: &Arc<Self>) -> Result<Arc<Region>, Errno> {
        self.check_file().map_err(|_| Errno::ENODEV)?;
        if let Some(region) = self.mapped_region() {
            return Ok(region);
        }
        // Nobody changes the length meanwhile.
        let _alone = self.writes.lock();
        let mut bytes = self.bytes.lock();
        if let Some(mapped) = &*bytes {
            return Ok(mapped.region.clone());
        }
        // A file whose card has gone is an error here rather than at the first touch.
        self.with(|_| Ok(()))?;
        let attributes = RegionAttributes { mode: 0o644, uid: 0, gid: 0 };
        let pager: Weak<Self> = Arc::downgrade(self);
        let pager: Weak<dyn Pager> = pager;
        let length = self.length.load(Ordering::Relaxed);
        let region = Region::create_paged(attributes, length, pager)?;
        self.mapped_as.store(region.id(), Ordering::Relaxed);
        *bytes = Some(Mapped::new(region.clone()));
        self.note_mapped(true);
        self.volume.keep_mapped(self);
        Ok(region)
    }

    /// The region of the file's bytes, if it is mapped.
    pub(super) fn mapped_region(&self) -> Option<Arc<Region>> {
        self.bytes.lock().as_ref().map(|mapped| mapped.region.clone())
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
        self.mapped_as.store(0, Ordering::Relaxed);
        *bytes = None;
        self.note_mapped(false);
        true
    }

    /// Whether its bytes are this region.
    pub(super) fn is_mapped_as(&self, region: u64) -> bool {
        self.mapped_as.load(Ordering::Relaxed) == region
    }
}
