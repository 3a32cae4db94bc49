//! Opening by name, over a directory of the test.

use crate::posix::Outcome;
use crate::posix::sem::named::{self, Store};
use crate::posix::sem::table::{Identity, Last, Table};
use crate::posix::sem::{SEM_VALUE_MAX, Semaphore};
use abi::Errno;
use abi::file::OpenFlags;
use alloc::ffi::CString;
use core::cell::{Cell, RefCell};
use core::ffi::CStr;
use core::ptr::NonNull;
use std::boxed::Box;
use std::collections::BTreeMap;
use std::format;
use std::vec::Vec;

const NAME: &CStr = c"/dev/shm/sem.turn";
const CREATE: OpenFlags = OpenFlags::CREATE;
const NEW: OpenFlags = OpenFlags::CREATE.union(OpenFlags::EXCLUSIVE);
const EXISTING: OpenFlags = OpenFlags::empty();

/// A directory: names lead to numbers of files.
#[derive(Default)]
struct Directory {
    names: RefCell<BTreeMap<CString, usize>>,
    files: RefCell<Vec<Vec<u8>>>,
    mapped: Cell<usize>,
    fresh: Cell<usize>,
    /// Another process makes the name right before it is linked to.
    rival: Cell<bool>,
}

impl Directory {
    fn add(&self, name: &CStr, bytes: &[u8]) -> usize {
        self.files.borrow_mut().push(bytes.into());
        let file = self.files.borrow().len() - 1;
        self.names.borrow_mut().insert(name.into(), file);
        file
    }

    fn only_name_is(&self, name: &CStr) -> bool {
        self.names.borrow().keys().map(CString::as_c_str).eq([name])
    }

    fn open(&self, table: &mut Table, flags: OpenFlags, value: u32) -> Outcome<NonNull<Semaphore>> {
        named::open(self, table, NAME, flags, 0o600, value)
    }

    fn value(&self, name: &CStr) -> u32 {
        let file = self.names.borrow()[name];
        u32::from_ne_bytes(self.files.borrow()[file][..4].try_into().unwrap())
    }
}

impl Store for Directory {
    type File = usize;

    fn open(&self, path: &CStr, flags: OpenFlags, _mode: u32) -> Outcome<usize> {
        let found = self.names.borrow().get(path).copied();
        match found {
            Some(_) if flags.contains(NEW) => Err(Errno::EEXIST),
            Some(file) => Ok(file),
            None if flags.contains(CREATE) => Ok(self.add(path, &[])),
            None => Err(Errno::ENOENT),
        }
    }

    fn identify(&self, file: &usize) -> Outcome<(Identity, u64)> {
        let identity = Identity { device: 1, inode: *file as u64 };
        Ok((identity, self.files.borrow()[*file].len() as u64))
    }

    fn write(&self, file: &usize, bytes: &[u8]) -> Outcome<()> {
        self.files.borrow_mut()[*file] = bytes.into();
        Ok(())
    }

    fn map(&self, _file: &usize) -> Outcome<NonNull<Semaphore>> {
        self.mapped.set(self.mapped.get() + 1);
        Ok(NonNull::from(Box::leak(Box::new(Semaphore::new(0)))))
    }

    fn link(&self, old: &CStr, new: &CStr) -> Outcome<()> {
        if self.rival.take() {
            self.add(new, &Semaphore::bytes(7));
        }
        if self.names.borrow().contains_key(new) {
            return Err(Errno::EEXIST);
        }
        let file = self.names.borrow()[old];
        self.names.borrow_mut().insert(new.into(), file);
        Ok(())
    }

    fn unlink(&self, path: &CStr) -> Outcome<()> {
        self.names.borrow_mut().remove(path).map(drop).ok_or(Errno::ENOENT)
    }

    fn fresh_path(&self) -> CString {
        self.fresh.set(self.fresh.get() + 1);
        CString::new(format!("/dev/shm/.sem-{}", self.fresh.get())).unwrap()
    }
}

