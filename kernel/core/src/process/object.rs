//! The process itself.

use super::credentials::{Groups, Identity};
use super::limits::Limits;
use super::release::Release;
use super::signal::{ProcessSignals, ProcessTimers};
use super::trace::Tracee;
use crate::fs::{self, DescriptorTable, Executable, NodeRef};
use crate::mm::AddressSpace;
use crate::program::Code;
use crate::region::DepartureWords;
use crate::region::quota::ProcessLedger;
use crate::sched::{Thread, WaitQueue};
use crate::sync::{Lock, Rank};
use abi::limits::{COMMAND_MAX, THREAD_NAME_MAX};
use abi::process::{CloneFlags, ExitStatus};
use alloc::sync::Arc;
use alloc::vec::Vec;
use arch::space::LowerHalf;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, Ordering};
use smallvec::SmallVec;

/// What a process has open, and where it stands.
pub struct Files {
    /// Its descriptors.
    pub descriptors: DescriptorTable,
    /// Its current directory.
    pub directory: NodeRef,
}

impl Files {
    /// Nothing open, at the root of the name space, for the first process.
    pub fn at_root() -> Self {
        Self { descriptors: DescriptorTable::new(), directory: fs::namespace().root().clone() }
    }
}

/// What the first process leaves out of the permissions of what it makes.
const FIRST_UMASK: u32 = 0o022;

/// The threads of a process: mostly one.
pub(super) type Threads = SmallVec<[Arc<Thread>; 1]>;

/// What changes seldom: threads, names, credentials.
pub(super) struct State {
    pub threads: Threads,
    /// Set while a thread ends all others in order to exec: no more are made.
    pub is_narrowing: bool,
    pub space: Option<Arc<AddressSpace>>,
    /// Whether the address space is another process's, too.
    pub shares_space: bool,
    /// Where its parent waits until it lets go of the address space.
    pub release: Option<Arc<Release>>,
    /// The program that it runs, which nobody may write meanwhile.
    pub program: Option<Arc<Executable>>,
    /// What is kept of the program's file while somebody runs it.
    pub code: Code,
    /// Shared with the parent until one of them changes: most never do.
    pub identity: Arc<Identity>,
    /// The same.
    pub limits: Arc<Limits>,
    pub command: [u8; COMMAND_MAX],
    pub departure_words: DepartureWords,
    /// Set when the process is to end; its threads leave one by one.
    pub ending: Option<ExitStatus>,
    /// Threads that have not left their stacks for the last time.
    pub threads_left: usize,
    /// Who sees its calls.
    pub trace: Option<Tracee>,
}

/// A process.
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// What it has open.
    pub files: Lock<Files>,
    /// Its signals.
    pub signals: ProcessSignals,
    /// What sends it signals in time.
    pub timers: ProcessTimers,
    /// What the regions that it makes are charged to.
    pub ledger: Arc<ProcessLedger>,
    /// Woken when an offer to it is made, or one of its own ends.
    pub offers_changed: WaitQueue,
    /// Woken when one of its threads has left while another wants to exec.
    pub(super) threads_changed: WaitQueue,
    /// Woken when a child changes.
    pub(super) children_changed: WaitQueue,
    pub(super) state: Lock<State>,
    /// The lower half of `state.space`, for switches of threads to see without the lock.
    lower_half: AtomicU64,
    /// Where `state.space` is, for the process's own threads; null if there is none.
    space_address: AtomicPtr<AddressSpace>,
    /// Time on a core of threads that have ended, in nanoseconds.
    pub(super) ended_time: AtomicU64,
    /// Page faults of those.
    pub(super) ended_faults: AtomicU64,
    /// Time of children that it has waited for, and of theirs.
    pub(super) children_time: AtomicU64,
    /// Page faults of those.
    pub(super) children_faults: AtomicU64,
    /// The groups that it is in besides its own: asked for under all kinds of locks.
    pub(super) groups: Lock<Groups>,
    /// Who it acts as, as `state.identity` has it: asked for by everything that looks a name up.
    pub(super) acts_as: AtomicU64,
    /// Permission bits that creation leaves out.
    pub(super) umask: AtomicU32,
    /// What it has said of `personality`.
    pub(super) persona: AtomicU32,
    /// What it has said of `membarrier`.
    barriers: AtomicU32,
    /// When it came to be, in nanoseconds since boot.
    pub started: u64,
    /// Whether it runs another program than the one that it was forked with.
    pub(super) has_other_program: AtomicBool,
    /// Its parent's number, as the table has it.
    pub(super) parent: AtomicU32,
    pub(super) group: AtomicU32,
    pub(super) session: AtomicU32,
}

