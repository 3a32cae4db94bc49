//! Tests of the table of processes, with processes that never run.

use super::credentials::{Identity, Privilege};
use super::numbers::Numbers;
use super::object::{Files, Process};
use super::table::{INIT, Table};
use crate::fs::{DescriptorTable, pipe};
use crate::mm::AddressSpace;
use abi::Errno;
use abi::file::OpenFlags;
use abi::limits::{PROCESS_MAX, ROOT_RESERVE, THREAD_MAX};
use abi::process::ExitStatus;
use abi::signal::Signal;
use alloc::sync::Arc;
use core::sync::atomic::Ordering;

const DONE: ExitStatus = ExitStatus::Exited(0);

fn process(pid: u32) -> Arc<Process> {
    crate::testing::set_up_memory();
    let (end, _) = pipe::create(OpenFlags::empty()).unwrap();
    let files = Files { descriptors: DescriptorTable::new(), directory: end.node().clone() };
    Process::new(pid, AddressSpace::new().unwrap(), files, Identity::default())
}

/// Init, its child 2 and the children of that.
fn family(children: &[u32]) -> Table {
    let mut table = Table::new(Numbers::new());
    table.insert(process(INIT), 0);
    table.insert(process(2), INIT);
    children.iter().for_each(|child| table.insert(process(*child), 2));
    table
}

fn ignore_child_signal(table: &Table, pid: u32) {
    let signals = &table.get(pid).unwrap().process.signals;
    signals.ignore(Signal::CHLD);
}

#[test]
fn a_child_that_has_ended_stays_until_its_parent_asks() {
    let mut table = family(&[3]);
    let aftermath = table.end(3, DONE);
    assert!(aftermath.forgotten.is_empty());
    assert_eq!(aftermath.parents.iter().flatten().map(|parent| parent.pid).max(), Some(2));
    assert_eq!(table.get(3).unwrap().status, Some(DONE));
}

#[test]
fn a_child_of_a_parent_that_ignores_sigchld_is_gone_at_once() {
    let mut table = family(&[3, 4]);
    ignore_child_signal(&table, 2);
    let aftermath = table.end(3, DONE);
    assert_eq!(aftermath.forgotten[0].process.pid, 3);
    assert!(aftermath.parents.iter().flatten().any(|parent| parent.pid == 2), "it may wait");
    assert!(table.get(3).is_none());
    assert_eq!(table.get(2).unwrap().children.as_slice(), [4]);
}

#[test]
fn orphans_that_have_ended_are_told_to_init_or_gone_if_it_ignores_them() {
    for ignores in [false, true] {
        let mut table = family(&[3, 4]);
        table.end(3, DONE);
        if ignores {
            ignore_child_signal(&table, INIT);
        }
        let aftermath = table.end(2, DONE);
        assert!(aftermath.parents.iter().flatten().any(|parent| parent.pid == INIT));
        assert_eq!(table.get(3).is_none(), ignores);
        assert_eq!(table.get(4).unwrap().parent, INIT);
        let expected: &[u32] = if ignores { &[4] } else { &[2, 3, 4] };
        assert_eq!(table.get(INIT).unwrap().children.as_slice(), expected);
    }
}

#[test]
fn a_number_that_is_still_a_groups_or_a_sessions_is_not_given_to_a_process() {
    let mut table = Table::new(Numbers::before_coming_around(1));
    // All that live have low numbers, but they belong to a group and a session with higher ones.
    for (pid, group, session) in [(INIT, 3, 1), (2, 2, 5)] {
        let process = process(pid);
        process.group.store(group, Ordering::Relaxed);
        process.session.store(session, Ordering::Relaxed);
        table.insert(process, 0);
    }
    table.new_pid(Privilege::None).unwrap();
    assert_eq!([(); 3].map(|()| table.new_pid(Privilege::None).unwrap()), [4, 6, 7]);
}

#[test]
fn the_last_places_are_roots() {
    let mut table = Table::new(Numbers::new());
    for pid in 1..=(PROCESS_MAX - ROOT_RESERVE) as u32 {
        assert_eq!(table.new_pid(Privilege::None), Ok(pid));
        table.insert(process(pid), 0);
    }
    assert_eq!(table.new_pid(Privilege::None), Err(Errno::EAGAIN));
    assert!(table.new_pid(Privilege::Root).is_ok());
    for _ in 0..THREAD_MAX - ROOT_RESERVE {
        table.new_tid(INIT, Privilege::None).unwrap();
    }
    assert_eq!(table.new_tid(INIT, Privilege::None), Err(Errno::EAGAIN));
    assert!(table.new_tid(INIT, Privilege::Root).is_ok());
}
