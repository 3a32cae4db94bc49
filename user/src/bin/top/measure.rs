//! What is measured: times on cores and memory, at one moment.

use abi::limits::PAGE_SIZE;
use alloc::vec::Vec;
use core::time::Duration;
use user::error::Result;
use user::process::{self, Pid, ProcessRecord};
use user::region;
use user::system::{self, MemoryInfo, SystemInfo};
use user::time;

/// The memory of a process, in bytes that are there.
#[derive(Clone, Copy, Default)]
pub struct Memory {
    /// What it has in common with others.
    pub shared: u64,
    /// What is its own.
    pub private: u64,
}

/// One moment.
pub struct Sample {
    /// When it was.
    pub time: Duration,
    /// The system's counts.
    pub system: SystemInfo,
    /// The system's memory.
    pub memory: MemoryInfo,
    /// The processes, and their memory; `None` of those that may not be looked into.
    pub processes: Vec<(ProcessRecord, Option<Memory>)>,
}

impl Sample {
    /// This moment.
    pub fn take() -> Result<Self> {
        let processes = process::list()?;
        Ok(Self {
            time: time::now(),
            system: system::info()?,
            memory: system::memory()?,
            processes: processes.into_iter().map(|record| (record, memory(record.pid))).collect(),
        })
    }

    /// The time that a process had on a core.
    pub fn time_of(&self, pid: u32) -> Option<u64> {
        let found = self.processes.iter().find(|(record, _)| record.pid == pid);
        found.map(|(record, _)| record.cpu_time)
    }
}

fn memory(pid: u32) -> Option<Memory> {
    let views = region::views(Some(Pid(pid))).ok()?;
    let mut memory = Memory::default();
    for view in views {
        let bytes = view.resident_pages * PAGE_SIZE as u64;
        *(if view.is_shared { &mut memory.shared } else { &mut memory.private }) += bytes;
    }
    Some(memory)
}
