//! A process that makes random calls until it has made enough, or comes to an end otherwise.

use crate::execute::{execute, own};
use crate::refusals::Refusals;
use crate::slot::{ERRORS, Slot};
use crate::strange::is_strange;
use crate::thief::{self, Loot};
use crate::{arena, kit};
use abi::file::OpenFlags;
use abi::resource::{Limit, RLIMIT_AS, RLIMIT_FSIZE, RLIMIT_NPROC};
use abi::signal::{SIG_SETMASK, SIGNAL_MAX, Signal, SignalAction};
use abi::{Errno, Sysno};
use alloc::boxed::Box;
use core::mem::offset_of;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use user::fuzz::{Call, Care, Gives, Random, Row, World, next_row};
use user::process;

/// The user that is not root.
pub const USER: u32 = 1000;
/// A call that waits is interrupted after so many microseconds, again and again.
const PATIENCE: u64 = 5000;
/// The status of a process that could not prepare itself.
pub const UNPREPARED: i32 = 99;

/// How a process is to be.
#[derive(Clone, Copy, Debug)]
pub struct Life {
    /// Where all its random numbers come from.
    pub seed: u64,
    /// The family that most calls are of.
    pub group: Option<&'static str>,
    /// How many calls it makes, if it is not for chance to say.
    pub calls: Option<u64>,
}

impl Life {
    /// Whether it has root's rights: one of four has.
    pub const fn is_root(&self) -> bool {
        self.seed.is_multiple_of(4)
    }
}

/// A handler.
pub extern "C" fn ignore(_: i32) {}

/// Where the notes of all processes begin and end: apart from what a process may change by mistake.
static NOTES: [AtomicU64; 2] = [AtomicU64::new(0), AtomicU64::new(0)];

struct Worker<'a> {
    slot: &'a Slot,
    /// What children of it write to.
    child_slot: &'a Slot,
    all: &'a [Slot],
    world: World,
    random: Random,
    call: Box<Call>,
    group: Option<&'static str>,
    /// Has the kernel refuse it memory, if that can be told to.
    refusals: Refusals,
    /// Whether it is a child of the one that the coordinator has started.
    is_child: bool,
}

/// The rooms that a process writes to.
#[derive(Clone, Copy)]
pub struct Rooms<'a> {
    /// Its own.
    pub own: &'a Slot,
    /// Its children's.
    pub child: &'a Slot,
    /// Everybody's; the words that all share are in the first one.
    pub all: &'a [Slot],
}

/// Lives, and ends the process. It is one that the coordinator has forked, in the directory for its files.
pub fn live(life: Life, rooms: Rooms<'_>) -> ! {
    let mut random = Random::new(life.seed);
    let pid = process::id().0;
    rooms.own.pid.store(pid, Relaxed);
    let notes = rooms.all.as_ptr_range();
    NOTES[0].store(notes.start as u64, Relaxed);
    NOTES[1].store(notes.end as u64, Relaxed);
    let Ok(memory) = arena::make(&rooms.all[0].words, ignore) else { process::exit(UNPREPARED) };
    let Some(refusals) = prepare(life.is_root()) else { process::exit(UNPREPARED) };
    let loot = Loot {
        begin: memory.vanishing.0,
        pages: memory.vanishing.1 / abi::limits::PAGE_SIZE as u64,
        seed: life.seed,
    };
    if random.once_in(2) {
        let stack = own(Sysno::Mmap, [0, THIEF_STACK, 3, 0x22, u64::MAX, 0]);
        // SAFETY: the stack is a mapping of its own, `loot` lives as long as this function, which never returns,
        // and the pages are numbers to this process.
        unsafe { thief::start(&raw const loot, stack as u64 + THIEF_STACK) };
    }
    let most = life.calls.unwrap_or(200 + random.below(2500));
    let mut worker = Worker {
        slot: rooms.own,
        child_slot: rooms.child,
        all: rooms.all,
        world: World::new(memory, pid, life.is_root()),
        random,
        call: Box::default(),
        group: life.group,
        refusals,
        is_child: false,
    };
    worker.go_on(most);
    worker.end(0)
}

/// Bytes of the other thread's stack.
const THIEF_STACK: u64 = 32 * 1024;

