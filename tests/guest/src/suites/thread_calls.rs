//! Small calls about threads and what they use: names, priorities, cores, times, limits, identities.

use crate::os::{ANONYMOUS, MILLISECOND, PAGE, SECOND};
use crate::{Checks, os, touch};
use abi::file::OpenFlags;
use abi::process::ExitStatus;
use abi::resource::{Limit, ProcessTimes, SystemUsage, Usage};
use abi::{Errno, Sysno};
use zerocopy::IntoBytes;

const GOOD: Result<ExitStatus, Errno> = Ok(ExitStatus::Exited(0));
const SOMEBODY: u64 = 1000;

/// The checks.
pub fn run(checks: &mut Checks) {
    names(checks);
    policies(checks);
    priorities(checks);
    cores(checks);
    clocks(checks);
    usage(checks);
    limits(checks);
    memory_limits(checks);
    identities(checks);
    let unknown = [os::raw(4000, []), os::raw(4000, []), os::raw(293, [])];
    checks.equal("calls that do not exist", unknown, [Err(Errno::ENOSYS); 3]);
    log(checks);
}

/// What the kernel says is kept: once for each program and call that does not exist.
fn log(checks: &mut Checks) {
    let size = os::call(Sysno::Syslog, [10, 0, 0]).unwrap_or(0);
    let buffer = os::map(size.max(PAGE), ANONYMOUS);
    let length = os::call(Sysno::Syslog, [3, buffer, size]).unwrap_or(0);
    let line = b"(guest): call 4000 does not exist\n";
    let is_at = |start: u64| {
        line.iter().zip(start..).all(|(byte, at)| touch::load_byte(buffer + at) == *byte)
    };
    let last = length.saturating_sub(line.len() as u64);
    checks.equal("a call is told once", (0..last).filter(|start| is_at(*start)).count(), 1);
    let nowhere = os::call(Sysno::Syslog, [3, 0, 5]);
    checks.equal("nowhere to tell it", nowhere, Err(Errno::EINVAL));
    os::ignore(os::unmap(buffer, size.max(PAGE)));
}

fn address<T: IntoBytes>(value: &mut T) -> u64 {
    core::ptr::from_mut(value).addr() as u64
}

fn name_now() -> [u8; 16] {
    let mut name = [0xFF; 16];
    os::ignore(os::call(Sysno::Prctl, [16, address(&mut name)]));
    name
}

extern "C" fn name_itself(word: u64) -> i32 {
    touch::store(word, u64::from_le_bytes(name_now()[..8].try_into().unwrap_or_default()));
    let set = os::call(Sysno::Prctl, [15, c"worker".as_ptr() as u64]);
    i32::from(set.is_err() || !name_now().starts_with(b"worker\0"))
}

fn names(checks: &mut Checks) {
    checks.that("a program's name", name_now().starts_with(b"guest\0"));
    let set = |name: &core::ffi::CStr| os::call(Sysno::Prctl, [15, name.as_ptr() as u64]);
    checks.equal("it can be changed", set(c"a-very-long-name-indeed"), Ok(0));
    checks.equal("and is cut", name_now(), *b"a-very-long-nam\0");
    let word = os::map(PAGE, ANONYMOUS);
    checks.that("a thread", os::join(os::start_thread(name_itself, word)));
    let inherited = touch::load(word).to_le_bytes();
    checks.equal("inherits the name", inherited, *b"a-very-l");
    checks.equal("and changes its own", name_now(), *b"a-very-long-nam\0");
    checks.equal("nowhere", os::call(Sysno::Prctl, [15, 8]), Err(Errno::EFAULT));
    checks.equal("nothing", os::call(Sysno::Prctl, [9999, 0]), Err(Errno::EINVAL));
    os::ignore(set(c"guest"));
    os::ignore(os::unmap(word, PAGE));
}

