//! Traces: what is told of another process's calls, who may ask, and what becomes of both sides when
//! either is killed at any moment.

use crate::os::{self, COMMON, MILLISECOND, PAGE, SECOND};
use crate::{Checks, frames, start, touch};
use abi::memory::{MapFlags, Protection};
use abi::process::ExitStatus;
use abi::region::RegionFlags;
use abi::trace::{TRACE_BYTES_MAX, TRACE_BYTES_MIN, TRACE_FOLLOW, TraceEvent};
use abi::{Errno, Sysno};
use core::ffi::CStr;

const RING: u64 = TRACE_BYTES_MIN;
const STEPS: u64 = 40;
/// Words of a record before its captures, and of a capture before its bytes.
const RECORD_WORDS: u64 = 12;

/// The checks.
pub fn run(checks: &mut Checks) {
    frames::unchanged(checks, "a trace that is over leaves nothing", || {
        os::ignore(told(None));
    });
    told_in_order(checks);
    others_are_refused(checks);
    a_full_ring_holds_nobody_for_ever(checks);
    a_process_that_waits_is_seen_to_wait(checks);
    children_are_followed(checks);
    who_gains_rights_is_lost(checks);
    kills(checks);
}

/// A trace as its tracer sees it.
struct Trace {
    fd: i32,
    ring: u64,
    bytes: u64,
    read: u64,
}

/// What is looked at of a record.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Told {
    event: u32,
    pid: u64,
    number: u64,
    value: u64,
    captures: u64,
    /// How the first capture went, and its first bytes.
    copied: u64,
    text: u64,
}

impl Trace {
    fn new(bytes: u64) -> os::Answer<Self> {
        let fd = os::trace_create(bytes, 32)?;
        let ring = os::map_file(fd, bytes, Protection::READ, MapFlags::SHARED)?;
        Ok(Self { fd, ring, bytes, read: 0 })
    }

    fn attach(&self, process: u64, flags: u32) -> os::Answer {
        os::trace_attach(self.fd, process, flags)
    }

    fn word(&self, index: u64) -> u64 {
        touch::load(self.ring + (self.read + index * 8) % self.bytes)
    }

    /// The next record; `None` if nobody is left, or nothing happens for long.
    fn next(&mut self) -> Option<Told> {
        let written = os::trace_wait(self.fd, self.read, 20 * SECOND).ok()?;
        if written == self.read {
            return None;
        }
        let (first, second) = (self.word(0), self.word(1));
        let has_capture = self.word(5) >> 32 != 0;
        let capture = if has_capture { self.word(RECORD_WORDS) } else { 0 };
        let is_filled = capture >> 32 != 0;
        let told = Told {
            event: (first >> 32) as u32,
            pid: second & u64::from(u32::MAX),
            number: self.word(3),
            value: self.word(4),
            captures: self.word(5) >> 32,
            copied: capture >> 16 & 0xFF,
            text: if is_filled { self.word(RECORD_WORDS + 1) } else { 0 },
        };
        self.read += first & u64::from(u32::MAX);
        Some(told)
    }

    /// The next record of this kind and number.
    fn find(&mut self, event: TraceEvent, number: u64) -> Option<Told> {
        loop {
            let told = self.next()?;
            if told.event == event as u32 && told.number == number {
                return Some(told);
            }
        }
    }

    fn close(self) {
        os::ignore(os::close(self.fd));
        os::ignore(os::unmap(self.ring, self.bytes));
    }
}

/// A child that does its work when it is told to on the board.
fn gated(board: u64, work: impl FnOnce() -> i32) -> u64 {
    let child = os::start_child(|| {
        os::until(20 * SECOND, || touch::load(board) == 1);
        work()
    });
    child.unwrap_or(0)
}

fn open(board: u64) {
    touch::store(board, 1);
}

