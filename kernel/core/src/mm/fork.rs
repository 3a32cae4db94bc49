//! Fork: the child's tables are the parent's, linked; the first store on either side splits one.
//!
//! Cost: one entry per 2 MiB in use, whatever number of pages is in it; more only where a view is
//! not simply shared with the child (`inherit`).

use super::asid::OwnedAsid;
use super::descriptor::{Ownership, Rights, TableEntry, TableKind};
use super::directory::{Borrowed, Directory, HandedOn};
use super::frames::{self, OutOfMemory};
use super::map_request::Keeping;
use super::space::{AddressSpace, State, view_rights};
use super::table::LeafTable;
use super::view::{Attachment, Backing, View};
use abi::region::Inheritance;
use alloc::sync::Arc;
use arch::addr::{PAGE_SHIFT, UNIT_SIZE, VirtAddr};
use arch::tlb;
use core::ops::Range;

/// What a copied view costs in the kernel's heap, at most.
pub(super) const VIEW_COST: usize =
    2 * size_of::<(Range<usize>, View)>() + 2 * size_of::<Attachment>();

impl AddressSpace {
    /// An address space for a child: what each view's inheritance says, and private memory as it
    /// is now.
    ///
    /// The child is complete, and known to the objects it shows, before the parent's lock is free:
    /// an object that shrinks takes pages from its viewers in the order of their numbers, so it
    /// waits for this at the parent and then finds the child.
    pub fn fork(&self) -> Result<Arc<Self>, OutOfMemory> {
        let directory = Directory::new()?;
        let asid = OwnedAsid::new()?;
        let state = self.state.lock();
        // Mostly the child gets all as it is: then no view is looked for below.
        let heritage = state.heritage();
        let copied = if heritage == Heritage::Shared { 1 } else { state.views.len() };
        frames::check_heap_growth(copied * VIEW_COST)?;
        let handed_on = state.hand_on_units(&directory, heritage);
        // The parent's stores must fault from now on, before the child can see the pages.
        tlb::flush_asid(self.asid());
        handed_on?;
        if heritage == Heritage::Mixed {
            state.copy_shared_views(&directory)?;
        }
        let id = Self::new_id();
        let views = match heritage {
            Heritage::Shared => state.views.share(id),
            Heritage::Mixed => state.views.copy(id, View::for_child),
        };
        let sharers = views.sharers().clone();
        let program_break = state.program_break.clone();
        let strings = state.strings.clone();
        let (new_views, slides) = (Keeping::Usual, state.slides);
        let child = Arc::new(Self::of_parts(
            id,
            asid,
            *self.layout(),
            State { views, directory, program_break, strings, new_views, slides },
        ));
        sharers.join(id, Arc::downgrade(&child));
        drop(state);
        Ok(child)
    }
}

/// What a child gets of the views, taken together.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Heritage {
    /// It shares all of them, until one of the two changes its own.
    Shared,
    /// Some it does not get, gets a copy of, or may do less with; or an object counts children.
    Mixed,
}

impl State {
    fn heritage(&self) -> Heritage {
        let shares_all = self
            .views
            .pass_whole(|view| view.inherited() == Inheritance::Share && !view.counts_children());
        if shares_all { Heritage::Shared } else { Heritage::Mixed }
    }

    /// Leads each unit of a child's directory to this one's tables, or to a table of its own.
    fn hand_on_units(&self, child: &Directory, heritage: Heritage) -> Result<(), OutOfMemory> {
        let shares_all = heritage == Heritage::Shared;
        self.directory.hand_on(child, |unit, entry, table| match entry.kind() {
            TableKind::Linked if shares_all => Ok(HandedOn::Shared(entry, entry)),
            TableKind::Linked => Ok(self.choose_for_link(unit, entry)),
            TableKind::Private if shares_all => Ok(shared_until_stored(entry)),
            TableKind::Private => self.choose_for_private(unit, entry, table),
        })
    }