#[test]
fn a_missing_semaphore_is_made_only_with_create() {
    let (directory, mut table) = (Directory::default(), Table::new());
    assert_eq!(directory.open(&mut table, EXISTING, 0), Err(Errno::ENOENT));
    assert!(directory.open(&mut table, CREATE, 5).is_ok());
    assert_eq!(directory.value(NAME), 5);
    assert!(directory.only_name_is(NAME), "the name that it was made under is gone");
}

#[test]
fn an_existing_one_keeps_its_value_and_refuses_exclusive() {
    let (directory, mut table) = (Directory::default(), Table::new());
    directory.add(NAME, &Semaphore::bytes(3));
    assert!(directory.open(&mut table, CREATE, 9).is_ok());
    assert_eq!(directory.value(NAME), 3);
    assert_eq!(directory.open(&mut table, NEW, 9), Err(Errno::EEXIST));
    assert!(directory.only_name_is(NAME));
}

#[test]
fn a_value_above_the_maximum_is_refused_even_where_one_exists() {
    let (directory, mut table) = (Directory::default(), Table::new());
    directory.add(NAME, &Semaphore::bytes(3));
    assert_eq!(directory.open(&mut table, CREATE, SEM_VALUE_MAX + 1), Err(Errno::EINVAL));
    assert!(directory.open(&mut table, EXISTING, SEM_VALUE_MAX + 1).is_ok(), "it counts for none");
}

#[test]
fn a_file_that_is_too_short_is_no_semaphore() {
    let (directory, mut table) = (Directory::default(), Table::new());
    directory.add(NAME, &[0; 31]);
    assert_eq!(directory.open(&mut table, EXISTING, 0), Err(Errno::EINVAL));
}

#[test]
fn who_loses_the_race_opens_the_winners_semaphore() {
    let (directory, mut table) = (Directory::default(), Table::new());
    directory.rival.set(true);
    assert!(directory.open(&mut table, CREATE, 1).is_ok());
    assert_eq!(directory.value(NAME), 7);
    assert!(directory.only_name_is(NAME));
}

#[test]
fn who_loses_the_race_for_a_new_one_is_told() {
    let (directory, mut table) = (Directory::default(), Table::new());
    directory.rival.set(true);
    assert_eq!(directory.open(&mut table, NEW, 1), Err(Errno::EEXIST));
    assert!(directory.only_name_is(NAME));
}

#[test]
fn what_a_dead_process_left_is_passed_over() {
    let (directory, mut table) = (Directory::default(), Table::new());
    directory.add(c"/dev/shm/.sem-1", &[]);
    assert!(directory.open(&mut table, NEW, 4).is_ok());
    assert_eq!(directory.value(NAME), 4);
}

#[test]
fn opened_twice_it_has_one_address_until_it_is_closed_twice() {
    let (directory, mut table) = (Directory::default(), Table::new());
    let first = directory.open(&mut table, CREATE, 1).unwrap();
    assert_eq!(directory.open(&mut table, EXISTING, 0), Ok(first));
    assert_eq!(directory.mapped.get(), 1);
    assert_eq!(table.close(first), Last::No);
    assert_eq!(directory.open(&mut table, EXISTING, 0), Ok(first));
    assert_eq!(table.close(first), Last::No);
    assert_eq!(table.close(first), Last::Yes);
    assert_eq!(table.close(first), Last::No, "it is not open any more");
    directory.open(&mut table, EXISTING, 0).unwrap();
    assert_eq!(directory.mapped.get(), 2, "it is mapped anew");
}

#[test]
fn the_same_name_after_an_unlink_is_another_semaphore() {
    let (directory, mut table) = (Directory::default(), Table::new());
    let first = directory.open(&mut table, CREATE, 1).unwrap();
    directory.unlink(NAME).unwrap();
    let second = directory.open(&mut table, CREATE, 1).unwrap();
    assert_ne!(first, second);
    assert_eq!(table.close(first), Last::Yes);
    assert_eq!(table.close(second), Last::Yes);
}
