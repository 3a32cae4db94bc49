//! Every call number with hostile arguments, from children that may be harmed.

use crate::os::{MILLISECOND, PAGE};
use crate::random::Random;
use crate::{Checks, frames, os, start, touch};
use abi::process::ExitStatus;
use abi::{Errno, Sysno};

/// Calls of each number in a round.
const CALLS: u64 = 12;
/// How long a child may take before it is killed: many calls wait by their nature.
const PATIENCE: u64 = 60 * MILLISECOND;

/// Calls that make what stays when every process is gone, under numbers and names that nobody knows: the
/// suites of their own have their hostile arguments.
const OUTLIVE: [Sysno; 4] = [Sysno::MqOpen, Sysno::Msgget, Sysno::Semget, Sysno::Shmget];

/// The checks.
pub fn run(checks: &mut Checks) {
    bad_pointers(checks);
    let before = frames::settled(None);
    let mut completed = storm(1);
    frames::unchanged(checks, "storms of hostile calls leak nothing", || completed += storm(2));
    checks.that("most of the storm's children come to their end", completed > 300);
    let after = frames::settled(Some(before));
    // Tables for programs that ran first within the storm may stay.
    checks.that("the first storm kept next to nothing", before.saturating_sub(after) < 16);
    let alive = os::spawn(&[start::own_path(), c"words"]).and_then(os::wait);
    checks.equal("programs still run", alive, Ok(ExitStatus::Exited(0)));
}

/// One child for each number; gives how many ended by themselves.
fn storm(seed: u64) -> u32 {
    let native = abi::number::FIRST_NATIVE..abi::number::FIRST_NATIVE + 0x20;
    let mut completed = 0;
    let traces = Sysno::TraceCreate as u64..Sysno::TraceWait as u64 + 1;
    let numbers = (0..512).filter(|number| !OUTLIVE.iter().any(|call| *call as u64 == *number));
    for number in numbers.chain(native).chain(traces) {
        let child = os::start_child(|| attack(number, seed));
        let status = child.and_then(|child| os::wait_or_kill(child, PATIENCE));
        completed += u32::from(matches!(status, Ok(ExitStatus::Exited(_))));
    }
    tidy();
    completed
}

/// Removes whatever the calls may have named: the path `/tmp/x`, or a part of it as a region.
fn tidy() {
    for path in [c"/tmp/hostile-calls", c"/tmp/x", c"/dev/shm/t", c"/dev/shm/tm", c"/dev/shm/tmp"] {
        os::ignore(os::unlink(path));
        os::ignore(os::remove_directory(path));
    }
}

/// Makes hostile calls of one number, as a user who may kill nobody else's processes.
fn attack(number: u64, seed: u64) -> i32 {
    let _ = os::call(Sysno::Setsid, []);
    os::silence();
    let _ = os::pipe(abi::file::OpenFlags::empty());
    let _ = os::create(c"/tmp/hostile-calls", 0o666);
    let memory = os::map(4 * PAGE, os::ANONYMOUS);
    touch::store(memory, u64::from_le_bytes(*b"/tmp/x\0\0"));
    let _ = os::unmap(memory + 2 * PAGE, PAGE);
    if os::call(Sysno::Setuid, [1000]).is_err() {
        return 1;
    }
    let mut random = Random::new(seed ^ (number << 20));
    for _ in 0..CALLS {
        let arguments: [u64; 6] = core::array::from_fn(|_| hostile(&mut random, memory));
        if number == Sysno::Clone as u64 && os::raw(number, arguments) == Ok(0) {
            // A child of a hostile clone must not go on attacking.
            os::exit(0);
        }
        if number != Sysno::Clone as u64 {
            let _ = os::raw(number, arguments);
        }
    }
    0
}

/// A value that calls do not expect, or almost expect.
fn hostile(random: &mut Random, memory: u64) -> u64 {
    match random.below(8) {
        0 => random.below(8),
        1 => random.pick(&[u64::MAX, 1 << 63, (1 << 63) - 1, 1 << 32, u32::MAX.into(), 1 << 31]),
        2 => random.pick(&[memory, memory + 1, memory + 2 * PAGE - 1, memory + 2 * PAGE]),
        3 => random.pick(&[8, 1 << 39, (1 << 39) - 1, (1 << 39) - PAGE, 1 << 47, 1 << 55]),
        4 => random.pick(&[0xFFFF_FF80_0008_0000, 0xFFFF_FF80_0000_0000, !0xFFF, !7]),
        5 => random.pick(&[start::start().entry, start::start().stack, start::start().base]),
        6 => random.pick(&[PAGE, PAGE - 1, PAGE + 1, 64, 4096 * 4096, 1 << 40, os::HERE]),
        _ => random.number() >> random.below(64),
    }
}

/// Calls whose pointer is judged for certain.
fn bad_pointers(checks: &mut Checks) {
    let memory = os::map(2 * PAGE, os::ANONYMOUS);
    touch::store(memory, 1);
    let _ = os::unmap(memory + PAGE, PAGE);
    let bad = [0, 8, memory + PAGE, memory + PAGE - 4, 1 << 39, 1 << 55, 0xFFFF_FF80_0008_0000, !7];
    for pointer in bad {
        let answers = [
            os::call(Sysno::Fstat, [1, pointer]),
            os::call(Sysno::ClockGettime, [1, pointer]),
            os::call(Sysno::Uname, [pointer]),
            os::call(Sysno::Pipe2, [pointer, 0]),
            os::call(Sysno::MemoryInfo, [pointer]),
            os::call(Sysno::SystemInfo, [pointer]),
            os::call(Sysno::ProcessList, [pointer, 4]),
            os::call(Sysno::Openat, [os::HERE, pointer, 0, 0]),
            os::call(Sysno::Nanosleep, [pointer, 0]),
        ];
        let wrong = answers.iter().position(|answer| *answer != Err(Errno::EFAULT));
        // The last word before the hole holds an empty path, or the beginning of a short record.
        let wrong = wrong.filter(|_| pointer != memory + PAGE - 4);
        checks.equal("a bad pointer is EFAULT", wrong.map(|index| (index, pointer)), None);
    }
    let _ = os::unmap(memory, PAGE);
    os::close_all(3..16);
}
