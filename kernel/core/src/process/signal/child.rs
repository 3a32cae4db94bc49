//! What a parent is told of its children.

use super::send::{does_nothing, send};
use super::stop::Event;
use crate::process::object::Process;
use crate::process::table::TABLE;
use abi::process::ExitStatus;
use abi::signal::{
    ActionFlags, CLD_CONTINUED, CLD_EXITED, CLD_KILLED, CLD_STOPPED, Signal, SignalInfo,
};
use alloc::sync::Arc;

/// Nanoseconds in a tick of the times that are told.
const TICK: u64 = 10_000_000;

/// How a child has changed, as `siginfo_t` says it: a code and a status.
pub const fn code_of_end(status: ExitStatus) -> (i32, i32) {
    match status {
        ExitStatus::Exited(status) => (CLD_EXITED, status as i32),
        ExitStatus::Signalled(signal) => (CLD_KILLED, signal as i32),
    }
}

/// As [`code_of_end`], for a child that goes on to live.
pub const fn code_of_event(event: Event) -> (i32, i32) {
    match event {
        Event::Stopped(signal) => (CLD_STOPPED, signal as i32),
        Event::Continued => (CLD_CONTINUED, Signal::CONT as i32),
    }
}

/// The signal that tells of a child.
pub fn info(child: &Process, code: i32, status: i32) -> SignalInfo {
    let uid = child.credentials().uid;
    SignalInfo::of_child(code, child.pid, uid, status, child.cpu_time() / TICK, 0)
}

/// Tells the parent that a child has stopped or goes on: sends the signal, does what lets it be waited for,
/// and wakes who waits.
pub(super) fn tell_parent(child: &Arc<Process>, code: i32, status: i32, publish: impl FnOnce()) {
    let table = TABLE.lock();
    let parent = table.get(child.pid).and_then(|entry| table.get(entry.parent));
    let parent = parent.map(|entry| entry.process.clone());
    drop(table);
    let Some(parent) = parent else { return publish() };
    let flags = parent.signals.lock().actions.child_flags();
    if !flags.contains(ActionFlags::NO_CHILD_STOP) {
        // A standard signal is never refused.
        let _ = send(&parent, info(child, code, status));
    }
    publish();
    parent.children_changed.wake_all();
}

/// Tells the parent that a child has ended.
pub fn tell_of_end(parent: &Arc<Process>, child: &Process, status: ExitStatus) {
    if does_nothing(parent, Signal::CHLD) {
        return;
    }
    let (code, status) = code_of_end(status);
    // A standard signal is never refused.
    let _ = send(parent, info(child, code, status));
}
