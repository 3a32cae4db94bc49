//! Tests of files in memory, through the name space.

use crate::fs::tests::{System, list, read, write};
use abi::Errno;
use abi::file::{OpenFlags, SEEK_CUR, SEEK_END, SEEK_SET};

#[test]
fn what_is_written_is_read_again() {
    let system = System::new();
    let file = system.create("tmp/a");
    assert_eq!(write(&file, b"hello world"), Ok(11));
    assert_eq!(file.seek(6, SEEK_SET), Ok(6));
    assert_eq!(read(&file, 100).unwrap(), b"world");
    assert_eq!(read(&file, 100).unwrap(), b"");
    assert_eq!(file.stat().st_size, 11);
    assert_eq!(file.stat().st_mode, 0o100644);
}

#[test]
fn a_gap_reads_as_zeroes() {
    let system = System::new();
    let file = system.create("tmp/a");
    assert_eq!(file.seek(5000, SEEK_END), Ok(5000));
    write(&file, b"x").unwrap();
    file.seek(4998, SEEK_SET).unwrap();
    assert_eq!(read(&file, 10).unwrap(), b"\0\0x");
    assert_eq!(file.seek(-5002, SEEK_CUR), Err(Errno::EINVAL));
}

#[test]
fn appending_writes_go_to_the_end_wherever_the_offset_is() {
    let system = System::new();
    let one = system.create("tmp/a");
    let two = system.open("tmp/a", OpenFlags::WRITE_ONLY | OpenFlags::APPEND).unwrap();
    write(&one, b"aa").unwrap();
    write(&two, b"bb").unwrap();
    write(&one, b"c").unwrap();
    write(&two, b"dd").unwrap();
    one.seek(0, SEEK_SET).unwrap();
    assert_eq!(read(&one, 100).unwrap(), b"aacbdd");
}

#[test]
fn truncation_empties_a_file_that_others_have_open() {
    let system = System::new();
    let file = system.create("tmp/a");
    write(&file, b"hello").unwrap();
    system.open("tmp/a", OpenFlags::WRITE_ONLY | OpenFlags::TRUNCATE).unwrap();
    assert_eq!(file.stat().st_size, 0);
    file.set_length(3).unwrap();
    file.seek(0, SEEK_SET).unwrap();
    assert_eq!(read(&file, 9).unwrap(), b"\0\0\0");
}

#[test]
fn descriptors_do_only_what_they_were_opened_for() {
    let system = System::new();
    let written = system.create("tmp/a");
    let reader = system.open("tmp/a", OpenFlags::empty()).unwrap();
    assert_eq!(write(&reader, b"x"), Err(Errno::EBADF));
    assert_eq!(reader.set_length(0), Err(Errno::EINVAL));
    let writer = system.open("tmp/a", OpenFlags::WRITE_ONLY).unwrap();
    assert_eq!(read(&writer, 1), Err(Errno::EBADF));
    drop(written);
}

#[test]
fn a_file_lives_until_its_last_name_and_its_last_descriptor_are_gone() {
    let system = System::new();
    let file = system.create("tmp/a");
    write(&file, b"x").unwrap();
    system.link("tmp/a", "tmp/b").unwrap();
    assert_eq!(file.stat().st_nlink, 2);
    system.unlink("tmp/a").unwrap();
    system.unlink("tmp/b").unwrap();
    assert_eq!(file.stat().st_nlink, 0);
    file.seek(0, SEEK_SET).unwrap();
    assert_eq!(read(&file, 9).unwrap(), b"x");
    assert_eq!(system.error("tmp/a", OpenFlags::empty()), Errno::ENOENT);
}

#[test]
fn directories_are_made_and_removed_only_when_empty() {
    let system = System::new();
    system.make_directory("tmp/d/").unwrap();
    system.create("tmp/d/f");
    assert_eq!(system.make_directory("tmp/d"), Err(Errno::EEXIST));
    assert_eq!(system.remove_directory("tmp/d"), Err(Errno::ENOTEMPTY));
    assert_eq!(system.unlink("tmp/d"), Err(Errno::EISDIR));
    assert_eq!(system.remove_directory("tmp/d/f"), Err(Errno::ENOTDIR));
    assert_eq!(system.remove_directory("tmp/d/."), Err(Errno::EINVAL));
    assert_eq!(system.remove_directory("tmp/d/.."), Err(Errno::ENOTEMPTY));
    assert_eq!(system.remove_directory("tmp"), Err(Errno::EBUSY));
    assert_eq!(system.open("tmp", OpenFlags::empty()).unwrap().stat().st_nlink, 3);
    system.unlink("tmp/d/f").unwrap();
    let open = system.open("tmp/d", OpenFlags::empty()).unwrap();
    system.remove_directory("tmp/d").unwrap();
    assert_eq!(list(&open, 100), [".", ".."]);
    assert_eq!(system.error("tmp/d/x", OpenFlags::CREATE), Errno::ENOENT);
}

