//! Whether what processes say of each other agrees: parents and children, processes and threads.

use super::object::Process;
use super::table::{Entry, INIT, TABLE, Table};
use crate::check::Report;
use crate::mm::AddressSpace;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::Ordering;

/// Looks at all processes; returns them, those that have ended and are not waited for among them.
pub fn check(report: &mut Report) -> Vec<Arc<Process>> {
    let table = TABLE.lock();
    let (mut children, mut threads) = (0, 0);
    for entry in table.iter() {
        children += entry.children.len();
        check_ties(&table, entry, report);
        threads += check_threads(&table, entry, report);
    }
    let processes: Vec<_> = table.iter().map(|entry| entry.process.clone()).collect();
    let count = processes.len();
    report.expect(
        children + 1 == count,
        format_args!("{count} processes, of which {children} are children of one"),
    );
    table.check_threads(report);
    drop(table);
    report.looked_at("processes", format_args!("{count} with {threads} threads"));
    processes
}

/// The address spaces of all processes, and those that new ones begin from, each once.
pub fn spaces(processes: &[Arc<Process>]) -> Vec<Arc<AddressSpace>> {
    let codes = processes.iter().flat_map(|process| process.code()).flatten();
    let kept = codes.filter_map(|code| code.kept_space());
    let mut spaces: Vec<_> =
        processes.iter().filter_map(|process| process.space()).chain(kept).collect();
    spaces.sort_unstable_by_key(|space| space.id());
    spaces.dedup_by_key(|space| space.id());
    spaces
}

fn check_ties(table: &Table, entry: &Entry, report: &mut Report) {
    let (process, pid) = (&entry.process, entry.process.pid);
    let noted = process.parent.load(Ordering::Relaxed);
    report.expect(
        noted == entry.parent,
        format_args!("process {pid} has parent {noted}, and the table says {}", entry.parent),
    );
    if pid != INIT {
        let parent = table.get(entry.parent);
        let knows = parent.is_some_and(|parent| parent.children.contains(&pid));
        report.expect(knows, format_args!("process {pid} is no child of its parent {noted}"));
        let has_ended = parent.is_none_or(|parent| parent.status.is_some());
        report
            .expect(!has_ended, format_args!("process {pid} has parent {noted}, which has ended"));
    }
    for child in &entry.children {
        let agrees = table.get(*child).is_some_and(|child| child.parent == pid);
        report.expect(agrees, format_args!("process {pid} has child {child}, which has another"));
    }
}

/// Whether the threads are those of a process that has ended, or has not; returns how many there are.
fn check_threads(table: &Table, entry: &Entry, report: &mut Report) -> usize {
    let pid = entry.process.pid;
    let state = entry.process.state.lock();
    let (listed, left) = (state.threads.len(), state.threads_left);
    report.expect(
        listed <= left,
        format_args!("process {pid} lists {listed} threads, and {left} have not left"),
    );
    if entry.status.is_some() {
        let is_bare = left == 0 && state.space.is_none();
        report.expect(is_bare, format_args!("process {pid} has ended, with {left} threads left"));
    } else {
        report.expect(left > 0, format_args!("process {pid} has no thread, and has not ended"));
    }
    for thread in &state.threads {
        let tid = thread.tid();
        let is_known = tid == pid || table.process_of(tid) == Some(pid);
        report.expect(is_known, format_args!("thread {tid} of process {pid} is not in the table"));
        let owner = thread.process.as_ref().map(|owner| owner.pid);
        report.expect(owner == Some(pid), format_args!("thread {tid} of {pid} is of {owner:?}"));
    }
    listed
}
