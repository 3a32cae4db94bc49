//! Processes: fork, exec, wait, signals, groups.

mod caught;
mod command;
mod list;

pub use abi::process::{ExitStatus, ProcessRecord};
pub use abi::signal::Signal;
pub use caught::{
    blocked_signals, catch_signal, has_caught, put_back_caught, signals_blocked, take_caught,
    take_caught_of, wait_signal,
};
pub use command::{Command, become_command, find_program, own_environment};
pub use list::{is_alive, list};

use crate::error::{Context, Error, Result};
use crate::fs::path_string;
use crate::io;
use crate::syscall::process as call;
use abi::Errno;
use abi::process::{WNOHANG, WUNTRACED};
use abi::signal::{SIG_DFL, SIG_IGN};
use alloc::ffi::CString;
use alloc::format;
use alloc::vec;
use alloc::vec::Vec;
use core::ffi::{CStr, c_char};
use core::fmt;
use core::ptr;

/// A process's number.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Pid(pub u32);

impl fmt::Display for Pid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Which of the two processes after a fork this is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fork {
    /// The one that called, with the child's number.
    Parent(Pid),
    /// The new one.
    Child,
}

/// Splits the process in two.
pub fn fork() -> Result<Fork> {
    // Else both would print what is collected.
    let _ = io::flush();
    match call::fork().context("fork")? {
        0 => Ok(Fork::Child),
        child => Ok(Fork::Parent(Pid(child))),
    }
}

/// Runs another program in this process; returns only if it can't.
///
/// `arguments` begin with the program's name, `environment` has words like `HOME=/`.
pub fn exec(path: &str, arguments: &[&str], environment: &[&str]) -> Errno {
    let _ = io::flush();
    let strings = |words: &[&str]| -> core::result::Result<Vec<CString>, Errno> {
        words.iter().map(|word| CString::new(*word).map_err(|_| Errno::EINVAL)).collect()
    };
    let (Ok(path), Ok(arguments), Ok(environment)) =
        (path_string(path), strings(arguments), strings(environment))
    else {
        return Errno::EINVAL;
    };
    // SAFETY: both lists are made of NUL-terminated strings that live until the call returns.
    let outcome = unsafe { call::execve(&path, &pointers(&arguments), &pointers(&environment)) };
    match outcome {
        Err(errno) => errno,
        Ok(never) => match never {},
    }
}

fn pointers(strings: &[CString]) -> Vec<*const c_char> {
    strings.iter().map(|string| string.as_ptr()).chain([ptr::null()]).collect()
}

/// Which child to wait for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum WaitFor {
    /// Any.
    Any,
    /// This one.
    Pid(Pid),
    /// Any of this process group.
    Group(Pid),
}

/// Whether to wait until a child ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum WaitOptions {
    /// Yes.
    Block,
    /// No: only ask.
    Poll,
    /// Yes, and a child that stops counts too.
    BlockOrStopped,
}

/// Waits for a child; `None` if asked only and none has ended.
pub fn wait(child: WaitFor, options: WaitOptions) -> Result<Option<(Pid, ExitStatus)>> {
    let number = match child {
        WaitFor::Any => -1,
        WaitFor::Pid(pid) => pid.0 as i32,
        WaitFor::Group(group) => -(group.0 as i32),
    };
    let options = match options {
        WaitOptions::Block => 0,
        WaitOptions::Poll => WNOHANG,
        WaitOptions::BlockOrStopped => WUNTRACED,
    };
    loop {
        match call::wait4(number, options) {
            Ok((0, _)) => return Ok(None),
            Ok((pid, word)) => return Ok(Some((Pid(pid), ExitStatus::from_word(word)))),
            Err(Errno::EINTR) => {}
            Err(errno) => return Err(Error::new(errno, "wait")),
        }
    }
}

/// Waits for one child's end.
pub fn wait_for(child: Pid) -> Result<ExitStatus> {
    match wait(WaitFor::Pid(child), WaitOptions::Block)? {
        Some((_, status)) => Ok(status),
        None => Err(Error::new(Errno::ECHILD, format!("process {child}"))),
    }
}

