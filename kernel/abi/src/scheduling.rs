//! Scheduling policies and priorities.

/// The usual policy: turns.
pub const SCHED_OTHER: u32 = 0;
/// First come, first served.
pub const SCHED_FIFO: u32 = 1;
/// Turns among those of one real-time priority.
pub const SCHED_RR: u32 = 2;
/// As `SCHED_OTHER`, for work without a person waiting.
pub const SCHED_BATCH: u32 = 3;
/// For work that has time.
pub const SCHED_IDLE: u32 = 5;
/// Flag: children begin with the usual policy.
pub const SCHED_RESET_ON_FORK: u32 = 0x4000_0000;
/// The highest real-time priority; the lowest is 1.
pub const REAL_TIME_PRIORITY_MAX: u32 = 99;

/// `setpriority`: a process or thread.
pub const PRIO_PROCESS: u32 = 0;
/// `setpriority`: a process group.
pub const PRIO_PGRP: u32 = 1;
/// `setpriority`: a user.
pub const PRIO_USER: u32 = 2;
/// The kindest.
pub const NICE_MAX: i32 = 19;
/// The least kind.
pub const NICE_MIN: i32 = -20;

/// `prctl`: name the calling thread.
pub const PR_SET_NAME: u32 = 15;
/// `prctl`: the calling thread's name.
pub const PR_GET_NAME: u32 = 16;
