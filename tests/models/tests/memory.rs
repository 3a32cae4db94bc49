//! Address spaces, regions and their names, by several threads in thousands of random schedules: the kernel's own code
//! on simulated memory, where at each lock another thread may go on.
//!
//! There are too many interleavings to explore all. Each run has a schedule and steps of its own; in the end every
//! frame counts what leads to it, and is free when all is let go of. Threads that wait for each other for ever
//! make more steps than a run may have.

use arch::addr::{PAGE_SIZE, PhysAddr, VirtAddr};
use kcore::check::Report;
use kcore::mm::{Access, AddressSpace, MapRequest, MemoryObject, Placement, Sharing, frames};
use kcore::region::names::{self, Exclusive, Found};
use kcore::region::quota::Account;
use kcore::region::{Region, RegionAttributes, RegionSpec};
use kcore::sync::hand_on_at_locks;
use kcore::user_memory::UserData;
use real_abi::memory::Protection;
use real_abi::region::Inheritance;
use shuttle::rand::{Rng, thread_rng};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};

const RUNS: usize = 400;
const THREADS: usize = 3;
const STEPS: usize = 12;
/// Pages of an address space that are used, over a border of two tables, and of a region.
const STAGE: usize = 16;
const REGION: usize = 8;
const FIRST: usize = 0x1020_0000 - STAGE / 2 * PAGE_SIZE;
const NAME: &[u8] = b"/model";

fn set_up() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let ram = PhysAddr::new(0x10_0000)..PhysAddr::new(0x400_0000);
        // SAFETY: the simulated RAM is there for the whole run, and nothing else uses it.
        unsafe { frames::set_up(&[ram], PhysAddr::new(0)) };
        hand_on_at_locks(shuttle::thread::yield_now);
    });
}

fn spec(pages: usize) -> RegionSpec {
    let attributes = RegionAttributes { mode: 0o600, uid: 0, gid: 0 };
    let account = Account { uid: 1000, process: None };
    RegionSpec { length: (pages * PAGE_SIZE) as u64, ..RegionSpec::posix(attributes, account) }
}

fn page(number: usize) -> VirtAddr {
    VirtAddr::new(FIRST + number * PAGE_SIZE)
}

/// What all threads have: two address spaces, each of which several use, and two regions.
#[derive(Clone)]
struct World {
    spaces: [Arc<AddressSpace>; 2],
    regions: [Arc<Region>; 2],
}

impl World {
    fn new() -> Self {
        let parent = AddressSpace::new().expect("memory is plenty");
        let regions = [2, REGION].map(|pages| Region::new(spec(pages)).expect("memory is plenty"));
        let world = Self { spaces: [parent.clone(), parent], regions };
        world.map(0, 0);
        world.touch(0, 1);
        let child = world.spaces[0].fork().expect("memory is plenty");
        Self { spaces: [world.spaces[0].clone(), child], ..world }
    }

    fn map(&self, space: usize, at: usize) {
        let kind = thread_rng().gen_range(0..4);
        let region = self.regions[kind % 2].clone() as Arc<dyn MemoryObject>;
        let object = match kind {
            0 | 1 => Some((region, 0, Sharing::Shared)),
            2 => Some((region, PAGE_SIZE as u64, Sharing::Private)),
            _ => None,
        };
        let request = MapRequest {
            placement: Placement::Fixed(page(at)),
            bytes: 4 * PAGE_SIZE,
            protection: Protection::READ | Protection::WRITE,
            maximum: Protection::all(),
            object,
        };
        self.spaces[space].map(request).expect("memory is plenty");
    }

    /// Stores to a page; where nothing is shown, or no more, that is refused.
    fn touch(&self, space: usize, at: usize) {
        let access = if thread_rng().gen_bool(0.7) { Access::Write } else { Access::Read };
        drop(self.spaces[space].page_for(page(at), access));
    }

    fn fork(&self, space: usize, at: usize) {
        let child = self.spaces[space].fork().expect("memory is plenty");
        drop(child.page_for(page(at), Access::Write));
        drop(self.spaces[space].page_for(page(at), Access::Write));
    }

    fn use_name(&self, pages: usize) {
        let made = names::create(NAME, Exclusive::No, || spec(pages)).expect("memory is plenty");
        let (Found::Existing(region) | Found::Created(region)) = made;
        region.write(0, &mut UserData::kernel(b"bytes")).expect("nobody has sealed it");
        if thread_rng().gen_bool(0.5) {
            // Another one may have been faster.
            let _ = names::unlink_if(NAME, |_| Ok(()));
        }
    }

    fn step(&self) {
        let (kind, space) = (thread_rng().gen_range(0..10), thread_rng().gen_range(0..2));
        let at = thread_rng().gen_range(0..STAGE - 4);
        let region = &self.regions[space];
        match kind {
            0 | 1 => self.map(space, at),
            2 => drop(self.spaces[space].unmap(page(at), 4 * PAGE_SIZE)),
            3..=5 => self.touch(space, at),
            6 => self.fork(space, at),
            7 => region.set_length((at % (REGION + 1) * PAGE_SIZE) as u64).expect("it may change"),
            8 => drop(self.spaces[space].set_inheritance(page(at), Inheritance::Copy)),
            _ => self.use_name(1 + at % 3),
        }
    }

    fn check(&self) {
        let mut report = Report::default();
        let regions: Vec<_> = names::all().map(|(_, region)| region).collect();
        let named = regions.iter().map(|region| region.as_ref() as &dyn MemoryObject);
        let objects = self.regions.iter().map(|region| region.as_ref() as &dyn MemoryObject);
        kcore::mm::check::check(&self.spaces, objects.chain(named), &mut report);
        assert_eq!(report.findings(), [""; 0]);
        let all = &report.areas()[0].1;
        assert!(all.ends_with("0 not found there, 0 held by calls"), "{all}");
    }
}

fn storm() {
    set_up();
    let world = World::new();
    let threads: Vec<_> = (0..THREADS)
        .map(|_| {
            let world = world.clone();
            shuttle::thread::spawn(move || (0..STEPS).for_each(|_| world.step()))
        })
        .collect();
    for thread in threads {
        thread.join().expect("no thread panics");
    }
    world.check();
    drop(world);
    let _ = names::unlink_if(NAME, |_| Ok(()));
    let left = frames::statistics();
    assert_eq!((left.user, left.tables, left.promised), (0, 0, 0), "something is left");
}

/// One test at a time has the memory, so that each can count frames.
fn memory() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn whatever_the_schedule_is_every_frame_counts_what_leads_to_it() {
    let _memory = memory();
    shuttle::check_random(storm, RUNS);
}

#[test]
fn where_one_thread_is_far_ahead_of_the_others_too() {
    let _memory = memory();
    shuttle::check_pct(storm, RUNS, 3);
}