/// Makes some calls under a trace; the checks look at what is told of them.
fn told(checks: Option<&mut Checks>) -> os::Answer {
    let board = os::map(PAGE, COMMON);
    let mut trace = Trace::new(RING)?;
    let child = gated(board, || {
        let _ = os::call(Sysno::Openat, [os::HERE, c"/none".as_ptr() as u64, 0, 0]);
        let _ = os::call(Sysno::Openat, [os::HERE, 8, 0, 0]);
        let request = os::request(PAGE, RegionFlags::empty());
        os::ignore(os::region_create(b"/traced", &request));
        os::ignore(os::region_unlink(b"/traced"));
        7
    });
    trace.attach(child, 0)?;
    open(board);
    if let Some(checks) = checks {
        let of = |text: &[u8; 8]| u64::from_le_bytes(*text);
        let open = Sysno::Openat as u64;
        let enter = trace.find(TraceEvent::Enter, open).unwrap_or_default();
        checks.equal("a path is copied", (enter.copied, enter.text), (0, of(b"/none\0\0\0")));
        let leave = trace.find(TraceEvent::Leave, open).unwrap_or_default();
        checks.equal("an error is told", leave.value, Errno::ENOENT.to_result());
        let enter = trace.find(TraceEvent::Enter, open).unwrap_or_default();
        checks.equal("what cannot be read is told", (enter.captures, enter.copied), (1, 2));
        let leave = trace.find(TraceEvent::Leave, open).unwrap_or_default();
        checks.equal("and does no harm", leave.value, Errno::EFAULT.to_result());
        let create = Sysno::RegionCreate as u64;
        let enter = trace.find(TraceEvent::Enter, create).unwrap_or_default();
        checks.equal(
            "a region's name is copied",
            (enter.captures, enter.text),
            (2, of(b"/traced\0")),
        );
        let end = trace.find(TraceEvent::End, 7 << 8).unwrap_or_default();
        checks.equal("the end is told", end.pid, child);
        checks.equal("nobody is left then", trace.next(), None);
    }
    trace.close();
    os::ignore(os::wait(child));
    os::unmap(board, PAGE)
}

fn told_in_order(checks: &mut Checks) {
    let outcome = told(Some(checks));
    checks.equal("calls are traced", outcome, Ok(0));
}

fn others_are_refused(checks: &mut Checks) {
    for bytes in [0, PAGE, RING + 1, TRACE_BYTES_MAX + PAGE, u64::MAX] {
        checks.equal("no ring has this length", os::trace_create(bytes, 32), Err(Errno::EINVAL));
    }
    checks.equal("no text is so long", os::trace_create(RING, 1 << 20), Err(Errno::EINVAL));
    let Ok(trace) = Trace::new(RING) else { return checks.that("a trace is made", false) };
    let attach = |process| os::trace_attach(trace.fd, process, 0);
    checks.equal("nobody traces itself", attach(os::own_id()), Err(Errno::EPERM));
    checks.equal("nor who is not there", attach(4_000_000), Err(Errno::ESRCH));
    checks.equal("nor nobody", attach(0), Err(Errno::EINVAL));
    checks.equal("a pipe is no trace", os::trace_attach(1, 1, 0), Err(Errno::EINVAL));
    let writes = Protection::READ | Protection::WRITE;
    let mapped = os::map_file(trace.fd, RING, writes, MapFlags::SHARED);
    checks.equal("the ring is not the tracer's to write", mapped, Err(Errno::EACCES));
    let cut = os::call(Sysno::Ftruncate, [trace.fd as u64, 0]);
    checks.that("nor to cut", cut.is_err());
    checks.equal(
        "what was not written is not read",
        os::trace_wait(trace.fd, 8, 0),
        Err(Errno::EINVAL),
    );
    checks.equal("nobody is waited for", os::trace_wait(trace.fd, 0, SECOND), Ok(0));
    let board = os::map(PAGE, COMMON);
    let roots = gated(board, || 0);
    let other = os::in_child(|| {
        os::ignore(os::become_user(1000, 1000));
        let Ok(own) = Trace::new(RING) else { return 1 };
        let foreign = own.attach(roots, 0);
        let mate = gated(board, || 0);
        let allowed = own.attach(mate, 0);
        let again = os::trace_create(RING, 0).and_then(|fd| os::trace_attach(fd, mate, 0));
        os::ignore(os::end(mate).and(os::wait(mate)));
        let is_right =
            foreign == Err(Errno::EPERM) && allowed == Ok(0) && again == Err(Errno::EBUSY);
        if is_right { 0 } else { 2 }
    });
    checks.equal("a user traces what is his, once", other, Ok(ExitStatus::Exited(0)));
    let of_child =
        os::in_child(|| i32::from(os::trace_attach(trace.fd, roots, 0) != Err(Errno::EBADF)));
    checks.equal("a child has no part of it", of_child, Ok(ExitStatus::Exited(0)));
    open(board);
    os::ignore(os::wait(roots));
    os::ignore(os::unmap(board, PAGE));
    trace.close();
}

