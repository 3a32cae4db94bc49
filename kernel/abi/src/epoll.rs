//! `epoll`, `eventfd` and `timerfd`: events, flags and structures.

use crate::time::TimeSpec;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// `epoll_ctl`: watch a file.
pub const EPOLL_CTL_ADD: u32 = 1;
/// `epoll_ctl`: watch a file no longer.
pub const EPOLL_CTL_DEL: u32 = 2;
/// `epoll_ctl`: change what a file is watched for.
pub const EPOLL_CTL_MOD: u32 = 3;

/// Only this set is woken, as far as there are several; accepted.
pub const EPOLLEXCLUSIVE: u32 = 1 << 28;
/// Keeps the machine awake; accepted.
pub const EPOLLWAKEUP: u32 = 1 << 29;
/// Told once, until it is changed.
pub const EPOLLONESHOT: u32 = 1 << 30;
/// Told once for each change.
pub const EPOLLET: u32 = 1 << 31;

/// What a file is watched for, and what was found: Linux/AArch64's `struct epoll_event`.
#[derive(
    Clone, Copy, Debug, Default, Eq, FromBytes, Immutable, IntoBytes, KnownLayout, PartialEq,
)]
#[repr(C)]
pub struct EpollEvent {
    /// [`crate::poll::PollEvents`] and `EPOLL*`.
    pub events: u32,
    /// Zero.
    pub padding: u32,
    /// The program's own.
    pub data: u64,
}

const _: () = assert!(size_of::<EpollEvent>() == 16);

/// `eventfd2`: reads take 1 and not everything.
pub const EFD_SEMAPHORE: u32 = 1;

/// `timerfd_settime`: the first time is a point in time.
pub const TFD_TIMER_ABSTIME: u32 = 1;
/// `timerfd_settime`: tell when the clock is set, which nobody does.
pub const TFD_TIMER_CANCEL_ON_SET: u32 = 2;

/// When a timer goes off: Linux's `struct itimerspec`.
#[derive(
    Clone, Copy, Debug, Default, Eq, FromBytes, Immutable, IntoBytes, KnownLayout, PartialEq,
)]
#[repr(C)]
pub struct TimerSetting {
    /// How often after the first time; 0 for never again.
    pub interval: TimeSpec,
    /// The first time; 0 for never.
    pub value: TimeSpec,
}
