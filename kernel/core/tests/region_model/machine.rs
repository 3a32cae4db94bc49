//! The kernel's regions and the model side by side.

use crate::model::{ModelRegion, UNIT, Use};
use crate::step::{NAMES, PROCESSES, Step};
use abi::Errno;
use abi::file::OpenFlags;
use abi::memory::Protection;
use abi::region::RegionFlags;
use arch::addr::{PAGE_SIZE, VirtAddr};
use kcore::mm::{Access, AddressSpace, FaultError, MapRequest, Placement, Sharing, frames};
use kcore::region::names::{self, Exclusive, Found};
use kcore::region::quota::{self, Account, ProcessLedger, Subject};
use kcore::region::{Region, RegionAttributes, RegionSpec, Writable};
use std::collections::BTreeSet;
use std::sync::{Arc, Weak};

/// Frames of which nobody can say exactly whether a promise may have them.
const GREY: u64 = 1024;

/// Pages that the user of process 0 may have; the others have the default, which is more than all.
const LIMIT: u64 = 2500;

/// The process with number `n` runs as this user.
pub const fn uid_of(process: usize) -> u32 {
    500 + process as u32
}

pub fn name_of(name: usize) -> Vec<u8> {
    format!("/model-{name}").into_bytes()
}

const fn flags_of(writes: bool) -> OpenFlags {
    if writes { OpenFlags::READ_WRITE } else { OpenFlags::empty() }
}

pub struct Handle {
    model: usize,
    region: Arc<Region>,
    writes: bool,
}

#[derive(Clone)]
pub struct Shown {
    model: usize,
    start: usize,
    pages: usize,
    protection: Protection,
    may_write: bool,
}

pub struct Process {
    space: Arc<AddressSpace>,
    pub ledger: Arc<ProcessLedger>,
    handles: Vec<Handle>,
    views: Vec<Shown>,
}

/// Everything.
pub struct Machine {
    pub processes: Vec<Process>,
    pub models: Vec<ModelRegion>,
    pub regions: Vec<Weak<Region>>,
}

fn new_space() -> Arc<AddressSpace> {
    AddressSpace::new().expect("memory for a space")
}

impl Machine {
    pub fn new() -> Self {
        let processes = (0..PROCESSES).map(|_| Process {
            space: new_space(),
            ledger: ProcessLedger::new(),
            handles: Vec::new(),
            views: Vec::new(),
        });
        quota::set(Subject::User(uid_of(0)), LIMIT);
        Self { processes: processes.collect(), models: Vec::new(), regions: Vec::new() }
    }

    pub fn take(&mut self, step: &Step) {
        match *step {
            Step::Create { process, name, pages, units, flags } => {
                self.create(process, name, pages, units * UNIT, flags);
            }
            Step::Open { process, name, writes } => self.open(process, name, writes),
            Step::Close { process, ref handle } => {
                let count = self.processes[process].handles.len();
                if count > 0 {
                    self.close(process, handle.index(count));
                }
            }
            Step::Resize { process, ref handle, pages } => {
                if let Some((model, region, _)) = self.handle(process, handle) {
                    self.resize(model, &region, pages);
                }
            }
            Step::Seal { process, ref handle, seals } => {
                if let Some((model, region, _)) = self.handle(process, handle) {
                    let expected = self.models[model].seal(seals);
                    assert_eq!(region.add_seals(seals).map(drop), expected);
                    if expected.is_ok() {
                        self.models[model].seals |= seals;
                    }
                }
            }
            Step::Unlink { name } => self.unlink(name),
            Step::Map { process, ref handle, writes } => {
                if let Some((model, region, handle_writes)) = self.handle(process, handle) {
                    self.map(process, model, region, handle_writes, writes);
                }
            }
            Step::Unmap { process, ref view } => {
                let count = self.processes[process].views.len();
                if count > 0 {
                    self.unmap(process, view.index(count));
                }
            }
            Step::Touch { process, ref view, page, writes } => {
                let count = self.processes[process].views.len();
                if count > 0 {
                    let shown = self.processes[process].views[view.index(count)].clone();
                    self.touch(process, &shown, page, writes);
                }
            }
            Step::Fork { from, to } => self.fork(from, to),
            Step::Exit { process } => self.exit(process),
        }
    }

    fn handle(
        &self,
        process: usize,
        index: &proptest::sample::Index,
    ) -> Option<(usize, Arc<Region>, bool)> {
        let handles = &self.processes[process].handles;
        let handle = handles.get(index.index(handles.len().max(1)))?;
        Some((handle.model, handle.region.clone(), handle.writes))
    }

    /// Pages of the regions that a process has made.
    pub fn charged(&self, process: usize) -> u64 {
        let alive = self.models.iter().filter(|model| model.is_alive());
        alive.filter(|model| model.creator == process).map(|model| model.pages as u64).sum()
    }