/// Becomes what the calls are made by: a session of its own without a terminal, a user, limits, and handlers for
/// all signals. Not if it could not become the user.
pub fn prepare(is_root: bool) -> Option<Refusals> {
    own(Sysno::Setsid, []);
    let null = own(
        Sysno::Openat,
        [0, c"/dev/null".as_ptr() as u64, OpenFlags::READ_WRITE.bits().into(), 0],
    );
    for standard in 0..3 {
        own(Sysno::Dup3, [null as u64, standard, 0]);
    }
    own(Sysno::CloseRange, [3, u32::MAX.into(), 0]);
    // As root, to whom it is to be told.
    let refusals = Refusals::open();
    for (limit, most) in [(RLIMIT_AS, 96 << 20), (RLIMIT_FSIZE, 4 << 20), (RLIMIT_NPROC, 64)] {
        let limits = Limit { soft: most, hard: most };
        own(Sysno::Setrlimit, [limit as u64, (&raw const limits) as u64]);
    }
    if !is_root {
        own(Sysno::Setgid, [USER.into()]);
        own(Sysno::Setuid, [USER.into()]);
    }
    for signal in 1..=SIGNAL_MAX {
        handle(signal);
    }
    (is_root || process::effective_user() == USER).then_some(refusals)
}

fn handle(signal: u32) {
    let faults = [Signal::SEGV, Signal::BUS, Signal::ILL, Signal::TRAP, Signal::FPE];
    if faults.iter().all(|fault| *fault as u32 != signal) {
        let action =
            SignalAction { handler: ignore as *const () as u64, ..SignalAction::default() };
        own(Sysno::RtSigaction, [signal.into(), (&raw const action) as u64, 0, 8]);
    }
}

/// Has calls that wait interrupted, whatever other calls have done to that.
pub fn be_interrupted() {
    let none = 0_u64;
    own(Sysno::RtSigprocmask, [SIG_SETMASK.into(), (&raw const none) as u64, 0, 8]);
    handle(Signal::ALRM as u32);
    let every = [0, PATIENCE, 0, PATIENCE];
    own(Sysno::Setitimer, [0, (&raw const every) as u64, 0]);
}

