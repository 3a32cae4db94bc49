//! Pages of mapped files that come in when they are touched, and go when memory is short.

use super::card::Shared;
use super::mapped::{View, on_card, volume};
use super::{READ, system};
use crate::fs::tests::{System, write};
use crate::fs::{OpenFile, cached_pages};
use crate::mm::{Access, AddressSpace, FaultError, MapRequest, MemoryObject, Placement, Sharing};
use crate::region::Region;
use abi::Errno;
use abi::memory::Protection;
use arch::addr::{PAGE_SIZE, UNIT_SIZE, VirtAddr};
use std::sync::Arc;

const START: VirtAddr = VirtAddr::new(UNIT_SIZE * 8);

/// The first bytes of a page, which tell it from all others.
fn mark(page: usize) -> [u8; 8] {
    (0x5EED_0000_0000_0000 | page as u64).to_le_bytes()
}

/// A file of so many pages, each with its mark.
fn marked_file(system: &System, pages: usize) -> Arc<OpenFile> {
    let mut bytes = vec![0; pages * PAGE_SIZE];
    for (page, bytes) in bytes.chunks_mut(PAGE_SIZE).enumerate() {
        bytes[..8].copy_from_slice(&mark(page));
    }
    let file = system.create("sd/f");
    assert_eq!(write(&file, &bytes), Ok(bytes.len()));
    file
}

/// A space that sees the whole file.
fn space(file: &OpenFile, sharing: Sharing) -> (Arc<AddressSpace>, Arc<Region>) {
    let region = file.mapping().unwrap();
    let space = AddressSpace::new().unwrap();
    let object: Arc<dyn MemoryObject> = region.clone();
    let request = MapRequest {
        placement: Placement::Fixed(START),
        bytes: region.length() as usize,
        protection: Protection::READ | Protection::WRITE,
        maximum: Protection::all(),
        object: Some((object, 0, sharing)),
    };
    space.map(request).unwrap();
    (space, region)
}

fn page(index: usize) -> VirtAddr {
    START.add(index * PAGE_SIZE)
}

fn load(space: &AddressSpace, index: usize) -> Result<[u8; 8], FaultError> {
    let mut bytes = [0; 8];
    space.page_for(page(index), Access::Read)?.read(0, &mut bytes);
    Ok(bytes)
}

#[test]
fn only_what_is_touched_is_read_with_what_is_around_it() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    let file = marked_file(&system, 1000);
    let before = card.reads();
    let (space, region) = space(&file, Sharing::Shared);
    assert_eq!(region.resident_pages(), 0);
    assert_eq!(load(&space, 501), Ok(mark(501)));
    assert_eq!(region.resident_pages(), 8);
    assert!(space.is_resident(page(496)).unwrap() && !space.is_resident(page(504)).unwrap());
    // The table that leads to it is read, too.
    let read = card.reads() - before;
    assert!((64..64 + 16).contains(&read), "{read} blocks were read");
    assert_eq!(region.record().faults, 1);
}

#[test]
fn who_walks_along_a_file_has_it_read_in_long_pieces() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    let file = marked_file(&system, 1000);
    let (space, region) = space(&file, Sharing::Shared);
    for index in 0..1000 {
        assert_eq!(load(&space, index), Ok(mark(index)));
    }
    assert_eq!(region.record().faults, 4 + (1000_u64 - 120).div_ceil(64));
}

#[test]
fn pages_go_when_asked_and_come_again_and_private_copies_stay() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    let file = marked_file(&system, 300);
    let (shared, region) = space(&file, Sharing::Shared);
    let (private, _) = space(&file, Sharing::Private);
    private.store(page(7), b"private!").unwrap();
    shared.store(page(8), b"for all!").unwrap();
    for index in 0..300 {
        shared.fault(page(index), Access::Write).unwrap();
        private.fault(page(index), Access::Read).unwrap();
    }
    let child = private.fork().unwrap();
    while volume(&system).make_room(None) {}
    assert_eq!(region.resident_pages(), 0, "what was stored was written, and went");
    assert_eq!(&on_card(&card, "sd/f")[8 * PAGE_SIZE..][..8], b"for all!");
    for space in [&shared, &private, &child] {
        assert_eq!(space.translation(page(20)), None);
        assert_eq!(load(space, 20), Ok(mark(20)));
        assert_eq!(load(space, 8).as_ref(), Ok(b"for all!"));
    }
    assert_eq!(load(&shared, 7), Ok(mark(7)));
    assert_eq!(load(&private, 7).as_ref(), Ok(b"private!"));
    assert_eq!(load(&child, 7).as_ref(), Ok(b"private!"));
}

#[test]
fn a_page_that_somebody_holds_stays_and_so_do_those_that_are_locked() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    let file = marked_file(&system, 100);
    let (space, region) = space(&file, Sharing::Shared);
    let held = space.page_for(page(50), Access::Write).unwrap();
    while volume(&system).make_room(None) {}
    assert_eq!(region.resident_pages(), 1);
    held.write(0, b"by a copy that was under way");
    drop(held);
    assert_eq!(load(&space, 50).as_ref(), Ok(b"by a cop"));
    region.hold_pages();
    assert!(!volume(&system).make_room(None));
    drop(space);
    assert!(volume(&system).make_room(None), "nobody sees the pages any more");
}

