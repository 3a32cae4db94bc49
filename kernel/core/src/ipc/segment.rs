//! Segments of shared memory: regions with a number.
//!
//! A view holds the segment in place of its region, so that every view that comes and goes, by fork,
//! exec and exit too, is counted here: whoever is the last to let go of a segment that was taken
//! away ends it.

use super::ownership::{NewOwner, Ownership, Right};
use super::table::{Key, Table};
use super::{Caller, now};
use crate::mm::{
    Frame, LeafTable, MapError, MemoryObject, OutOfMemory, Ownership as PageOwnership, PageError,
    Rights, Sharers, ViewAccess, VisitTables, reclaim,
};
use crate::region::quota::Account;
use crate::region::{Region, RegionAttributes, RegionSpec};
use crate::sched;
use crate::sync::{Lock, Rank};
use abi::Errno;
use abi::ipc::{
    SHM_DEST, SHM_HUGETLB, SHM_LOCKED, SHM_NORESERVE, SHMMAX, SHMMNI, SegmentLimits, SegmentStatus,
    SegmentUsage,
};
use abi::region::RegionFlags;
use alloc::sync::Arc;
use arch::addr::PAGE_SIZE;

static SEGMENTS: Lock<Table<Entry>> = Lock::new(Rank::Segments, Table::new(SHMMNI));

/// What the table knows of a segment.
struct Entry {
    segment: Arc<Segment>,
    ownership: Ownership,
    status: SegmentStatus,
}

/// A segment, as the object that views show.
pub struct Segment {
    id: u32,
    key: i32,
    bytes: u64,
    region: Arc<Region>,
}

impl Segment {
    /// How long it is.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Where its bytes are.
    pub const fn region(&self) -> &Arc<Region> {
        &self.region
    }

    /// The key that it was made with.
    pub const fn key(&self) -> i32 {
        self.key
    }
}

/// `shmget`.
pub fn get(key: Key, bytes: u64, flags: u32, caller: Caller) -> Result<u32, Errno> {
    let check = |entry: &Entry| {
        if bytes > entry.segment.bytes {
            return Err(Errno::EINVAL);
        }
        entry.ownership.check(caller.credentials, Right::Mode(flags))
    };
    // Made before the table's lock is taken, in which no region may be made; mostly it is not there.
    let mut found = Err(Errno::ENOENT);
    if key.0 != 0 {
        found = SEGMENTS.lock().find_or_make(key, flags, check, |_| Err(Errno::ESTALE));
    }
    match found {
        Err(Errno::ENOENT) if key.0 == 0 => {}
        Err(Errno::ESTALE) => {}
        outcome => return outcome,
    }
    let mut region = Some(memory(bytes, flags, caller)?);
    let make = |id| {
        let region = region.take().ok_or(Errno::ENOMEM)?;
        let segment = Arc::new(Segment { id, key: key.0, bytes, region });
        let ownership = Ownership::new(caller.credentials, flags);
        let status =
            SegmentStatus { bytes, changed: now(), maker: caller.pid, ..SegmentStatus::default() };
        Ok(Entry { segment, ownership, status })
    };
    let outcome = SEGMENTS.lock().find_or_make(key, flags, check, make);
    drop(region);
    outcome
}

fn memory(bytes: u64, flags: u32, caller: Caller) -> Result<Arc<Region>, Errno> {
    if bytes == 0 || bytes > SHMMAX {
        return Err(Errno::EINVAL);
    }
    if flags & SHM_HUGETLB != 0 {
        return Err(Errno::ENOSYS);
    }
    let whole = bytes.checked_next_multiple_of(PAGE_SIZE as u64).ok_or(Errno::ENOSPC)?;
    let uid = caller.credentials.uid;
    let attributes = RegionAttributes { mode: 0o600, uid, gid: caller.credentials.gid };
    let mut spec = RegionSpec::file(attributes, whole);
    spec.account = Some(Account::of_caller(uid));
    if flags & SHM_NORESERVE != 0 {
        spec.flags |= RegionFlags::SPARSE;
    }
    reclaim::with_room(|| Region::new(spec.clone())).map_err(|_| Errno::ENOMEM)
}

/// The segment of this number, if the caller may have it so.
pub fn find(id: u32, right: Right, caller: Caller) -> Result<Arc<Segment>, Errno> {
    let segments = SEGMENTS.lock();
    let entry = segments.get(id)?;
    entry.ownership.check(caller.credentials, right)?;
    Ok(entry.segment.clone())
}

/// Calls `visit` with each segment that has a number.
pub fn visit(visit: &mut dyn FnMut(&Segment)) {
    SEGMENTS.lock().objects().for_each(|entry| visit(&entry.segment));
}

/// The segment that an object is, if it is one.
pub fn of_object(object: &Arc<dyn MemoryObject>) -> Option<Arc<Segment>> {
    let object: Arc<dyn core::any::Any + Send + Sync> = object.clone();
    object.downcast().ok()
}

/// What is told of a segment; whoever may not read it is told nothing, unless that is said.
pub fn status(id: u32, right: Option<Right>, caller: Caller) -> Result<SegmentStatus, Errno> {
    let segments = SEGMENTS.lock();
    let entry = segments.get(id)?;
    right.map_or(Ok(()), |right| entry.ownership.check(caller.credentials, right))?;
    let permissions = entry.ownership.told(segments.key_of(id), id);
    Ok(SegmentStatus { permissions, ..entry.status })
}

