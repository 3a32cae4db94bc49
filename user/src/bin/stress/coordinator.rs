//! Starts processes round by round, disturbs them, and compares what there is before and after.

use crate::execute::own;
use crate::findings::{Findings, describe};
use crate::leftovers;
use crate::report::Report;
use crate::slot::Slot;
use crate::soundness::Holdings;
use crate::treasure::Treasure;
use crate::worker::{self, Life, Rooms, UNPREPARED};
use abi::Sysno;
use abi::process::{ExitStatus, WNOHANG};
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::sync::atomic::Ordering::Relaxed;
use core::time::Duration;
use user::error::{Error, Result};
use user::fuzz::Random;
use user::interrupt::Interrupts;
use user::process::{self, Fork, Pid, Signal};
use user::region::{Protection, Region, Seals, View};
use user::{fs, time};

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Until when.
    pub duration: Option<Duration>,
    /// Until how many calls.
    pub calls: Option<u64>,
    /// Where all random numbers come from.
    pub seed: u64,
    /// At a time.
    pub processes: usize,
    /// The family that most calls are of.
    pub group: Option<&'static str>,
    /// The seed of the one process that is to run.
    pub only: Option<u64>,
    /// Whether every call's counts are told.
    pub is_coverage_wanted: bool,
}

impl Plan {
    /// Processes at a time, at most.
    pub const MOST: u64 = 64;

    /// What is done if nothing is said.
    pub const fn usual() -> Self {
        Self {
            duration: None,
            calls: None,
            seed: 0,
            processes: 8,
            group: None,
            only: None,
            is_coverage_wanted: false,
        }
    }
}

/// How long a round takes.
const ROUND: Duration = Duration::from_millis(2000);
/// How often processes are looked at, and disturbed.
const TICK: Duration = Duration::from_millis(5);
/// A process that makes no call for so long is killed: some wait for what never comes.
const STALL: Duration = Duration::from_millis(1500);
/// A process that is killed must be gone after this.
const LAST_WORDS: Duration = Duration::from_secs(8);
/// `wait4`: children of every kind.
const ALL_KINDS: u32 = 0x4000_0000;

/// A process that was started.
struct Child {
    pid: u32,
    place: usize,
    seen: u64,
    since: Duration,
    is_stopped: bool,
    /// When it was killed.
    killed: Option<Duration>,
}

struct Run<'a> {
    plan: &'a Plan,
    slots: &'a [Slot],
    directory: String,
    random: Random,
    findings: Findings,
    report: Report,
    children: Vec<Child>,
    interrupts: Interrupts,
    begin: Duration,
    is_interrupted: bool,
}

/// Does it all, and gives the status to end with.
pub fn run(plan: &Plan) -> Result<i32> {
    let count = 2 * plan.processes;
    let bytes = (count * size_of::<Slot>()) as u64;
    let sealed = Seals::SHRINK | Seals::GROW;
    let region = Region::options().bytes(bytes).seals(sealed).anonymous()?;
    let view: View = region.map(Protection::READ | Protection::WRITE)?;
    drop(region);
    let slots = view.memory().objects::<Slot>(0, count);
    let slots = slots.ok_or_else(|| Error::message("the region for reports is too short"))?;
    slots.iter().for_each(Slot::touch);
    let directory = format!("/tmp/stress-{}", process::id());
    let mut run = Run {
        plan,
        slots,
        directory,
        random: Random::new(plan.seed),
        findings: Findings::default(),
        report: Report::new(plan.seed),
        children: Vec::with_capacity(plan.processes),
        interrupts: Interrupts::noted(),
        begin: time::now(),
        is_interrupted: false,
    };
    let outcome = run.all_rounds();
    leftovers::remove_tree(&run.directory);
    let Run { report, findings, is_interrupted, interrupts, .. } = run;
    outcome?;
    report.tell(slots, &findings, plan.is_coverage_wanted);
    if is_interrupted {
        interrupts.end();
    }
    Ok(i32::from(findings.count() > 0))
}

