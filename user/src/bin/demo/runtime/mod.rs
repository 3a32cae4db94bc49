//! The story of a small robot's runtime: a network handler, an executor and a device handler share
//! named blocks at 100 Hz, and the device handler is killed and started again while the others work.
//!
//! The blocks and the semaphores are POSIX's. The semaphores count: goals that wait, cycles that are
//! done, so nobody's death leaves one of them locked. What keeps the processes out of each other's
//! records is the lock that each block has as a region, since that one knows its holder: when the
//! holder dies, the next one has it at once, is told, and repairs what was half written.

mod blocks;
mod clock;
mod names;
mod report;
mod roles;
mod state;

use super::stage::{claim, say};
use crate::actor::{Actor, actor};
use alloc::format;
use blocks::Blocks;
use names::{Count, Names};
use state::{Order, Role};
use user::error::Result;
use user::process::{self, Signal};
use user::time::now;

/// What the robot consists of.
pub const DEVICES: usize = 8;
/// Cycles of the network handler between two events of the story.
const QUIET: u32 = 100;

/// Tells the story.
pub fn run() -> Result<()> {
    let names = Names::new();
    say("Goals, commands and readings of a robot are three blocks; a fourth has what it is about.");
    names.create()?;
    let blocks = Blocks::attach(&names)?;
    blocks.state.begin(now())?;
    say("Network handler, executor and device handler know their names, and nothing else.");
    let network = actor(|_| roles::network(&Blocks::attach(&names)?))?;
    let executor = actor(|_| roles::executor(&Blocks::attach(&names)?))?;
    let devices = start_devices(&names)?;
    blocks.cycles(QUIET)?;
    report::rates(&blocks)?;
    let devices = killed_somewhere(&names, &blocks, devices)?;
    let devices = killed_with_the_lock(&names, &blocks, devices)?;
    say("The robot stops: the network handler waits for the answer to its last goal.");
    blocks.state.give(Order::Stop)?;
    for process in [network, executor, devices] {
        process.ends_well()?;
    }
    report::rates(&blocks)?;
    report::whole(&blocks)?;
    drop(blocks);
    names.remove()?;
    claim("no block and no semaphore is left", names.left()? == 0)
}

fn start_devices(names: &Names) -> Result<Actor> {
    actor(|_| roles::devices(&Blocks::attach(names)?))
}

/// The device handler is killed wherever it is, and another one takes its place.
fn killed_somewhere(names: &Names, blocks: &Blocks, devices: Actor) -> Result<Actor> {
    say("The device handler is killed, wherever it is just now, and started again:");
    let before = report::Moment::now(blocks)?;
    process::kill(devices.pid, Signal::KILL)?;
    devices.ends_by(Signal::KILL)?;
    let dead = now();
    let devices = start_devices(names)?;
    blocks.read_again(dead)?;
    before.tell_restart(blocks, dead)?;
    blocks.cycles(QUIET)?;
    Ok(devices)
}

/// It is killed again, in the middle of a reading, while it has the lock of the readings.
fn killed_with_the_lock(names: &Names, blocks: &Blocks, devices: Actor) -> Result<Actor> {
    say("It is killed again, in the middle of a reading and with the lock of the block taken:");
    let before = report::Moment::now(blocks)?;
    blocks.state.give(Order::HoldDevices)?;
    blocks.counts.wait(Count::Held)?;
    claim("nobody else has the lock", blocks.readings.is_locked()?)?;
    process::kill(devices.pid, Signal::KILL)?;
    devices.ends_by(Signal::KILL)?;
    let dead = now();
    blocks.state.give(Order::Work)?;
    // The others meet the death before there is a device handler again.
    blocks.cycles(QUIET / 10)?;
    let [told, repaired] = before.found_since(blocks)?;
    claim("who took the lock next was told that its holder had died", told == 1)?;
    claim(&format!("and found {repaired} half-written record, and repaired it"), repaired == 1)?;
    let devices = start_devices(names)?;
    blocks.read_again(dead)?;
    before.tell_restart(blocks, dead)?;
    blocks.cycles(QUIET)?;
    let network = before.cycles_since(blocks, Role::Network)?;
    let executor = before.cycles_since(blocks, Role::Executor)?;
    let carried_on = network >= u64::from(QUIET) && executor > 0;
    claim(&format!("the others carried on: {network} and {executor} cycles since"), carried_on)?;
    Ok(devices)
}
