//! Each call with its first question for memory refused, then with its second, and so on: it fails for want of
//! memory or finds another way, and made once more it is answered as if nothing had been.

use crate::execute::own;
use crate::findings::{Findings, describe};
use crate::leftovers;
use crate::refusals::Refusals;
use crate::soundness::Holdings;
use crate::trial::{self, Answer, Notes, Outcome, Question, is_shortage};
use abi::process::{ExitStatus, WNOHANG};
use abi::{Errno, Sysno};
use alloc::format;
use alloc::string::{String, ToString};
use core::time::Duration;
use user::error::{Error, Result};
use user::fuzz::{FAMILIES, Family, Random, Row};
use user::io::STDERR;
use user::process::{self, Fork, Pid, Signal};
use user::region::{Protection, Region, Seals, View};
use user::table::Align;
use user::{eprint, fs, print, println, style, terminal, time};

/// More questions than any call asks.
const MOST: u64 = 600;
/// A process that has not ended after this waits for what never comes.
const STALL: Duration = Duration::from_secs(2);
/// A process that was killed must be gone after this.
const LAST_WORDS: Duration = Duration::from_secs(8);
/// How long it is waited for news of a child before it is looked at again, in nanoseconds.
const NEWS: u64 = 20_000_000;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Where all random numbers come from.
    pub seed: u64,
    /// Sets of arguments for each call.
    pub sets: u64,
    /// The one family to be swept.
    pub group: Option<&'static str>,
    /// The one call.
    pub call: Option<String>,
}

/// What was done with a family.
#[derive(Default)]
struct Counts {
    sets: u64,
    refused: u64,
    failed: u64,
    managed: u64,
    killed: u64,
}

/// What a call with a question refused says of those behind.
enum Verdict {
    /// There are more.
    Next,
    /// It was not asked so often.
    Over,
    /// It should not have ended so.
    Wrong(String),
}

struct Sweep<'a> {
    notes: &'a Notes,
    directory: String,
    before: Holdings,
    findings: Findings,
    /// Whether somebody sees how far it is.
    is_seen: bool,
}

/// Does it all, and gives the status to end with.
pub fn run(plan: &Plan) -> Result<i32> {
    if !Refusals::open().are_there() {
        return Err(Error::message("this kernel refuses no memory when it is told to")
            .advice("start one that does: make run PROFILE=checked"));
    }
    let sealed = Seals::SHRINK | Seals::GROW;
    let region = Region::options().bytes(4096).seals(sealed).anonymous()?;
    let view: View = region.map(Protection::READ | Protection::WRITE)?;
    drop(region);
    let notes = view.memory().object::<Notes>(0);
    let notes = notes.ok_or_else(|| Error::message("the region for notes is too short"))?;
    notes.clear();
    let directory = format!("/tmp/stress-{}", process::id());
    hold_news_back();
    let before = Holdings::settled()?;
    let findings = Findings::default();
    let is_seen = terminal::is_terminal(STDERR);
    let mut sweep = Sweep { notes, directory, before, findings, is_seen };
    let outcome = sweep.all(plan);
    leftovers::remove_tree(&sweep.directory);
    outcome?;
    match sweep.findings.count() {
        0 => println!("the system is sound"),
        count => println!("{count} findings"),
    }
    Ok(i32::from(sweep.findings.count() > 0))
}

/// Blocks the signal that tells of children, for `rt_sigtimedwait` to take it.
fn hold_news_back() {
    let set = 1_u64 << (Signal::CHLD as u32 - 1);
    own(Sysno::RtSigprocmask, [0, (&raw const set) as u64, 0, 8]);
}

/// Sleeps until a child has ended, or for a moment.
fn wait_for_news() {
    let set = 1_u64 << (Signal::CHLD as u32 - 1);
    let most = [0, NEWS];
    own(Sysno::RtSigtimedwait, [(&raw const set) as u64, 0, (&raw const most) as u64, 8]);
}

