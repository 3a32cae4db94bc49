//! Processes: flags of `clone` and `wait4`, the auxiliary vector, the record of `process_list`.

use crate::limits::COMMAND_MAX;
use bitflags::bitflags;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

bitflags! {
    /// Flags of `clone`; the low byte is the signal that tells the parent of the child's end.
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub struct CloneFlags: u64 {
        /// The signal's bits.
        const SIGNAL = 0xFF;
        /// Share the address space.
        const VM = 0x100;
        /// Share the current directory.
        const FS = 0x200;
        /// Share the descriptors.
        const FILES = 0x400;
        /// Share the signal handlers.
        const SIGHAND = 0x800;
        /// A descriptor for the child; not offered.
        const PIDFD = 0x1000;
        /// Accepted: nothing is traced.
        const PTRACE = 0x2000;
        /// The parent waits until the child ends or execs.
        const VFORK = 0x4000;
        /// The child's parent is the caller's.
        const PARENT = 0x8000;
        /// A thread of the same process.
        const THREAD = 0x10000;
        /// A mount name space of its own; not offered.
        const NEWNS = 0x20000;
        /// Accepted.
        const SYSVSEM = 0x40000;
        /// Set the child's TPIDR_EL0.
        const SETTLS = 0x80000;
        /// Store the child's id in the parent.
        const PARENT_SETTID = 0x100000;
        /// Clear and wake the child's id word when it ends.
        const CHILD_CLEARTID = 0x200000;
        /// Ignored, as on Linux.
        const DETACHED = 0x400000;
        /// Accepted: nothing is traced.
        const UNTRACED = 0x800000;
        /// Store the child's id in the child.
        const CHILD_SETTID = 0x1000000;
        /// Other name spaces of its own; not offered.
        const NEW_OTHER = 0x7E00_0000;
        /// Accepted: there are no input and output contexts.
        const IO = 0x8000_0000;
    }
}

/// `wait4`: do not wait.
pub const WNOHANG: u32 = 1;
/// `wait4`: stopped children too.
pub const WUNTRACED: u32 = 2;
/// `waitid`: stopped children.
pub const WSTOPPED: u32 = 2;
/// `waitid`: children that have ended.
pub const WEXITED: u32 = 4;
/// `wait4` and `waitid`: children that were stopped and go on.
pub const WCONTINUED: u32 = 8;
/// `waitid`: what is told can be asked for again.
pub const WNOWAIT: u32 = 0x0100_0000;
/// `wait4` and `waitid`: accepted.
pub const WAIT_KINDS: u32 = 0xE000_0000;
/// `waitid`: any child.
pub const P_ALL: u32 = 0;
/// `waitid`: the child with this number.
pub const P_PID: u32 = 1;
/// `waitid`: a child in this process group.
pub const P_PGID: u32 = 2;
/// `waitid`: the child that a descriptor stands for.
pub const P_PIDFD: u32 = 3;
/// The status word of `wait4` for a child that goes on.
pub const CONTINUED_WORD: u32 = 0xFFFF;

/// The status word of `wait4` for a child that a signal has stopped.
pub const fn stopped_word(signal: u8) -> u32 {
    (signal as u32) << 8 | 0x7F
}

/// A wait status: how a process ended, as `wait4` reports it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ExitStatus {
    /// It called exit with this status.
    Exited(u8),
    /// A signal ended it.
    Signalled(u8),
}

impl ExitStatus {
    /// The status word.
    pub const fn to_word(self) -> u32 {
        match self {
            Self::Exited(status) => (status as u32) << 8,
            Self::Signalled(signal) => signal as u32 & 0x7F,
        }
    }

    /// The status in a word.
    pub const fn from_word(word: u32) -> Self {
        if word & 0x7F == 0 {
            Self::Exited((word >> 8) as u8)
        } else {
            Self::Signalled((word & 0x7F) as u8)
        }
    }

    /// Whether the word tells of a process that has stopped, rather than ended.
    pub const fn is_stop(self) -> bool {
        const STOPPED: u8 = 0x7F;
        matches!(self, Self::Signalled(STOPPED))
    }