impl Process {
    /// The first process, or one of a test.
    pub(super) fn new(
        pid: u32,
        space: Arc<AddressSpace>,
        files: Files,
        identity: Identity,
    ) -> Arc<Self> {
        let state = State {
            threads: Threads::new(),
            is_narrowing: false,
            space: Some(space),
            shares_space: false,
            release: None,
            program: None,
            code: Code::default(),
            identity: Arc::new(identity),
            limits: Arc::new(Limits::new()),
            command: [0; COMMAND_MAX],
            departure_words: DepartureWords::new(),
            ending: None,
            threads_left: 0,
            trace: None,
        };
        Self::of_parts(pid, files, ProcessSignals::default(), state, [pid; 2], FIRST_UMASK)
    }

    /// A process like this one, which has what a child inherits.
    #[inline]
    pub(super) fn child(
        &self,
        pid: u32,
        space: Arc<AddressSpace>,
        files: Files,
        release: Option<Arc<Release>>,
        flags: CloneFlags,
    ) -> Arc<Self> {
        let own = self.state.lock();
        let state = State {
            threads: Threads::new(),
            is_narrowing: false,
            space: Some(space),
            shares_space: flags.contains(CloneFlags::VM),
            release,
            program: own.program.clone(),
            code: own.code.clone(),
            identity: own.identity.clone(),
            limits: own.limits.clone(),
            command: own.command,
            departure_words: DepartureWords::new(),
            ending: None,
            threads_left: 0,
            trace: own.trace.as_ref().and_then(Tracee::of_child),
        };
        drop(own);
        let membership = [self.group(), self.session()];
        let signals = self.signals.inherited();
        let child = Self::of_parts(pid, files, signals, state, membership, self.umask());
        child.set_persona(self.persona());
        child
    }

    /// Made in its place, for it is large: with the numbers of its group and its session.
    #[inline]
    fn of_parts(
        pid: u32,
        files: Files,
        signals: ProcessSignals,
        state: State,
        [group, session]: [u32; 2],
        umask: u32,
    ) -> Arc<Self> {
        let acts_as = state.identity.credentials().to_bits();
        let (half, address) = seen_as(state.space.as_ref());
        Arc::new(Self {
            pid,
            lower_half: AtomicU64::new(half.to_bits()),
            space_address: AtomicPtr::new(address),
            files: Lock::new(Rank::Descriptors, files),
            signals,
            timers: ProcessTimers::default(),
            ledger: ProcessLedger::new(),
            offers_changed: WaitQueue::new(),
            threads_changed: WaitQueue::new(),
            children_changed: WaitQueue::new(),
            state: Lock::new(Rank::Process, state),
            ended_time: AtomicU64::new(0),
            ended_faults: AtomicU64::new(0),
            children_time: AtomicU64::new(0),
            children_faults: AtomicU64::new(0),
            groups: Lock::new(Rank::Groups, Groups::new()),
            acts_as: AtomicU64::new(acts_as),
            umask: AtomicU32::new(umask),
            persona: AtomicU32::new(0),
            barriers: AtomicU32::new(0),
            started: arch::clock::now(),
            has_other_program: AtomicBool::new(false),
            parent: AtomicU32::new(0),
            group: AtomicU32::new(group),
            session: AtomicU32::new(session),
        })
    }

