//! Calls about processes, groups, signals and credentials.

use super::{Outcome, invoke, signed};
use abi::Sysno;
use abi::process::ProcessRecord;
use abi::resource::{Limit, ProcessTimes};
use abi::scheduling::PR_SET_NAME;
use abi::signal::{SIGNAL_SET_SIZE, Signal, SignalAction};
use core::convert::Infallible;
use core::ffi::{CStr, c_char};
use core::ptr;

/// Ends the process.
pub fn exit_group(status: i32) -> ! {
    loop {
        // SAFETY: no address is passed; the call does not return.
        let _ = unsafe { invoke(Sysno::ExitGroup, [signed(status)]) };
    }
}

/// Splits the process in two: 0 for the child, the child's number for the parent.
pub fn fork() -> Outcome<u32> {
    let signal = Signal::CHLD as u64;
    // SAFETY: the child gets a copy of everything and shares no private memory.
    unsafe { invoke(Sysno::Clone, [signal, 0, 0, 0, 0]) }.map(|pid| pid as u32)
}

/// Runs another program in this process; returns only if it can't.
///
/// # Safety
/// - Both lists end with a null pointer, and the others are NUL-terminated strings.
pub unsafe fn execve(
    path: &CStr,
    arguments: &[*const c_char],
    environment: &[*const c_char],
) -> Outcome<Infallible> {
    let arguments = [path.as_ptr() as u64, arguments.as_ptr() as u64, environment.as_ptr() as u64];
    // SAFETY: the caller's duty; the kernel only reads.
    match unsafe { invoke(Sysno::Execve, arguments) } {
        Err(errno) => Err(errno),
        Ok(_) => unreachable!("execve returned without an error"),
    }
}

/// Waits for a child: its number, 0 if none has ended yet, and the status word.
pub fn wait4(pid: i32, options: u32) -> Outcome<(u32, u32)> {
    let mut status = 0_u32;
    let arguments = [signed(pid), (&raw mut status) as u64, u64::from(options), 0];
    // SAFETY: the kernel writes one word.
    unsafe { invoke(Sysno::Wait4, arguments) }.map(|pid| (pid as u32, status))
}

/// Sends a signal; 0 only asks whether one could be sent.
pub fn kill(pid: i32, signal: u32) -> Outcome<()> {
    // SAFETY: no address is passed.
    unsafe { invoke(Sysno::Kill, [signed(pid), u64::from(signal)]) }.map(drop)
}

/// Has a function called on a signal.
///
/// # Safety
/// - The function may run at any moment: it uses nothing that it could find half changed.
pub unsafe fn rt_sigaction_handler(signal: u32, handler: extern "C" fn(i32)) -> Outcome<()> {
    let action = SignalAction { handler: handler as usize as u64, ..SignalAction::default() };
    let arguments = [u64::from(signal), ptr::from_ref(&action) as u64, 0, SIGNAL_SET_SIZE];
    // SAFETY: the kernel reads one record; that the function may be entered is the caller's duty.
    unsafe { invoke(Sysno::RtSigaction, arguments) }.map(drop)
}

/// Adds to the blocked signals, takes from them or replaces them; gives those before.
pub fn rt_sigprocmask(how: u32, set: u64) -> Outcome<u64> {
    let mut before = 0_u64;
    let sets = [ptr::from_ref(&set) as u64, (&raw mut before) as u64];
    // SAFETY: the kernel reads one set and writes the other.
    unsafe { invoke(Sysno::RtSigprocmask, [u64::from(how), sets[0], sets[1], SIGNAL_SET_SIZE]) }?;
    Ok(before)
}

/// Waits until one of these signals, which should be blocked, is there, and takes it.
pub fn rt_sigtimedwait(set: u64) -> Outcome<u32> {
    let arguments = [ptr::from_ref(&set) as u64, 0, 0, SIGNAL_SET_SIZE];
    // SAFETY: the kernel reads one set; nothing is to be written, and there is no time limit.
    unsafe { invoke(Sysno::RtSigtimedwait, arguments) }.map(|signal| signal as u32)
}

/// What the process, and its children that were waited for, have used.
pub fn times() -> Outcome<ProcessTimes> {
    let mut times = ProcessTimes::default();
    // SAFETY: the kernel writes one record.
    unsafe { invoke(Sysno::Times, [(&raw mut times) as u64]) }?;
    Ok(times)
}

/// Sets what a signal does: only the default and ignoring can be asked for.
pub fn rt_sigaction(signal: Signal, handler: u64) -> Outcome<()> {
    let action = SignalAction { handler, ..SignalAction::default() };
    let arguments = [signal as u64, ptr::from_ref(&action) as u64, 0, SIGNAL_SET_SIZE];
    // SAFETY: the kernel reads one record, and no function of this process is entered.
    unsafe { invoke(Sysno::RtSigaction, arguments) }.map(drop)
}

/// What the process may use of a resource.
pub fn getrlimit(resource: usize) -> Outcome<Limit> {
    let mut limit = Limit::default();
    // SAFETY: the kernel writes one record.
    unsafe { invoke(Sysno::Getrlimit, [resource as u64, (&raw mut limit) as u64]) }?;
    Ok(limit)
}