    /// The status as a shell's `$?` gives it: 128 and the signal for one that a signal ended.
    pub const fn shell_status(self) -> i32 {
        match self {
            Self::Exited(status) => status as i32,
            Self::Signalled(signal) => 128 + signal as i32,
        }
    }
}

/// Auxiliary vector: the end.
pub const AT_NULL: u64 = 0;
/// Auxiliary vector: address of the program headers.
pub const AT_PHDR: u64 = 3;
/// Auxiliary vector: size of one.
pub const AT_PHENT: u64 = 4;
/// Auxiliary vector: how many.
pub const AT_PHNUM: u64 = 5;
/// Auxiliary vector: the page size.
pub const AT_PAGESZ: u64 = 6;
/// Auxiliary vector: base address of the interpreter.
pub const AT_BASE: u64 = 7;
/// Auxiliary vector: flags, zero.
pub const AT_FLAGS: u64 = 8;
/// Auxiliary vector: the entry point.
pub const AT_ENTRY: u64 = 9;
/// Auxiliary vector: user.
pub const AT_UID: u64 = 11;
/// Auxiliary vector: effective user.
pub const AT_EUID: u64 = 12;
/// Auxiliary vector: group.
pub const AT_GID: u64 = 13;
/// Auxiliary vector: effective group.
pub const AT_EGID: u64 = 14;
/// Auxiliary vector: name of the processor.
pub const AT_PLATFORM: u64 = 15;
/// Auxiliary vector: what the processor can do.
pub const AT_HWCAP: u64 = 16;
/// Auxiliary vector: ticks in a second of `times`.
pub const AT_CLKTCK: u64 = 17;
/// Auxiliary vector: whether the program runs with another's rights.
pub const AT_SECURE: u64 = 23;
/// Auxiliary vector: address of 16 random bytes.
pub const AT_RANDOM: u64 = 25;
/// Auxiliary vector: address of the program's path.
pub const AT_EXECFN: u64 = 31;
/// Auxiliary vector: address of the kernel's code for programs.
pub const AT_SYSINFO_EHDR: u64 = 33;
/// Auxiliary vector: the stack that a signal's frame takes.
pub const AT_MINSIGSTKSZ: u64 = 51;

/// What a process is doing, in `process_list`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum ProcessState {
    /// On a core, or waiting for one.
    Running = 0,
    /// Waiting for something.
    Sleeping = 1,
    /// Ended; its parent has not asked yet.
    Zombie = 2,
    /// Stopped by a signal.
    Stopped = 3,
}

impl ProcessState {
    /// The letter that listings show.
    pub const fn letter(number: u32) -> char {
        match number {
            0 => 'R',
            1 => 'S',
            2 => 'Z',
            3 => 'T',
            _ => '?',
        }
    }
}

/// One process, as `process_list` tells it.
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct ProcessRecord {
    /// Its number.
    pub pid: u32,
    /// Its parent's.
    pub parent: u32,
    /// Its process group.
    pub group: u32,
    /// Its session.
    pub session: u32,
    /// Its user.
    pub uid: u32,
    /// A [`ProcessState`].
    pub state: u32,
    /// Threads.
    pub threads: u32,
    /// The core that it runs on, or ran on last.
    pub core: u32,
    /// Time on a core, in nanoseconds.
    pub cpu_time: u64,
    /// Pages that its views reach and that hold memory.
    pub resident_pages: u64,
    /// Bytes of its views.
    pub mapped_bytes: u64,
    /// Its name: the last part of the program's path, NUL-padded.
    pub command: [u8; COMMAND_MAX],
}

impl ProcessRecord {
    /// The name's bytes, without padding.
    pub fn command(&self) -> &[u8] {
        let length = self.command.iter().position(|byte| *byte == 0).unwrap_or(COMMAND_MAX);
        &self.command[..length]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_status_has_the_standard_encoding() {
        assert_eq!(ExitStatus::Exited(3).to_word(), 0x300);
        assert_eq!(ExitStatus::Signalled(9).to_word(), 9);
        assert_eq!(ExitStatus::from_word(0x2A00), ExitStatus::Exited(42));
        assert_eq!(ExitStatus::from_word(11), ExitStatus::Signalled(11));
        assert_eq!(ExitStatus::Signalled(11).shell_status(), 139);
    }
}
