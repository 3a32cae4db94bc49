//! Pages handed from one address space to another: the rights on both sides, the very same frames,
//! nothing seen by third parties, nothing changed by a failure, nothing leaked.

mod common;

use abi::memory::Protection;
use arch::addr::{PAGE_SIZE, PageRange, PhysAddr, VirtAddr};
use common::memory;
use kcore::mm::{
    Access, AddressSpace, FaultError, Granted, Handover, LoosePages, MapError, MapRequest,
    MemoryObject, Placement, Sharing, frames,
};
use kcore::region::{Region, RegionAttributes};
use std::sync::Arc;

const ATTRIBUTES: RegionAttributes = RegionAttributes { mode: 0o600, uid: 0, gid: 0 };
const READ_WRITE: Protection = Protection::READ.union(Protection::WRITE);
const READ_EXECUTE: Protection = Protection::READ.union(Protection::EXECUTE);

fn space() -> Arc<AddressSpace> {
    AddressSpace::new().expect("memory is plenty")
}

fn map(
    space: &Arc<AddressSpace>,
    pages: usize,
    protection: Protection,
    object: Option<(Arc<dyn MemoryObject>, u64, Sharing)>,
) -> PageRange {
    let request = MapRequest {
        placement: Placement::Anywhere,
        bytes: pages * PAGE_SIZE,
        protection,
        maximum: Protection::all(),
        object,
    };
    let start = space.map(request).expect("memory is plenty");
    PageRange::from_bytes(start, pages * PAGE_SIZE).expect("it was mapped")
}

fn object_of(loose: LoosePages) -> Result<Arc<dyn MemoryObject>, MapError> {
    match Region::of_loose_pages(ATTRIBUTES, loose) {
        Ok(region) => Ok(region),
        Err(_) => Err(MapError::OutOfMemory),
    }
}

fn hand_over(
    from: &Arc<AddressSpace>,
    to: &Arc<AddressSpace>,
    range: PageRange,
    granted: Granted,
    dropped: Protection,
) -> Result<PageRange, MapError> {
    let handover = Handover { range, granted, dropped };
    let start = from.hand_over(to, &handover, &mut object_of)?;
    Ok(PageRange::from_bytes(start, range.bytes()).expect("it is as long"))
}

fn give(
    from: &Arc<AddressSpace>,
    to: &Arc<AddressSpace>,
    range: PageRange,
) -> Result<PageRange, MapError> {
    hand_over(from, to, range, Granted::All, Protection::all())
}

fn frame(space: &AddressSpace, address: VirtAddr, access: Access) -> Option<PhysAddr> {
    space.page_for(address, access).ok().map(|frame| frame.address())
}

fn frames_of(space: &AddressSpace, range: PageRange) -> Vec<Option<PhysAddr>> {
    range.iter().map(|page| frame(space, page, Access::Read)).collect()
}

fn fill(space: &AddressSpace, range: PageRange) {
    for (index, page) in range.iter().enumerate() {
        space.store(page, &(index as u32 + 1).to_le_bytes()).expect("it is mapped");
    }
}

fn word(space: &AddressSpace, address: VirtAddr) -> u32 {
    let mut bytes = [0; 4];
    space.page_for(address, Access::Read).expect("it is readable").read(0, &mut bytes);
    u32::from_le_bytes(bytes)
}

/// What the space allows at an address, by trying.
fn rights(space: &AddressSpace, address: VirtAddr) -> Protection {
    let mut rights = Protection::empty();
    rights.set(Protection::READ, space.fault(address, Access::Read).is_ok());
    rights.set(Protection::WRITE, space.fault(address, Access::Write).is_ok());
    rights.set(Protection::EXECUTE, space.fault(address, Access::Execute).is_ok());
    rights
}

/// What the documentation says of a grant: `None` where it is refused.
fn expected_grant(bits: u32, own: Protection, maximum: Protection) -> Option<Protection> {
    let wanted = Protection::from_bits_truncate(bits);
    if bits == 7 {
        return Some(own);
    }
    let wanted = if wanted.is_empty() { wanted } else { wanted | Protection::READ };
    let both = wanted.contains(Protection::WRITE | Protection::EXECUTE);
    (!both && maximum.contains(wanted)).then_some(wanted)
}

