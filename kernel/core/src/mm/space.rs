//! An address space: the views of one process and the tables that make them real.
//!
//! Views say what should be there; tables are filled when a page is touched, or linked whole
//! from the object that owns them. All changes happen under the space's lock; what leaves the
//! tables goes through a [`Gather`], so that nothing is reused while a processor can reach it.

use super::asid::OwnedAsid;
use super::descriptor::Rights;
use super::directory::Directory;
use super::frames::{self, OutOfMemory};
use super::gather::Gather;
use super::layout::{Layout, Slides};
use super::map_error::MapError;
use super::map_request::{Keeping, MapRequest, Placement};
use super::object::{MemoryObject, ViewAccess};
use super::placement::{self, Shape, USER_START};
use super::sharing::SharedViews;
use super::view::{Attachment, Backing, Sharing, View};
use crate::sync::{Lock, Rank};
use abi::limits::VIEW_MAX;
use abi::memory::Protection;
use alloc::sync::Arc;
use arch::addr::{PageRange, PhysAddr, USER_END, VirtAddr};
use arch::space::LowerHalf;
use arch::tlb;
use core::ops::Range;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// What one process sees.
pub struct AddressSpace {
    id: u64,
    root: PhysAddr,
    layout: Layout,
    /// How many processes have it.
    pub(super) processes: AtomicU32,
    pub(super) state: Lock<State>,
    // Dropped after the tables: the number's return invalidates what processors remember.
    asid: OwnedAsid,
}

/// What the lock of an address space guards.
pub(super) struct State {
    pub(super) views: SharedViews,
    pub(super) directory: Directory,
    /// From where the break may grow to where it is.
    pub(super) program_break: Range<usize>,
    /// Where the program's arguments and its environment were when it began.
    pub(super) strings: [Range<usize>; 2],
    /// Whether objects that are shown from now on keep the pages that they have.
    pub(super) new_views: Keeping,
    /// How far things are from where they would be otherwise.
    pub(super) slides: Slides,
}

/// What a 32-bit word in memory is, whatever address it has: the key of a futex.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Location {
    /// A word of a shared object: its number and the offset.
    Object(u64, u64),
    /// A word of an address space's own memory: its number and the address.
    Private(u64, u64),
}

impl AddressSpace {
    /// An address space without views.
    pub fn new() -> Result<Arc<Self>, OutOfMemory> {
        Self::with_layout(Layout::PLAIN)
    }

    /// The same, for a program that lies so.
    pub fn with_layout(layout: Layout) -> Result<Arc<Self>, OutOfMemory> {
        let directory = Directory::new()?;
        let asid = OwnedAsid::new()?;
        let id = Self::new_id();
        let views = SharedViews::new(id);
        let sharers = views.sharers().clone();
        let state = State {
            views,
            directory,
            program_break: 0..0,
            strings: [0..0, 0..0],
            new_views: Keeping::Usual,
            slides: Slides::default(),
        };
        let space = Arc::new(Self::of_parts(id, asid, layout, state));
        sharers.join(id, Arc::downgrade(&space));
        Ok(space)
    }

    /// A number that no address space had; children have higher ones than their parents.
    pub(super) fn new_id() -> u64 {
        NEXT_ID.fetch_add(1, Ordering::Relaxed)
    }

    pub(super) const fn of_parts(id: u64, asid: OwnedAsid, layout: Layout, state: State) -> Self {
        let root = state.directory.root();
        let processes = AtomicU32::new(1);
        Self { id, root, layout, processes, state: Lock::new(Rank::Space, state), asid }
    }

    /// The number of this address space, never used again.
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// Where the parts of its program lie.
    pub const fn layout(&self) -> &Layout {
        &self.layout
    }

    /// A gatherer for what leaves this address space.
    pub(super) const fn gather(&self) -> Gather {
        Gather::new(self.asid.get())
    }

    pub(super) const fn asid(&self) -> arch::tlb::Asid {
        self.asid.get()
    }

    /// Makes this the address space of the core that asks.
    pub fn activate(&self) {
        arch::space::activate(self.lower_half());
    }

    /// What a core's register says while it runs in this address space.
    pub fn lower_half(&self) -> LowerHalf {
        LowerHalf::new(self.root, self.asid.get())
    }

