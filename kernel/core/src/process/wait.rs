//! Waiting for children: until they end, stop or go on.

use super::object::Process;
use super::signal::{Event, Telling, code_of_end, code_of_event};
use super::table::{Entry, TABLE, Table};
use abi::Errno;
use abi::process::ExitStatus;
use abi::signal::SignalInfo;
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

/// What a wait is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Wanted {
    /// Children that have ended.
    pub ends: bool,
    /// Children that have stopped.
    pub stops: bool,
    /// Children that were stopped and go on.
    pub continues: bool,
    /// What is told can be asked for again.
    pub stays: bool,
}

/// Whether to wait until a child changes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Patience {
    /// Wait.
    Block,
    /// Look, and return at once.
    Poll,
}

/// How a child has changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Change {
    /// It has ended.
    Ended(ExitStatus),
    /// A signal has stopped it.
    Stopped(u8),
    /// It was stopped and goes on.
    Continued,
}

/// A child that has changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct News {
    /// Its number, which may be used again from now on if it has ended.
    pub pid: u32,
    /// Its user.
    pub uid: u32,
    /// What has happened.
    pub change: Change,
    /// Time on a core, in nanoseconds.
    pub cpu_time: u64,
}

impl News {
    fn of(child: &Process, change: Change) -> Self {
        let cpu_time = match change {
            Change::Ended(_) => child.ended_time.load(Ordering::Relaxed),
            _ => child.cpu_time(),
        };
        Self { pid: child.pid, uid: child.credentials().uid, change, cpu_time }
    }

    /// As `waitid` tells it.
    pub const fn info(&self) -> SignalInfo {
        let (code, status) = match self.change {
            Change::Ended(status) => code_of_end(status),
            Change::Stopped(signal) => code_of_event(Event::Stopped(signal)),
            Change::Continued => code_of_event(Event::Continued),
        };
        SignalInfo::of_child(code, self.pid, self.uid, status, 0, 0)
    }
}

/// Tells of a child that has changed, and takes one that has ended out of the table; `None` if there
/// is no news and nobody wants to wait.
///
/// `ECHILD` if no child is meant, `EINTR` if a signal has to be acted on.
pub fn wait(
    process: &Process,
    which: WaitFor,
    wanted: Wanted,
    patience: Patience,
) -> Result<Option<News>, Errno> {
    let look = || match collect(process, which, wanted) {
        Ok(None) if patience == Patience::Block => None,
        outcome => Some(outcome),
    };
    process.children_changed.wait_until(None, look)?
}

fn collect(process: &Process, which: WaitFor, wanted: Wanted) -> Result<Option<News>, Errno> {
    let mut table = TABLE.lock();
    let Some((pid, change)) = changed_child(&table, process.pid, which, wanted)? else {
        return Ok(None);
    };
    let child = match change {
        Change::Ended(_) if !wanted.stays => table.remove(pid).map(|Entry { process, .. }| process),
        _ => table.get(pid).map(|entry| entry.process.clone()),
    };
    drop(table);
    if let (Some(child), Change::Ended(_), false) = (&child, change, wanted.stays) {
        process.add_child(child);
    }
    Ok(child.map(|child| News::of(&child, change)))
}

fn changed_child(
    table: &Table,
    parent: u32,
    which: WaitFor,
    wanted: Wanted,
) -> Result<Option<(u32, Change)>, Errno> {
    if let WaitFor::Pid(pid) = which {
        let entry = table.get(pid).filter(|entry| entry.parent == parent).ok_or(Errno::ECHILD)?;
        return Ok(change_of(entry, wanted).map(|change| (pid, change)));
    }
    let children = &table.get(parent).ok_or(Errno::ECHILD)?.children;
    let mut any = false;
    for pid in children {
        let Some(entry) = table.get(*pid) else { continue };
        let meant = match which {
            WaitFor::Any | WaitFor::Pid(_) => true,
            WaitFor::Group(group) => entry.process.group() == group,
        };
        any |= meant;
        if meant && let Some(change) = change_of(entry, wanted) {
            return Ok(Some((*pid, change)));
        }
    }
    if any { Ok(None) } else { Err(Errno::ECHILD) }
}

/// What is new about a child. That it has ended makes all else old.
fn change_of(entry: &Entry, wanted: Wanted) -> Option<Change> {
    if let Some(status) = entry.status {
        return wanted.ends.then_some(Change::Ended(status));
    }
    let telling = if wanted.stays { Telling::Again } else { Telling::Once };
    let is_wanted = |event| match event {
        Event::Stopped(_) => wanted.stops,
        Event::Continued => wanted.continues,
    };
    entry.process.take_event(is_wanted, telling).map(|event| match event {
        Event::Stopped(signal) => Change::Stopped(signal),
        Event::Continued => Change::Continued,
    })
}
