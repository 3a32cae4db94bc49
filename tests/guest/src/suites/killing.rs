//! Producer or consumer killed at any moment: nothing leaks, nobody hangs.

use crate::os::{MILLISECOND, SECOND};
use crate::random::Random;
use crate::{Checks, frames, os, touch};
use abi::memory::{MapFlags, Protection};
use abi::process::{ExitStatus, WNOHANG};
use abi::signal::Signal;
use abi::{Errno, Sysno};
use core::ffi::CStr;

const NAME: &CStr = c"/dev/shm/killing";
const ROUNDS: u64 = 16;
/// Looks at which the header must have changed.
const LOOKS: u32 = 30;
const KILLED: Result<ExitStatus, abi::Errno> = Ok(ExitStatus::Signalled(Signal::KILL as u8));

/// The checks.
pub fn run(checks: &mut Checks) {
    let mut random = Random::new(20);
    let mut hung = 0;
    frames::unchanged(checks, "killing producers leaks nothing", || {
        for _ in 0..ROUNDS {
            hung += u32::from(round(&mut random, Side::Producer, Moment::InFlow) == KILLED);
        }
    });
    checks.equal("no consumer hangs when its producer dies", hung, 0);
    frames::unchanged(checks, "killing producers that hardly began leaks nothing", || {
        for _ in 0..ROUNDS {
            let _ = round(&mut random, Side::Producer, Moment::AtStart);
        }
    });
    frames::unchanged(checks, "killing consumers leaks nothing", || {
        for _ in 0..ROUNDS {
            let _ = round(&mut random, Side::Consumer, Moment::AtStart);
        }
    });
    frames::unchanged(checks, "killing both leaks nothing", || {
        for _ in 0..ROUNDS {
            let _ = round(&mut random, Side::Both, Moment::InFlow);
        }
    });
    groups(checks);
    forks_go_on(checks);
}

/// A group is killed while its leader forks: no child is left over, however late it came.
fn groups(checks: &mut Checks) {
    const GROUPS: u64 = 60;
    let mut random = Random::new(21);
    let shared = os::map(os::PAGE, MapFlags::SHARED | MapFlags::ANONYMOUS);
    let left = (0..GROUPS).filter(|_| is_one_left(&mut random, shared)).count();
    checks.equal("nobody is left of a group that is killed while it forks", left, 0);
    os::ignore(os::unmap(shared, os::PAGE));
}

fn is_one_left(random: &mut Random, forks: u64) -> bool {
    touch::store(forks, 0);
    let leader = os::start_child(|| {
        let _ = os::call(Sysno::Setpgid, [0, 0]);
        loop {
            if os::start_child(|| os::sleep(1000 * SECOND).map_or(1, |_| 0)).is_ok() {
                touch::store(forks, touch::load(forks) + 1);
            }
        }
    });
    let Ok(leader) = leader else { return true };
    let enough = 1 + random.below(12);
    while touch::load(forks) < enough {
        os::yield_core();
    }
    let group = -(leader as i64);
    os::ignore(os::kill(group, Signal::KILL as u64));
    let is_killed = os::wait(leader) == KILLED;
    // Those whose parent is gone are waited for by the first process.
    let end = os::now() + 5 * SECOND;
    while os::kill(group, 0).is_ok() && os::now() < end {
        os::yield_core();
    }
    let is_left = os::kill(group, Signal::KILL as u64).is_ok();
    !is_killed || is_left
}

/// A process that forks is interrupted again and again: it sees a handler called, and no failure.
fn forks_go_on(checks: &mut Checks) {
    const FORKS: u64 = 200;
    extern "C" fn handle(_: i32) {}
    let is_ready = os::map(os::PAGE, MapFlags::SHARED | MapFlags::ANONYMOUS);
    let forker = os::start_child(|| {
        let _ = os::call(Sysno::Setpgid, [0, 0]);
        os::ignore(os::on_signal(Signal::USR1, handle as *const () as u64));
        touch::store(is_ready, 1);
        let ended = (0..FORKS).filter(|_| os::start_child(|| 0).and_then(wait_on).is_ok());
        i32::from(ended.count() as u64 != FORKS)
    });
    let forker = checks.value("a process that forks", forker);
    while touch::load(is_ready) == 0 {
        os::yield_core();
    }
    let outcome = loop {
        os::ignore(os::kill(-(forker as i64), Signal::USR1 as u64));
        match os::wait_for(forker as i64, WNOHANG) {
            Ok((0, _)) => {}
            outcome => break outcome,
        }
    };
    let is_well = outcome.is_ok_and(|(_, status)| status == ExitStatus::Exited(0));
    checks.that("forks that signals come into succeed", is_well);
    os::ignore(os::unmap(is_ready, os::PAGE));
}

/// Waits for a child, through signals.
fn wait_on(child: u64) -> os::Answer<ExitStatus> {
    loop {
        match os::wait(child) {
            Err(Errno::EINTR) => {}
            outcome => return outcome,
        }
    }
}

/// Who is killed.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Producer,
    Consumer,
    Both,
}

/// When the kill comes.
#[derive(Clone, Copy, PartialEq)]
enum Moment {
    /// Soon after the start; a consumer may then wait for a producer that never came.
    AtStart,
    /// While messages flow.
    InFlow,
}

/// Starts both, kills one side after a random time, and gives how the consumer ended.
fn round(random: &mut Random, side: Side, moment: Moment) -> os::Answer<ExitStatus> {
    let region = os::spawn(&[c"/bin/region", c"create", c"/killing", c"64K"])?;
    os::wait(region)?;
    let producer = start(c"/bin/produce")?;
    let consumer = start(c"/bin/consume")?;
    if moment == Moment::InFlow {
        wait_for_flow()?;
    }
    // The moment of the kill is what varies.
    os::sleep(random.below(30 * MILLISECOND))?;
    if side != Side::Consumer {
        os::end(producer)?;
    }
    if side != Side::Producer {
        os::end(consumer)?;
    }
    let patience = if moment == Moment::InFlow { 10 * SECOND } else { SECOND / 4 };
    let ended = os::wait_or_kill(consumer, patience);
    if side == Side::Consumer {
        os::end(producer)?;
    }
    os::wait(producer)?;
    os::unlink(NAME)?;
    ended
}

fn start(program: &'static CStr) -> os::Answer {
    os::start_child(|| {
        os::silence();
        os::execute(program, &[program, c"/killing", c"--count", c"1000000000"], &[]);
        127
    })
}

/// Waits until the ring's header has changed at many looks: a producer alone fills the ring in less.
fn wait_for_flow() -> os::Answer<()> {
    let file = os::open_to_read(NAME)?;
    let page = os::map_file(file, os::PAGE, Protection::READ, MapFlags::SHARED)?;
    let header =
        || (0..64).fold(0_u64, |sum, word| sum.rotate_left(7) ^ touch::load(page + word * 8));
    let (mut last, mut changes) = (header(), 0);
    os::until(10 * SECOND, || {
        os::ignore(os::sleep(MILLISECOND));
        let next = header();
        changes += u32::from(next != last);
        last = next;
        changes >= LOOKS
    });
    os::unmap(page, os::PAGE)?;
    os::close(file)?;
    Ok(())
}
