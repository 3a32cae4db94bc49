//! Waiting for children.

use super::object::Process;
use super::table::{Entry, TABLE, Table};
use abi::Errno;
use abi::process::ExitStatus;
use core::sync::atomic::Ordering;

/// Which children a wait is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum WaitFor {
    /// Any child.
    Any,
    /// The child with this number.
    Pid(u32),
    /// Any child in this process group.
    Group(u32),
}

/// Whether to wait until a child ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Patience {
    /// Wait.
    Block,
    /// Look, and return at once.
    Poll,
}

/// A child that has ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Ended {
    /// Its number, which may be used again from now on.
    pub pid: u32,
    /// How it ended.
    pub status: ExitStatus,
    /// Time on a core, in nanoseconds.
    pub cpu_time: u64,
}

/// Collects a child that has ended; `None` if none has and nobody wants to wait.
///
/// `ECHILD` if no child is meant, `EINTR` if a signal has to be acted on.
pub fn wait(process: &Process, which: WaitFor, patience: Patience) -> Result<Option<Ended>, Errno> {
    let look = || match collect(process, which) {
        Ok(None) if patience == Patience::Block => None,
        outcome => Some(outcome),
    };
    process.children_changed.wait_until(None, look)?
}

fn collect(process: &Process, which: WaitFor) -> Result<Option<Ended>, Errno> {
    let mut table = TABLE.lock();
    let Some(pid) = ended_child(&table, process.pid, which)? else { return Ok(None) };
    let Some(Entry { process: child, status: Some(status), .. }) = table.remove(pid) else {
        return Ok(None);
    };
    drop(table);
    process.add_child(&child);
    Ok(Some(Ended { pid, status, cpu_time: child.ended_time.load(Ordering::Relaxed) }))
}

fn ended_child(table: &Table, parent: u32, which: WaitFor) -> Result<Option<u32>, Errno> {
    let children = &table.get(parent).ok_or(Errno::ECHILD)?.children;
    let mut any = false;
    for pid in children {
        let Some(entry) = table.get(*pid) else { continue };
        let meant = match which {
            WaitFor::Any => true,
            WaitFor::Pid(wanted) => wanted == *pid,
            WaitFor::Group(group) => entry.process.group() == group,
        };
        any |= meant;
        if meant && entry.status.is_some() {
            return Ok(Some(*pid));
        }
    }
    if any { Ok(None) } else { Err(Errno::ECHILD) }
}