fn policies(checks: &mut Checks) {
    let mut priority = 0_u32;
    let at = address(&mut priority);
    let set = |policy: u64| os::call(Sysno::SchedSetscheduler, [0, policy, at]);
    let get = || os::call(Sysno::SchedGetscheduler, [0]);
    checks.equal("the usual policy", get(), Ok(0));
    checks.equal("stays", set(0), Ok(0));
    checks.equal("the lowest real-time priority is not 0", set(1), Err(Errno::EINVAL));
    checks.equal("a policy that is none", set(77), Err(Errno::EINVAL));
    touch::store_word(at, 5);
    checks.equal("the usual one has priority 0", set(0), Err(Errno::EINVAL));
    checks.equal("root gets a real-time policy", set(2), Ok(0));
    checks.equal("and is told so", get(), Ok(2));
    let forbidden = os::in_child(|| {
        os::ignore(os::call(Sysno::Setuid, [SOMEBODY]));
        touch::store_word(at, 7);
        i32::from(set(1) != Err(Errno::EPERM))
    });
    checks.equal("others do not", forbidden, GOOD);
    touch::store_word(at, 0);
    checks.equal("back", set(0), Ok(0));
    let most = |policy| os::call(Sysno::SchedGetPriorityMax, [policy]);
    let least = |policy| os::call(Sysno::SchedGetPriorityMin, [policy]);
    checks.equal("real-time priorities", (least(1), most(1)), (Ok(1), Ok(99)));
    checks.equal("usual ones", (least(0), most(0)), (Ok(0), Ok(0)));
    checks.equal("none", (least(9), most(9)), (Err(Errno::EINVAL), Err(Errno::EINVAL)));
    let nobody = os::call(Sysno::SchedGetscheduler, [4_000_000]);
    checks.equal("nobody's", nobody, Err(Errno::ESRCH));
    let below = os::call(Sysno::SchedGetscheduler, [u64::MAX]);
    checks.equal("a number below 0", below, Err(Errno::EINVAL));
    let mut time = [0_u64; 2];
    let turn = os::call(Sysno::SchedRrGetInterval, [0, address(&mut time)]);
    checks.equal("a turn is told", turn, Ok(0));
}

fn priorities(checks: &mut Checks) {
    let get = || os::call(Sysno::Getpriority, [0, 0]);
    let set = |nice: i64| os::call(Sysno::Setpriority, [0, 0, nice as u64]);
    checks.equal("nobody is kind at first", get(), Ok(20));
    let child = os::in_child(|| {
        let kind = set(7) == Ok(0) && get() == Ok(13) && set(100) == Ok(0) && get() == Ok(1);
        os::ignore(os::call(Sysno::Setuid, [SOMEBODY]));
        let stays = set(5) == Err(Errno::EACCES) && set(19) == Ok(0);
        let of_root = os::call(Sysno::Setpriority, [0, 1, 5]) == Err(Errno::EPERM);
        i32::from(!(kind && stays && of_root))
    });
    checks.equal("kindness can be raised, by others than root not lowered", child, GOOD);
    let wrong = os::call(Sysno::Getpriority, [9, 0]);
    checks.equal("whose it is must be said", wrong, Err(Errno::EINVAL));
    let nobody = os::call(Sysno::Getpriority, [0, 4_000_000]);
    checks.equal("and exist", nobody, Err(Errno::ESRCH));
}

fn cores(checks: &mut Checks) {
    let mut set = [0_u64; 2];
    let at = address(&mut set);
    let get = |bytes| os::call(Sysno::SchedGetaffinity, [0, bytes, at]);
    let put = |cores: u64| {
        touch::store(at, cores);
        os::call(Sysno::SchedSetaffinity, [0, 8, at])
    };
    checks.equal("all cores", get(8), Ok(8));
    let all = touch::load(at);
    checks.that("of which there are some", all != 0);
    checks.equal("room that is too small", get(4), Err(Errno::EINVAL));
    checks.equal("no core at all", put(0), Err(Errno::EINVAL));
    checks.equal("cores that are not there", put(1 << 40), Err(Errno::EINVAL));
    let stays = (0..64).filter(|core| all >> core & 1 == 1).all(|core| {
        let is_set = put(1 << core) == Ok(0);
        let mut found = 0_u32;
        let place = address(&mut found);
        is_set
            && (0..20).all(|_| {
                os::yield_core();
                os::call(Sysno::Getcpu, [place, 0]) == Ok(0) && touch::load_word(place) == core
            })
    });
    checks.that("a thread stays on the core that it may run on", stays);
    checks.equal("all again", put(all), Ok(0));
    let nobody = os::call(Sysno::SchedGetaffinity, [4_000_000, 8, at]);
    checks.equal("nobody's", nobody, Err(Errno::ESRCH));
}

