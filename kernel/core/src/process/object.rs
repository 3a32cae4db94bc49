//! The process itself.

use super::credentials::Credentials;
use super::signal::Signals;
use crate::fs::{self, DescriptorTable, Executable, NodeRef};
use crate::mm::AddressSpace;
use crate::region::DepartureWords;
use crate::region::quota::ProcessLedger;
use crate::sched::{Thread, WaitQueue};
use crate::sync::{Lock, Rank};
use abi::limits::COMMAND_MAX;
use abi::process::ExitStatus;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// What a process has open, and where it stands.
pub struct Files {
    /// Its descriptors.
    pub descriptors: DescriptorTable,
    /// Its current directory.
    pub directory: NodeRef,
    /// Permission bits that creation leaves out.
    pub umask: u32,
}

impl Files {
    /// Nothing open, at the root of the name space, for the first process.
    pub fn at_root() -> Self {
        Self {
            descriptors: DescriptorTable::new(),
            directory: fs::namespace().root().clone(),
            umask: 0o022,
        }
    }
}

/// What changes seldom: threads, names, credentials.
pub(super) struct State {
    pub threads: Vec<Arc<Thread>>,
    pub space: Option<Arc<AddressSpace>>,
    /// The program that it runs, which nobody may write meanwhile.
    pub program: Option<Arc<Executable>>,
    pub credentials: Credentials,
    pub command: [u8; COMMAND_MAX],
    pub departure_words: DepartureWords,
    /// Set when the process is to end; its threads leave one by one.
    pub ending: Option<ExitStatus>,
    /// Threads that have not left their stacks for the last time.
    pub threads_left: usize,
}

/// A process.
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// What it has open.
    pub files: Lock<Files>,
    /// Its signals.
    pub signals: Signals,
    /// What the regions that it makes are charged to.
    pub ledger: Arc<ProcessLedger>,
    /// Woken when an offer to it is made, or one of its own ends.
    pub offers_changed: WaitQueue,
    /// Woken when a child changes.
    pub(super) children_changed: WaitQueue,
    pub(super) state: Lock<State>,
    /// Time on a core of threads that have ended, in nanoseconds.
    pub(super) ended_time: AtomicU64,
    /// When it came to be, in nanoseconds since boot.
    pub started: u64,
    pub(super) group: AtomicU32,
    pub(super) session: AtomicU32,
}

impl Process {
    pub(super) fn new(
        pid: u32,
        space: Arc<AddressSpace>,
        files: Files,
        credentials: Credentials,
    ) -> Self {
        Self {
            pid,
            files: Lock::new(Rank::Descriptors, files),
            signals: Signals::default(),
            ledger: ProcessLedger::new(),
            offers_changed: WaitQueue::new(),
            children_changed: WaitQueue::new(),
            state: Lock::new(
                Rank::Process,
                State {
                    threads: Vec::new(),
                    space: Some(space),
                    program: None,
                    credentials,
                    command: [0; COMMAND_MAX],
                    departure_words: DepartureWords::new(),
                    ending: None,
                    threads_left: 0,
                },
            ),
            ended_time: AtomicU64::new(0),
            started: arch::clock::now(),
            group: AtomicU32::new(pid),
            session: AtomicU32::new(pid),
        }
    }

    /// What it sees; nothing once it has ended.
    pub fn space(&self) -> Option<Arc<AddressSpace>> {
        self.state.lock().space.clone()
    }

    /// Who it is.
    pub fn credentials(&self) -> Credentials {
        self.state.lock().credentials
    }

    /// Makes it somebody else.
    pub fn set_credentials(&self, credentials: Credentials) {
        self.state.lock().credentials = credentials;
    }

    /// The program that it runs.
    pub fn program(&self) -> Option<Arc<Executable>> {
        self.state.lock().program.clone()
    }

    /// Its name in listings, NUL-padded.
    pub fn command(&self) -> [u8; COMMAND_MAX] {
        self.state.lock().command
    }

    /// Names it after the last part of a path.
    pub(super) fn set_command(&self, path: &[u8]) {
        let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
        let length = name.len().min(COMMAND_MAX - 1);
        let mut command = [0; COMMAND_MAX];
        command[..length].copy_from_slice(&name[..length]);
        self.state.lock().command = command;
    }

    /// The words that are to change when its address space ends.
    pub fn add_departure_word(&self, word: crate::region::DepartureWord) -> Result<(), abi::Errno> {
        self.state.lock().departure_words.add(word)
    }

    /// Whether a thread of this number belongs to it.
    pub fn has_thread(&self, tid: u32) -> bool {
        self.state.lock().threads.iter().any(|thread| thread.tid == tid)
    }

    /// Time on a core, in nanoseconds.
    pub fn cpu_time(&self) -> u64 {
        let threads = self.state.lock().threads.clone();
        let live: u64 = threads.iter().map(|thread| thread.cpu_time()).sum();
        live + self.ended_time.load(Ordering::Relaxed)
    }
}