fn every_combination(own: Protection, shared: bool) {
    for bits in 0..64 {
        let (from, to) = (space(), space());
        let object: Option<(Arc<dyn MemoryObject>, u64, Sharing)> = shared.then(|| {
            let region = Region::create(ATTRIBUTES, PAGE_SIZE as u64).expect("memory is plenty");
            (region as Arc<dyn MemoryObject>, 0, Sharing::Shared)
        });
        let range = map(&from, 1, READ_WRITE, object);
        fill(&from, range);
        from.protect(range.start(), PAGE_SIZE, own).expect("it may be anything");
        let granted = match bits & 7 {
            7 => Granted::All,
            grant => Granted::Only(Protection::from_bits_truncate(grant)),
        };
        let dropped = Protection::from_bits_truncate(bits >> 3);
        let outcome = hand_over(&from, &to, range, granted, dropped);
        let Some(wanted) = expected_grant(bits & 7, own, Protection::all()) else {
            assert_eq!(outcome, Err(MapError::Denied), "flags {bits}");
            assert_eq!(rights(&from, range.start()), own, "flags {bits}: nothing has changed");
            continue;
        };
        let at = outcome.expect("it is allowed").start();
        assert_eq!(rights(&to, at), wanted, "flags {bits}: the receiver");
        let more = to.protect(at, PAGE_SIZE, READ_WRITE);
        assert_eq!(more.is_ok(), wanted.contains(READ_WRITE), "flags {bits}: for good");
        let gone = dropped.contains(Protection::READ);
        let kept = if gone { Protection::empty() } else { own - dropped };
        assert_eq!(rights(&from, range.start()), kept, "flags {bits}: the giver");
        assert_eq!(from.is_mapped(range), !gone);
        let regained = from.protect(range.start(), PAGE_SIZE, READ_WRITE).is_ok();
        assert_eq!(regained, !gone && !dropped.contains(Protection::WRITE), "flags {bits}");
    }
}

#[test]
fn all_64_combinations_give_exactly_the_rights_that_they_say_on_both_sides() {
    let _memory = memory();
    let before = frames::statistics().free;
    for own in [READ_WRITE, Protection::READ, READ_EXECUTE] {
        every_combination(own, false);
        every_combination(own, true);
    }
    assert_eq!(frames::statistics().free, before);
}

#[test]
fn the_receiver_has_the_very_same_frames_and_the_giver_faults() {
    let _memory = memory();
    let before = frames::statistics().free;
    let (from, to) = (space(), space());
    let range = map(&from, 1030, READ_WRITE, None);
    fill(&from, range);
    let old = frames_of(&from, range);
    let user = frames::statistics().user;
    let there = give(&from, &to, range).expect("memory is plenty");
    assert_eq!(frames::statistics().user, user, "no frame was made for it");
    assert_eq!(frames_of(&to, there), old);
    assert_eq!(word(&to, there.start().add(700 * PAGE_SIZE)), 701);
    for page in range.iter() {
        assert_eq!(from.fault(page, Access::Read), Err(FaultError::Unmapped));
    }
    // And on, from hand to hand: it is a view of the same object.
    let third = space();
    let last = give(&to, &third, there).expect("memory is plenty");
    assert_eq!(frames_of(&third, last), old);
    assert!(!to.is_mapped(there));
    drop((from, to, third));
    assert_eq!(frames::statistics().free, before);
}

#[test]
fn what_is_granted_and_not_dropped_is_shared_from_then_on() {
    let _memory = memory();
    let (from, to) = (space(), space());
    let range = map(&from, 3, READ_WRITE, None);
    from.store(range.start(), &[7, 0, 0, 0]).expect("it is mapped");
    let old = frame(&from, range.start(), Access::Read);
    let there = hand_over(&from, &to, range, Granted::All, Protection::empty());
    let there = there.expect("memory is plenty");
    assert_eq!(frame(&from, range.start(), Access::Write), old);
    assert_eq!(frame(&to, there.start(), Access::Write), old);
    // A page that nobody had touched is made once for both.
    let (mine, other) = (range.start().add(PAGE_SIZE), there.start().add(PAGE_SIZE));
    to.store(other, &[9, 0, 0, 0]).expect("it is mapped");
    assert_eq!(word(&from, mine), 9);
    // Fork shares them, too: they are an object's now.
    let child = from.fork().expect("memory is plenty");
    from.store(mine, &[8, 0, 0, 0]).expect("it is mapped");
    assert_eq!(word(&child, mine), 8);
    assert_eq!(word(&to, other), 8);
}

#[test]
fn pages_that_fork_still_shares_are_separated_first() {
    let _memory = memory();
    let before = frames::statistics().free;
    let (from, to) = (space(), space());
    let range = map(&from, 4, READ_WRITE, None);
    fill(&from, range);
    let child = from.fork().expect("memory is plenty");
    // One page is the giver's own again.
    from.store(range.start(), &[50, 0, 0, 0]).expect("it is mapped");
    let own = frame(&from, range.start(), Access::Read);
    let there = give(&from, &to, range).expect("memory is plenty");
    assert_eq!(frame(&to, there.start(), Access::Read), own);
    for page in there.iter() {
        to.store(page, &[99, 0, 0, 0]).expect("it is mapped");
    }
    for (index, page) in range.iter().enumerate() {
        assert_eq!(word(&child, page), index as u32 + 1, "the relative sees nothing of it");
    }
    // A page whose other owners have gone is not copied.
    let second = map(&from, 1, READ_WRITE, None);
    fill(&from, second);
    drop(from.fork().expect("memory is plenty"));
    let old = frames_of(&from, second);
    let there = give(&from, &to, second).expect("memory is plenty");
    assert_eq!(frames_of(&to, there), old);
    drop((from, to, child));
    assert_eq!(frames::statistics().free, before);
}