#[test]
fn links_are_for_files_of_one_file_system() {
    let system = System::new();
    system.make_directory("tmp/d").unwrap();
    system.create("tmp/a");
    assert_eq!(system.link("tmp/d", "tmp/e"), Err(Errno::EPERM));
    assert_eq!(system.link("tmp/a", "tmp/d"), Err(Errno::EEXIST));
    assert_eq!(system.link("etc/motd", "tmp/m"), Err(Errno::EXDEV));
    assert_eq!(system.link("tmp/none", "tmp/m"), Err(Errno::ENOENT));
}

#[test]
fn rename_replaces_what_has_the_new_name() {
    let system = System::new();
    write(&system.create("tmp/a"), b"new").unwrap();
    let old = system.create("tmp/b");
    system.rename("tmp/a", "tmp/b").unwrap();
    assert_eq!(read(&system.open("tmp/b", OpenFlags::empty()).unwrap(), 9).unwrap(), b"new");
    assert_eq!(system.error("tmp/a", OpenFlags::empty()), Errno::ENOENT);
    assert_eq!(old.stat().st_nlink, 0);
}

#[test]
fn rename_refuses_what_cannot_be() {
    let system = System::new();
    system.make_directory("tmp/d").unwrap();
    system.make_directory("tmp/d/e").unwrap();
    system.make_directory("tmp/empty").unwrap();
    system.create("tmp/f");
    assert_eq!(system.rename("tmp/d", "tmp/d/e/x"), Err(Errno::EINVAL));
    assert_eq!(system.rename("tmp/d", "tmp/f"), Err(Errno::ENOTDIR));
    assert_eq!(system.rename("tmp/f", "tmp/d"), Err(Errno::EISDIR));
    assert_eq!(system.rename("tmp/empty", "tmp/d"), Err(Errno::ENOTEMPTY));
    assert_eq!(system.rename("tmp/f", "/f"), Err(Errno::EXDEV));
    assert_eq!(system.rename("tmp/.", "tmp/g"), Err(Errno::EBUSY));
    assert_eq!(system.rename("tmp", "t"), Err(Errno::EBUSY));
    assert_eq!(system.rename("tmp/none", "tmp/g"), Err(Errno::ENOENT));
    assert_eq!(system.rename("tmp/f", "tmp/f"), Ok(()));
    assert_eq!(system.rename("tmp/d", "tmp/empty"), Ok(()));
    assert_eq!(system.names("tmp/empty"), [".", "..", "e"]);
}

#[test]
fn a_directory_that_is_moved_has_a_new_parent() {
    let system = System::new();
    system.make_directory("tmp/a").unwrap();
    system.make_directory("tmp/b").unwrap();
    system.rename("tmp/a", "tmp/b/c").unwrap();
    system.create("tmp/b/f");
    assert!(system.open("tmp/b/c/../f", OpenFlags::empty()).is_ok());
}

#[test]
fn names_that_go_during_a_listing_neither_hide_nor_repeat_others() {
    let system = System::new();
    for number in 0..20 {
        system.create(&format!("tmp/{number:02}"));
    }
    let directory = system.open("tmp", OpenFlags::empty()).unwrap();
    let mut seen = Vec::new();
    for round in 0.. {
        let names = list(&directory, 64);
        if names.is_empty() {
            break;
        }
        seen.extend(names);
        if round % 2 == 0 && round < 10 {
            system.unlink(&format!("tmp/{:02}", round * 2)).unwrap();
        }
    }
    let stays = |number: &usize| !number.is_multiple_of(4);
    for number in (0..20).filter(stays) {
        let name = format!("{number:02}");
        assert_eq!(seen.iter().filter(|other| **other == name).count(), 1, "{name}");
    }
}

#[test]
fn files_are_as_many_as_the_kernel_can_hold() {
    let system = System::new();
    let mut made = 0;
    let error = loop {
        match system.open(&format!("tmp/{made}"), OpenFlags::CREATE) {
            Ok(_) => made += 1,
            Err(error) => break error,
        }
    };
    assert_eq!((error, made), (Errno::ENOSPC, super::NODES_MAX - 1));
    system.unlink("tmp/0").unwrap();
    assert!(system.open("tmp/x", OpenFlags::CREATE).is_ok());
}

#[test]
fn times_follow_what_is_done() {
    let system = System::new();
    let file = system.create("tmp/a");
    let before = file.stat();
    // The clock may tell the same time twice.
    let created = arch::clock::now();
    while arch::clock::now() <= created + 1 {}
    write(&file, b"x").unwrap();
    let written = file.stat();
    let nanoseconds = |seconds: i64, rest: u64| seconds * 1_000_000_000 + rest as i64;
    assert!(
        nanoseconds(written.st_mtime, written.st_mtime_nsec)
            > nanoseconds(before.st_mtime, before.st_mtime_nsec)
    );
    assert_eq!(written.st_atime_nsec, before.st_atime_nsec);
    file.set_mode(0o600, crate::process::Credentials { uid: 0, gid: 0 }).unwrap();
    let changed = file.stat();
    assert!(changed.st_ctime_nsec != written.st_ctime_nsec);
    assert_eq!(changed.st_mtime_nsec, written.st_mtime_nsec);
}
