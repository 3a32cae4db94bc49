//! A signal for many processes, and the forks that are under way meanwhile.
//!
//! Who is meant is noted first, and each of them gets the signal afterwards. A process that a member
//! makes in between would be missed: its parent ends, and it would go on. So no fork comes to its end
//! while such a signal is on its way, and none if its caller is to end by then.

use crate::process::object::Process;
use crate::process::table::{TABLE, Table};
use crate::sync::Guard;
use alloc::sync::Arc;
use alloc::vec::Vec;
use arch::cpu;

/// In the process table: how many such signals are on their way.
pub struct SignalsToMany(u32);

impl SignalsToMany {
    /// There are none.
    pub const NONE: Self = Self(0);
}

/// The process table, while no signal to many is on its way.
pub fn quiet_table() -> Guard<'static, Table> {
    loop {
        let table = TABLE.lock();
        if table.signals_to_many.0 == 0 {
            return table;
        }
        drop(table);
        // Whoever sends it waits for nothing.
        cpu::relax();
    }
}

/// The processes that a signal is for. No fork ends before this is dropped.
pub struct Targets {
    processes: Vec<Arc<Process>>,
}

impl Targets {
    /// All that are meant.
    pub fn of(is_meant: impl Fn(&Process) -> bool) -> Self {
        let mut table = TABLE.lock();
        table.signals_to_many.0 += 1;
        let all = table.iter().map(|entry| &entry.process);
        Self { processes: all.filter(|process| is_meant(process)).cloned().collect() }
    }

    /// They.
    pub fn processes(&self) -> &[Arc<Process>] {
        &self.processes
    }
}

impl Drop for Targets {
    fn drop(&mut self) {
        TABLE.lock().signals_to_many.0 -= 1;
    }
}
