//! Calls about time and the system as a whole.

use super::{Outcome, invoke};
use abi::Sysno;
use abi::memory::MemoryInfo;
use abi::system::{REBOOT_MAGIC1, REBOOT_MAGIC2, SystemInfo};
use abi::time::{TIMER_ABSTIME, TimeSpec};
use core::ptr;
use zerocopy::FromZeros;

/// Reads a clock.
pub fn clock_gettime(clock: u32) -> Outcome<TimeSpec> {
    let mut time = TimeSpec::default();
    let arguments = [u64::from(clock), ptr::from_mut(&mut time) as u64];
    // SAFETY: the kernel fills one record.
    unsafe { invoke(Sysno::ClockGettime, arguments) }.map(|_| time)
}

/// Sets a clock.
pub fn clock_settime(clock: u32, time: &TimeSpec) -> Outcome<()> {
    let arguments = [u64::from(clock), ptr::from_ref(time) as u64];
    // SAFETY: the kernel reads one time.
    unsafe { invoke(Sysno::ClockSettime, arguments) }.map(drop)
}

/// Sleeps; what remains after an interruption is left in `remaining`.
pub fn nanosleep(request: &TimeSpec, remaining: &mut TimeSpec) -> Outcome<()> {
    let arguments = [ptr::from_ref(request) as u64, ptr::from_mut(remaining) as u64];
    // SAFETY: the kernel reads one record and fills another.
    unsafe { invoke(Sysno::Nanosleep, arguments) }.map(drop)
}

/// Sleeps until a clock shows the time, whatever it shows now.
pub fn clock_nanosleep_until(clock: u32, time: &TimeSpec) -> Outcome<()> {
    let arguments = [u64::from(clock), TIMER_ABSTIME.into(), ptr::from_ref(time) as u64, 0];
    // SAFETY: the kernel reads one record.
    unsafe { invoke(Sysno::ClockNanosleep, arguments) }.map(drop)
}

/// Restarts the board or switches it off.
pub fn reboot(command: u32) -> Outcome<()> {
    let arguments = [u64::from(REBOOT_MAGIC1), u64::from(REBOOT_MAGIC2), u64::from(command)];
    // SAFETY: no address is passed.
    unsafe { invoke(Sysno::Reboot, arguments) }.map(drop)
}

/// Brings what has changed of all files to where it outlasts a power cut.
pub fn sync() -> Outcome<()> {
    // SAFETY: no address is passed.
    unsafe { invoke(Sysno::Sync, []) }.map(drop)
}

/// Reads how the memory is used.
pub fn memory_info() -> Outcome<MemoryInfo> {
    let mut record = MemoryInfo::default();
    let arguments = [ptr::from_mut(&mut record) as u64];
    // SAFETY: the kernel fills one record.
    unsafe { invoke(Sysno::MemoryInfo, arguments) }.map(|_| record)
}

/// Reads how the system does.
pub fn system_info() -> Outcome<SystemInfo> {
    let mut record = SystemInfo::new_zeroed();
    let arguments = [ptr::from_mut(&mut record) as u64];
    // SAFETY: the kernel fills one record.
    unsafe { invoke(Sysno::SystemInfo, arguments) }.map(|_| record)
}