    /// Makes a view.
    pub fn map(&self, request: MapRequest) -> Result<VirtAddr, MapError> {
        check_protection(request.protection, request.maximum)?;
        let mut state = self.state.lock();
        if self.is_over() {
            return Err(MapError::NoRoom);
        }
        // Flushed before others get the lock: until then a processor may reach what was there.
        let mut gather = self.gather();
        state.map(&request, &mut gather)
    }

    /// The view that shows the address, with its range.
    pub fn view_at(&self, address: VirtAddr) -> Option<(PageRange, View)> {
        let state = self.state.lock();
        owned(state.views.get_key_value(address.value())?)
    }

    /// The end of the view before the address, for a message about a fault.
    pub fn view_before(&self, address: VirtAddr) -> Option<(PageRange, View)> {
        let state = self.state.lock();
        owned(state.views.last_starting_before(address.value().max(1))?)
    }

    /// The first view that ends behind the address, with its range.
    pub fn view_from(&self, address: VirtAddr) -> Option<(PageRange, View)> {
        let state = self.state.lock();
        owned(state.views.overlapping(address.value()..usize::MAX).next()?)
    }

    /// Whether every page of the range is in a view.
    pub fn is_mapped(&self, range: PageRange) -> bool {
        let bounds = range.start().value()..range.end().value();
        self.state.lock().views.cover(&bounds)
    }

    /// What the word at the address is, for a futex; `None` where nothing is mapped.
    pub fn locate(&self, address: VirtAddr) -> Option<Location> {
        let state = self.state.lock();
        let view = state.views.get(address.value())?;
        Some(match &view.backing {
            Backing::Object { attachment, base, sharing: Sharing::Shared } => {
                Location::Object(attachment.object.id(), address.value().wrapping_sub(*base) as u64)
            }
            _ => Location::Private(self.id, address.value() as u64),
        })
    }

    /// What a processor finds in the tables for an address: the frame, and what a program may do.
    pub fn translation(&self, address: VirtAddr) -> Option<(PhysAddr, Rights)> {
        let state = self.state.lock();
        let table = state.directory.table(address)?;
        let entry = table.entry(address.level3_index());
        let allowed = state.directory.entry(address).rights();
        Some((entry.frame()?, entry.rights() & allowed))
    }

    /// Notes where the program's arguments and its environment are.
    pub fn set_strings(&self, strings: [Range<usize>; 2]) {
        self.state.lock().strings = strings;
    }

    /// Where the program's arguments and its environment were when it began.
    pub fn strings(&self) -> [Range<usize>; 2] {
        self.state.lock().strings.clone()
    }

    /// Bytes in views, and pages in tables.
    pub fn usage(&self) -> (u64, u64) {
        let state = self.state.lock();
        let bytes = state.views.bytes() as u64;
        let mut pages = 0;
        state.directory.for_each(|unit, _| {
            if let Some(table) = state.directory.table(unit) {
                pages += table.pages() as u64;
            }
        });
        (bytes, pages)
    }
}

impl State {
    /// Makes a view of what an object was announced for, or of zeroed memory.
    pub(super) fn map(
        &mut self,
        request: &MapRequest,
        gather: &mut Gather,
    ) -> Result<VirtAddr, MapError> {
        self.views.make_own()?;
        let attachment = match &request.object {
            Some((object, _, _)) => Some(self.attach(object, request.access())?),
            None => None,
        };
        self.check_room(1)?;
        let range = self.place(request, gather)?;
        gather.flush();
        let backing = match (attachment, &request.object) {
            (Some(attachment), Some((_, offset, sharing))) => Backing::Object {
                attachment,
                base: range.start().value().wrapping_sub(*offset as usize),
                sharing: *sharing,
            },
            _ => Backing::Anonymous,
        };
        let view = View::new(request.protection, request.maximum, backing);
        self.views.get_mut().insert(range.start().value()..range.end().value(), view);
        if let Some((object, ..)) = &request.object {
            if self.new_views == Keeping::Held {
                object.hold_pages();
            }
            self.link_existing(range);
            tlb::publish();
        }
        Ok(range.start())
    }