/// Calls without end.
fn chatter() -> i32 {
    loop {
        let _ = os::parent_id();
    }
}

fn a_full_ring_holds_nobody_for_ever(checks: &mut Checks) {
    let board = os::map(2 * PAGE, COMMON);
    let (gate, count) = (board, board + PAGE);
    let work = || {
        for _ in 0..2000 {
            let _ = os::parent_id();
            touch::add(count, 1);
        }
        5
    };
    let Ok(trace) = Trace::new(RING) else { return checks.that("a trace is made", false) };
    let child = gated(gate, work);
    os::ignore(trace.attach(child, 0));
    open(gate);
    // It stands still when the ring is full: nobody reads.
    let is_full =
        || os::trace_wait(trace.fd, 0, 0).is_ok_and(|written| written + 400 > RING * 3 / 4);
    os::until(20 * SECOND, is_full);
    os::ignore(os::sleep(20 * MILLISECOND));
    let before = touch::load(count);
    os::ignore(os::sleep(20 * MILLISECOND));
    checks.equal("who finds no room waits", touch::load(count), before);
    checks.that("and has not come to its end", before < 2000);
    trace.close();
    let status = os::wait_or_kill(child, 20 * SECOND);
    checks.equal("without a tracer it goes on", status, Ok(ExitStatus::Exited(5)));
    touch::store(gate, 0);
    let Ok(mut trace) = Trace::new(RING) else { return checks.that("a trace is made", false) };
    let child = gated(gate, chatter);
    os::ignore(trace.attach(child, 0));
    open(gate);
    let is_full =
        || os::trace_wait(trace.fd, 0, 0).is_ok_and(|written| written + 400 > RING * 3 / 4);
    os::until(20 * SECOND, is_full);
    os::ignore(os::end(child));
    let status = os::wait(child);
    checks.equal("a kill ends it", status, Ok(ExitStatus::Signalled(9)));
    checks.that("and there was room to tell", trace.find(TraceEvent::End, 9).is_some());
    trace.close();
    os::ignore(os::unmap(board, 2 * PAGE));
}

fn a_process_that_waits_is_seen_to_wait(checks: &mut Checks) {
    let Ok([reader, writer]) = os::pipe(abi::file::OpenFlags::empty()) else {
        return checks.that("there is a pipe", false);
    };
    let child = os::start_child(|| {
        let mut byte = [0];
        i32::from(os::read(reader, &mut byte) != Ok(1))
    });
    let child = child.unwrap_or(0);
    let Ok(mut trace) = Trace::new(RING) else { return checks.that("a trace is made", false) };
    os::ignore(os::sleep(20 * MILLISECOND));
    checks.equal("it is traced while it waits", trace.attach(child, 0), Ok(0));
    let seen = trace.find(TraceEvent::Enter, Sysno::Read as u64);
    checks.that("its call begins again, and is told", seen.is_some());
    os::ignore(os::write(writer, b"x"));
    let leave = trace.find(TraceEvent::Leave, Sysno::Read as u64).unwrap_or_default();
    checks.equal("and is not disturbed", leave.value, 1);
    checks.equal("its program sees nothing of it", os::wait(child), Ok(ExitStatus::Exited(0)));
    trace.close();
    os::close_all([reader, writer]);
}

fn children_are_followed(checks: &mut Checks) {
    for (flags, wanted) in [(TRACE_FOLLOW, 2), (0, 1)] {
        let board = os::map(PAGE, COMMON);
        let Ok(mut trace) = Trace::new(RING) else { return checks.that("a trace is made", false) };
        let child = gated(board, || {
            let status = os::in_child(|| i32::from(os::parent_id() == 0));
            i32::from(status != Ok(ExitStatus::Exited(0)))
        });
        os::ignore(trace.attach(child, flags));
        open(board);
        let (mut ends, mut calls) = (0, 0);
        while let Some(told) = trace.next() {
            ends += u32::from(told.event == TraceEvent::End as u32);
            let is_childs = told.pid != child && told.number == Sysno::Getppid as u64;
            calls += u32::from(is_childs);
        }
        checks.equal("each end is told", ends, wanted);
        checks.equal("a child's calls are told if it is followed", calls, 2 * (wanted - 1));
        os::ignore(os::wait(child));
        trace.close();
        os::ignore(os::unmap(board, PAGE));
    }
}

