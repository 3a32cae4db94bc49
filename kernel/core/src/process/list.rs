//! The processes of the system, for listings.

use super::object::Process;
use super::table::TABLE;
use abi::process::{ProcessRecord, ProcessState};
use alloc::sync::Arc;

/// A record of every process, in the order of their numbers; the table is held for one at a time.
pub fn list() -> impl Iterator<Item = ProcessRecord> {
    core::iter::successors(record_behind(0), |last| record_behind(last.pid))
}

/// The record of one process.
pub fn record_of(pid: u32) -> Option<ProcessRecord> {
    record_behind(pid.checked_sub(1)?).filter(|record| record.pid == pid)
}

/// The process with the lowest number above this one.
pub fn next_process(pid: u32) -> Option<Arc<Process>> {
    TABLE.lock().next(pid).map(|entry| entry.process.clone())
}

fn record_behind(pid: u32) -> Option<ProcessRecord> {
    let table = TABLE.lock();
    let entry = table.next(pid)?;
    let (process, parent, ended) = (entry.process.clone(), entry.parent, entry.status.is_some());
    drop(table);
    Some(record(&process, parent, ended))
}

fn record(process: &Process, parent: u32, ended: bool) -> ProcessRecord {
    let state = process.state.lock();
    let threads = state.threads.clone();
    let space = state.space.clone();
    let credentials = state.identity.credentials();
    let command = state.command;
    drop(state);
    let (mapped_bytes, resident_pages) = space.map_or((0, 0), |space| space.usage());
    let all_wait = threads.iter().all(|thread| thread.is_waiting());
    let doing = match (ended, all_wait) {
        (true, _) => ProcessState::Zombie,
        _ if process.signals.is_stopped() => ProcessState::Stopped,
        (false, true) => ProcessState::Sleeping,
        (false, false) => ProcessState::Running,
    };
    ProcessRecord {
        pid: process.pid,
        parent,
        group: process.group(),
        session: process.session(),
        uid: credentials.uid,
        state: doing as u32,
        threads: threads.len() as u32,
        core: threads.first().map_or(0, |thread| thread.last_core()),
        cpu_time: process.cpu_time(),
        resident_pages,
        mapped_bytes,
        command,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::{self, DescriptorTable};
    use crate::mm::AddressSpace;
    use crate::process::credentials::Identity;
    use crate::process::object::Files;
    use crate::region::{Region, RegionAttributes};
    use crate::testing::set_up_memory;
    use abi::file::OpenFlags;

    fn add(pid: u32) {
        // Nobody looks at the directory: any node will do.
        let region = Region::create(RegionAttributes { mode: 0, uid: 0, gid: 0 }, 0).unwrap();
        let directory = fs::open_region(region, OpenFlags::empty()).unwrap().node().clone();
        let files = Files { descriptors: DescriptorTable::new(), directory };
        let space = AddressSpace::new().unwrap();
        let process = Process::new(pid, space, files, Identity::default());
        TABLE.lock().insert(process, 0);
    }

    #[test]
    fn a_process_that_goes_while_the_list_is_walked_is_left_out_and_the_others_are_not() {
        set_up_memory();
        let pids = [70_001, 70_002, 70_003, 70_004];
        pids.into_iter().for_each(add);
        let mut listed = list().map(|record| record.pid).filter(|pid| pids.contains(pid));
        assert_eq!(listed.next(), Some(70_001));
        // The walk is one step ahead; what lies behind that step is looked up when it is due.
        drop(TABLE.lock().remove(70_003));
        assert_eq!(listed.collect::<Vec<_>>(), [70_002, 70_004]);
        for pid in pids {
            drop(TABLE.lock().remove(pid));
        }
    }
}
