//! Instructions that were written as data are visible to fetches once the page can be executed.
//!
//! The simulated RAM knows which frames were made executable after they were last written.

use abi::memory::Protection;
use arch::addr::{PAGE_SIZE, PhysAddr, UNIT_SIZE, VirtAddr};
use kcore::mm::frames;
use kcore::mm::{Access, AddressSpace, MapRequest, MemoryObject, Placement, Rights, Sharing};
use kcore::region::{Region, RegionAttributes};
use kcore::user_memory::UserData;
use std::sync::{Arc, Once};

const START: VirtAddr = VirtAddr::new(0x1000_0000);
const READ_EXECUTE: Protection = Protection::READ.union(Protection::EXECUTE);
const READ_WRITE: Protection = Protection::READ.union(Protection::WRITE);

fn space() -> Arc<AddressSpace> {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let ram = PhysAddr::new(0x10_0000)..PhysAddr::new(0x200_0000);
        // SAFETY: the simulated RAM is there for the whole run, and nothing else uses it.
        unsafe { frames::set_up(&[ram], arch::addr::PhysAddr::new(0)) };
    });
    AddressSpace::new().expect("memory is plenty")
}

fn map(
    space: &Arc<AddressSpace>,
    protection: Protection,
    object: Option<(Arc<dyn MemoryObject>, u64, Sharing)>,
) {
    let request = MapRequest {
        placement: Placement::Fixed(START),
        bytes: UNIT_SIZE,
        protection,
        maximum: Protection::all(),
        object,
    };
    space.map(request).expect("free");
}

fn region() -> Arc<Region> {
    let attributes = RegionAttributes { mode: 0o700, uid: 0, gid: 0 };
    Region::create(attributes, UNIT_SIZE as u64).expect("memory is plenty")
}

fn write(region: &Region, page: usize) {
    let code = 0xD65F_03C0_u32.to_le_bytes();
    region.write((page * PAGE_SIZE) as u64, &mut UserData::kernel(&code)).expect("writable");
}

/// Whether a program can execute the page now, and fetches see what is in it.
fn is_seen_by_fetches(space: &AddressSpace, page: usize) -> bool {
    let (frame, rights) = space.translation(START.add(page * PAGE_SIZE)).expect("there");
    assert!(rights.contains(Rights::EXECUTE), "the page cannot be executed");
    arch::ram::is_executable(frame)
}

fn fetch(space: &AddressSpace, page: usize) {
    space.fault(START.add(page * PAGE_SIZE), Access::Execute).expect("executable");
}

#[test]
fn in_memory_that_was_written_and_then_protected() {
    let space = space();
    map(&space, READ_WRITE, None);
    space.store(START, b"code").expect("writable");
    space.protect(START, UNIT_SIZE, READ_EXECUTE).expect("mapped");
    assert!(is_seen_by_fetches(&space, 0));
    // Untouched memory may lie where another program's text was.
    fetch(&space, 1);
    assert!(is_seen_by_fetches(&space, 1));
}

#[test]
fn in_a_written_file_that_is_mapped() {
    for sharing in [Sharing::Private, Sharing::Shared] {
        let (space, region) = (space(), region());
        write(&region, 0);
        write(&region, 1);
        map(&space, READ_EXECUTE, Some((region.clone(), 0, sharing)));
        fetch(&space, 0);
        assert!(is_seen_by_fetches(&space, 0), "{sharing:?}");
        write(&region, 1);
        write(&region, 2);
        for page in [1, 2] {
            fetch(&space, page);
            assert!(is_seen_by_fetches(&space, page), "{sharing:?}, page {page}");
        }
    }
}

#[test]
fn in_a_linked_region_that_is_protected_to_be_executed() {
    let (space, region) = (space(), region());
    write(&region, 0);
    map(&space, Protection::READ, Some((region, 0, Sharing::Shared)));
    space.fault(START, Access::Read).expect("readable");
    space.protect(START, UNIT_SIZE, READ_EXECUTE).expect("mapped");
    assert!(is_seen_by_fetches(&space, 0));
}