/// Sets what the process may use of a resource.
pub fn setrlimit(resource: usize, limit: &Limit) -> Outcome<()> {
    // SAFETY: the kernel reads one record.
    unsafe { invoke(Sysno::Setrlimit, [resource as u64, ptr::from_ref(limit) as u64]) }.map(drop)
}

/// Gives other threads the core.
pub fn sched_yield() -> Outcome<()> {
    // SAFETY: no address is passed.
    unsafe { invoke(Sysno::SchedYield, []) }.map(drop)
}

/// Gives the calling thread a name, and with the first thread the process.
pub fn set_name(name: &CStr) -> Outcome<()> {
    // SAFETY: the kernel reads the name up to its end.
    unsafe { invoke(Sysno::Prctl, [PR_SET_NAME.into(), name.as_ptr() as u64]) }.map(drop)
}

/// The niceness of the calling process.
pub fn getpriority() -> Outcome<i32> {
    // SAFETY: no address is passed.
    let told = unsafe { invoke(Sysno::Getpriority, [PRIO_PROCESS, 0]) }?;
    // The call tells 20 less the niceness, so that it is never negative.
    Ok(20 - told as i32)
}

/// Sets the niceness of the calling process.
pub fn setpriority(niceness: i32) -> Outcome<()> {
    // SAFETY: no address is passed.
    unsafe { invoke(Sysno::Setpriority, [PRIO_PROCESS, 0, signed(niceness)]) }.map(drop)
}

/// Has the calling thread run on some cores only: a bit for each.
pub fn sched_setaffinity(cores: u64) -> Outcome<()> {
    let arguments = [0, size_of::<u64>() as u64, ptr::from_ref(&cores) as u64];
    // SAFETY: the kernel reads one word.
    unsafe { invoke(Sysno::SchedSetaffinity, arguments) }.map(drop)
}

/// A process, for `getpriority` and `setpriority`.
const PRIO_PROCESS: u64 = 0;

macro_rules! numbers {
    ($($(#[$doc:meta])* $function:ident = $call:ident;)*) => {
        $(
            $(#[$doc])*
            pub fn $function() -> u32 {
                // SAFETY: no address is passed. The call can't fail.
                unsafe { invoke(Sysno::$call, []) }.unwrap_or(0) as u32
            }
        )*
    };
}

numbers! {
    /// The process's number.
    getpid = Getpid;
    /// The parent's number.
    getppid = Getppid;
    /// The user.
    getuid = Getuid;
    /// The user whose rights count.
    geteuid = Geteuid;
    /// The group of users.
    getgid = Getgid;
    /// The group of users whose rights count.
    getegid = Getegid;
}

/// Becomes another user, for good; only root can.
pub fn setuid(uid: u32) -> Outcome<()> {
    // SAFETY: no address is passed.
    unsafe { invoke(Sysno::Setuid, [u64::from(uid)]) }.map(drop)
}

/// Gets into another group of users, for good; only root can.
pub fn setgid(gid: u32) -> Outcome<()> {
    // SAFETY: no address is passed.
    unsafe { invoke(Sysno::Setgid, [u64::from(gid)]) }.map(drop)
}

/// Is in these further groups of users from now on; only root can.
pub fn setgroups(groups: &[u32]) -> Outcome<()> {
    let arguments = [groups.len() as u64, groups.as_ptr() as u64];
    // SAFETY: the kernel reads that many words.
    unsafe { invoke(Sysno::Setgroups, arguments) }.map(drop)
}

/// Fills the further groups of users that the process is in, and returns how many there are; without room for
/// any it only tells that.
pub fn getgroups(groups: &mut [u32]) -> Outcome<usize> {
    let arguments = [groups.len() as u64, groups.as_mut_ptr() as u64];
    // SAFETY: the kernel fills at most that many words.
    unsafe { invoke(Sysno::Getgroups, arguments) }.map(|count| count as usize)
}

/// Sets which permissions new files and regions do not get, and returns those before.
pub fn umask(mask: u32) -> u32 {
    // SAFETY: no address is passed. The call can't fail.
    unsafe { invoke(Sysno::Umask, [u64::from(mask)]) }.unwrap_or(0) as u32
}

/// Puts a process (0: this one) into a process group (0: its own).
pub fn setpgid(pid: u32, group: u32) -> Outcome<()> {
    // SAFETY: no address is passed.
    unsafe { invoke(Sysno::Setpgid, [u64::from(pid), u64::from(group)]) }.map(drop)
}

/// The process group of a process (0: this one).
pub fn getpgid(pid: u32) -> Outcome<u32> {
    // SAFETY: no address is passed.
    unsafe { invoke(Sysno::Getpgid, [u64::from(pid)]) }.map(|group| group as u32)
}

/// Begins a session.
pub fn setsid() -> Outcome<u32> {
    // SAFETY: no address is passed.
    unsafe { invoke(Sysno::Setsid, []) }.map(|session| session as u32)
}

/// Fills the records, and returns how many processes there are.
pub fn process_list(records: &mut [ProcessRecord]) -> Outcome<usize> {
    let arguments = [records.as_mut_ptr() as u64, records.len() as u64];
    // SAFETY: the kernel fills at most that many records.
    unsafe { invoke(Sysno::ProcessList, arguments) }.map(|count| count as usize)
}
