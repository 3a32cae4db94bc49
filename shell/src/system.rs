//! What the interpreter needs of the system that it runs on.
//!
//! The program implements it with calls; tests implement it in memory, so that everything above can
//! be tested on the host.

use crate::interpreter::{Run, Shell};
use abi::Errno;
use abi::process::ExitStatus;
use abi::resource::Limit;
use alloc::string::String;
use alloc::vec::Vec;

/// A builtin: takes its name and arguments.
pub type Builtin<S> = fn(&mut Shell<S>, &[String]) -> Run;

/// What a signal does to the shell.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Disposition {
    /// What it does without being asked.
    Default,
    /// Nothing.
    Ignore,
    /// It is noted, for [`System::take_signals`].
    Catch,
}

/// How a file is opened.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum OpenMode {
    /// For reading.
    Read,
    /// For writing, created if absent and emptied if not.
    Write,
    /// For writing, and it must not exist as a regular file.
    WriteNew,
    /// For writing at its end, created if absent.
    Append,
    /// For both, created if absent.
    ReadWrite,
}

/// Which child to wait for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Child {
    /// Any.
    Any,
    /// This process.
    Process(u32),
}

/// Whether to wait.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Waiting {
    /// Until a child ends.
    Block,
    /// Until a child ends or stops.
    BlockOrStopped,
    /// Not at all: only ask which has ended, stopped or goes on.
    Poll,
}

/// What has ended a wait.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Event {
    /// A child has ended or stopped.
    Child(u32, ExitStatus),
    /// Signals have come: bit n - 1 for signal n.
    Signals(u64),
    /// There is no child to wait for.
    NoChild,
}

/// What is known of a file.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct FileInfo {
    /// Its kind and permissions, as `stat` has them.
    pub mode: u32,
    /// Its length in bytes.
    pub length: u64,
    /// The file system and the file within it.
    pub identity: (u64, u64),
    /// When it was changed, in nanoseconds.
    pub modified: i128,
}

/// What a process may do with a file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Access {
    /// Read it.
    Read,
    /// Write it.
    Write,
    /// Run it, or go through it.
    Execute,
}

/// Where a new process belongs while the shell controls jobs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Place {
    /// Without job control: in the shell's own group.
    Own,
    /// In this group, 0 for a new one, which has the terminal.
    Foreground(u32),
    /// In this group, 0 for a new one, which does not have the terminal.
    Background(u32),
}

/// The system. Descriptors are numbers; the shell's own are 10 and above.
pub trait System: Sized {
    /// Starts a copy of the shell that runs `body` and ends with its status.
    fn fork(
        shell: &mut Shell<Self>,
        body: &mut dyn FnMut(&mut Shell<Self>) -> i32,
    ) -> Result<u32, Errno>;
    /// Becomes a program; what comes back is why it did not, or a status where programs are played.
    fn exec(
        &mut self,
        file: &str,
        arguments: &[String],
        environment: &[String],
    ) -> Result<i32, Errno>;
    /// Waits for a child; none if only asked.
    fn wait(&mut self, child: Child, how: Waiting) -> Result<Option<(u32, ExitStatus)>, Errno>;
    /// Waits until a child ends or stops, or a signal of the set comes.
    fn wait_for_event(&mut self, signals: u64) -> Event;

    /// In a new process: takes its place among groups and signals.
    fn enter(&mut self, place: Place);
    /// In the parent: does the same for the child, so that neither has to wait for the other.
    fn adopt(&mut self, child: u32, place: Place);
    /// After a failed exec: makes the shell again what [`System::enter`] had changed.
    fn stay(&mut self);
    /// Takes the terminal back from a job.
    fn take_terminal(&mut self);
    /// Has the terminal give whole lines and Ctrl-C to the shell itself.
    fn read_lines(&mut self);

    /// Opens a file.
    fn open(&mut self, path: &str, mode: OpenMode) -> Result<i32, Errno>;
    /// Closes a descriptor.
    fn close(&mut self, descriptor: i32);
    /// Makes `target` a copy of `descriptor` that programs get too.
    fn duplicate(&mut self, descriptor: i32, target: i32) -> Result<(), Errno>;
    /// A private copy of a descriptor, none if it is not open.
    fn save(&mut self, descriptor: i32) -> Option<i32>;
    /// A pipe's reading and writing end, both private.
    fn pipe(&mut self) -> Result<(i32, i32), Errno>;
    /// Reads bytes; a signal that is caught may interrupt it.
    fn read(&mut self, descriptor: i32, buffer: &mut [u8]) -> Result<usize, Errno>;
    /// Writes all bytes.
    fn write(&mut self, descriptor: i32, bytes: &[u8]) -> Result<(), Errno>;
    /// Whether a descriptor is a terminal.
    fn is_terminal(&mut self, descriptor: i32) -> bool;

    /// The current directory.
    fn current_directory(&mut self) -> Result<String, Errno>;
    /// Changes the current directory.
    fn change_directory(&mut self, path: &str) -> Result<(), Errno>;
    /// The names in a directory; none if it cannot be read.
    fn names_in(&mut self, directory: &str) -> Vec<String>;
    /// What is known of a file; of a link itself if it is not followed.
    fn file_info(&mut self, path: &str, follow: Follow) -> Option<FileInfo>;
    /// Whether the process may do something with a file.
    fn may(&mut self, path: &str, access: Access) -> bool;
    /// A file's text.
    fn read_file(&mut self, path: &str) -> Result<String, Errno>;
    /// Makes a file of one's own in a place for such files, and gives its path.
    fn temporary_file(&mut self, text: &str) -> Result<String, Errno>;
    /// Removes a file's name.
    fn remove_file(&mut self, path: &str);
    /// A user's home directory.
    fn home_of(&mut self, user: &str) -> Option<String>;

    /// Sends a signal; a negative number is a group.
    fn kill(&mut self, process: i32, signal: u32) -> Result<(), Errno>;
    /// Sets what a signal does.
    fn set_signal(&mut self, signal: u32, disposition: Disposition);
    /// The caught signals since the last time, bit n - 1 for signal n.
    fn take_signals(&mut self) -> u64;
    /// Sets the mask of permissions and gives the one before.
    fn set_umask(&mut self, mask: u32) -> u32;
    /// What may be used of a resource (`RLIMIT_*`).
    fn limit(&mut self, resource: usize) -> Result<Limit, Errno>;
    /// Sets that.
    fn set_limit(&mut self, resource: usize, limit: Limit) -> Result<(), Errno>;
    /// Seconds on a core: the shell's and its ended children's.
    fn processor_times(&mut self) -> (f64, f64);
    /// Seconds since some moment.
    fn now(&mut self) -> f64;

    /// A builtin that only this system has.
    fn builtin(name: &str) -> Option<Builtin<Self>>;
    /// What to say about a name for which no program was found.
    fn suggestion(shell: &mut Shell<Self>, name: &str) -> Option<String>;
}

/// Whether a link is followed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Follow {
    /// Yes.
    Target,
    /// No: what is known of the link.
    Link,
}
