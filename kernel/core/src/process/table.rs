//! All processes, by number, and how they are related.
//!
//! One lock guards all family ties, so that fork, exit and wait see them whole.

use super::credentials::Privilege;
use super::number_map::NumberMap;
use super::numbers::Numbers;
use super::object::Process;
use super::signal::SignalsToMany;
use crate::check::Report;
use crate::room;
use crate::sched::Thread;
use crate::sync::{Lock, Rank};
use abi::Errno;
use abi::limits::{PROCESS_MAX, ROOT_RESERVE, THREAD_MAX};
use abi::process::ExitStatus;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::Ordering;
use smallvec::SmallVec;

/// The number of init, which inherits the children of processes that end.
pub const INIT: u32 = 1;

/// The numbers of a process's children, of which there are mostly few.
pub type Children = SmallVec<[u32; 4]>;

/// A process's place in the table.
pub struct Entry {
    pub process: Arc<Process>,
    pub parent: u32,
    pub children: Children,
    /// How it ended, once it has.
    pub status: Option<ExitStatus>,
}

/// The table.
pub struct Table {
    entries: NumberMap<Entry>,
    /// The processes of threads whose number is not their process's.
    threads: BTreeMap<u32, u32>,
    numbers: Numbers,
    /// Signals to several processes at once.
    pub signals_to_many: SignalsToMany,
}

pub static TABLE: Lock<Table> = Lock::new(Rank::ProcessTable, Table::new(Numbers::new()));

/// What the end of a process means for others.
#[derive(Default)]
pub struct Aftermath {
    /// Whose children have changed.
    pub parents: [Option<Arc<Process>>; 2],
    /// Processes that nobody will ask for, to be dropped without the table's lock.
    pub forgotten: Vec<Entry>,
}

impl Table {
    /// No processes.
    pub const fn new(numbers: Numbers) -> Self {
        Self {
            entries: NumberMap::new(),
            threads: BTreeMap::new(),
            numbers,
            signals_to_many: SignalsToMany::NONE,
        }
    }

    /// The entry of a process.
    pub fn get(&self, pid: u32) -> Option<&Entry> {
        self.entries.get(pid)
    }

    /// The entry with the lowest number above this one.
    pub fn next(&self, pid: u32) -> Option<&Entry> {
        self.entries.next(pid)
    }

    /// Every entry, in the order of the numbers.
    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// A number for a process: one that no process, thread, group or session has.
    pub fn new_pid(&mut self, privilege: Privilege) -> Result<u32, Errno> {
        if self.entries.len() >= most(PROCESS_MAX, privilege) {
            return Err(Errno::EAGAIN);
        }
        Ok(self.new_number())
    }

    /// A number for another thread of a process, which has it until [`Self::forget_tid`].
    pub fn new_tid(&mut self, pid: u32, privilege: Privilege) -> Result<u32, Errno> {
        if self.threads.len() >= most(THREAD_MAX, privilege) {
            return Err(Errno::EAGAIN);
        }
        let tid = self.new_number();
        self.threads.insert(tid, pid);
        Ok(tid)
    }

    /// The thread of this number is gone.
    pub fn forget_tid(&mut self, tid: u32) {
        self.threads.remove(&tid);
        room::give_back_map(&mut self.threads);
    }

    /// The process of a thread whose number is not its process's.
    pub fn process_of(&self, tid: u32) -> Option<u32> {
        self.threads.get(&tid).copied()
    }

    /// Each thread with a number of its own is one of a process that is there.
    pub fn check_threads(&self, report: &mut Report) {
        for (tid, pid) in &self.threads {
            let is_there = self.get(*pid).is_some();
            report
                .expect(is_there, format_args!("thread {tid} is of process {pid}, which is gone"));
        }
    }

    fn new_number(&mut self) -> u32 {
        let (entries, threads) = (&self.entries, &self.threads);
        self.numbers.take(|number| {
            entries.get(number).is_some()
                || threads.contains_key(&number)
                || entries.values().any(|entry| {
                    entry.process.group() == number || entry.process.session() == number
                })
        })
    }

    /// Adds a process as a child of another.
    pub fn insert(&mut self, process: Arc<Process>, parent: u32) {
        if let Some(entry) = self.entries.get_mut(parent) {
            entry.children.push(process.pid);
        }
        process.parent.store(parent, Ordering::Relaxed);
        let entry = Entry { parent, children: Children::new(), status: None, process };
        self.entries.insert(entry.process.pid, entry);
    }

    /// Takes a process out.
    pub fn remove(&mut self, pid: u32) -> Option<Entry> {
        let entry = self.entries.remove(pid)?;
        if let Some(parent) = self.entries.get_mut(entry.parent) {
            parent.children.retain(|child| *child != pid);
            room::give_back_few(&mut parent.children);
        }
        Some(entry)
    }

    /// Notes how a process has ended, and gives its children to init.
    ///
    /// One whose parent ignores SIGCHLD is taken out at once: nobody is to ask for it.
    pub fn end(&mut self, pid: u32, status: ExitStatus) -> Aftermath {
        let mut aftermath = Aftermath::default();
        let Some(entry) = self.entries.get_mut(pid) else { return aftermath };
        entry.status = Some(status);
        let (parent, has_children) = (entry.parent, !entry.children.is_empty());
        if has_children && self.give_children_to_init(pid, &mut aftermath.forgotten) {
            aftermath.parents[0] = self.get(INIT).map(|init| init.process.clone());
        }
        let Some(parent) = self.get(parent).map(|parent| parent.process.clone()) else {
            return aftermath;
        };
        if parent.signals.forgets_children() {
            aftermath.forgotten.extend(self.remove(pid));
        }
        aftermath.parents[1] = Some(parent);
        aftermath
    }

