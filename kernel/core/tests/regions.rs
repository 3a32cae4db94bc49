//! Regions: lengths, bytes, names and what becomes of the pages.

mod common;

use abi::Errno;
use abi::memory::Protection;
use arch::addr::{PhysAddr, VirtAddr};
use common::memory;
use kcore::mm::{AddressSpace, Location, MapRequest, MemoryObject, PageError, Placement, frames};
use kcore::region::names::{self, Exclusive, Found};
use kcore::region::quota::Account;
use kcore::region::{DepartureWord, DepartureWords, Region, RegionAttributes, RegionSpec};
use kcore::user_memory::{UserBuffer, UserData};
use std::sync::Arc;

const ATTRIBUTES: RegionAttributes = RegionAttributes { mode: 0o640, uid: 7, gid: 8 };

fn spec(length: u64) -> RegionSpec {
    let account = Account { uid: ATTRIBUTES.uid, process: None };
    RegionSpec { length, ..RegionSpec::posix(ATTRIBUTES, account) }
}

fn region(length: u64) -> Arc<Region> {
    Region::create(ATTRIBUTES, length).expect("memory is plenty")
}

fn read(region: &Region, offset: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0xEE; length];
    let read = region.read(offset, &mut UserBuffer::kernel(&mut bytes)).expect("readable");
    bytes.truncate(read);
    bytes
}

fn unlink(name: &[u8]) -> Result<(), Errno> {
    names::unlink_if(name, |_| Ok(()))
}

fn write(region: &Region, offset: u64, bytes: &[u8]) -> usize {
    region.write(offset, &mut UserData::kernel(bytes)).expect("writable")
}

#[test]
fn reads_and_writes_stop_at_the_exact_length() {
    let _memory = memory();
    let region = region(4097);
    assert_eq!(region.length(), 4097);
    assert_eq!(write(&region, 4090, b"0123456789"), 7);
    assert_eq!(read(&region, 4088, 100), b"\0\x000123456");
    assert_eq!(read(&region, 4097, 1), b"");
    assert_eq!(read(&region, u64::MAX, 1), b"");
    assert_eq!(region.resident_pages(), 2);
}

#[test]
fn reading_untouched_bytes_makes_no_pages() {
    let _memory = memory();
    let region = region(1 << 30);
    assert_eq!(read(&region, 123_456, 5000), vec![0; 5000]);
    assert_eq!(region.resident_pages(), 0);
}

#[test]
fn a_copy_that_reaches_a_bad_address_counts_what_it_has_moved() {
    let _memory = memory();
    let region = region(3 * 4096);
    write(&region, 0, &[b'x'; 3 * 4096]);
    let space = AddressSpace::new().expect("memory is plenty");
    let page = MapRequest {
        placement: Placement::Fixed(VirtAddr::new(0x40_0000)),
        bytes: 4096,
        protection: Protection::READ | Protection::WRITE,
        maximum: Protection::all(),
        object: None,
    };
    let start = space.map(page).expect("free");
    space.store(start, b"0123").expect("mapped");
    space.activate();
    let read = |at, length| region.read(0, &mut UserBuffer::user(at, length));
    assert_eq!(read(start.add(100), 2 * 4096), Ok(3996));
    assert_eq!(read(start.add(4096), 1), Err(Errno::EFAULT));
    assert_eq!(read(start.add(4096), 0), Ok(0));
    let write = |at, length| region.write(10, &mut UserData::user(at, length));
    assert_eq!(write(start, 2 * 4096), Ok(4096));
    assert_eq!(self::read(&region, 8, 6), b"xx0123");
    assert_eq!(write(start.add(4096), 1), Err(Errno::EFAULT));
    arch::space::deactivate();
}

#[test]
fn what_is_cut_off_comes_back_as_zeroes() {
    let _memory = memory();
    let before = frames::statistics().free;
    let region = region(3 * 4096);
    write(&region, 0, &[b'x'; 3 * 4096]);
    region.set_length(100).expect("shrinks");
    assert_eq!(region.resident_pages(), 1);
    region.set_length(8192).expect("grows");
    let bytes = read(&region, 0, 8192);
    assert!(bytes[..100].iter().all(|byte| *byte == b'x'));
    assert!(bytes[100..].iter().all(|byte| *byte == 0));
    assert_eq!(region.page(2), Err(PageError::BeyondEnd));
    drop(region);
    assert_eq!(frames::statistics().free, before);
}

#[test]
fn a_length_that_no_address_space_could_hold_is_refused() {
    let _memory = memory();
    assert_eq!(Region::create(ATTRIBUTES, u64::MAX).err(), Some(Errno::EFBIG));
    assert_eq!(region(0).set_length(1 << 40), Err(Errno::EFBIG));
}

