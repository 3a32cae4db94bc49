//! Whether the frames' books say what the tables say: every entry of every address space and object is
//! looked at, and each frame's references are counted anew.

use super::descriptor::{Ownership, PageEntry, Rights, TableEntry, TableKind};
use super::frames::{self, OutOfMemory};
use super::object::MemoryObject;
use super::occupancy::LeafNote;
use super::space::{AddressSpace, State};
use super::table::LeafTable;
use super::view::Backing;
use crate::check::Report;
use alloc::sync::Arc;
use alloc::vec::Vec;
use arch::addr::{PAGE_SIZE, PhysAddr, TABLE_ENTRIES, UNIT_SIZE, VirtAddr};
use core::sync::atomic::Ordering;

/// What was found of a frame: how many entries lead to it, and what it is.
type Found = u32;

/// A level-3 table.
const LEAF: Found = 1 << 31;
/// A table of an upper level.
const UPPER: Found = 1 << 30;
/// Programs may store to it, by an entry that says it is their own.
const OWN: Found = 1 << 29;
/// Nobody has it.
const FREE: Found = 1 << 28;
/// How many entries lead to it.
const REFERENCES: Found = FREE - 1;

/// What is found of all frames, by their numbers.
struct Census<'a> {
    found: Vec<Found>,
    report: &'a mut Report,
}

/// Bytes that are noted of all frames.
pub fn census_bytes() -> usize {
    frames::counts().len() * size_of::<Found>()
}

/// Compares tables, frames and views.
pub fn check<'a>(
    spaces: &[Arc<AddressSpace>],
    objects: impl Iterator<Item = &'a dyn MemoryObject>,
    report: &mut Report,
) {
    let Ok(mut census) = Census::new(report) else {
        return report.wrong(format_args!("there is no memory to look at frames"));
    };
    let mut shown = 0;
    for object in objects {
        census.add_object(object);
        shown += 1;
    }
    for space in spaces {
        census.add_space(space);
    }
    frames::visit_free(&mut |frame| census.add_free(frame));
    census.finish(spaces.len(), shown);
}

impl AddressSpace {
    /// Calls `visit` with the object of each view that shows one.
    pub fn visit_objects(&self, visit: &mut dyn FnMut(&Arc<dyn MemoryObject>)) {
        let state = self.state.lock();
        for (_, view) in state.views.iter() {
            if let Backing::Object { attachment, .. } = &view.backing {
                visit(&attachment.object);
            }
        }
    }
}

impl<'a> Census<'a> {
    fn new(report: &'a mut Report) -> Result<Self, OutOfMemory> {
        let frames = frames::counts().len();
        let mut found = Vec::new();
        found.try_reserve_exact(frames).map_err(|_| OutOfMemory)?;
        found.resize(frames, 0);
        Ok(Self { found, report })
    }

    fn at(&mut self, frame: PhysAddr) -> &mut Found {
        &mut self.found[frame.frame_number()]
    }

    fn add_object(&mut self, object: &dyn MemoryObject) {
        object.visit_tables(0, &mut |tables| {
            for table in tables.iter().flatten() {
                self.add_table(table, |_, _| {});
            }
        });
    }

    /// Counts one reference to a table, and with the first those to its pages; `look` sees each entry.
    fn add_table(
        &mut self,
        table: &LeafTable,
        mut look: impl FnMut(&mut Report, (usize, PageEntry)),
    ) {
        let known = self.at(table.address());
        let is_new = *known & REFERENCES == 0;
        *known = (*known | LEAF) + 1;
        let groups = LeafNote::of(table.address()).groups();
        for index in 0..TABLE_ENTRIES {
            let entry = table.entry(index);
            if entry == PageEntry::EMPTY {
                continue;
            }
            look(self.report, (index, entry));
            if !is_new {
                continue;
            }
            let is_noted = groups & 1 << (index / LeafNote::GROUP) != 0;
            let (at, place) = (table.address(), index);
            self.report.expect(is_noted, format_args!("table {at}: entry {place} is not noted"));
            if let Some(frame) = entry.frame() {
                let own = entry.allows_write() && entry.ownership() == Ownership::Private;
                let known = self.at(frame);
                *known = (*known | if own { OWN } else { 0 }) + 1;
            }
        }
    }

