//! The calls `capget` and `capset`: root has every capability, and nobody else has any.

use super::arguments::{load, store};
use crate::process::{self, Process};
use crate::sched;
use abi::Errno;
use abi::capability::{ALL, CapabilityData, CapabilityHeader, VERSION_1, VERSION_2, VERSION_3};
use alloc::sync::Arc;
use arch::addr::VirtAddr;

/// Sets of capabilities, a bit for each.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Sets {
    effective: u64,
    permitted: u64,
    inheritable: u64,
}

impl Sets {
    /// What follows from who a process is.
    fn of(process: &Process) -> Self {
        let users = process.identity().users;
        let could_be_root = [users.real, users.effective, users.saved].contains(&0);
        let all_if = |holds| if holds { ALL } else { 0 };
        Self {
            effective: all_if(users.effective == 0),
            permitted: all_if(could_be_root),
            inheritable: 0,
        }
    }

    /// As a call gives them; capabilities that do not exist are passed over.
    fn from_records(records: &[CapabilityData; 2]) -> Self {
        let join = |part: fn(&CapabilityData) -> u32| {
            (u64::from(part(&records[1])) << 32 | u64::from(part(&records[0]))) & ALL
        };
        Self {
            effective: join(|record| record.effective),
            permitted: join(|record| record.permitted),
            inheritable: join(|record| record.inheritable),
        }
    }

    fn records(self) -> [CapabilityData; 2] {
        [0, 32].map(|shift| CapabilityData {
            effective: (self.effective >> shift) as u32,
            permitted: (self.permitted >> shift) as u32,
            inheritable: (self.inheritable >> shift) as u32,
        })
    }
}

/// The header, and how many records its version has; a version that does not exist is answered
/// with the one that does.
fn header(at: VirtAddr) -> Result<(CapabilityHeader, usize), Errno> {
    let header: CapabilityHeader = load(at)?;
    match header.version {
        VERSION_1 => Ok((header, 1)),
        VERSION_2 | VERSION_3 => Ok((header, 2)),
        _ => {
            store(at, &VERSION_3)?;
            Err(Errno::EINVAL)
        }
    }
}

fn place(data: VirtAddr, index: usize) -> VirtAddr {
    data.add(index * size_of::<CapabilityData>())
}

pub fn capget(at: VirtAddr, data: VirtAddr) -> Result<u64, Errno> {
    let (header, count) = match header(at) {
        // Without room for data, the call asks for the version.
        Err(Errno::EINVAL) if data.value() == 0 => return Ok(0),
        outcome => outcome?,
    };
    if data.value() == 0 {
        return Ok(0);
    }
    let process = find(u32::try_from(header.pid).map_err(|_| Errno::EINVAL)?)?;
    for (index, record) in Sets::of(&process).records()[..count].iter().enumerate() {
        store(place(data, index), record)?;
    }
    Ok(0)
}

fn find(pid: u32) -> Result<Arc<Process>, Errno> {
    if pid == 0 {
        return Ok(sched::current_process().to_arc());
    }
    let by_thread = || process::find_thread(pid).and_then(|thread| thread.process.clone());
    process::find(pid).or_else(by_thread).ok_or(Errno::ESRCH)
}

/// Takes what changes nothing. Capabilities follow from the user: a program that gives up some of
/// them is told that it can't, so that it does not believe it had.
pub fn capset(at: VirtAddr, data: VirtAddr) -> Result<u64, Errno> {
    let (header, count) = header(at)?;
    let process = sched::current_process();
    let own = [0, sched::current().tid()];
    if !own.contains(&u32::try_from(header.pid).map_err(|_| Errno::EPERM)?) {
        return Err(Errno::EPERM);
    }
    let old = Sets::of(&process);
    // Of the halves that the version does not know, nothing changes.
    let mut records = old.records();
    for (index, record) in records[..count].iter_mut().enumerate() {
        *record = load(place(data, index))?;
    }
    if Sets::from_records(&records) == old { Ok(0) } else { Err(Errno::EPERM) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_split_into_halves_and_joined_again() {
        let sets = Sets { effective: ALL, permitted: 1 << 40 | 5, inheritable: 0 };
        assert_eq!(sets.records()[0].permitted, 5);
        assert_eq!(sets.records()[1].effective, 0x1FF);
        assert_eq!(Sets::from_records(&sets.records()), sets);
        let unknown = [CapabilityData { effective: 0, ..CapabilityData::default() }; 2];
        assert_eq!(Sets::from_records(&unknown), Sets::default());
    }
}