#[test]
fn a_page_that_cannot_be_read_is_an_error_for_it_alone_and_for_as_long() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    let file = marked_file(&system, 64);
    let (space, region) = space(&file, Sharing::Shared);
    card.spoil(card.place_of(&mark(5)));
    assert_eq!(load(&space, 5), Err(FaultError::Unreadable));
    assert_eq!(load(&space, 4), Ok(mark(4)), "a bad place beside it is nothing to it");
    assert_eq!(load(&space, 40), Ok(mark(40)));
    let mut bytes = [0; 16];
    let mut buffer = crate::user_memory::UserBuffer::kernel(&mut bytes);
    assert_eq!(region.read(5 * PAGE_SIZE as u64, &mut buffer), Err(Errno::EIO));
    card.fail_reads_after(0);
    assert_eq!(load(&space, 20), Err(FaultError::Unreadable));
    assert_eq!(load(&space, 40), Ok(mark(40)), "what is there stays");
    card.recover();
    assert_eq!(load(&space, 20), Ok(mark(20)));
}

#[test]
fn a_store_that_cannot_be_written_is_told_to_all_who_ask_and_not_lost() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    let file = marked_file(&system, 64);
    let view = View::of(&file);
    view.store(PAGE_SIZE as u64, b"stored");
    card.fail_after(0);
    assert_eq!(file.node().synchronise(), Err(Errno::EIO));
    assert_eq!(volume(&system).sync(), Err(Errno::EIO));
    assert_eq!(file.node().synchronise(), Err(Errno::EIO));
    while volume(&system).make_room(None) {}
    card.recover();
    assert_eq!(view.load(PAGE_SIZE as u64, 6), b"stored", "it did not go");
    assert_eq!(file.node().synchronise(), Ok(()));
    assert_eq!(&on_card(&card, "sd/f")[PAGE_SIZE..][..6], b"stored");
}

#[test]
fn a_place_that_cannot_be_written_keeps_nothing_from_the_others() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    let file = marked_file(&system, 200);
    file.node().synchronise().unwrap();
    let view = View::of(&file);
    for page in (0..200).step_by(20) {
        view.store(page * PAGE_SIZE as u64 + 8, b"stored");
    }
    card.spoil(card.place_of(&mark(20)));
    assert_eq!(file.node().synchronise(), Err(Errno::EIO));
    let found = on_card(&card, "sd/f");
    let is_there = |page: usize| &found[page * PAGE_SIZE + 8..][..6] == b"stored";
    assert!((40..200).step_by(20).all(is_there) && is_there(0));
}

#[test]
fn bytes_behind_the_end_of_a_file_never_become_its_own() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    let file = system.create("sd/f");
    write(&file, b"short").unwrap();
    let (space, _) = space(&file, Sharing::Shared);
    space.store(START, b"SHORT and behind the end").unwrap();
    file.set_length(100).unwrap();
    assert_eq!(&load(&space, 0).unwrap(), b"SHORT\0\0\0");
    file.node().synchronise().unwrap();
    assert_eq!(&on_card(&card, "sd/f")[..8], b"SHORT\0\0\0");
}

#[test]
fn a_touch_behind_the_end_is_told_as_that() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    let file = marked_file(&system, 20);
    let (space, _) = space(&file, Sharing::Shared);
    assert_eq!(load(&space, 19), Ok(mark(19)));
    file.set_length(10 * PAGE_SIZE as u64).unwrap();
    assert_eq!(load(&space, 19), Err(FaultError::BeyondEnd));
    assert_eq!(load(&space, 10), Err(FaultError::BeyondEnd));
    assert_eq!(load(&space, 9), Ok(mark(9)));
}

#[test]
fn a_range_is_made_accessible_page_by_page_though_pages_go_meanwhile() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    let file = marked_file(&system, 600);
    let (space, region) = space(&file, Sharing::Shared);
    let range = arch::addr::PageRange::from_bytes(START, 600 * PAGE_SIZE).unwrap();
    space.prefault(range).unwrap();
    assert_eq!(region.resident_pages(), 600);
    assert_eq!(space.prefault(range), Ok(()));
    card.pull();
    assert_eq!(space.prefault(range), Ok(()), "all is there");
}

#[test]
fn what_is_in_memory_is_counted_and_goes_with_the_last_user() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    let file = marked_file(&system, 500);
    let region = file.mapping().unwrap();
    let mut bytes = vec![0; 500 * PAGE_SIZE];
    region.read(0, &mut crate::user_memory::UserBuffer::kernel(&mut bytes)).unwrap();
    assert_eq!(bytes[499 * PAGE_SIZE..][..8], mark(499));
    assert!(cached_pages() >= 500);
    drop((file, region));
    assert_eq!(volume(&system).write_back(), Ok(false));
    assert_eq!(system.open("sd/f", READ).unwrap().stat().st_size as usize, bytes.len());
}

#[test]
fn the_children_of_a_view_that_is_to_be_copied_are_refused() {
    use abi::region::Inheritance;
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    let file = marked_file(&system, 4);
    let (space, _) = space(&file, Sharing::Shared);
    let refused = space.set_inheritance(START, Inheritance::Copy);
    assert_eq!(refused.map_err(Errno::from), Err(Errno::EOPNOTSUPP));
    assert!(space.set_inheritance(START, Inheritance::ShareReadOnly).is_ok());
}