impl Worker<'_> {
    fn go_on(&mut self, most: u64) {
        be_interrupted();
        for count in 0..most {
            if count % 128 == 0 {
                kit::complete(&mut self.world, &mut self.random);
                self.meet();
            }
            if self.random.once_in(200) {
                self.call.compose_unknown(&self.world, &mut self.random);
                self.make(None);
                continue;
            }
            let (index, row) = next_row(self.group, &mut self.random);
            let (is_user_only, is_for_child) = match row.care {
                Care::None => (false, false),
                Care::UserOnly(_) => (true, false),
                Care::Child(_) => (false, true),
                Care::UserChild(_) => (true, true),
            };
            if is_user_only && self.world.is_root || is_for_child && self.is_child {
                continue;
            }
            self.call.compose(row, &self.world, &mut self.random);
            let is_refused = self.refusals.begin(&mut self.random);
            if is_for_child {
                self.make_in_child((index, row))
            } else {
                self.make(Some((index, row)))
            }
            if is_refused {
                self.refusals.end();
            }
        }
    }

    /// Looks who is there; one process more often than others, so that two give and take.
    fn meet(&mut self) {
        let own_pid = self.slot.pid.load(Relaxed);
        let place = self.all.iter().position(|slot| slot.pid.load(Relaxed) == own_pid).unwrap_or(0);
        for (index, peer) in self.world.peers.iter_mut().enumerate() {
            let other = match index {
                0..6 => place ^ 2,
                _ => self.random.below(self.all.len() as u64) as usize,
            };
            *peer = self.all.get(other).map_or(own_pid, |slot| slot.pid.load(Relaxed));
        }
    }

    /// Makes the call that is composed, in a process that does nothing else.
    fn make_in_child(&mut self, row: (usize, &Row)) {
        let child = own(Sysno::Clone, [Signal::CHLD as u64, 0, 0, 0, 0]);
        if child == 0 {
            self.become_child();
            self.make(Some(row));
            self.end(0);
        }
        if child > 0 {
            // A signal may come between; then it is ended.
            for _ in 0..4 {
                if own(Sysno::Wait4, [child as u64, 0, 0, 0]) != -(Errno::EINTR as i64) {
                    return;
                }
            }
            own(Sysno::Kill, [child as u64, Signal::KILL as u64]);
        }
    }

    fn become_child(&mut self) {
        (self.slot, self.is_child) = (self.child_slot, true);
        self.world.pid = process::id().0;
        self.slot.pid.store(self.world.pid, Relaxed);
        be_interrupted();
    }

    fn make(&mut self, row: Option<(usize, &Row)>) {
        let Call { number, arguments, .. } = *self.call;
        if is_astray(&arguments) {
            return self.slot.note_astray();
        }
        for (address, bytes) in self.call.stores() {
            arena::store(address, bytes);
        }
        self.slot.begin(number, &arguments);
        let result = execute(number, &arguments);
        self.slot.end(result);
        if let Some((index, _)) = row {
            count(&self.slot.made, index);
        }
        let is_error = result > (-4096_i64) as u64;
        if is_error {
            self.failed(number, result);
        }
        let Some((index, row)) = row else { return };
        if !is_error {
            count(&self.slot.done, index);
            self.succeeded(row, result, &arguments);
        }
        if disturbs(row) {
            be_interrupted();
        }
    }

    fn failed(&mut self, number: u64, result: u64) {
        if is_strange(number, result) {
            self.slot.note_strange();
        }
        let error = result.wrapping_neg() as usize;
        if error < ERRORS {
            count(&self.slot.errors, error);
        }
    }

    fn succeeded(&mut self, row: &Row, result: u64, arguments: &[u64; 6]) {
        if row.call == Sysno::MqOpen && self.call.stores().all(|(at, _)| at != arguments[0]) {
            // Its name is what lay at a wrong address: nobody else could tell it.
            own(Sysno::MqUnlink, [arguments[0]]);
        }
        match row.gives {
            Gives::Nothing => {}
            Gives::Fd(objects) => self.world.got_descriptor(result as i64, objects),
            Gives::Pair(place, objects) => {
                if let Some([one, other]) = arena::pair(&self.world.arena, arguments[place]) {
                    self.world.got_descriptor(one as i32 as i64, objects);
                    self.world.got_descriptor(other as i32 as i64, objects);
                }
            }
            Gives::Entry => self.world.got_entry(result, &mut self.random),
            Gives::Ipc(table) => self.world.got_object(table, result as u32, &mut self.random),
            Gives::Address => self.world.got_address(result, &mut self.random),
            Gives::Timer(place) => {
                if let Some([timer, _]) = arena::pair(&self.world.arena, arguments[place]) {
                    self.world.got_timer(timer, &mut self.random);
                }
            }
            Gives::Child if result == 0 => {
                if self.is_child {
                    self.end(0);
                }
                self.become_child();
                let calls = self.random.below(12);
                self.go_on(calls);
                self.end(0);
            }
            Gives::Child => self.world.got_process(result as u32, &mut self.random),
        }
        if result > 200 && matches!(row.gives, Gives::Fd(_)) {
            own(Sysno::CloseRange, [100, u32::MAX.into(), 0]);
        }
    }

    /// Ends, and tells if it got rights that nobody has given it.
    fn end(&mut self, status: u64) -> ! {
        if !self.world.is_root && own(Sysno::Geteuid, []) == 0 {
            self.slot.begin(Sysno::Geteuid as u64, &[0; 6]);
            self.slot.end(0);
            self.slot.note_strange();
        }
        loop {
            own(Sysno::ExitGroup, [status]);
        }
    }
}

/// Whether a number is an address in the notes, but for the words that all share: by chance, or since a process
/// has lost hold of itself, by a signal's frame that it has changed or by its memory.
fn is_astray(arguments: &[u64; 6]) -> bool {
    let [begin, end] = NOTES.each_ref().map(|bound| bound.load(Relaxed));
    let words = begin + offset_of!(Slot, words) as u64;
    let is_word = |address: &u64| (words..words + 64).contains(address);
    let is_note = |address: &&u64| (begin..end).contains(*address);
    arguments.iter().filter(is_note).any(|address| !is_word(address))
}

/// Whether a call may have changed how calls that wait are interrupted.
fn disturbs(row: &Row) -> bool {
    matches!(
        row.call,
        Sysno::RtSigaction
            | Sysno::RtSigprocmask
            | Sysno::Setitimer
            | Sysno::RtSigsuspend
            | Sysno::Ppoll
            | Sysno::Pselect6
            | Sysno::EpollPwait
            | Sysno::EpollPwait2
            | Sysno::Clone
    )
}

fn count<const N: usize>(counts: &[AtomicU32; N], index: usize) {
    if let Some(place) = counts.get(index) {
        place.fetch_add(1, Relaxed);
    }
}