/// A program with more rights than its tracer is none of the tracer's business.
fn who_gains_rights_is_lost(checks: &mut Checks) {
    let copy = c"/tmp/set-id";
    checks.equal("there is a program that runs as root", copy_of_own(copy, 0o4755), Ok(0));
    let by_user = os::in_child(|| {
        os::ignore(os::become_user(1000, 1000));
        let Ok(mut trace) = Trace::new(RING) else { return 1 };
        let board = os::map(PAGE, COMMON);
        let child = gated(board, || {
            let _ = os::execute(copy, &[copy, c"is-first-thread"], &[]);
            1
        });
        os::ignore(trace.attach(child, TRACE_FOLLOW));
        open(board);
        let is_lost = trace.find(TraceEvent::Lost, 0).is_some();
        let is_last = trace.next().is_none();
        let status = os::wait(child);
        let again = trace.attach(child, 0);
        let is_right = is_lost && is_last && status == Ok(ExitStatus::Exited(0));
        if is_right && again == Err(Errno::ESRCH) { 0 } else { 2 }
    });
    checks.equal("who gains rights is traced no more", by_user, Ok(ExitStatus::Exited(0)));
    os::ignore(os::unlink(copy));
}

/// Copies the program that runs, with this mode.
fn copy_of_own(to: &CStr, mode: u64) -> os::Answer {
    let from = os::call(Sysno::Openat, [os::HERE, start::own_path().as_ptr() as u64, 0, 0])?;
    let file = os::create(to, 0o700)?;
    while os::call(Sysno::Sendfile, [file as u64, from, 0, 1 << 20])? > 0 {}
    os::close_all([from as i32, file]);
    os::set_mode(to, mode)
}

/// Tracer or traced, killed after delays that grow.
fn kills(checks: &mut Checks) {
    let mut wrong = 0;
    frames::unchanged(checks, "kills at any moment leave nothing", || {
        for step in 0..STEPS {
            wrong += u32::from(!survives_its_tracer(step * MILLISECOND / 10));
            wrong += u32::from(!is_told_to_end(step * MILLISECOND / 10));
        }
    });
    checks.equal("whoever is killed, the other goes on", wrong, 0);
}

/// A process whose tracer is killed comes to its end.
fn survives_its_tracer(delay: u64) -> bool {
    let board = os::map(2 * PAGE, COMMON);
    let ready = board + PAGE;
    let child = gated(board, || {
        let counted = (0..4000).filter(|_| os::parent_id() != 0).count();
        if counted == 4000 { 3 } else { 4 }
    });
    let tracer = os::start_child(|| {
        let Ok(mut trace) = Trace::new(RING) else { return 1 };
        os::ignore(trace.attach(child, TRACE_FOLLOW));
        touch::store(ready, 1);
        while trace.next().is_some() {}
        0
    });
    let tracer = tracer.unwrap_or(0);
    os::until(20 * SECOND, || touch::load(ready) == 1);
    open(board);
    let start = os::now();
    while os::now() - start < delay {}
    os::ignore(os::end(tracer).and(os::wait(tracer)));
    let status = os::wait_or_kill(child, 20 * SECOND);
    os::ignore(os::unmap(board, 2 * PAGE));
    status == Ok(ExitStatus::Exited(3))
}

/// The end of a process that is killed is told, whatever it was doing.
fn is_told_to_end(delay: u64) -> bool {
    let board = os::map(PAGE, COMMON);
    let Ok(mut trace) = Trace::new(RING) else { return false };
    let child = gated(board, chatter);
    let attached = trace.attach(child, 0);
    open(board);
    let start = os::now();
    while os::now() - start < delay {}
    os::ignore(os::end(child));
    let is_told = trace.find(TraceEvent::End, 9).is_some();
    let status = os::wait(child);
    trace.close();
    os::ignore(os::unmap(board, PAGE));
    attached == Ok(0) && is_told && status == Ok(ExitStatus::Signalled(9))
}