    fn add_space(&mut self, space: &AddressSpace) {
        let state = space.state.lock();
        state.directory.for_each_upper(|frame| {
            let known = self.at(frame);
            let was = core::mem::replace(known, *known | UPPER);
            self.report.expect(was == 0, format_args!("table {frame} has two places"));
        });
        state.directory.for_each(|unit, entry| {
            if let Some(table) = state.directory.table(unit) {
                let shared = !LeafNote::of(table.address()).is_exclusive();
                let is_open = shared && entry.kind() == TableKind::Private && entry.allows_write();
                let (id, at) = (space.id(), unit.value());
                self.report.expect(
                    !is_open,
                    format_args!("space {id}: unit {at:#x} is others', too, and may be stored to"),
                );
                self.add_table(&table, |report, page| {
                    look_at_page((space.id(), &state), (unit, entry), page, report);
                });
            }
        });
    }

    fn add_free(&mut self, frame: PhysAddr) {
        let known = self.at(frame);
        let was = core::mem::replace(known, *known | FREE);
        self.report.expect(was & FREE == 0, format_args!("frame {frame} is free twice"));
        self.report.expect(was & !FREE == 0, format_args!("frame {frame} is free and in use"));
    }

    /// Compares what was found with what the frames count.
    fn finish(self, spaces: usize, objects: usize) {
        let Self { found, report } = self;
        let (mut tables, mut pages, mut held) = (0_u64, 0_u64, 0_u64);
        for (number, found) in found.iter().enumerate() {
            let references = found & REFERENCES;
            tables += u64::from(found & (LEAF | UPPER) != 0);
            if references == 0 {
                continue;
            }
            let frame = PhysAddr::new((number * PAGE_SIZE) as u64);
            let is_table = found & LEAF != 0;
            let counted = if is_table {
                LeafNote::of(frame).references()
            } else {
                frames::count_of(frame).load(Ordering::Relaxed)
            };
            let is_two = is_table && found & (OWN | UPPER) != 0;
            report.expect(!is_two, format_args!("frame {frame} is a table and something else"));
            report.expect(
                counted >= references,
                format_args!("frame {frame} counts {counted}, and {references} entries lead to it"),
            );
            if !frames::is_handed_out(frame) {
                continue;
            }
            held += u64::from(counted.saturating_sub(references));
            pages += u64::from(!is_table);
            let is_shared = found & OWN != 0 && references > 1;
            report.expect(!is_shared, format_args!("frame {frame} is two programs' own"));
        }
        let books = frames::statistics();
        for (what, found, used) in [("pages", pages, books.user), ("tables", tables, books.tables)]
        {
            report.expect(found <= used, format_args!("{found} {what} were found of {used}"));
        }
        let elsewhere = books.user.saturating_sub(pages) + books.tables.saturating_sub(tables);
        report.looked_at(
            "memory",
            format_args!(
                "{pages} pages and {tables} tables of {spaces} address spaces and {objects} regions, \
                 {elsewhere} not found there, {held} held by calls"
            ),
        );
        look_at_books(&books, report);
    }
}

/// Whether all frames are somewhere.
fn look_at_books(books: &abi::memory::MemoryInfo, report: &mut Report) {
    let used = books.user + books.tables + books.stacks + books.heap;
    report.expect(
        used + books.free == books.total,
        format_args!("{used} frames are used and {} free, of {}", books.free, books.total),
    );
    report.expect(
        frames::is_pool_consistent(),
        format_args!("the pool of free frames does not have as many as it counts"),
    );
    report.expect(
        books.promised <= books.free,
        format_args!("{} frames are promised, and {} free", books.promised, books.free),
    );
}

/// A page lies in a view, and lets programs do no more than that; nothing is written and executed.
fn look_at_page(
    (id, state): (u64, &State),
    (unit, way): (VirtAddr, TableEntry),
    (index, entry): (usize, PageEntry),
    report: &mut Report,
) {
    let rights = entry.rights() & way.rights();
    let is_linked = way.kind() == TableKind::Linked;
    // An object's table may have pages behind the end of a view: the way there is the view's.
    let at = unit.value() + if is_linked { 0 } else { index * PAGE_SIZE };
    let Some(view) = state.views.overlapping(at..at + if is_linked { UNIT_SIZE } else { 1 }).next()
    else {
        return report.wrong(format_args!("space {id}: the page at {at:#x} is in no view"));
    };
    let allowed = Rights::from(view.1.protection);
    report.expect(
        allowed.contains(rights),
        format_args!("space {id}: the page at {at:#x} allows {rights:?}, and its view {allowed:?}"),
    );
    let both = Rights::WRITE | Rights::EXECUTE;
    report.expect(
        !rights.contains(both),
        format_args!("space {id}: the page at {at:#x} may be written and executed"),
    );
}