#[test]
fn a_private_view_of_a_file_is_given_as_a_copy_and_the_file_stays_as_it_is() {
    let _memory = memory();
    let (from, to) = (space(), space());
    let region = Region::create(ATTRIBUTES, 3 * PAGE_SIZE as u64).expect("memory is plenty");
    let range = map(&from, 3, READ_WRITE, Some((region.clone(), 0, Sharing::Private)));
    region.page(1).expect("memory is plenty").write(0, &[5]);
    from.store(range.start(), &[6, 0, 0, 0]).expect("it is mapped");
    assert_eq!(word(&from, range.start().add(PAGE_SIZE)), 5);
    let there = give(&from, &to, range).expect("memory is plenty");
    let seen: Vec<_> = there.iter().map(|page| word(&to, page)).collect();
    assert_eq!(seen, [6, 5, 0]);
    to.store(there.start().add(PAGE_SIZE), &[77, 0, 0, 0]).expect("it is mapped");
    let mut byte = [0];
    region.page(1).expect("memory is plenty").read(0, &mut byte);
    assert_eq!(byte, [5]);
}

#[test]
fn a_range_of_several_views_arrives_as_one_range_with_the_rights_of_each() {
    let _memory = memory();
    let (from, to) = (space(), space());
    let range = map(&from, 4, READ_WRITE, None);
    fill(&from, range);
    let second = range.start().add(PAGE_SIZE);
    from.protect(second, PAGE_SIZE, Protection::READ).expect("it is mapped");
    let region = Region::create(ATTRIBUTES, PAGE_SIZE as u64).expect("memory is plenty");
    region.page(0).expect("memory is plenty").write(0, &[42]);
    let request = MapRequest {
        placement: Placement::Fixed(range.start().add(2 * PAGE_SIZE)),
        bytes: PAGE_SIZE,
        protection: READ_WRITE,
        maximum: Protection::all(),
        object: Some((region.clone(), 0, Sharing::Shared)),
    };
    from.map(request).expect("memory is plenty");
    let there = give(&from, &to, range).expect("memory is plenty");
    let seen: Vec<_> = there.iter().map(|page| word(&to, page)).collect();
    assert_eq!(seen, [1, 2, 42, 4]);
    let found: Vec<_> = there.iter().map(|page| rights(&to, page)).collect();
    assert_eq!(found, [READ_WRITE, Protection::READ, READ_WRITE, READ_WRITE]);
    assert!(!from.is_mapped(range));
}

#[test]
fn pages_in_the_middle_leave_the_giver_the_rest() {
    let _memory = memory();
    let (from, to) = (space(), space());
    let range = map(&from, 5, READ_WRITE, None);
    fill(&from, range);
    let middle = PageRange::from_bytes(range.start().add(PAGE_SIZE), 3 * PAGE_SIZE);
    let there = give(&from, &to, middle.expect("it is within")).expect("memory is plenty");
    assert_eq!(there.iter().map(|page| word(&to, page)).collect::<Vec<_>>(), [2, 3, 4]);
    assert_eq!(word(&from, range.start()), 1);
    assert_eq!(word(&from, range.start().add(4 * PAGE_SIZE)), 5);
}

#[test]
fn a_failure_leaves_both_sides_as_they_were() {
    let _memory = memory();
    let (from, to) = (space(), space());
    let range = map(&from, 3, READ_WRITE, None);
    fill(&from, range);
    let old = frames_of(&from, range);
    let before = (frames::statistics().free, to.usage());
    let handover = Handover { range, granted: Granted::All, dropped: Protection::all() };
    let outcome = from.hand_over(&to, &handover, &mut |_| Err(MapError::OutOfMemory));
    assert_eq!(outcome, Err(MapError::OutOfMemory));
    assert_eq!((frames::statistics().free, to.usage()), before);
    assert_eq!(frames_of(&from, range), old);
    fill(&from, range);
    from.unmap(range.start().add(PAGE_SIZE), PAGE_SIZE).expect("it is mapped");
    assert_eq!(give(&from, &to, range), Err(MapError::Unmapped));
    assert_eq!(word(&from, range.start()), 1);
    let handover = Handover { granted: Granted::Only(READ_EXECUTE | READ_WRITE), ..handover };
    let first = PageRange::from_bytes(range.start(), PAGE_SIZE).expect("a page");
    let handover = Handover { range: first, ..handover };
    assert_eq!(from.check_handover(&handover), Err(MapError::Denied));
}
