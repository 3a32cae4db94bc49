//! The table of processes.

use super::Pid;
use crate::error::{Context, Result};
use crate::syscall::process as call;
use abi::process::{ProcessRecord, ProcessState};
use alloc::vec;
use alloc::vec::Vec;

/// All processes.
pub fn list() -> Result<Vec<ProcessRecord>> {
    let mut capacity = 64;
    loop {
        let mut records = vec![ProcessRecord::default(); capacity];
        let count = call::process_list(&mut records).context("process list")?;
        if count <= capacity {
            records.truncate(count);
            return Ok(records);
        }
        // More may come meanwhile than a few.
        capacity = count + count / 4 + 8;
    }
}

/// Whether a process runs or waits; a zombie does neither.
pub fn is_alive(pid: Pid) -> bool {
    match list() {
        Ok(records) => records
            .iter()
            .any(|record| record.pid == pid.0 && record.state != ProcessState::Zombie as u32),
        // Without the table: a zombie counts as alive.
        Err(_) => super::send(pid.0 as i32, 0).is_ok(),
    }
}
