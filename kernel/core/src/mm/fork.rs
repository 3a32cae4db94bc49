//! Fork: the child's tables are the parent's, linked; the first store on either side splits one.
//!
//! Cost: one entry per 2 MiB in use, whatever number of pages is in it.

use super::descriptor::TableKind;
use super::directory::Directory;
use super::frames::OutOfMemory;
use super::space::{AddressSpace, State};
use super::table::LeafTable;
use super::view::{Attachment, Backing, View};
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
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
            let shared = match entry.kind() {
                TableKind::Private => entry.without_write(),
                TableKind::Linked => entry,
            };
            self.directory.narrow(unit, shared);
            directory.set(unit, LeafTable::clone(&table), shared);
        });
        outcome
    }
}

/// The views for a child: each mapping of an object becomes a mapping of the child's own.
fn own_attachments(
    views: Vec<(Range<usize>, View)>,
    child: &Arc<AddressSpace>,
) -> impl Iterator<Item = (Range<usize>, View)> {
    let mut attachments: BTreeMap<*const Attachment, Arc<Attachment>> = BTreeMap::new();
    views.into_iter().map(move |(range, mut view)| {
        if let Backing::Object { attachment, .. } = &mut view.backing {
            let own = attachments.entry(Arc::as_ptr(attachment)).or_insert_with(|| {
                Attachment::new(attachment.object.clone(), child, attachment.access())
            });
            *attachment = own.clone();
        }
        (range, view)
    })
}