    fn choose_for_link(&self, unit: VirtAddr, entry: TableEntry) -> HandedOn {
        // The link serves the view that has the unit's first byte. Pages that the child gets as
        // copies of another view there need a table of the child's own.
        let mut views = self.views.overlapping(unit.value()..unit.value() + UNIT_SIZE);
        if views.any(|(_, view)| view.inherited() == Inheritance::Copy) {
            return HandedOn::Nothing;
        }
        match self.views.get(unit.value()).map(View::inherited) {
            Some(Inheritance::Share) => HandedOn::Shared(entry, entry),
            Some(Inheritance::ShareReadOnly) => HandedOn::Shared(entry, entry.without_write()),
            _ => HandedOn::Nothing,
        }
    }

    fn choose_for_private(
        &self,
        unit: VirtAddr,
        entry: TableEntry,
        table: &Borrowed,
    ) -> Result<HandedOn, OutOfMemory> {
        let bounds = unit.value()..unit.value() + UNIT_SIZE;
        let policies = || self.views.overlapping(bounds.clone()).map(|(_, view)| view.inherited());
        if policies().all(|policy| matches!(policy, Inheritance::Copy | Inheritance::None)) {
            // A table without pages would keep later views of the child from being linked.
            return Ok(HandedOn::Nothing);
        }
        if policies().all(|policy| policy == Inheritance::Share) {
            return Ok(shared_until_stored(entry));
        }
        self.narrowed_split(unit, table).map(HandedOn::Own)
    }

    /// A split of a unit's table with what a child may have of it.
    fn narrowed_split(&self, unit: VirtAddr, table: &Borrowed) -> Result<LeafTable, OutOfMemory> {
        let own = table.split()?;
        let bounds = unit.value()..unit.value() + UNIT_SIZE;
        for (range, view) in self.views.overlapping(bounds.clone()) {
            let pages = range.start.max(bounds.start)..range.end.min(bounds.end);
            for index in
                (pages.start - bounds.start) >> PAGE_SHIFT..(pages.end - bounds.start) >> PAGE_SHIFT
            {
                match view.inherited() {
                    Inheritance::Share => {}
                    Inheritance::ShareReadOnly => {
                        own.set_rights(index, own.entry(index).rights() - Rights::WRITE);
                    }
                    Inheritance::Ask => own.set_rights(index, Rights::empty()),
                    Inheritance::Copy | Inheritance::None => drop(own.take(index)),
                }
            }
        }
        Ok(own)
    }

    /// Copies the pages of the views that the child is to have as memory of its own.
    fn copy_shared_views(&self, child: &Directory) -> Result<(), OutOfMemory> {
        let copied = |view: &View| view.inherited() == Inheritance::Copy;
        for (range, view) in self.views.iter().filter(|(_, view)| copied(view)) {
            let Backing::Object { attachment, base, .. } = &view.backing else { continue };
            let mut next = view.page_index(VirtAddr::new(range.start));
            while let Some((index, frame)) = attachment.object.page_from(next) {
                let address = VirtAddr::new(base.wrapping_add(index << PAGE_SHIFT));
                if !range.contains(&address.value()) {
                    break;
                }
                child.prepare(address)?;
                if child.table(address).is_none() {
                    let table = LeafTable::new()?;
                    let entry = TableEntry::own(table.address());
                    child.set(address.unit_start(), table, entry);
                }
                let copy = frame.copied()?;
                let rights = view_rights(view);
                if rights.contains(Rights::EXECUTE) {
                    copy.synchronise_instructions();
                }
                if let Some(table) = child.table(address) {
                    table.set(address.level3_index(), copy, rights, Ownership::Private);
                }
                next = index + 1;
            }
        }
        Ok(())
    }
}

/// A private table for both sides, read-only from now on: the first store splits it.
const fn shared_until_stored(entry: TableEntry) -> HandedOn {
    let shared = entry.without_write();
    HandedOn::Shared(shared, shared)
}
