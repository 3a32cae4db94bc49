//! The file system at `/sd` on a card in memory.

mod alike;
mod by_hand;
mod card;
mod coherence;
mod hostile;
mod mapped;
mod paging;
mod power;
mod rename;

use super::partition;
use crate::fs::Follow;
use crate::fs::slot::Slot;
use crate::fs::tests::{System, list, read, write};
use abi::Errno;
use abi::file::{OpenFlags, SEEK_END, SEEK_SET};
use card::{MemoryCard, Shared};

const READ: OpenFlags = OpenFlags::empty();

/// A system with this card in its slot.
pub fn system(card: &Shared) -> System {
    System::with_card(Slot::holding(Box::new(MemoryCard(card.clone()))))
}

/// The names in a directory.
pub fn names(system: &System, path: &str) -> Vec<String> {
    let directory = system.open(path, OpenFlags::DIRECTORY).unwrap();
    let parts = std::iter::from_fn(|| Some(list(&directory, 1000)).filter(|part| !part.is_empty()));
    parts.flatten().collect()
}

fn sync(system: &System) {
    system.open("sd", READ).unwrap().node().synchronise().unwrap();
}

#[test]
fn what_is_written_is_there_after_the_next_mount() {
    let card = Shared::formatted(64 << 20);
    let first = system(&card);
    first.make_directory("sd/a directory").unwrap();
    let file = first.create("sd/a directory/A long name with spaces.text");
    write(&file, b"hello").unwrap();
    drop(file);
    let second = system(&card);
    let file = second.open("sd/a directory/A long name with spaces.text", READ).unwrap();
    assert_eq!(read(&file, 100).unwrap(), b"hello");
    assert_eq!(names(&second, "sd"), [".", "..", "a directory"]);
    card.check();
}

#[test]
fn names_are_found_in_small_and_capital_letters_and_kept_as_they_were_given() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    write(&system.create("sd/ReadMe.md"), b"x").unwrap();
    assert_eq!(read(&system.open("sd/README.MD", READ).unwrap(), 9).unwrap(), b"x");
    let exclusive = OpenFlags::CREATE | OpenFlags::EXCLUSIVE;
    assert_eq!(system.error("sd/readme.md", exclusive), Errno::EEXIST);
    assert_eq!(names(&system, "sd"), [".", "..", "ReadMe.md"]);
    system.rename("sd/readme.md", "sd/Other").unwrap();
    assert_eq!(names(&system, "sd"), [".", "..", "Other"]);
}

#[test]
fn a_file_that_is_removed_while_it_is_open_lives_until_it_is_closed() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    let free = system.open("sd", READ).unwrap().node().room().unwrap().unwrap().free;
    system.make_directory("sd/d").unwrap();
    let file = system.create("sd/d/f");
    write(&file, &[7; 5000]).unwrap();
    system.unlink("sd/d/f").unwrap();
    assert_eq!(system.error("sd/d/f", READ), Errno::ENOENT);
    assert_eq!(system.remove_directory("sd/d"), Ok(()));
    assert_eq!(names(&system, "sd"), [".", ".."]);
    assert_eq!(file.stat().st_nlink, 0);
    write(&file, b"more").unwrap();
    file.seek(4998, SEEK_SET).unwrap();
    assert_eq!(read(&file, 100).unwrap(), b"\x07\x07more");
    drop(file);
    let after = system.open("sd", READ).unwrap().node().room().unwrap().unwrap().free;
    assert_eq!(after, free, "its room is free again");
    card.check();
}

#[test]
fn what_a_power_cut_left_of_a_removed_file_goes_at_the_next_mount() {
    let card = Shared::formatted(64 << 20);
    let first = system(&card);
    let file = first.create("sd/f");
    write(&file, &[7; 5000]).unwrap();
    first.unlink("sd/f").unwrap();
    let cut = card.copy();
    let second = system(&cut);
    assert_eq!(names(&second, "sd"), [".", ".."]);
    sync(&second);
    cut.check();
    drop(file);
}

#[test]
fn rename_replaces_a_file_that_is_open_and_that_stays_readable() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    write(&system.create("sd/new"), b"new").unwrap();
    let old = system.create("sd/old");
    write(&old, b"old").unwrap();
    system.rename("sd/new", "sd/old").unwrap();
    old.seek(0, SEEK_SET).unwrap();
    assert_eq!(read(&old, 9).unwrap(), b"old");
    assert_eq!(read(&system.open("sd/old", READ).unwrap(), 9).unwrap(), b"new");
    assert_eq!(names(&system, "sd"), [".", "..", "old"]);
    drop(old);
    sync(&system);
    card.check();
}