#[test]
fn a_region_of_the_image_shows_the_image_and_cannot_be_changed() {
    let _memory = memory();
    let image = PhysAddr::new(0x8_0000);
    // SAFETY: the simulated image lies below the frames that the pool manages.
    unsafe { arch::ram::write_bytes(image, b"text of the program") };
    // SAFETY: as above.
    unsafe { arch::ram::write_bytes(image.add(4996), b"next file in the archive") };
    let file = Region::of_image(image, 5000).expect("page aligned");
    assert_eq!(read(&file, 8, 3), b"the");
    assert_eq!(file.page(0).expect("there").address(), image);
    assert_eq!(file.write(0, &mut UserData::kernel(b"x")), Err(Errno::EROFS));
    assert_eq!(file.set_length(1), Err(Errno::EROFS));
    let part = file.part_of_image(4096, 904).expect("a page's start");
    assert_eq!(part.length(), 904);
    assert_eq!(part.page(0), file.page(1));
    let mut tail = [0xEE; 8];
    part.page(0).expect("there").read(900, &mut tail);
    assert_eq!(tail, *b"next\0\0\0\0");
    assert!(file.part_of_image(4096, 905).is_err());
    assert!(file.part_of_image(u64::MAX, 2).is_err());
}

#[test]
fn a_name_is_free_at_once_and_the_memory_lives_on() {
    let _memory = memory();
    let before = frames::statistics().free;
    let create = || names::create(b"/name-test", Exclusive::Yes, || spec(4096));
    let Ok(Found::Created(first)) = create() else { panic!("the name was taken") };
    write(&first, 0, b"first");
    assert_eq!(create().err(), Some(Errno::EEXIST));
    unlink(b"/name-test").expect("there");
    assert_eq!(unlink(b"/name-test"), Err(Errno::ENOENT));
    let Ok(Found::Created(second)) = create() else { panic!("the name was taken") };
    assert_eq!(read(&second, 0, 5), b"\0\0\0\0\0");
    assert_eq!(read(&first, 0, 5), b"first");
    unlink(b"/name-test").expect("there");
    drop((first, second));
    assert_eq!(frames::statistics().free, before);
}

#[test]
fn a_second_name_leads_to_the_same_region() {
    let _memory = memory();
    let Ok(Found::Created(region)) = names::create(b"/link-a", Exclusive::No, || spec(10)) else {
        panic!("the name was taken")
    };
    names::link(&region, b"/link-b").expect("free");
    assert_eq!(names::link(&region, b"/link-b"), Err(Errno::EEXIST));
    assert_eq!(region.names(), 2);
    unlink(b"/link-a").expect("there");
    assert_eq!(names::open(b"/link-b").map(|found| found.id()), Some(region.id()));
    unlink(b"/link-b").expect("there");
    assert_eq!(names::link(&region, b"/link-c"), Err(Errno::ENOENT));
}

#[test]
fn a_name_is_taken_away_or_moved_only_from_the_region_that_was_meant() {
    let _memory = memory();
    let create = |name: &[u8]| match names::create(name, Exclusive::Yes, || spec(0)) {
        Ok(Found::Created(region)) => region,
        _ => panic!("the name was taken"),
    };
    let id = |name: &[u8]| names::open(name).map(|region| region.id());
    let (first, second) = (create(b"/meant-a"), create(b"/meant-b"));
    assert_eq!(names::unlink_if(b"/meant-a", |_| Err(Errno::EACCES)), Err(Errno::EACCES));
    assert_eq!(id(b"/meant-a"), Some(first.id()));
    let rename = |replaced| names::rename(b"/meant-a", first.id(), b"/meant-b", replaced);
    assert_eq!(rename(None), Err(Errno::ESTALE), "it would replace a region that nobody checked");
    assert_eq!(rename(Some(first.id())), Err(Errno::ESTALE));
    assert_eq!(names::rename(b"/meant-a", second.id(), b"/meant-c", None), Err(Errno::ESTALE));
    assert_eq!(rename(Some(second.id())), Ok(()));
    assert_eq!((id(b"/meant-a"), id(b"/meant-b")), (None, Some(first.id())));
    assert_eq!((first.names(), second.names()), (1, 0));
    unlink(b"/meant-b").expect("there");
}

#[test]
fn a_departure_adds_one_to_its_word_and_names_the_place_to_wake() {
    let _memory = memory();
    let region = region(8192);
    let mut words = DepartureWords::new();
    words.add(DepartureWord::new(region.clone(), 4100).expect("aligned")).expect("room");
    words.add(DepartureWord::new(region.clone(), 4100).expect("aligned")).expect("the same");
    let mut woken = Vec::new();
    words.fire(|location| woken.push(location));
    assert_eq!(woken, [Location::Object(region.id(), 4100)]);
    assert_eq!(read(&region, 4100, 4), [1, 0, 0, 0]);
    assert!(DepartureWord::new(region.clone(), 2).is_err());
    assert!(DepartureWord::new(region.clone(), 8192).is_err());
    assert!(DepartureWord::new(region, u64::MAX - 3).is_err());
}
