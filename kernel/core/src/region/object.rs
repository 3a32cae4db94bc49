//! The region: a growable array of pages with an identity, an owner, a mode and a length.
//!
//! Its pages live while a name, a descriptor or a view refers to it: all of these are references
//! to the object, and the last to go frees it.

use super::arena::CommonAddress;
use super::attributes::{Attributes, RegionAttributes, RegionSpec};
use super::length::pages_for;
use super::name_table::Name;
use super::pages::Pages;
use super::paging::Pager;
use super::promise::Promise;
use super::quota::Charge;
use super::synchronisation::RegionSync;
use super::users::Uses;
use super::viewers::Viewers;
use crate::mm::{
    Frame, LeafTable, MapError, MemoryObject, OutOfMemory, Ownership, PageError, Rights, Sharers,
    ViewAccess, VisitTables,
};
use crate::screen;
use crate::sync::{Guard, Lock, Rank};
use abi::Errno;
use abi::region::{RegionFlags, Seals};
use alloc::sync::{Arc, Weak};
use arch::addr::PAGE_SIZE;
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use smallvec::SmallVec;
use spin::Once;

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// Memory: grows, shrinks, is written.
    Memory,
    /// Bytes of the image, in place: fixed and read-only.
    Image,
    /// The memory of a device, as which it is told: fixed.
    Device(&'static str),
}

/// Whether a page was made for who asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Made {
    /// It was.
    Now,
    /// It was there before.
    Before,
}

pub(super) struct State {
    pub length: u64,
    pub pages: Pages,
    pub viewers: Viewers,
    pub seals: Seals,
    pub charge: Option<Charge>,
    /// Names that lead here; changed under the lock of the names, too.
    pub names: SmallVec<[Name; 1]>,
}

/// A region; see the module's documentation.
pub struct Region {
    id: u64,
    kind: Kind,
    maximum: u64,
    flags: RegionFlags,
    pub(super) attributes: Attributes,
    address: Option<CommonAddress>,
    pub(super) descriptors: AtomicU32,
    pub(super) uses: Uses,
    pub(super) opens: AtomicU64,
    pub(super) faults: AtomicU64,
    /// Held while the length changes: what is being cut off can't be grown into.
    pub(super) resizing: Lock<()>,
    /// Whether a view that can write was made since somebody last asked.
    pub(super) is_stored_to: AtomicBool,
    /// The pages for the length; when that grows, more before, and when it shrinks, less after.
    pub(super) most_pages: AtomicUsize,
    /// Who keeps the bytes, if they are kept elsewhere.
    pub(super) pager: Once<Weak<dyn Pager>>,
    /// Whether pages that are there are to stay, although their pager could bring them in again.
    pub(super) is_held: AtomicBool,
    sync: RegionSync,
    state: Lock<State>,
}

impl Region {
    /// A region of memory that reads as zeroes, for a file: see [`RegionSpec::file`].
    pub fn create(attributes: RegionAttributes, length: u64) -> Result<Arc<Self>, Errno> {
        Self::new(RegionSpec::file(attributes, length))
    }

    /// A region of memory that reads as zeroes.
    ///
    /// `EDQUOT` if a quota leaves no room for it, `ENOMEM` if there is no memory to set aside.
    pub fn new(spec: RegionSpec) -> Result<Arc<Self>, Errno> {
        spec.check()?;
        let mut pages = Pages::new(Rights::all());
        if !spec.flags.contains(RegionFlags::SPARSE) {
            pages.promise(Promise::new());
        }
        Self::with_pages(Kind::Memory, spec, pages)
    }

    pub(super) fn with_pages(
        kind: Kind,
        spec: RegionSpec,
        pages: Pages,
    ) -> Result<Arc<Self>, Errno> {
        let address = if spec.flags.contains(RegionFlags::SAME_ADDRESS) {
            Some(CommonAddress::new(spec.maximum)?)
        } else {
            None
        };
        let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        let region = Arc::new(Self {
            id,
            kind,
            maximum: spec.maximum,
            flags: spec.flags,
            attributes: Attributes::new(spec.attributes),
            address,
            descriptors: AtomicU32::new(0),
            uses: Uses::new(),
            opens: AtomicU64::new(0),
            faults: AtomicU64::new(0),
            resizing: Lock::new(Rank::RegionLength, ()),
            is_stored_to: AtomicBool::new(false),
            most_pages: AtomicUsize::new(pages_for(spec.length)),
            pager: Once::new(),
            is_held: AtomicBool::new(false),
            sync: RegionSync::new(id),
            state: Lock::new(
                Rank::Region,
                State {
                    length: spec.length,
                    pages,
                    viewers: Viewers::new(),
                    seals: spec.seals,
                    charge: spec.account.map(Charge::new),
                    names: SmallVec::new(),
                },
            ),
        });
        if spec.length > 0 {
            // In its place already: it is large to move. Without room it goes again.
            region.state().make_room(spec.length)?;
        }
        Ok(region)
    }