/// The number of the segment at a place of the table.
pub fn at(place: u32) -> Result<u32, Errno> {
    SEGMENTS.lock().id_at(place)
}

/// The limits, and the highest place that is taken.
pub fn limits() -> (SegmentLimits, u64) {
    let limits = SegmentLimits {
        bytes: [SHMMAX, 1],
        segments: [SHMMNI as u64; 2],
        pages: SHMMAX,
        unused: [0; 4],
    };
    (limits, SEGMENTS.lock().highest())
}

/// What segments use, and the highest place that is taken.
pub fn usage() -> (SegmentUsage, u64) {
    let segments = SEGMENTS.lock();
    let mut usage = SegmentUsage { count: segments.len() as u32, ..SegmentUsage::default() };
    for entry in segments.iter() {
        usage.pages[0] += entry.segment.bytes.div_ceil(PAGE_SIZE as u64);
        usage.pages[1] += entry.segment.region.resident_pages() as u64;
    }
    (usage, segments.highest())
}

/// `IPC_SET`.
pub fn set(id: u32, new: NewOwner, caller: Caller) -> Result<(), Errno> {
    let mut segments = SEGMENTS.lock();
    let entry = segments.get_mut(id)?;
    entry.ownership.check_control(caller.credentials)?;
    entry.ownership.set(new)?;
    entry.status.changed = now();
    Ok(())
}

/// Whether the pages are to stay in memory; here they do anyway.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Locking {
    /// They are.
    Locked,
    /// They are not.
    Unlocked,
}

/// `SHM_LOCK` and `SHM_UNLOCK`.
pub fn set_locking(id: u32, locking: Locking, caller: Caller) -> Result<(), Errno> {
    let mut segments = SEGMENTS.lock();
    let entry = segments.get_mut(id)?;
    entry.ownership.check_control(caller.credentials)?;
    match locking {
        Locking::Locked => entry.ownership.mode |= SHM_LOCKED,
        Locking::Unlocked => entry.ownership.mode &= !SHM_LOCKED,
    }
    Ok(())
}

/// `IPC_RMID`: nobody finds it any more by its key, and it goes with its last view.
pub fn remove(id: u32, caller: Caller) -> Result<(), Errno> {
    let mut segments = SEGMENTS.lock();
    let entry = segments.get_mut(id)?;
    entry.ownership.check_control(caller.credentials)?;
    entry.ownership.mode |= SHM_DEST;
    let is_attached = entry.status.attachments > 0;
    segments.forget_key(id);
    let removed = if is_attached { None } else { segments.remove(id) };
    drop(segments);
    drop(removed);
    Ok(())
}

impl Segment {
    /// Notes that it was attached or detached once more; gives it back if it is to go.
    fn note(&self, step: impl FnOnce(&mut SegmentStatus)) -> Option<Entry> {
        let pid = sched::process_if_any().map(|process| process.pid);
        let mut segments = SEGMENTS.lock();
        let entry = segments.get_mut(self.id).ok()?;
        step(&mut entry.status);
        entry.status.last = pid.unwrap_or(entry.status.last);
        let is_over = entry.status.attachments == 0 && entry.ownership.mode & SHM_DEST != 0;
        if is_over { segments.remove(self.id) } else { None }
    }
}

impl MemoryObject for Segment {
    fn id(&self) -> u64 {
        self.region.id()
    }

    fn page(&self, index: usize) -> Result<Frame, PageError> {
        MemoryObject::page(&*self.region, index)
    }

    fn table(&self, unit: usize) -> Result<LeafTable, OutOfMemory> {
        self.region.table(unit)
    }

    fn visit_tables(&self, unit: usize, visit: VisitTables<'_>) {
        self.region.visit_tables(unit, visit);
    }

    fn page_from(&self, index: usize) -> Option<(usize, Frame)> {
        self.region.page_from(index)
    }

    fn table_copy(
        &self,
        unit: usize,
        keep: &mut dyn FnMut(usize) -> bool,
        rights: Rights,
        ownership: PageOwnership,
    ) -> Result<LeafTable, OutOfMemory> {
        self.region.table_copy(unit, keep, rights, ownership)
    }

    fn has_all_pages_to(&self, index: usize) -> bool {
        self.region.has_all_pages_to(index)
    }

    fn most_pages(&self) -> usize {
        self.region.most_pages()
    }

    fn is_of_image(&self) -> bool {
        false
    }

    fn counts_children(&self) -> bool {
        true
    }

    fn attach(&self, sharers: &Arc<Sharers>, access: ViewAccess) {
        self.region.attach(sharers, access);
        let entry = self.note(|status| {
            status.attachments += 1;
            status.attached = now();
        });
        drop(entry);
    }

    fn check_view(&self, access: ViewAccess) -> Result<(), MapError> {
        self.region.check_view(access)
    }

    fn has_single_writer(&self) -> bool {
        false
    }

    fn detach(&self, sharers_id: u64, access: ViewAccess) {
        self.region.detach(sharers_id, access);
        let entry = self.note(|status| {
            status.attachments = status.attachments.saturating_sub(1);
            status.detached = now();
        });
        drop(entry);
    }
}