#[test]
fn what_fat_does_not_have_is_refused_as_linux_refuses_it() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    let root = crate::process::Credentials { uid: 0, gid: 0 };
    let file = system.create("sd/f");
    assert_eq!(system.link("sd/f", "sd/g"), Err(Errno::EPERM));
    assert_eq!(system.namespace.make_link(&system.context(), b"sd/l", b"f"), Err(Errno::EPERM));
    assert_eq!(file.set_mode(0o600, root), Err(Errno::EPERM));
    assert_eq!(file.set_mode(0o555, root), Ok(()));
    assert_eq!(file.stat().st_mode, 0o100555);
    assert_eq!(file.set_mode(0o755, root), Ok(()));
    assert_eq!(system.error("sd/a:b", OpenFlags::CREATE), Errno::EINVAL);
    assert_eq!(system.error("sd/.commons-removed-1", OpenFlags::CREATE), Errno::EPERM);
    assert_eq!(file.seek(u32::MAX.into(), SEEK_SET), Ok(u32::MAX.into()));
    assert_eq!(write(&file, b"x"), Err(Errno::EFBIG));
    assert_eq!(file.set_length(1 << 32), Err(Errno::EFBIG));
    assert_eq!(file.stat().st_size, 0);
}

#[test]
fn bytes_far_behind_the_end_that_do_not_fit_leave_the_file_as_long_as_it_was() {
    let card = Shared::formatted(34 << 20);
    let system = system(&card);
    let room = system.open("sd", READ).unwrap().node().room().unwrap().unwrap();
    let most = system.create("sd/most");
    most.set_length((room.free - 20) * room.block_bytes).unwrap();
    let file = system.create("sd/f");
    write(&file, b"text").unwrap();
    // There is room for the zeroes before them.
    file.seek(10 * room.block_bytes as i64, SEEK_SET).unwrap();
    assert_eq!(write(&file, &[1; 60_000]), Err(Errno::ENOSPC));
    assert_eq!(file.stat().st_size, 4);
    sync(&system);
    card.check();
}

#[test]
fn a_full_card_is_an_error_at_the_write_and_takes_more_when_there_is_room_again() {
    let card = Shared::formatted(34 << 20);
    let system = system(&card);
    let file = system.create("sd/large");
    let block = vec![5; 1 << 20];
    let mut written = 0;
    let error = loop {
        match write(&file, &block) {
            Ok(count) => written += count,
            Err(error) => break error,
        }
    };
    assert_eq!(error, Errno::ENOSPC);
    assert_eq!(file.stat().st_size, written as i64);
    assert!(written > 30 << 20, "{written} bytes fit");
    file.set_length(1 << 20).unwrap();
    file.seek(0, SEEK_END).unwrap();
    assert_eq!(write(&file, b"x"), Ok(1));
    drop(file);
    sync(&system);
    card.check();
}

#[test]
fn a_card_that_is_pulled_is_an_error_and_the_next_one_is_mounted_anew() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    let file = system.create("sd/f");
    write(&file, b"x").unwrap();
    card.pull();
    assert_eq!(write(&file, &[1; 5000]), Err(Errno::EIO));
    assert_eq!(write(&file, b"x"), Err(Errno::EIO));
    assert_eq!(file.node().synchronise(), Err(Errno::EIO));
    drop(file);
}

#[test]
fn a_card_that_fails_is_an_input_output_error_and_goes_on_when_it_recovers() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    let file = system.create("sd/f");
    card.fail_after(0);
    assert_eq!(write(&file, &[1; 5000]), Err(Errno::EIO));
    card.recover();
    assert_eq!(write(&file, &[2; 5000]), Ok(5000));
    drop(file);
    sync(&system);
    card.check();
}

#[test]
fn a_card_without_a_file_system_has_none_at_sd() {
    let card = Shared::blank(64 << 20);
    let system = system(&card);
    assert_eq!(system.error("sd/x", READ), Errno::ENODEV);
    assert_eq!(system.error("sd", READ), Errno::ENODEV);
    assert_eq!(system.namespace.find(&system.context(), b"sd", Follow::Yes).err(), None);
    assert!(system.open("dev/mmcblk0", READ).is_ok());
    assert_eq!(partition::find(&card.block(0), 100), None);
}

#[test]
fn a_listing_of_many_files_has_each_of_them_once() {
    let card = Shared::formatted(64 << 20);
    let system = system(&card);
    system.make_directory("sd/many").unwrap();
    for number in 0..300 {
        system.create(&format!("sd/many/a file with number {number:03}"));
    }
    let listed = names(&system, "sd/many");
    assert_eq!(listed.len(), 302);
    assert!(listed.is_sorted());
    for number in (0..300).step_by(2) {
        system.unlink(&format!("sd/many/a file with number {number:03}")).unwrap();
    }
    assert_eq!(names(&system, "sd/many").len(), 152);
    card.check();
}
