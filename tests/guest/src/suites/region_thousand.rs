//! A thousand processes that open, map, grow and die at random; afterwards all is as it was.

use crate::names::Holdings;
use crate::os::{PAGE, READ_WRITE};
use crate::random::Random;
use crate::{Checks, frames, os, say, start, touch};
use abi::Sysno;
use abi::process::ExitStatus;
use abi::region::{RegionFlags, Seals};
use abi::signal::Signal;

const SEED: u64 = 1000;
const PROCESSES: u64 = 1000;
const WAVE: usize = 64;
const NAMES: u64 = 8;
const USER: u64 = 4243;
const MAXIMUM: u64 = 700 * PAGE;

/// How a process ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Ending {
    Exits,
    Faults,
    IsKilled,
}

/// What becomes of a region that a process has used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum After {
    /// The process may keep its descriptor, its view or both to its end.
    MayKeep,
    /// It keeps neither.
    Leave,
}

/// The checks.
pub fn run(checks: &mut Checks) {
    let seed = start::number(2).unwrap_or(SEED);
    say!("seed {seed:#x}");
    // What is made once and stays: the kernel's own tables for as many processes.
    wave(seed, 0, WAVE);
    // Before the frames are counted: the stack that this takes stays, too.
    let before = Holdings::now(USER);
    let frames = frames::settled(None);
    let (mut begun, mut bad) = (0, 0);
    while begun < PROCESSES {
        let count = WAVE.min((PROCESSES - begun) as usize);
        bad += wave(seed, begun, count);
        begun += count as u64;
    }
    checks.equal("each of the thousand ended as it was to", bad, 0);
    let after = frames::settled(Some(frames));
    checks.equal("the count of free frames is what it was", after, frames);
    let found = Holdings::now(USER);
    checks.equal("names, charges and promises are what they were", found, before);
}

/// Some processes at once; gives how many did not end as they were to.
fn wave(seed: u64, first: u64, count: usize) -> u32 {
    let random = |index: usize| Random::new(seed ^ ((first + index as u64) << 20));
    let children: [_; WAVE] = core::array::from_fn(|index| {
        (index < count).then(|| os::start_child(|| live(random(index))))
    });
    let mut moments = Random::new(seed ^ first);
    for (index, child) in children.iter().enumerate() {
        if let (Some(Ok(child)), Ending::IsKilled) = (child, ending(&mut random(index))) {
            (0..moments.below(4)).for_each(|_| os::yield_core());
            os::ignore(os::end(*child));
        }
    }
    let mut bad = 0;
    for (index, child) in children.into_iter().enumerate() {
        let Some(child) = child else { continue };
        let ending = ending(&mut random(index));
        let wanted = match ending {
            Ending::Exits => ExitStatus::Exited(0),
            Ending::Faults => ExitStatus::Signalled(Signal::BUS as u8),
            Ending::IsKilled => ExitStatus::Signalled(Signal::KILL as u8),
        };
        let status = child.and_then(os::wait);
        if status != Ok(wanted) {
            let number = first + index as u64;
            say!("seed {seed:#x}: process {number}: {ending:?}, but it ended with {status:?}");
            bad += 1;
        }
    }
    for number in 0..NAMES {
        os::ignore(os::region_unlink(&name(number)));
    }
    bad
}

fn ending(random: &mut Random) -> Ending {
    random.pick(&[Ending::Exits, Ending::Faults, Ending::IsKilled])
}

fn name(number: u64) -> [u8; 11] {
    let mut name = *b"/thousand-0";
    name[10] += number as u8;
    name
}

/// What one process does.
fn live(mut random: Random) -> i32 {
    let ending = ending(&mut random);
    os::ignore(os::call(Sysno::Umask, [0]));
    if random.below(2) == 0 && os::become_user(USER, USER).is_err() {
        return 1;
    }
    for _ in 0..=random.below(4) {
        if !use_one(&mut random, After::MayKeep) {
            return 2;
        }
    }
    match ending {
        Ending::Exits => 0,
        Ending::Faults => {
            os::silence();
            let own = os::region_create(b"", &os::request(PAGE, RegionFlags::empty()));
            let view = own.and_then(|own| os::region_map(own, READ_WRITE));
            touch::store(view.unwrap_or(0) + PAGE, 1);
            3
        }
        Ending::IsKilled => loop {
            if !use_one(&mut random, After::Leave) {
                return 4;
            }
        },
    }
}

/// Opens or makes a region, maps it, stores, and makes it longer; some are kept until the end.
fn use_one(random: &mut Random, after: After) -> bool {
    let number = random.below(NAMES);
    let sort = [RegionFlags::EPHEMERAL, RegionFlags::empty()][(number % 2) as usize];
    let mut request = os::request((1 + random.below(20)) * PAGE, sort);
    (request.maximum, request.seals) = (MAXIMUM, Seals::SHRINK.bits());
    let Ok(region) = os::region_create(&name(number), &request) else { return false };
    let Ok(view) = os::region_map(region, READ_WRITE) else { return false };
    let length = os::region_stat(region).length;
    touch::store(view + random.below(length / PAGE) * PAGE, 1);
    // Another process may have made it longer than that.
    let longer = length + random.below(40) * PAGE;
    if os::region_set_length(region, longer.min(MAXIMUM)).is_ok() {
        touch::store(view + longer.min(MAXIMUM) - PAGE, 1);
    }
    match random.below(4) {
        _ if after == After::Leave => os::region_leave(region).is_ok(),
        0 => true,
        1 => os::close(region).is_ok(),
        2 => os::region_unmap(view).and_then(|_| os::close(region)).is_ok(),
        _ => os::region_leave(region).is_ok(),
    }
}