    /// Whether a quota allows a process so many pages more.
    fn has_quota(&self, process: usize, more: usize) -> bool {
        process != 0 || self.charged(0) + more as u64 <= LIMIT
    }

    /// The region that has this name.
    pub fn named(&self, name: usize) -> Option<usize> {
        self.models.iter().position(|model| model.name == Some(name))
    }

    fn create(
        &mut self,
        process: usize,
        name: Option<usize>,
        pages: usize,
        maximum: usize,
        mut flags: RegionFlags,
    ) {
        if name.is_none() {
            flags -= RegionFlags::EPHEMERAL;
        }
        let account =
            Account { uid: uid_of(process), process: Some(self.processes[process].ledger.clone()) };
        let attributes = RegionAttributes { mode: 0o600, uid: uid_of(process), gid: 0 };
        let spec = RegionSpec {
            length: (pages * PAGE_SIZE) as u64,
            maximum: (maximum * PAGE_SIZE) as u64,
            flags,
            ..RegionSpec::posix(attributes, account)
        };
        let taken = name.and_then(|name| self.named(name)).is_some();
        let made = match name {
            Some(name) => match names::create(&name_of(name), Exclusive::Yes, || spec) {
                Ok(Found::Created(region)) => Ok(region),
                Ok(Found::Existing(_)) => panic!("an exclusive creation found a region"),
                Err(error) => Err(error),
            },
            None if pages > maximum => {
                assert_eq!(spec.check(), Err(Errno::EINVAL));
                return;
            }
            None => Region::new(spec),
        };
        let promise = if flags.contains(RegionFlags::SPARSE) { 0 } else { pages };
        match made {
            Err(Errno::EEXIST) => assert!(taken),
            Err(Errno::EINVAL) => assert!(!taken && pages > maximum),
            Err(Errno::EDQUOT) => assert!(!taken && !self.has_quota(process, pages)),
            Err(Errno::ENOMEM) => Self::check_is_short(promise),
            Err(error) => panic!("creation failed with {error:?}"),
            Ok(region) => {
                assert!(!taken && pages <= maximum && self.has_quota(process, pages));
                self.models.push(ModelRegion {
                    name,
                    flags,
                    maximum,
                    pages,
                    seals: abi::region::Seals::empty(),
                    creator: process,
                    resident: BTreeSet::new(),
                    tables: BTreeSet::new(),
                    handles: Vec::new(),
                    views: Vec::new(),
                    opens: 0,
                    faults: 0,
                });
                self.regions.push(Arc::downgrade(&region));
                self.add_handle(process, self.models.len() - 1, region, true);
            }
        }
    }

    fn check_is_short(pages: usize) {
        let now = frames::statistics();
        assert!(pages as u64 + now.promised + GREY > now.free, "memory was there: {now:?}");
    }

    fn add_handle(&mut self, process: usize, model: usize, region: Arc<Region>, writes: bool) {
        let expected = self.models[model].open(writes);
        assert_eq!(region.begin_open(flags_of(writes)), expected);
        if expected.is_ok() {
            region.add_descriptor();
            self.models[model].handles.push(Use { process, writes });
            self.models[model].opens += 1;
            self.processes[process].handles.push(Handle { model, region, writes });
        }
    }

    fn open(&mut self, process: usize, name: usize, writes: bool) {
        let found = names::open(&name_of(name));
        let expected = self.named(name);
        assert_eq!(found.is_some(), expected.is_some());
        if let (Some(region), Some(model)) = (found, expected) {
            self.add_handle(process, model, region, writes);
        }
    }

    fn close(&mut self, process: usize, index: usize) {
        let Handle { model, region, writes } = self.processes[process].handles.swap_remove(index);
        region.remove_descriptor();
        region.end_open(flags_of(writes));
        Self::forget(&mut self.models[model].handles, Use { process, writes });
        self.note_leaving(model);
    }

    fn forget(uses: &mut Vec<Use>, gone: Use) {
        let same = |one: &Use| one.process == gone.process && one.writes == gone.writes;
        let index = uses.iter().position(same).expect("the model knows what there is");
        uses.swap_remove(index);
    }

    fn note_leaving(&mut self, model: usize) {
        let model = &mut self.models[model];
        let is_unused = model.handles.is_empty() && model.views.is_empty();
        if is_unused && model.flags.contains(RegionFlags::EPHEMERAL) {
            model.name = None;
        }
    }

    fn resize(&mut self, index: usize, region: &Region, pages: usize) {
        let more = pages.saturating_sub(self.models[index].pages);
        let has_quota = more == 0 || self.has_quota(self.models[index].creator, more);
        let model = &mut self.models[index];
        let room = if has_quota { Ok(()) } else { Err(Errno::EDQUOT) };
        let expected = model.resize(pages).and(room);
        let outcome = region.set_length((pages * PAGE_SIZE) as u64);
        if outcome == Err(Errno::ENOMEM) && expected.is_ok() && more > 0 {
            Self::check_is_short(more);
            return;
        }
        assert_eq!(outcome, expected);
        if expected.is_ok() {
            model.pages = pages;
            model.resident.retain(|page| *page < pages);
        }
    }

