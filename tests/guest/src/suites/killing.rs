//! Producer or consumer killed at any moment: nothing leaks, nobody hangs.

use crate::os::{MILLISECOND, SECOND};
use crate::random::Random;
use crate::{Checks, frames, os, touch};
use abi::memory::{MapFlags, Protection};
use abi::process::ExitStatus;
use abi::signal::Signal;
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