impl Sweep<'_> {
    fn all(&mut self, plan: &Plan) -> Result<()> {
        let numbers = ["CALLS", "SETS", "REFUSED", "FAILED", "MANAGED", "KILLED"];
        let numbers = numbers.map(|name| (name, Align::Right));
        let columns = [&[("FAMILY", Align::Left)], &numbers[..]].concat();
        let mut table = style::table(&columns);
        for (place, family) in FAMILIES.iter().enumerate() {
            if plan.group.is_some_and(|group| group != family.name) {
                continue;
            }
            let (calls, counts) = self.family(place as u64, family, plan)?;
            let Counts { sets, refused, failed, managed, killed } = counts;
            let numbers = [calls, sets, refused, failed, managed, killed];
            let cells = numbers.map(|number| number.to_string());
            table.row([String::from(family.name)].into_iter().chain(cells));
        }
        if self.is_seen {
            eprint!("\r\x1b[K");
        }
        print!("{table}");
        Ok(())
    }

    /// Each call of a family; then nothing may be left.
    fn family(&mut self, place: u64, family: &Family, plan: &Plan) -> Result<(u64, Counts)> {
        let (mut calls, mut counts) = (0, Counts::default());
        for (index, row) in family.rows.iter().enumerate() {
            if plan.call.as_ref().is_some_and(|call| *call != format!("{:?}", row.call)) {
                continue;
            }
            calls += 1;
            if self.is_seen {
                let (number, all) = (index + 1, family.rows.len());
                eprint!("\r\x1b[K{}: {number} of {all}, {:?}", family.name, row.call);
            }
            for set in 0..plan.sets {
                let salt = place << 40 | (index as u64) << 20 | set;
                let seed = Random::new(plan.seed ^ salt).number() >> 16;
                self.sweep(row, seed, &mut counts)?;
            }
        }
        self.before.compare(&mut self.findings)?;
        Ok((calls, counts))
    }

    /// One call with one set of arguments.
    fn sweep(&mut self, row: &'static Row, seed: u64, counts: &mut Counts) -> Result<()> {
        let Some(usual) = self.attempt(Question { row, seed, number: 0 })? else { return Ok(()) };
        counts.sets += 1;
        for number in 1..=MOST {
            let question = Question { row, seed, number };
            let Some(outcome) = self.attempt(question)? else { return Ok(()) };
            match judge(&usual, &outcome) {
                Verdict::Next => counts.add(&outcome),
                Verdict::Over => return Ok(()),
                Verdict::Wrong(why) => {
                    self.findings.tell(&format!(
                        "with question {number} refused it {why}: {}, usually {} and {:?}, arguments {seed:#x}",
                        describe(&outcome.made),
                        describe(&usual.made),
                        usual.status
                    ));
                    return Ok(());
                }
            }
        }
        self.findings.tell(&format!("{:?} asks for ever, arguments {seed:#x}", row.call));
        Ok(())
    }

    /// Makes a call in a process of its own; none if that has waited for what never comes.
    fn attempt(&mut self, question: Question) -> Result<Option<Outcome>> {
        self.notes.clear();
        fs::mkdir(&self.directory)?;
        fs::set_mode(&self.directory, 0o777)?;
        let pid = match process::fork()? {
            Fork::Child => {
                let _ = fs::set_current_dir(&self.directory);
                trial::make(question, self.notes)
            }
            Fork::Parent(pid) => pid,
        };
        let status = self.ended(pid);
        self.tidy_up()?;
        let Some(status) = status else { return Ok(None) };
        let outcome = self.notes.outcome(status);
        if outcome.is_none() {
            let call = question.row.call;
            self.findings.tell(&format!("nothing came of {call:?}: it ended as {status:?}"));
        }
        Ok(outcome)
    }

    /// Waits for the process; none if it had to be killed.
    fn ended(&mut self, pid: Pid) -> Option<ExitStatus> {
        let begin = time::now();
        let mut is_stalled = false;
        loop {
            let mut word = 0_u32;
            let of = [u64::from(pid.0), (&raw mut word) as u64, WNOHANG.into(), 0];
            if own(Sysno::Wait4, of) == i64::from(pid.0) {
                return (!is_stalled).then(|| ExitStatus::from_word(word));
            }
            let waited = time::now() - begin;
            if waited > STALL && !is_stalled {
                is_stalled = true;
                let _ = process::kill(pid, Signal::KILL);
            }
            if waited > STALL + LAST_WORDS {
                self.findings.tell("a process cannot be killed");
                return None;
            }
            wait_for_news();
        }
    }

    /// Ends whom the process has started, and removes what it has named.
    fn tidy_up(&mut self) -> Result<()> {
        let begin = time::now();
        while leftovers::kill_all(&self.before.objects.processes)? > 0 {
            if time::now() - begin > LAST_WORDS {
                self.findings.tell("processes are left after they were killed");
                break;
            }
            own(Sysno::Wait4, [u64::MAX, 0, WNOHANG.into(), 0]);
            wait_for_news();
        }
        leftovers::remove(&self.before.objects, &self.directory)
    }
}

impl Counts {
    fn add(&mut self, outcome: &Outcome) {
        self.refused += 1;
        match outcome.answer {
            None => self.killed += 1,
            Some(Answer { first: Ok(_), .. }) => self.managed += 1,
            Some(_) => self.failed += 1,
        }
    }
}

/// Compares a call that had a question refused with the same call that had not.
fn judge(usual: &Outcome, outcome: &Outcome) -> Verdict {
    let Some(answer) = outcome.answer else {
        // It was to be given a page, or had no program any more to go on with.
        let is_killed = outcome.status == ExitStatus::Signalled(Signal::KILL as u8);
        return match (is_killed, usual.answer) {
            (true, _) => Verdict::Next,
            // Another program ends as it does, or by the signal that was to interrupt the call.
            (false, None) => Verdict::Over,
            (false, Some(_)) => Verdict::Wrong(format!("ends as {:?}", outcome.status)),
        };
    };
    if !answer.is_refused {
        return Verdict::Over;
    }
    let usually = usual.answer.map(|answer| answer.first);
    let is_usual = |answer: core::result::Result<u64, Errno>| match (answer, usually) {
        (Err(Errno::EINTR), _) | (_, Some(Err(Errno::EINTR)) | None) => true,
        (answer, Some(usually)) => answer.map(drop) == usually.map(drop),
    };
    match (answer.first, answer.second) {
        (Err(error), _) if !is_shortage(error) && !is_usual(answer.first) => {
            Verdict::Wrong(String::from("fails otherwise"))
        }
        (_, Some(second)) if !is_usual(second) => {
            Verdict::Wrong(format!("is answered {second:?} when it is made again"))
        }
        _ => Verdict::Next,
    }
}
