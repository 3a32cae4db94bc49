//! Calls that tell about the system.

use super::{Answer, call};
use abi::Sysno;
use abi::memory::MemoryInfo;
use abi::process::ProcessRecord;
use abi::system::SystemInfo;
use zerocopy::{FromZeros, IntoBytes};

/// How the frames are used.
pub fn memory_info() -> Answer<MemoryInfo> {
    let mut record = MemoryInfo::default();
    call(Sysno::MemoryInfo, [record.as_mut_bytes().as_mut_ptr() as u64]).map(|_| record)
}

/// The system's counters.
pub fn system_info() -> Answer<SystemInfo> {
    let mut record = SystemInfo::new_zeroed();
    call(Sysno::SystemInfo, [record.as_mut_bytes().as_mut_ptr() as u64]).map(|_| record)
}

/// Processes, as many as fit; gives how many there are.
pub fn processes(records: &mut [ProcessRecord]) -> Answer<usize> {
    let address = records.as_mut_bytes().as_mut_ptr() as u64;
    call(Sysno::ProcessList, [address, records.len() as u64]).map(|count| count as usize)
}

/// Calls a function for each process; systems beyond 256 processes are cut.
pub fn for_each_process(look: impl FnMut(&ProcessRecord)) {
    let mut records = [ProcessRecord::default(); 256];
    let count = processes(&mut records).unwrap_or(0);
    records[..count.min(256)].iter().for_each(look);
}