    /// Returns whether one of the children has ended.
    fn give_children_to_init(&mut self, pid: u32, forgotten: &mut Vec<Entry>) -> bool {
        let Some(entry) = self.entries.get_mut(pid) else { return false };
        let mut children = core::mem::take(&mut entry.children);
        let forgets = self.forgets_children(INIT);
        let mut any_ended = false;
        children.retain(|child| {
            let Some(entry) = self.entries.get_mut(*child) else { return false };
            entry.parent = INIT;
            entry.process.parent.store(INIT, Ordering::Relaxed);
            let has_ended = entry.status.is_some();
            any_ended |= has_ended;
            if has_ended && forgets {
                forgotten.extend(self.entries.remove(*child));
            }
            !(has_ended && forgets)
        });
        if let Some(init) = self.entries.get_mut(INIT) {
            init.children.extend(children);
        }
        any_ended
    }

    fn forgets_children(&self, parent: u32) -> bool {
        self.get(parent).is_some_and(|parent| parent.process.signals.forgets_children())
    }
}

/// How many there may be when one more is made with this privilege.
const fn most(all: usize, privilege: Privilege) -> usize {
    match privilege {
        Privilege::Root => all,
        Privilege::None => all - ROOT_RESERVE,
    }
}

/// The process with this number; one that has ended counts until its parent has asked.
pub fn find(pid: u32) -> Option<Arc<Process>> {
    TABLE.lock().get(pid).map(|entry| entry.process.clone())
}

/// The thread with this number, of any process.
pub fn find_thread(tid: u32) -> Option<Arc<Thread>> {
    let table = TABLE.lock();
    let pid = table.threads.get(&tid).copied().unwrap_or(tid);
    let process = table.get(pid)?.process.clone();
    drop(table);
    process.thread(tid)
}

/// Every process that has not ended, in the order of their numbers.
pub fn all() -> Vec<Arc<Process>> {
    let table = TABLE.lock();
    table.iter().filter(|entry| entry.status.is_none()).map(|entry| entry.process.clone()).collect()
}

/// The child of a process with this number, unless it has ended.
pub fn find_child(parent: u32, pid: u32) -> Option<Arc<Process>> {
    let table = TABLE.lock();
    let entry = table.get(pid).filter(|entry| entry.parent == parent && entry.status.is_none())?;
    Some(entry.process.clone())
}

/// Processes in the system.
pub fn count() -> usize {
    TABLE.lock().entries.len()
}

/// The process group of the caller.
pub fn current_group() -> u32 {
    crate::sched::current_process().group.load(Ordering::Relaxed)
}

/// The session of the caller.
pub fn current_session() -> u32 {
    crate::sched::current_process().session.load(Ordering::Relaxed)
}

/// Whether a process of that group is in that session.
pub fn is_group_of_session(group: u32, session: u32) -> bool {
    TABLE
        .lock()
        .iter()
        .any(|entry| entry.process.group() == group && entry.process.session() == session)
}

/// Puts the caller, or a child of it, into a process group of its session.
pub fn set_group(caller: &Process, pid: u32, group: u32) -> Result<(), Errno> {
    let table = TABLE.lock();
    let pid = if pid == 0 { caller.pid } else { pid };
    let group = if group == 0 { pid } else { group };
    // A child that has ended and was not waited for is still one.
    let entry = table.get(pid).ok_or(Errno::ESRCH)?;
    if pid != caller.pid && entry.parent != caller.pid {
        return Err(Errno::ESRCH);
    }
    let session = entry.process.session.load(Ordering::Relaxed);
    if session != caller.session.load(Ordering::Relaxed) {
        return Err(Errno::EPERM);
    }
    if pid != caller.pid && entry.process.has_other_program.load(Ordering::Acquire) {
        return Err(Errno::EACCES);
    }
    if session == pid {
        return Err(Errno::EPERM);
    }
    let exists = group == pid
        || table.iter().any(|other| {
            other.process.group.load(Ordering::Relaxed) == group
                && other.process.session.load(Ordering::Relaxed) == session
        });
    if !exists {
        return Err(Errno::EPERM);
    }
    entry.process.group.store(group, Ordering::Relaxed);
    Ok(())
}

/// Makes the caller the leader of a new session and of a group in it.
pub fn set_session(caller: &Process) -> Result<u32, Errno> {
    let table = TABLE.lock();
    let leads_group = |entry: &Entry| entry.process.group.load(Ordering::Relaxed) == caller.pid;
    // Init is the leader of its group and session from the start, and may say so.
    if caller.pid != INIT && table.iter().any(leads_group) {
        return Err(Errno::EPERM);
    }
    caller.session.store(caller.pid, Ordering::Relaxed);
    caller.group.store(caller.pid, Ordering::Relaxed);
    Ok(caller.pid)
}

impl Process {
    /// Its process group.
    pub fn group(&self) -> u32 {
        self.group.load(Ordering::Relaxed)
    }

    /// Its session.
    pub fn session(&self) -> u32 {
        self.session.load(Ordering::Relaxed)
    }

    /// Its parent's number; 0 for init.
    pub fn parent(&self) -> u32 {
        self.parent.load(Ordering::Relaxed)
    }
}