impl Run<'_> {
    fn all_rounds(&mut self) -> Result<()> {
        // What the first round makes for the first time may stay, such as the text of programs: it is compared
        // with nothing but its own names.
        let mut before = Holdings::settled()?;
        for round in 0.. {
            self.one_round(&before)?;
            if round == 0 {
                before.renew()?;
            }
            let found = self.findings.count();
            before.compare(&mut self.findings)?;
            if self.findings.count() > found {
                // Each loss is told once.
                before = Holdings::settled()?;
            }
            self.report.rounds += 1;
            if self.is_over() || self.plan.only.is_some() {
                break;
            }
        }
        Ok(())
    }

    fn is_over(&mut self) -> bool {
        self.is_interrupted |= self.interrupts.have_come();
        let is_late = self.plan.duration.is_some_and(|most| time::now() - self.begin >= most);
        let is_enough = self.plan.calls.is_some_and(|most| self.report.calls >= most);
        self.is_interrupted || is_late || is_enough
    }

    fn one_round(&mut self, before: &Holdings) -> Result<()> {
        let treasure = Treasure::bury(&self.directory)?;
        let end = time::now() + ROUND;
        let mut starts = 0;
        while time::now() < end && !self.is_over() {
            self.reap();
            let is_room = self.children.len() < self.plan.processes;
            if is_room && (self.plan.only.is_none() || starts == 0) {
                starts += 1;
                self.start()?;
                continue;
            }
            if self.children.is_empty() {
                break;
            }
            self.disturb();
            self.watch();
            self.report.look_for_nonsense(self.slots);
            self.report.progress(self.slots, self.begin);
            time::sleep(TICK);
        }
        self.end_all(&before.objects.processes)?;
        treasure.check(&mut self.findings);
        leftovers::remove(&before.objects, &self.directory)
    }

    fn free_place(&self) -> usize {
        let is_free = |place: &usize| self.children.iter().all(|child| child.place != *place);
        (0..self.plan.processes).find(is_free).unwrap_or(0)
    }

    fn start(&mut self) -> Result<()> {
        let place = self.free_place();
        let seed = self.plan.only.unwrap_or_else(|| self.random.number() >> 16);
        let life = Life {
            seed,
            group: self.plan.group,
            calls: self.plan.calls.filter(|_| self.plan.only.is_some()),
        };
        let (own_slot, child) = (&self.slots[2 * place], &self.slots[2 * place + 1]);
        own_slot.begin_process(seed);
        child.begin_process(seed);
        let home = format!("{}/{}", self.directory, self.report.started);
        fs::mkdir(&home)?;
        let owner = if life.is_root() { 0 } else { worker::USER };
        fs::set_owner(&home, owner, owner)?;
        match process::fork()? {
            Fork::Child => {
                if fs::set_current_dir(&home).is_err() {
                    process::exit(UNPREPARED);
                }
                worker::live(life, Rooms { own: own_slot, child, all: self.slots })
            }
            Fork::Parent(Pid(pid)) => {
                self.report.started += 1;
                let seen = own_slot.calls.load(Relaxed);
                let since = time::now();
                self.children.push(Child {
                    pid,
                    place,
                    seen,
                    since,
                    is_stopped: false,
                    killed: None,
                });
                Ok(())
            }
        }
    }

    /// Waits for all that have ended.
    fn reap(&mut self) {
        loop {
            let mut word = 0_u32;
            let options = u64::from(WNOHANG | ALL_KINDS);
            let pid = own(Sysno::Wait4, [u64::MAX, (&raw mut word) as u64, options, 0]);
            let Some(pid) = u32::try_from(pid).ok().filter(|pid| *pid > 0) else { return };
            let Some(index) = self.children.iter().position(|child| child.pid == pid) else {
                continue;
            };
            let child = self.children.swap_remove(index);
            self.report.ended(ExitStatus::from_word(word));
            for slot in &self.slots[2 * child.place..2 * child.place + 2] {
                self.report.count_calls(slot);
                if slot.has_strange() {
                    let call = describe(&slot.strange_call());
                    self.findings
                        .tell_of(slot, &format!("an answer that there should not be: {call}"));
                }
            }
            if ExitStatus::from_word(word) == ExitStatus::Exited(UNPREPARED as u8) {
                self.findings.tell("a process could not prepare itself");
            }
        }
    }

    /// Now and then stops a process, lets one go on, or kills one.
    fn disturb(&mut self) {
        if self.plan.only.is_some() || self.children.is_empty() {
            return;
        }
        let index = self.random.below(self.children.len() as u64) as usize;
        let child = &mut self.children[index];
        let send = |signal: Signal| {
            let _ = process::kill(Pid(child.pid), signal);
        };
        match self.random.below(48) {
            0 if child.killed.is_none() => {
                send(Signal::KILL);
                child.killed = Some(time::now());
                self.report.killed += 1;
            }
            1 | 2 => {
                send(Signal::STOP);
                child.is_stopped = true;
                self.report.stopped += 1;
            }
            _ if child.is_stopped => {
                send(Signal::CONT);
                child.is_stopped = false;
            }
            _ => {}
        }
    }

    /// Kills who makes no calls, and tells of who cannot be killed.
    fn watch(&mut self) {
        let now = time::now();
        let mut wedged = Vec::new();
        for child in &mut self.children {
            let slot = &self.slots[2 * child.place];
            let calls = slot.calls.load(Relaxed);
            if calls != child.seen {
                (child.seen, child.since) = (calls, now);
            }
            match child.killed {
                Some(killed) if now - killed > LAST_WORDS => wedged.push(child.place),
                None if now - child.since > STALL => {
                    let _ = process::kill(Pid(child.pid), Signal::KILL);
                    child.killed = Some(now);
                    self.report.stalled += 1;
                }
                _ => {}
            }
        }
        for place in wedged {
            self.findings.tell_of(&self.slots[2 * place], "it cannot be killed");
            self.children.retain(|child| child.place != place);
        }
    }

    /// Kills all that this round has started, until there is nobody left.
    fn end_all(&mut self, before: &BTreeSet<u32>) -> Result<()> {
        let begin = time::now();
        loop {
            let left = leftovers::kill_all(before)?;
            self.reap();
            if left == 0 {
                break;
            }
            if time::now() - begin > LAST_WORDS {
                for child in &self.children {
                    self.findings.tell_of(&self.slots[2 * child.place], "it cannot be killed");
                }
                self.findings.tell(&format!("{left} processes are left after they were killed"));
                break;
            }
            time::sleep(TICK);
        }
        self.children.clear();
        Ok(())
    }
}