/// Uses a core for a while.
fn work() {
    let deadline = os::clock(2).unwrap_or(0) + 30 * MILLISECOND;
    os::until(20 * SECOND, || os::clock(2).unwrap_or(u64::MAX) >= deadline);
}

fn clocks(checks: &mut Checks) {
    let clock = |number: u64, kind: u32| (!(number as u32) << 3) | kind;
    let own = os::own_id();
    for id in [2, 3, clock(own, 2), clock(own, 6), clock(0, 2)] {
        let before = os::clock(id);
        work();
        let after = os::clock(id);
        let passed = after.and_then(|after| before.map(|before| after.saturating_sub(before)));
        let enough = passed.is_ok_and(|passed| passed >= 20 * MILLISECOND);
        checks.that("a clock of time on a core goes on", enough);
    }
    checks.equal("nobody's clock", os::clock(clock(4_000_000, 2)), Err(Errno::EINVAL));
    checks.that("init's clock", os::clock(clock(1, 2)).is_ok());
    checks.equal("another's thread", os::clock(clock(1, 6)), Err(Errno::EINVAL));
    checks.equal("a clock that is none", os::clock(12), Err(Errno::EINVAL));
    let mut time = [0_u64; 2];
    let day = os::call(Sysno::Gettimeofday, [address(&mut time), 0]);
    checks.equal("the time of day", day, Ok(0));
}

fn usage(checks: &mut Checks) {
    let mut usage = Usage::default();
    let at = address(&mut usage);
    let get = |who: i64| {
        let answer = os::call(Sysno::Getrusage, [who as u64, at]);
        let microseconds = |at: u64| touch::load(at) * 1_000_000 + touch::load(at + 8);
        answer.map(|_| (microseconds(at) + microseconds(at + 16), touch::load(at + 64)))
    };
    let of_children = get(-1).unwrap_or((0, 0)).0;
    let child = os::in_child(|| {
        work();
        0
    });
    checks.equal("a child works", child, GOOD);
    let more = get(-1).unwrap_or((0, 0)).0;
    checks.that("its time is its parent's children's", more >= of_children + 20_000);
    work();
    let before = get(0).unwrap_or((0, 0));
    let memory = os::map(8 * PAGE, ANONYMOUS);
    (0..8).for_each(|page| touch::store(memory + page * PAGE, 1));
    let after = get(0).unwrap_or((0, 0));
    checks.that("page faults are counted", after.1 >= before.1 + 8);
    checks.that("time is", after.0 >= 20_000);
    checks.that("a thread's own", get(1).is_ok_and(|own| own.0 > 0 && own.1 >= 8));
    checks.equal("nobody's", get(7), Err(Errno::EINVAL));
    checks.equal("nowhere", os::call(Sysno::Getrusage, [0, 8]), Err(Errno::EFAULT));
    let mut times = ProcessTimes::default();
    checks.that("ticks", os::call(Sysno::Times, [address(&mut times)]).is_ok());
    checks.that("without a place", os::call(Sysno::Times, [0]).is_ok());
    let mut system = SystemUsage::default();
    let place = address(&mut system);
    checks.equal("the system", os::call(Sysno::Sysinfo, [place]), Ok(0));
    checks.that("has memory", touch::load(place + 32) > touch::load(place + 40));
    os::ignore(os::unmap(memory, 8 * PAGE));
}

fn limits(checks: &mut Checks) {
    let mut old = Limit::default();
    let at = address(&mut old);
    let get = |resource: u64| os::call(Sysno::Prlimit64, [0, resource, 0, at]);
    let all = (0..16).filter(|resource| get(*resource) == Ok(0)).count();
    checks.equal("all limits are told", all, 16);
    checks.equal("and no more", get(16), Err(Errno::EINVAL));
    let child = os::in_child(|| {
        let set = |resource: u64, soft: u64, hard: u64| {
            let mut limit = Limit { soft, hard };
            os::call(Sysno::Prlimit64, [0, resource, address(&mut limit), 0])
        };
        let lowered = set(7, 10, 20) == Ok(0);
        let mut opened = 0;
        let refused = loop {
            match os::pipe(OpenFlags::empty()) {
                Ok(_) => opened += 2,
                Err(error) => break error,
            }
        };
        let is_full = refused == Errno::EMFILE && opened <= 10;
        let crossed = set(7, 21, 20) == Err(Errno::EINVAL);
        os::ignore(os::call(Sysno::Setuid, [SOMEBODY]));
        let kept = set(7, 20, 20) == Ok(0) && set(7, 20, 21) == Err(Errno::EPERM);
        let inherited =
            os::in_child(|| i32::from(get(7) != Ok(0) || touch::load(at) != 20)) == GOOD;
        i32::from(!(lowered && is_full && crossed && kept && inherited))
    });
    checks.equal("descriptors are limited, and limits only lowered", child, GOOD);
}

