//! What processes use and how much they may: `getrusage`, `times`, `sysinfo`, `prlimit64`.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// `getrusage`: the calling process.
pub const RUSAGE_SELF: i32 = 0;
/// `getrusage`: its children that it has waited for, and theirs.
pub const RUSAGE_CHILDREN: i32 = -1;
/// `getrusage`: the calling thread.
pub const RUSAGE_THREAD: i32 = 1;

/// Ticks in a second of `times`.
pub const TICKS_PER_SECOND: u64 = 100;

/// Seconds and microseconds (`struct timeval`).
#[derive(
    Clone, Copy, Debug, Default, Eq, FromBytes, Immutable, IntoBytes, KnownLayout, PartialEq,
)]
#[repr(C)]
pub struct TimeValue {
    /// Whole seconds.
    pub seconds: i64,
    /// Microseconds of the second.
    pub microseconds: i64,
}

impl TimeValue {
    /// From nanoseconds.
    pub const fn from_nanoseconds(nanoseconds: u64) -> Self {
        Self {
            seconds: (nanoseconds / 1_000_000_000) as i64,
            microseconds: (nanoseconds % 1_000_000_000 / 1000) as i64,
        }
    }
}

/// What was used (`struct rusage`).
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct Usage {
    /// Time on a core, in programs and in calls.
    pub user_time: TimeValue,
    /// Zero: time in calls is not told apart.
    pub system_time: TimeValue,
    /// The most memory held, in KiB; not kept.
    pub resident_most: u64,
    /// Not kept on Linux either.
    pub unused_sizes: [u64; 3],
    /// Page faults.
    pub faults: u64,
    /// Page faults that waited for a device; there are none.
    pub slow_faults: u64,
    /// Not kept.
    pub unused_counts: [u64; 6],
    /// Switches because the thread waited, and because others wanted the core; not kept.
    pub switches: [u64; 2],
}

impl Usage {
    /// Of some nanoseconds on a core and some page faults.
    pub fn new(nanoseconds: u64, faults: u64) -> Self {
        let user_time = TimeValue::from_nanoseconds(nanoseconds);
        Self { user_time, faults, ..Self::default() }
    }
}

/// Ticks used (`struct tms`).
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct ProcessTimes {
    /// On a core.
    pub user: u64,
    /// Zero: time in calls is not told apart.
    pub system: u64,
    /// On a core by children that were waited for.
    pub children_user: u64,
    /// Zero.
    pub children_system: u64,
}

/// The system's memory and age (`struct sysinfo`).
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct SystemUsage {
    /// Seconds since boot.
    pub uptime: i64,
    /// Load averages; not kept.
    pub loads: [u64; 3],
    /// Memory, in units.
    pub total_memory: u64,
    /// Free memory.
    pub free_memory: u64,
    /// Memory of shared files; not told apart.
    pub shared_memory: u64,
    /// Memory of buffers: none.
    pub buffer_memory: u64,
    /// None.
    pub total_swap: u64,
    /// None.
    pub free_swap: u64,
    /// Processes and threads.
    pub processes: u16,
    /// Zero.
    pub padding: [u16; 3],
    /// None.
    pub total_high: u64,
    /// None.
    pub free_high: u64,
    /// Bytes of a unit.
    pub unit: u32,
    /// Zero.
    pub end: u32,
}

/// A limit's current value and the most that it may be raised to (`struct rlimit64`).
#[derive(
    Clone, Copy, Debug, Default, Eq, FromBytes, Immutable, IntoBytes, KnownLayout, PartialEq,
)]
#[repr(C)]
pub struct Limit {
    /// What holds.
    pub soft: u64,
    /// The most that `soft` may become.
    pub hard: u64,
}

/// No limit.
pub const UNLIMITED: u64 = u64::MAX;
/// How many limits there are.
pub const LIMITS: usize = 16;
/// Seconds on a core.
pub const RLIMIT_CPU: usize = 0;
/// Bytes of a file that is written.
pub const RLIMIT_FSIZE: usize = 1;
/// Bytes of data.
pub const RLIMIT_DATA: usize = 2;
/// Bytes of a stack.
pub const RLIMIT_STACK: usize = 3;
/// Bytes of a core dump.
pub const RLIMIT_CORE: usize = 4;
/// Processes of a user.
pub const RLIMIT_NPROC: usize = 6;
/// Descriptors; one above the highest number.
pub const RLIMIT_NOFILE: usize = 7;
/// Locked bytes.
pub const RLIMIT_MEMLOCK: usize = 8;
/// Bytes of all views.
pub const RLIMIT_AS: usize = 9;
/// Pending signals of a user.
pub const RLIMIT_SIGPENDING: usize = 11;
/// Bytes in message queues.
pub const RLIMIT_MSGQUEUE: usize = 12;
/// How far `nice` may fall, from 20.
pub const RLIMIT_NICE: usize = 13;
/// The highest real-time priority.
pub const RLIMIT_RTPRIO: usize = 14;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structures_have_linux_sizes() {
        assert_eq!(size_of::<Usage>(), 144);
        assert_eq!(size_of::<ProcessTimes>(), 32);
        assert_eq!(size_of::<SystemUsage>(), 112);
        assert_eq!(core::mem::offset_of!(SystemUsage, total_high), 88);
    }
}