    /// What it sees; nothing once it has ended.
    pub fn space(&self) -> Option<Arc<AddressSpace>> {
        self.state.lock().space.clone()
    }

    /// What is kept of the program's file while somebody runs it.
    pub fn code(&self) -> Code {
        self.state.lock().code.clone()
    }

    /// What a core that runs one of its threads has as its lower half.
    #[inline]
    pub fn lower_half(&self) -> LowerHalf {
        LowerHalf::from_bits(self.lower_half.load(Ordering::Relaxed))
    }

    /// Notes that its address space is another one now, or that it has none.
    pub(super) fn note_space(&self, space: Option<&Arc<AddressSpace>>) {
        let (half, address) = seen_as(space);
        self.lower_half.store(half.to_bits(), Ordering::Relaxed);
        self.space_address.store(address, Ordering::Relaxed);
    }

    /// Where its address space is; null once it has ended.
    ///
    /// The space stays there as long as any of its threads does something else than exec or end.
    #[inline]
    pub fn space_address(&self) -> *mut AddressSpace {
        self.space_address.load(Ordering::Relaxed)
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

    /// A thread's name: its own, or else the process's.
    pub fn thread_name(&self, thread: &Thread) -> [u8; THREAD_NAME_MAX] {
        thread.attributes.name().unwrap_or_else(|| {
            let command = self.command();
            let mut name = [0; THREAD_NAME_MAX];
            name[..THREAD_NAME_MAX - 1].copy_from_slice(&command[..THREAD_NAME_MAX - 1]);
            name
        })
    }

    /// Names a thread; the first one's name is the process's in listings.
    pub fn rename_thread(&self, thread: &Thread, name: [u8; THREAD_NAME_MAX]) {
        if thread.tid() == self.pid {
            // The others keep the name that they have had.
            let before = self.thread_name(thread);
            let mut state = self.state.lock();
            for other in &state.threads {
                if other.attributes.name().is_none() {
                    other.attributes.set_name(Some(before));
                }
            }
            state.command = [0; COMMAND_MAX];
            state.command[..THREAD_NAME_MAX].copy_from_slice(&name);
        }
        thread.attributes.set_name(Some(name));
    }

    /// The words that are to change when its address space ends.
    pub fn add_departure_word(&self, word: crate::region::DepartureWord) -> Result<(), abi::Errno> {
        self.state.lock().departure_words.add(word)
    }

    /// Takes one of these words back.
    pub fn remove_departure_word(
        &self,
        word: &crate::region::DepartureWord,
    ) -> Option<crate::region::DepartureWord> {
        self.state.lock().departure_words.remove(word)
    }

    /// Whether a thread of this number belongs to it.
    pub fn has_thread(&self, tid: u32) -> bool {
        self.thread(tid).is_some()
    }

    /// Notes that it will ask for a kind of barrier.
    pub fn register_barrier(&self, kind: u32) {
        self.barriers.fetch_or(kind, Ordering::Relaxed);
    }

    /// The kinds of barriers that it will ask for.
    pub fn barriers(&self) -> u32 {
        self.barriers.load(Ordering::Relaxed)
    }

    /// All of its threads.
    pub fn threads(&self) -> Vec<Arc<Thread>> {
        self.state.lock().threads.to_vec()
    }

    /// Its thread with this number.
    pub fn thread(&self, tid: u32) -> Option<Arc<Thread>> {
        let state = self.state.lock();
        let mut staying = state.threads.iter().filter(|thread| !thread.is_leaving());
        staying.find(|thread| thread.tid() == tid).cloned()
    }
}

/// What cores and threads see of an address space without a lock.
fn seen_as(space: Option<&Arc<AddressSpace>>) -> (LowerHalf, *mut AddressSpace) {
    space.map_or_else(
        || (LowerHalf::empty(), null_mut()),
        |space| (space.lower_half(), Arc::as_ptr(space).cast_mut()),
    )
}
