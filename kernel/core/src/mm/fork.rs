//! Fork: the child's tables are the parent's, linked; the first store on either side splits one.
//!
//! Cost: one entry per 2 MiB in use, whatever number of pages is in it.

use super::asid::OwnedAsid;
use super::descriptor::TableKind;
use super::directory::Directory;
use super::frames::{self, OutOfMemory};
use super::space::{AddressSpace, State};
use super::table::LeafTable;
use super::view::{Attachment, Backing, View};
use alloc::collections::BTreeMap;
use alloc::sync::{Arc, Weak};
use arch::tlb;
use core::ops::Range;
use rangemap::RangeMap;

/// What a copied view costs in the kernel's heap, at most: B-tree nodes are half full or more.
const VIEW_COST: usize = 2 * size_of::<(Range<usize>, View)>() + 2 * size_of::<Attachment>();

impl AddressSpace {
    /// An address space with the same contents, for a child.
    ///
    /// The child is complete, and announced to the objects it shows, before the parent's lock is
    /// free: an object that shrinks takes pages from its viewers in the order of their numbers,
    /// so it waits for this at the parent and then finds the child.
    pub fn fork(&self) -> Result<Arc<Self>, OutOfMemory> {
        let directory = Directory::new()?;
        let asid = OwnedAsid::new()?;
        let state = self.state.lock();
        frames::check_heap_growth(state.views.len() * VIEW_COST)?;
        let linked = state.link_into(&directory);
        // The parent's stores must fault from now on, before the child can see the pages.
        tlb::flush_asid(self.asid());
        linked?;
        let child = Arc::new_cyclic(|child| {
            let id = Self::new_id();
            let views = state.copy_views(id, child);
            let program_break = state.program_break.clone();
            Self::of_parts(id, asid, State { views, directory, program_break })
        });
        drop(state);
        Ok(child)
    }
}

impl State {
    /// Leads each unit of a new directory to this one's tables; private ones become read-only
    /// on both sides.
    fn link_into(&self, directory: &Directory) -> Result<(), OutOfMemory> {
        let mut outcome = Ok(());
        self.directory.for_each(|unit, entry| {
            let Some(table) = self.directory.table(unit) else { return };
            if outcome.is_err() {
                return;
            }
            outcome = directory.prepare(unit);
            if outcome.is_err() {
                return;
            }
            let shared = match entry.kind() {
                TableKind::Private => entry.without_write(),
                TableKind::Linked => entry,
            };
            self.directory.narrow(unit, shared);
            directory.set(unit, LeafTable::clone(&table), shared);
        });
        outcome
    }

    /// The views for a child: each mapping of an object becomes a mapping of the child's own.
    fn copy_views(&self, child_id: u64, child: &Weak<AddressSpace>) -> RangeMap<usize, View> {
        let mut attachments: BTreeMap<*const Attachment, Arc<Attachment>> = BTreeMap::new();
        let copies = self.views.iter().map(|(range, view)| {
            let mut view = view.clone();
            if let Backing::Object { attachment, .. } = &mut view.backing {
                let own = attachments.entry(Arc::as_ptr(attachment)).or_insert_with(|| {
                    Attachment::new(attachment.object.clone(), child_id, child.clone())
                });
                *attachment = own.clone();
            }
            (range.clone(), view)
        });
        copies.collect()
    }
}
