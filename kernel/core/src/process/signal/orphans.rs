//! Process groups that nobody is left to look after: no member has a parent that is in another group
//! of the same session, as a shell is for its jobs (POSIX, 3.264).

use super::send::send_to_group;
use super::stop;
use crate::process::table::{INIT, TABLE, Table};
use abi::signal::Signal;
use alloc::vec::Vec;

/// Whether a group is orphaned.
pub fn is_orphaned(group: u32) -> bool {
    !has_guardian(&TABLE.lock(), group, None)
}

/// Whether a member that is alive has a parent that can look after the group, if `leaving` were gone.
/// Init looks after nobody.
fn has_guardian(table: &Table, group: u32, leaving: Option<u32>) -> bool {
    table.iter().any(|entry| {
        let is_member = entry.process.group() == group && entry.status.is_none();
        let is_cut_off =
            entry.parent == INIT || [entry.process.pid, entry.parent].map(Some).contains(&leaving);
        if !is_member || is_cut_off {
            return false;
        }
        table.get(entry.parent).is_some_and(|parent| {
            parent.process.group() != group && parent.process.session() == entry.process.session()
        })
    })
}

/// The groups that become orphaned when a process ends and that have members which have stopped:
/// its own and those of its children.
pub fn left_by(table: &Table, pid: u32) -> Vec<u32> {
    if !stop::has_any() {
        return Vec::new();
    }
    let Some(entry) = table.get(pid) else { return Vec::new() };
    let children = entry.children.iter().filter_map(|child| table.get(*child));
    let mut groups: Vec<u32> = children
        .filter(|child| {
            child.process.group() != entry.process.group()
                && child.process.session() == entry.process.session()
        })
        .map(|child| child.process.group())
        .collect();
    groups.push(entry.process.group());
    groups.sort_unstable();
    groups.dedup();
    groups.retain(|group| {
        has_stopped(table, *group)
            && has_guardian(table, *group, None)
            && !has_guardian(table, *group, Some(pid))
    });
    groups
}

fn has_stopped(table: &Table, group: u32) -> bool {
    table.iter().any(|entry| {
        entry.process.group() == group
            && entry.status.is_none()
            && entry.process.signals.is_stopped()
    })
}

/// Tells such groups that they are alone, and lets them go on.
pub fn tell(groups: &[u32]) {
    for group in groups {
        send_to_group(*group, Signal::HUP);
        send_to_group(*group, Signal::CONT);
    }
}