    /// The region that a view's object is.
    pub fn of_object(object: &Arc<dyn MemoryObject>) -> Option<Arc<Self>> {
        let object: Arc<dyn core::any::Any + Send + Sync> = object.clone();
        object.downcast().ok()
    }

    /// The region's number, never used again.
    pub const fn id(&self) -> u64 {
        self.id
    }

    pub(super) const fn kind(&self) -> Kind {
        self.kind
    }

    /// The length that it may grow to.
    pub const fn maximum(&self) -> u64 {
        self.maximum
    }

    /// What it is for as long as it lives.
    pub const fn flags(&self) -> RegionFlags {
        self.flags
    }

    /// The addresses that it has in all processes, if it has.
    pub const fn common_address(&self) -> Option<&CommonAddress> {
        self.address.as_ref()
    }

    pub(super) fn state(&self) -> Guard<'_, State> {
        self.state.lock()
    }

    /// Whether views may have stored bytes since this was asked last.
    pub fn was_open_to_stores(&self) -> bool {
        let is_open = self.state().writing_views() > 0;
        self.is_stored_to.swap(is_open, Ordering::AcqRel) || is_open
    }

    /// What processes agree by about its bytes.
    pub const fn sync(&self) -> &RegionSync {
        &self.sync
    }

    /// The page that holds the byte at `offset`, if it is there.
    pub(super) fn existing_page(&self, offset: u64) -> Option<Frame> {
        self.state.lock().pages.get((offset / PAGE_SIZE as u64) as usize)
    }

    /// The page with this index, made if it is not there yet; and whether it was made. Of bytes that
    /// are kept elsewhere none is made.
    pub(super) fn make_page(&self, index: usize) -> Result<(Frame, Made), PageError> {
        let mut state = self.state.lock();
        if index >= pages_for(state.length) {
            return Err(PageError::BeyondEnd);
        }
        if self.has_pager() {
            let page = state.pages.get(index).ok_or(PageError::Absent)?;
            return Ok((page, Made::Before));
        }
        let before = state.pages.resident();
        let frame = state.pages.get_or_make(index)?;
        let made = if state.pages.resident() > before { Made::Now } else { Made::Before };
        Ok((frame, made))
    }
}

impl Region {
    /// The one device with memory is the screen: who can write to that draws on it.
    fn note_drawing(&self, access: ViewAccess, note: fn()) {
        if access == ViewAccess::Write && matches!(self.kind, Kind::Device(_)) {
            note();
        }
    }
}

impl State {
    /// Views that can write to the region.
    pub fn writing_views(&self) -> u32 {
        self.viewers.writable()
    }
}

impl MemoryObject for Region {
    fn id(&self) -> u64 {
        self.id
    }

    fn page(&self, index: usize) -> Result<Frame, PageError> {
        let (frame, made) = self.make_page(index)?;
        if made == Made::Now {
            self.faults.fetch_add(1, Ordering::Relaxed);
        }
        Ok(frame)
    }

    fn bring_in(&self, index: usize) -> Result<(), PageError> {
        self.have_brought_in(index)
    }

    fn is_paged(&self) -> bool {
        self.has_pager()
    }

    fn hold_pages(&self) {
        self.is_held.store(true, Ordering::Relaxed);
    }

    fn table(&self, unit: usize) -> Result<LeafTable, OutOfMemory> {
        self.state.lock().pages.table(unit)?.share()
    }

    fn visit_tables(&self, unit: usize, visit: VisitTables<'_>) {
        visit(self.state.lock().pages.tables_from(unit));
    }

    fn page_from(&self, index: usize) -> Option<(usize, Frame)> {
        self.state.lock().pages.page_from(index)
    }

    fn table_copy(
        &self,
        unit: usize,
        keep: &mut dyn FnMut(usize) -> bool,
        rights: Rights,
        ownership: Ownership,
    ) -> Result<LeafTable, OutOfMemory> {
        self.state.lock().pages.copy_table(unit, keep, rights, ownership)
    }

    fn has_all_pages_to(&self, index: usize) -> bool {
        let state = self.state.lock();
        let pages = pages_for(state.length);
        index <= pages && state.pages.resident() == pages
    }

    fn most_pages(&self) -> usize {
        self.most_pages.load(Ordering::Relaxed)
    }

    fn is_of_image(&self) -> bool {
        self.is_image()
    }

    fn attach(&self, sharers: &Arc<Sharers>, access: ViewAccess) {
        self.join_by_view();
        if access == ViewAccess::Write {
            self.is_stored_to.store(true, Ordering::Release);
        }
        self.state.lock().viewers.add(sharers, access);
        self.note_drawing(access, screen::view_begun);
    }

    fn check_view(&self, access: ViewAccess) -> Result<(), MapError> {
        self.check_new_view(access)
    }

    fn has_single_writer(&self) -> bool {
        self.flags.contains(RegionFlags::SINGLE_WRITER)
    }

    fn detach(&self, sharers_id: u64, access: ViewAccess) {
        self.state.lock().viewers.remove(sharers_id, access);
        self.note_drawing(access, screen::view_ended);
        self.leave();
    }
}