/// Limits of memory hold, and `mlockall` looks at its flags.
fn memory_limits(checks: &mut Checks) {
    let lock_all = |flags| os::call(Sysno::Mlockall, [flags]);
    checks.equal("everything is locked", lock_all(3), Ok(0));
    checks.equal("what, must be said", lock_all(0), Err(Errno::EINVAL));
    checks.equal("with the right flags", lock_all(9), Err(Errno::EINVAL));
    checks.equal("and unlocked", os::call(Sysno::Munlockall, []), Ok(0));
    let set = |resource: u64, bytes: u64| {
        let mut limit = Limit { soft: bytes, hard: bytes };
        os::call(Sysno::Prlimit64, [0, resource, address(&mut limit), 0])
    };
    let child = os::in_child(|| {
        let memory = os::map(2 * PAGE, ANONYMOUS);
        let lock = |bytes| os::call(Sysno::Mlock, [memory, bytes]);
        let lowered = set(8, PAGE) == Ok(0) && lock(2 * PAGE) == Ok(0);
        os::ignore(os::call(Sysno::Setuid, [SOMEBODY]));
        let holds = lock(2 * PAGE) == Err(Errno::ENOMEM) && lock(PAGE) == Ok(0);
        let none = set(8, 0) == Ok(0) && lock(PAGE) == Err(Errno::EPERM);
        let all = lock_all(1) == Err(Errno::EPERM);
        i32::from(!(lowered && holds && none && all))
    });
    checks.equal("locked memory is limited, but not for root", child, GOOD);
    let child = os::in_child(|| {
        let lowered = set(9, 64 << 20) == Ok(0);
        let more = os::map_at(0, 128 << 20, os::READ_WRITE, ANONYMOUS, (-1, 0));
        let now = os::program_break(0);
        let stays = os::program_break(now + (128 << 20)) == now;
        let some = os::map_at(0, PAGE, os::READ_WRITE, ANONYMOUS, (-1, 0)).is_ok();
        i32::from(!(lowered && more == Err(Errno::ENOMEM) && stays && some))
    });
    checks.equal("so are all views together", child, GOOD);
}

fn identities(checks: &mut Checks) {
    let child = os::in_child(|| {
        let mut three = [9_u32; 3];
        let at = address(&mut three);
        let get = || {
            os::ignore(os::call(Sysno::Getresuid, [at, at + 4, at + 8]));
            [touch::load_word(at), touch::load_word(at + 4), touch::load_word(at + 8)]
        };
        let keep = u64::from(u32::MAX);
        let begins = get() == [0; 3];
        let acts = os::call(Sysno::Setresuid, [keep, SOMEBODY, keep]) == Ok(0);
        let seen = get() == [0, 1000, 0] && os::call(Sysno::Geteuid, []) == Ok(1000);
        let back = os::call(Sysno::Setuid, [0]) == Ok(0) && get() == [0; 3];
        let groups = os::call(Sysno::Setgroups, [2, [5_u32, 6].as_ptr() as u64]) == Ok(0)
            && os::call(Sysno::Getgroups, [0, 0]) == Ok(2)
            && os::call(Sysno::Getgroups, [1, at]) == Err(Errno::EINVAL);
        let away = os::call(Sysno::Setreuid, [SOMEBODY, SOMEBODY]) == Ok(0);
        let gone = get() == [1000; 3]
            && os::call(Sysno::Setuid, [0]) == Err(Errno::EPERM)
            && os::call(Sysno::Setgroups, [0, 0]) == Err(Errno::EPERM);
        i32::from(!(begins && acts && seen && back && groups && away && gone))
    });
    checks.equal("a process acts as others, and returns if it kept that", child, GOOD);
}
