//! Calls on processes.

use super::{Answer, call};
use abi::process::{ExitStatus, WNOHANG};
use abi::signal::{SIGNAL_SET_SIZE, Signal, SignalAction};
use abi::{Errno, Sysno};
use core::ffi::CStr;
use zerocopy::IntoBytes;

/// The most words that `spawn` and `execute` pass on.
const WORDS: usize = 15;

/// Ends the process.
pub fn exit(status: i32) -> ! {
    loop {
        // It does not return; if it did, there would be nothing else to do.
        let _ = call(Sysno::ExitGroup, [status as u64]);
    }
}

/// Forks: 0 in the child, the child's number in the parent.
pub fn fork() -> Answer {
    call(Sysno::Clone, [Signal::CHLD as u64, 0, 0, 0, 0])
}

/// The process's own number.
pub fn own_id() -> u64 {
    call(Sysno::Getpid, []).unwrap_or(0)
}

/// The parent's number.
pub fn parent_id() -> u64 {
    call(Sysno::Getppid, []).unwrap_or(0)
}

/// Waits for a child: -1 for any; options as for `wait4`. Number 0 means that none has ended yet.
pub fn wait_for(process: i64, options: u32) -> Answer<(u64, ExitStatus)> {
    let mut word = 0_u32;
    let address = (&raw mut word) as u64;
    let ended = call(Sysno::Wait4, [process as u64, address, options.into(), 0])?;
    Ok((ended, ExitStatus::from_word(word)))
}

/// Waits for one child and gives how it ended.
pub fn wait(process: u64) -> Answer<ExitStatus> {
    wait_for(process as i64, 0).map(|(_, status)| status)
}

/// Waits for a child, but kills it when it takes longer than some nanoseconds.
pub fn wait_or_kill(process: u64, patience: u64) -> Answer<ExitStatus> {
    let deadline = super::now() + patience;
    loop {
        let (ended, status) = wait_for(process as i64, WNOHANG)?;
        if ended != 0 {
            return Ok(status);
        }
        if super::now() > deadline {
            kill(process as i64, Signal::KILL as u64)?;
            return wait(process);
        }
        super::yield_core();
    }
}

/// Waits for every child, and gives how many there were.
pub fn wait_for_all() -> u64 {
    let mut count = 0;
    while wait_for(-1, 0).is_ok() {
        count += 1;
    }
    count
}

/// Runs work in a child and gives its number.
pub fn start_child(work: impl FnOnce() -> i32) -> Answer {
    match fork()? {
        0 => exit(work()),
        child => Ok(child),
    }
}

/// Runs work in a child and gives how it ended.
pub fn in_child(work: impl FnOnce() -> i32) -> Answer<ExitStatus> {
    wait(start_child(work)?)
}

/// Sends a signal; the number 0 only asks.
pub fn kill(process: i64, signal: u64) -> Answer {
    call(Sysno::Kill, [process as u64, signal])
}

/// Kills a process for certain.
pub fn end(process: u64) -> Answer {
    kill(process as i64, Signal::KILL as u64)
}

/// Sets what a signal does: `SIG_DFL` or `SIG_IGN`.
pub fn on_signal(signal: Signal, handler: u64) -> Answer {
    let action = SignalAction { handler, ..SignalAction::default() };
    let address = action.as_bytes().as_ptr() as u64;
    call(Sysno::RtSigaction, [signal as u64, address, 0, SIGNAL_SET_SIZE])
}

/// Gives the core to others.
pub fn yield_core() {
    // It cannot fail.
    let _ = call(Sysno::SchedYield, []);
}

/// Becomes another program; returns only to say why not.
pub fn execute(path: &CStr, words: &[&CStr], environment: &[&CStr]) -> Errno {
    let (words, environment) = (pointers(words), pointers(environment));
    let addresses = [path.as_ptr() as u64, words.as_ptr() as u64, environment.as_ptr() as u64];
    execute_at(addresses)
}

/// As `execute`, with addresses of anything.
pub fn execute_at(addresses: [u64; 3]) -> Errno {
    call(Sysno::Execve, addresses).err().unwrap_or(Errno::EINVAL)
}

fn pointers(strings: &[&CStr]) -> [u64; WORDS + 1] {
    let mut addresses = [0; WORDS + 1];
    for (address, string) in addresses.iter_mut().zip(&strings[..strings.len().min(WORDS)]) {
        *address = string.as_ptr() as u64;
    }
    addresses
}

/// Starts a program in a child; one that cannot be started exits with 127.
pub fn spawn(words: &[&CStr]) -> Answer {
    start_child(|| {
        execute(words[0], words, &[]);
        127
    })
}