    /// Announces a new view to its object, unless that refuses it; the views are this space's own.
    pub(super) fn attach(
        &self,
        object: &Arc<dyn MemoryObject>,
        access: ViewAccess,
    ) -> Result<Arc<Attachment>, MapError> {
        let attachment = Attachment::new(object.clone(), self.views.sharers(), access);
        object.check_view(access)?;
        Ok(attachment)
    }

    /// Finds or clears the range for a request, after the views were made this space's own.
    pub(super) fn place(
        &mut self,
        request: &MapRequest,
        gather: &mut Gather,
    ) -> Result<PageRange, MapError> {
        let at = |address: VirtAddr| {
            PageRange::from_bytes(address, request.bytes)
                .filter(|range| range.start().value() >= USER_START)
                // An odd address is the caller's mistake; one that programs don't have is no room.
                .ok_or(if address.is_page_start() { MapError::NoRoom } else { MapError::BadRange })
        };
        let is_free = |state: &Self, range: PageRange| {
            !state.views.overlaps(&(range.start().value()..range.end().value()))
        };
        match request.placement {
            Placement::Fixed(address) => {
                let range = at(address)?;
                self.check_room(self.added_by_unmap(range) + 1)?;
                self.unmap_range(range, gather)?;
                return Ok(range);
            }
            Placement::FixedNoReplace(address) => {
                let range = at(address)?;
                return if is_free(self, range) { Ok(range) } else { Err(MapError::Occupied) };
            }
            Placement::Hint(address) => {
                if let Ok(range) = at(address.page_start())
                    && is_free(self, range)
                    && !placement::is_in_commons(range)
                {
                    return Ok(range);
                }
            }
            Placement::Anywhere => {}
        }
        let shape = match request.object {
            Some((_, _, Sharing::Shared)) => Shape::Units,
            _ => Shape::Pages,
        };
        if request.bytes == 0 || request.bytes > USER_END {
            return Err(if request.bytes == 0 { MapError::BadRange } else { MapError::NoRoom });
        }
        placement::find_gap(self.views.get_mut(), &self.slides, shape, request.bytes)
            .ok_or(MapError::NoRoom)
    }

    /// Refuses what would make more views than there may be, or than there is kernel memory for.
    pub(super) fn check_room(&self, more: usize) -> Result<(), MapError> {
        if more == 0 {
            return Ok(());
        }
        if self.views.len() + more > VIEW_MAX {
            return Err(MapError::NoRoom);
        }
        frames::check_heap_growth(0)?;
        Ok(self.views.check_growth(more)?)
    }

    /// How many ends of the range lie within a view, which is cut in two there.
    pub(super) fn cuts(&self, range: PageRange) -> usize {
        let is_within = |at: &VirtAddr| {
            let view = self.views.get_key_value(at.value());
            view.is_some_and(|(view, _)| view.start < at.value())
        };
        [range.start(), range.end()].iter().filter(|at| is_within(at)).count()
    }

    /// How many views there are more once nothing is shown in the range: one, if it is a hole.
    pub(super) fn added_by_unmap(&self, range: PageRange) -> usize {
        let view = self.views.get_key_value(range.start().value());
        let is_hole = |view: &Range<usize>| {
            view.start < range.start().value() && range.end().value() < view.end
        };
        usize::from(view.is_some_and(|(view, _)| is_hole(view)))
    }

    /// The view at an address, with its range.
    pub(super) fn view(&self, address: VirtAddr) -> Option<(Range<usize>, View)> {
        let (range, view) = self.views.get_key_value(address.value())?;
        Some((range.clone(), view.clone()))
    }
}

/// Nothing is writable and executable at once, or beyond what the descriptor allows.
pub(super) fn check_protection(
    protection: Protection,
    maximum: Protection,
) -> Result<(), MapError> {
    let both = Protection::WRITE | Protection::EXECUTE;
    if protection.contains(both) || !maximum.contains(protection) {
        return Err(MapError::Denied);
    }
    Ok(())
}

/// The rights of a view's pages as far as the view goes.
pub(super) fn view_rights(view: &View) -> Rights {
    Rights::from(view.protection)
}

/// A view and where it is, to be looked at without the space's lock.
fn owned((range, view): (&Range<usize>, &View)) -> Option<(PageRange, View)> {
    let bounds = (VirtAddr::new(range.start), VirtAddr::new(range.end));
    Some((PageRange::from_bounds(bounds.0, bounds.1)?, view.clone()))
}
