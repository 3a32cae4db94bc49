//! A region that shrinks while one of its viewers forks: no process keeps what was cut off.

mod common;

use abi::memory::Protection;
use arch::addr::{PAGE_SIZE, VirtAddr};
use arch::cpu;
use common::memory;
use kcore::mm::{
    Access, AddressSpace, FaultError, Frame, LeafTable, MapError, MapRequest, MemoryObject,
    OutOfMemory, Ownership, PageError, Placement, Rights, Sharers, Sharing, ViewAccess,
    VisitTables,
};
use kcore::region::{Region, RegionAttributes};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// When another core begins to shrink a region.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Moment {
    /// When a child is announced to it.
    Announcement,
    /// When a fork asks whether the child needs to be: it gets its parent's views.
    Question,
}

/// A region that another core begins to shrink at a moment of a fork.
struct Shrinking {
    region: Arc<Region>,
    moment: Moment,
    armed: AtomicBool,
    core: Mutex<Option<JoinHandle<()>>>,
}

impl Shrinking {
    fn shrink_if(&self, moment: Moment) {
        if moment != self.moment || !self.armed.swap(false, Ordering::Relaxed) {
            return;
        }
        let (done, wait) = mpsc::channel();
        let region = self.region.clone();
        let core = thread::spawn(move || {
            cpu::become_core(1);
            region.set_length(0).expect("it shrinks");
            // Nobody listens any more if the fork was not held up until now.
            let _ = done.send(());
        });
        *self.core.lock().expect("one test") = Some(core);
        // It can only be done already if the fork does not keep it from passing the parent.
        let outcome = wait.recv_timeout(Duration::from_millis(200));
        assert_ne!(outcome, Err(RecvTimeoutError::Disconnected), "the other core panicked");
    }
}

impl MemoryObject for Shrinking {
    fn id(&self) -> u64 {
        self.region.id()
    }

    fn page(&self, index: usize) -> Result<Frame, PageError> {
        self.region.page(index)
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
        ownership: Ownership,
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
        self.region.is_of_image()
    }

    fn has_single_writer(&self) -> bool {
        self.region.has_single_writer()
    }

    fn check_view(&self, access: ViewAccess) -> Result<(), MapError> {
        self.region.check_view(access)
    }

    fn counts_children(&self) -> bool {
        self.shrink_if(Moment::Question);
        self.moment == Moment::Announcement
    }

    fn attach(&self, sharers: &Arc<Sharers>, access: ViewAccess) {
        self.region.attach(sharers, access);
        self.shrink_if(Moment::Announcement);
    }

    fn detach(&self, sharers_id: u64, access: ViewAccess) {
        self.region.detach(sharers_id, access);
    }
}

#[test]
fn a_child_that_is_made_while_a_region_shrinks_does_not_keep_its_pages() {
    check_child(Moment::Announcement);
}

#[test]
fn nor_does_one_that_shares_its_parents_views() {
    check_child(Moment::Question);
}

fn check_child(moment: Moment) {
    let _memory = memory();
    let attributes = RegionAttributes { mode: 0o600, uid: 0, gid: 0 };
    let region = Region::create(attributes, 4 * PAGE_SIZE as u64).expect("memory is plenty");
    let object = Arc::new(Shrinking {
        region,
        moment,
        armed: AtomicBool::new(false),
        core: Mutex::new(None),
    });
    let parent = AddressSpace::new().expect("memory is plenty");
    // Not on a unit's border, so the pages are entries of the parent's own.
    let page = VirtAddr::new(0x1000_1000);
    let request = MapRequest {
        placement: Placement::Fixed(page),
        bytes: 4 * PAGE_SIZE,
        protection: Protection::READ,
        maximum: Protection::all(),
        object: Some((object.clone(), 0, Sharing::Shared)),
    };
    parent.map(request).expect("memory is plenty");
    parent.fault(page, Access::Read).expect("it is mapped");
    object.armed.store(true, Ordering::Relaxed);
    let child = parent.fork().expect("memory is plenty");
    let core = object.core.lock().expect("one test").take().expect("the fork came by");
    core.join().expect("it shrinks");
    for space in [&parent, &child] {
        assert_eq!(space.translation(page), None);
        assert_eq!(space.fault(page, Access::Read), Err(FaultError::BeyondEnd));
    }
}