/// Ends the process; what was printed goes out first.
pub fn exit(status: i32) -> ! {
    let _ = io::flush();
    call::exit_group(status)
}

/// Sends a signal to a process.
pub fn kill(pid: Pid, signal: Signal) -> Result<()> {
    send(pid.0 as i32, signal as u32).context(format!("process {pid}"))
}

/// Sends a signal to every process of a group.
pub fn kill_group(group: Pid, signal: Signal) -> Result<()> {
    send(-(group.0 as i32), signal as u32).context(format!("process group {group}"))
}

/// Sends a signal by numbers, as the `kill` call takes them; 0 only asks.
pub fn send(pid: i32, signal: u32) -> core::result::Result<(), Errno> {
    call::kill(pid, signal)
}

/// This process's number.
pub fn id() -> Pid {
    Pid(call::getpid())
}

/// The parent's number.
pub fn parent() -> Pid {
    Pid(call::getppid())
}

/// The user whose rights count; 0 is root.
pub fn effective_user() -> u32 {
    call::geteuid()
}

/// The user that the process belongs to.
pub fn user() -> u32 {
    call::getuid()
}

/// The group of users that the process belongs to.
pub fn user_group() -> u32 {
    call::getgid()
}

/// The group of users whose rights count.
pub fn effective_user_group() -> u32 {
    call::getegid()
}

/// Becomes another user in another group of users and no other, for good; only root can.
pub fn become_user(uid: u32, gid: u32) -> Result<()> {
    become_member(uid, gid, &[])
}

/// Becomes another user in these groups of users, for good; only root can.
pub fn become_member(uid: u32, gid: u32, further: &[u32]) -> Result<()> {
    // The groups first: that takes root's rights too.
    call::setgroups(further).context("further groups")?;
    call::setgid(gid).context(format!("group {gid}"))?;
    call::setuid(uid).context(format!("user {uid}"))
}

/// The further groups of users that the process is in.
pub fn groups() -> Vec<u32> {
    let mut groups = vec![0; call::getgroups(&mut []).unwrap_or(0)];
    let count = if groups.is_empty() { Ok(0) } else { call::getgroups(&mut groups) };
    groups.truncate(count.unwrap_or(0));
    groups
}

/// Sets which permissions new files and regions do not get, and returns those before.
pub fn set_umask(mask: u32) -> u32 {
    call::umask(mask)
}

/// Puts a process into a group; a group's number is that of its first process.
pub fn set_group(pid: Pid, group: Pid) -> Result<()> {
    call::setpgid(pid.0, group.0).context(format!("process {pid}"))
}

/// The group of this process.
pub fn group() -> Pid {
    Pid(call::getpgid(0).unwrap_or(0))
}

/// Begins a session, of which this process is the first.
pub fn new_session() -> Result<Pid> {
    call::setsid().context("new session").map(Pid)
}

/// Has others see this process by another name than its program's, of up to 15 bytes.
pub fn set_name(name: &CStr) -> Result<()> {
    call::set_name(name).context("process name")
}

/// Has a signal do nothing; exec keeps this.
pub fn ignore_signal(signal: Signal) -> Result<()> {
    call::rt_sigaction(signal, SIG_IGN).context(signal.name())
}

/// Has a signal do what it does without being asked.
pub fn default_signal(signal: Signal) -> Result<()> {
    call::rt_sigaction(signal, SIG_DFL).context(signal.name())
}

/// How little this process asks for the cores: from -20, the most, to 19.
pub fn niceness() -> Result<i32> {
    call::getpriority().context("niceness")
}

/// Sets it; only root can ask for more than before.
pub fn set_niceness(niceness: i32) -> Result<()> {
    call::setpriority(niceness).context("niceness")
}

/// Gives other processes the core.
pub fn yield_now() {
    // The call can't fail.
    let _ = call::sched_yield();
}

/// Has the calling thread run on one core only; the children that it makes from then on, too.
pub fn stay_on_core(core: u32) -> Result<()> {
    let cores = 1_u64.checked_shl(core).unwrap_or(0);
    call::sched_setaffinity(cores).context(format!("core {core}"))
}
