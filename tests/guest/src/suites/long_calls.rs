//! Calls that last for seconds: others get the core meanwhile, and who makes them can be killed.

use crate::os::{self, ANONYMOUS, Answer, COMMON, PAGE};
use crate::{Checks, frames, touch};
use abi::Sysno;
use abi::file::OpenFlags;
use abi::memory::{MapFlags, Protection};
use abi::process::ExitStatus;
use abi::signal::Signal;

/// The core that all share.
const CORE: u64 = 1;
/// Parts of the longest vector that there is, and bytes of each: all lie in the same place.
const PARTS: u64 = 1024;
const PART: u64 = 1 << 20;
/// Memory that is nothing but addresses.
const WIDE: u64 = 16 << 30;

const KILLED: Answer<ExitStatus> = Ok(ExitStatus::Signalled(Signal::KILL as u8));

/// The checks.
pub fn run(checks: &mut Checks) {
    checks.equal("one core for all", run_on(1 << CORE), Ok(0));
    let shared = os::map(PAGE, COMMON);
    let buffer = os::map(PART, ANONYMOUS);
    let vector = os::map(PARTS * 16, ANONYMOUS);
    for index in 0..PARTS {
        touch::store(vector + index * 16, buffer);
        touch::store(vector + index * 16 + 8, PART);
    }
    frames::unchanged(checks, "calls that are killed leak nothing", || {
        for (_, call) in CALLS {
            os::ignore(interrupted(shared, || call(vector)));
        }
    });
    for (name, call) in CALLS {
        let outcome = interrupted(shared, || call(vector));
        checks.equal(name, outcome, Ok(Told { is_killed: true, has_returned: false }));
    }
    os::ignore(run_on(0xF));
    os::ignore(os::unmap(shared, PAGE));
    os::ignore(os::unmap(buffer, PART));
    os::ignore(os::unmap(vector, PARTS * 16));
}

/// A call, with a vector for those that need one.
type LongCall = fn(u64) -> Answer;

const CALLS: [(&str, LongCall); 6] = [
    ("random bytes", |vector| read(os::open_to_read(c"/dev/urandom")?, vector)),
    ("zeroes of the device", |vector| read(os::open_to_read(c"/dev/zero")?, vector)),
    ("zeroes of a file's hole", |vector| {
        let file = os::memfd(0)?;
        os::set_length(file, PARTS * PART)?;
        read(file, vector)
    }),
    ("from file to file", |_| {
        let from = os::open_to_read(c"/dev/zero")?;
        let to = os::open(c"/dev/null", OpenFlags::WRITE_ONLY, 0)?;
        os::call(Sysno::Sendfile, [os::fd(to), os::fd(from), 0, 1 << 31])
    }),
    ("a process's memory", |vector| {
        os::call(Sysno::ProcessVmReadv, [os::own_id(), vector, PARTS, vector, PARTS, 0])
    }),
    ("which pages are there", |_| {
        let flags = ANONYMOUS | MapFlags::NO_RESERVE;
        let wide = os::map_at(0, WIDE, Protection::empty(), flags, (-1, 0))?;
        let told = os::map(WIDE / PAGE, ANONYMOUS);
        os::call(Sysno::Mincore, [wide, WIDE, told])
    }),
];

fn read(file: i32, vector: u64) -> Answer {
    os::call(Sysno::Readv, [os::fd(file), vector, PARTS])
}

/// What is seen of a process that was in a call.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Told {
    is_killed: bool,
    has_returned: bool,
}

/// Has a child make a call on the core that the caller needs, too, and kills it as soon as that has it
/// again. Nobody measures time: a kernel that gives the core back only after the call has let it return.
fn interrupted(shared: u64, call: impl FnOnce() -> Answer) -> Answer<Told> {
    let (begun, returned) = (shared, shared + 8);
    touch::store(begun, 0);
    touch::store(returned, 0);
    let child = os::start_child(|| {
        touch::store(begun, 1);
        let outcome = call();
        touch::store(returned, 1);
        i32::from(outcome.is_err())
    })?;
    while touch::load(begun) == 0 {
        os::yield_core();
    }
    os::yield_core();
    os::end(child)?;
    let is_killed = os::wait(child) == KILLED;
    Ok(Told { is_killed, has_returned: touch::load(returned) != 0 })
}

fn run_on(cores: u64) -> Answer {
    let set = os::map(PAGE, ANONYMOUS);
    touch::store(set, cores);
    let outcome = os::call(Sysno::SchedSetaffinity, [0, 8, set]);
    os::unmap(set, PAGE)?;
    outcome
}
