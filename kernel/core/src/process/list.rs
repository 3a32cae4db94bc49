//! The processes of the system, for listings.

use super::object::Process;
use super::table::TABLE;
use abi::process::{ProcessRecord, ProcessState};
use alloc::sync::Arc;
use alloc::vec::Vec;

/// A record of every process, in the order of their numbers.
pub fn list() -> Vec<ProcessRecord> {
    let processes: Vec<(Arc<Process>, u32, bool)> = TABLE
        .lock()
        .iter()
        .map(|entry| (entry.process.clone(), entry.parent, entry.status.is_some()))
        .collect();
    processes.iter().map(|(process, parent, ended)| record(process, *parent, *ended)).collect()
}

fn record(process: &Process, parent: u32, ended: bool) -> ProcessRecord {
    let state = process.state.lock();
    let threads = state.threads.clone();
    let space = state.space.clone();
    let credentials = state.credentials;
    let command = state.command;
    drop(state);
    let (mapped_bytes, resident_pages) = space.map_or((0, 0), |space| space.usage());
    let all_wait = threads.iter().all(|thread| thread.is_waiting());
    let doing = match (ended, all_wait) {
        (true, _) => ProcessState::Zombie,
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
