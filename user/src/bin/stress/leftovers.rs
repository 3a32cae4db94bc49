//! Taking away what is meant to outlive a process: names, files, System V's objects. What is then still there is
//! a finding.

use crate::execute::own;
use crate::soundness::{IPC, Objects, control};
use abi::Sysno;
use abi::file::{AT_FDCWD, AT_REMOVEDIR, OpenFlags};
use abi::ipc::IPC_RMID;
use alloc::collections::BTreeSet;
use alloc::ffi::CString;
use alloc::format;
use alloc::vec;
use alloc::vec::Vec;
use user::error::Result;
use user::process::{self, Pid, Signal};
use user::region;

/// Directories may lie in each other; no process makes as many calls.
const DEPTH: u32 = 64;
/// Directories where something may lie that a process has made outside of its own.
const PLACES: [&str; 4] = ["/", "/tmp", "/dev/shm", "/dev"];

/// Removes all names and objects that were not there before.
pub fn remove(before: &Objects, directory: &str) -> Result<()> {
    remove_tree(directory);
    for place in PLACES {
        let is_ours =
            |name: &Vec<u8>| name.starts_with(b"stress-") && !directory.as_bytes().ends_with(name);
        for name in names(place.as_bytes()).iter().filter(|name| is_ours(name)) {
            remove_at(&within(place.as_bytes(), name), DEPTH);
        }
    }
    let now = Objects::now()?;
    for name in now.regions.difference(&before.regions) {
        let _ = region::unlink(name);
    }
    for (table, number) in now.ipc.difference(&before.ipc) {
        if let Some((call, ..)) = IPC.get(*table as usize) {
            control(*call, *number, IPC_RMID, 0);
        }
    }
    for queue in queues() {
        own(Sysno::MqUnlink, [queue.as_ptr() as u64]);
    }
    Ok(())
}

/// Names that queues can have got: every end of a name that lay in memory, for a wrong address may lead into it.
fn queues() -> Vec<CString> {
    let mut names = Vec::new();
    for number in 0..4 {
        let name = format!("/stress-{number}");
        names.extend((0..name.len()).filter_map(|begin| CString::new(&name[begin..]).ok()));
    }
    names
}

fn within(directory: &[u8], name: &[u8]) -> Vec<u8> {
    [directory, b"/", name].concat()
}

/// Names in a directory: any bytes.
fn names(directory: &[u8]) -> Vec<Vec<u8>> {
    const HEAD: usize = 19;
    let mut names = Vec::new();
    let Ok(path) = CString::new(directory) else { return names };
    let flags = (OpenFlags::DIRECTORY | OpenFlags::NO_FOLLOW).bits();
    let fd = own(Sysno::Openat, [AT_FDCWD as i64 as u64, path.as_ptr() as u64, flags.into(), 0]);
    let mut buffer = vec![0_u8; 4096];
    if fd < 0 {
        return names;
    }
    loop {
        let count =
            own(Sysno::Getdents64, [fd as u64, buffer.as_mut_ptr() as u64, buffer.len() as u64]);
        let mut records = buffer.get(..count.max(0) as usize).unwrap_or_default();
        if records.is_empty() {
            own(Sysno::Close, [fd as u64]);
            return names;
        }
        while let Some(head) = records.get(..HEAD) {
            let length = usize::from(u16::from_le_bytes([head[16], head[17]]));
            let Some(record) = records.get(..length.max(HEAD)) else { break };
            let name = record[HEAD..].split(|byte| *byte == 0).next().unwrap_or_default();
            if name != b"." && name != b".." {
                names.push(name.to_vec());
            }
            records = &records[length.max(HEAD)..];
        }
    }
}

/// Removes whatever lies there, and what is in it.
pub fn remove_tree(path: &str) {
    remove_at(path.as_bytes(), DEPTH);
}

fn remove_at(path: &[u8], depth: u32) {
    let Ok(name) = CString::new(path) else { return };
    let unlink = |flags: u32| {
        own(Sysno::Unlinkat, [AT_FDCWD as i64 as u64, name.as_ptr() as u64, flags.into()])
    };
    if unlink(0) == 0 || unlink(AT_REMOVEDIR) == 0 || depth == 0 {
        return;
    }
    for inner in names(path) {
        remove_at(&within(path, &inner), depth - 1);
    }
    unlink(AT_REMOVEDIR);
}

/// Kills every process that was not there before and that this one or the first one is to wait for, with all that
/// such a process has started; returns how many there were.
pub fn kill_all(before: &BTreeSet<u32>) -> Result<usize> {
    let own_number = process::id().0;
    let processes = process::list()?;
    let is_new = |pid: u32| !before.contains(&pid) && pid != own_number;
    let mut doomed: BTreeSet<u32> = BTreeSet::new();
    loop {
        let found = doomed.len();
        for record in processes.iter().filter(|record| is_new(record.pid)) {
            let parent = record.parent;
            if parent == own_number || parent <= 1 || doomed.contains(&parent) {
                doomed.insert(record.pid);
            }
        }
        if doomed.len() == found {
            break;
        }
    }
    for pid in &doomed {
        let _ = process::kill(Pid(*pid), Signal::KILL);
    }
    Ok(doomed.len())
}
