//! Fork: the child's tables are the parent's, linked; the first store on either side splits one.
//!
//! Cost: one entry per 2 MiB in use, whatever number of pages is in it.

use super::descriptor::{Rights, TableEntry, TableKind};
use super::directory::Directory;
use super::frames::OutOfMemory;
use super::object::ViewAccess;
use super::space::{AddressSpace, State};
use super::table::LeafTable;
use super::view::{Attachment, Backing, View};
use abi::memory::Protection;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use arch::addr::{PageRange, UNIT_SIZE, VirtAddr};
use arch::tlb;
use core::ops::Range;

impl AddressSpace {
    /// An address space with the same contents, for a child.
    pub fn fork(self: &Arc<Self>) -> Result<Arc<Self>, OutOfMemory> {
        let directory = Directory::new()?;
        let state = self.state.lock();
        let linked = state.link_into(&directory);
        // The parent's stores must fault from now on, before the child can see the pages.
        tlb::flush_asid(self.asid());
        let views: Vec<_> =
            state.views.iter().map(|(range, view)| (range.clone(), view.clone())).collect();
        let program_break = state.program_break.clone();
        drop(state);
        linked?;
        let child = Self::with_directory(directory)?;
        let views = own_attachments(views, &child);
        let mut child_state = child.state.lock();
        child_state.views.extend(views);
        child_state.program_break = program_break;
        drop(child_state);
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
            if self.is_narrowed(unit) {
                outcome = self.narrow_into(directory, unit, &table, entry.kind());
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

    /// Whether a view in the unit may write, and its copy in a child may not.
    fn is_narrowed(&self, unit: VirtAddr) -> bool {
        self.views.overlapping(whole(unit)).any(|(_, view)| view.is_narrowed_by_fork())
    }

    /// Gives the child a table of its own for such a unit. A linked one it links anew, with the
    /// rights that it has, when it touches it.
    fn narrow_into(
        &self,
        directory: &Directory,
        unit: VirtAddr,
        table: &LeafTable,
        kind: TableKind,
    ) -> Result<(), OutOfMemory> {
        if kind == TableKind::Linked {
            return Ok(());
        }
        let own = table.split()?;
        for (range, view) in self.views.overlapping(whole(unit)) {
            let start = range.start.max(unit.value());
            let end = range.end.min(unit.value() + UNIT_SIZE);
            let pages = PageRange::from_bounds(VirtAddr::new(start), VirtAddr::new(end));
            if !view.is_narrowed_by_fork() {
                continue;
            }
            for index in pages.iter().flat_map(|pages| pages.iter()).map(|page| page.level3_index())
            {
                own.set_rights(index, own.entry(index).rights() - Rights::WRITE);
            }
        }
        let entry = TableEntry::own(own.address());
        directory.set(unit, own, entry);
        Ok(())
    }
}

fn whole(unit: VirtAddr) -> Range<usize> {
    unit.value()..unit.value() + UNIT_SIZE
}

/// The views for a child: each mapping of an object becomes a mapping of the child's own.
fn own_attachments(
    views: Vec<(Range<usize>, View)>,
    child: &Arc<AddressSpace>,
) -> impl Iterator<Item = (Range<usize>, View)> {
    let mut attachments: BTreeMap<*const Attachment, Arc<Attachment>> = BTreeMap::new();
    views.into_iter().map(move |(range, mut view)| {
        let is_narrowed = view.is_narrowed_by_fork();
        if is_narrowed {
            view.protection.remove(Protection::WRITE);
            view.maximum.remove(Protection::WRITE);
        }
        if let Backing::Object { attachment, .. } = &mut view.backing {
            let own = attachments.entry(Arc::as_ptr(attachment)).or_insert_with(|| {
                let access = if is_narrowed { ViewAccess::Read } else { attachment.access() };
                Attachment::new(attachment.object.clone(), child, access)
            });
            *attachment = own.clone();
        }
        (range, view)
    })
}