    fn unlink(&mut self, name: usize) {
        let expected = self.named(name);
        let outcome = names::unlink_if(&name_of(name), |_| Ok(()));
        assert_eq!(outcome.is_ok(), expected.is_some());
        if let Some(model) = expected {
            self.models[model].name = None;
        }
    }

    fn map(
        &mut self,
        process: usize,
        model: usize,
        region: Arc<Region>,
        handle_writes: bool,
        writes: bool,
    ) {
        let mut protection = Protection::READ;
        protection.set(Protection::WRITE, writes);
        let descriptor = if handle_writes { Writable::Yes } else { Writable::No };
        let maximum = region.view_maximum(descriptor, Sharing::Shared, protection);
        let expected = self.models[model].map(handle_writes, writes);
        let may_write = |maximum: Protection| maximum.contains(Protection::WRITE);
        assert_eq!(maximum.map(may_write), expected);
        let (Ok(maximum), Ok(may_write)) = (maximum, expected) else { return };
        let address = region.common_address().map(|address| address.start());
        let pages = self.models[model].maximum;
        let outcome = self.processes[process].space.map(MapRequest {
            placement: address.map_or(Placement::Anywhere, Placement::FixedNoReplace),
            bytes: pages * PAGE_SIZE,
            protection,
            maximum,
            object: Some((region, 0, Sharing::Shared)),
        });
        let is_shown = self.processes[process].views.iter().any(|view| view.model == model);
        if address.is_some() && is_shown {
            assert_eq!(outcome.map_err(Errno::from), Err(Errno::EEXIST));
            return;
        }
        let start = outcome.expect("there is room").value();
        self.models[model].views.push(Use { process, writes: may_write });
        let shown = Shown { model, start, pages, protection, may_write };
        self.processes[process].views.push(shown);
    }

    fn unmap(&mut self, process: usize, index: usize) {
        let shown = self.processes[process].views.swap_remove(index);
        let start = VirtAddr::new(shown.start);
        let bytes = shown.pages * PAGE_SIZE;
        self.processes[process].space.unmap(start, bytes).expect("a view to end");
        self.forget_view(process, &shown);
    }

    fn forget_view(&mut self, process: usize, shown: &Shown) {
        let gone = Use { process, writes: shown.may_write };
        Self::forget(&mut self.models[shown.model].views, gone);
        self.note_leaving(shown.model);
    }

    fn touch(&mut self, process: usize, shown: &Shown, page: usize, writes: bool) {
        let page = page % shown.pages;
        let address = VirtAddr::new(shown.start + page * PAGE_SIZE);
        let access = if writes { Access::Write } else { Access::Read };
        let outcome = self.processes[process].space.fault(address, access);
        let model = &mut self.models[shown.model];
        if writes && !shown.protection.contains(Protection::WRITE) {
            assert_eq!(outcome, Err(FaultError::Denied));
        } else if page >= model.pages {
            assert_eq!(outcome, Err(FaultError::BeyondEnd));
        } else if outcome == Err(FaultError::OutOfMemory) {
            // Memory that was promised is there.
            assert!(model.flags.contains(RegionFlags::SPARSE));
            Self::check_is_short(1);
        } else {
            assert_eq!(outcome, Ok(()));
            model.faults += u64::from(model.resident.insert(page));
            model.tables.insert(page / UNIT);
        }
    }

    /// A child gets views; descriptors are the business of the process's table.
    fn fork(&mut self, from: usize, to: usize) {
        if from == to {
            return;
        }
        self.exit(to);
        let Ok(space) = self.processes[from].space.fork() else { return };
        let mut views = self.processes[from].views.clone();
        for shown in &mut views {
            if self.models[shown.model].flags.contains(RegionFlags::SINGLE_WRITER) {
                shown.may_write = false;
                shown.protection.remove(Protection::WRITE);
            }
            let copy = Use { process: to, writes: shown.may_write };
            self.models[shown.model].views.push(copy);
        }
        self.processes[to].space = space;
        self.processes[to].views = views;
    }

    fn exit(&mut self, process: usize) {
        while let Some(last) = self.processes[process].handles.len().checked_sub(1) {
            self.close(process, last);
        }
        self.processes[process].space = new_space();
        for shown in std::mem::take(&mut self.processes[process].views) {
            self.forget_view(process, &shown);
        }
    }

    /// Ends all there is.
    pub fn end(mut self) {
        (0..PROCESSES).for_each(|process| self.exit(process));
        (0..NAMES).for_each(|name| self.unlink(name));
    }
}
