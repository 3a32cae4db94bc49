//! The three processes that live as long as the robot works, or until they are killed.

use super::DEVICES;
use super::blocks::{Blocks, Record, hold_still, stamp};
use super::clock::{PERIOD, Ticker};
use super::names::Count;
use super::state::{Counter, Order, Role};
use alloc::format;
use user::error::{Error, Result};
use user::time::{Duration, now};

/// The greatest value of a goal.
const SCALE: u64 = 1000;
/// Goals change direction after so many cycles.
const TURN: u64 = 25;

/// Gives goals, and looks what the devices say: at the beginning of each period.
pub fn network(blocks: &Blocks) -> Result<()> {
    let state = &blocks.state;
    let mut ticker = Ticker::new(state.start()?, Duration::ZERO);
    let mut seen = [Record::default(); DEVICES];
    let (mut goal, mut last) = (0, None);
    while last.is_none_or(|last| seen.iter().any(|reading| reading.goal < last)) {
        state.add(Role::Network, Counter::Missed, ticker.wait())?;
        look(blocks, &mut seen)?;
        if last.is_none() {
            goal += 1;
            give_goals(blocks, goal)?;
        }
        if state.order()? == Order::Stop {
            last = Some(goal);
        }
        blocks.counts.post(Count::Goals)?;
        state.add(Role::Network, Counter::Cycles, 1)?;
        blocks.counts.post(Count::Cycles)?;
    }
    state.give(Order::Stopped)?;
    blocks.counts.post(Count::Goals)
}

fn give_goals(blocks: &Blocks, number: u64) -> Result<()> {
    let goals = blocks.goals.lock(&blocks.state, Role::Network)?;
    for device in 0..DEVICES {
        let full = (device as u64 + 1) * SCALE / DEVICES as u64;
        let value = if (number / TURN).is_multiple_of(2) { full } else { 0 };
        let at = stamp();
        goals.store(device, Record { number, value, goal: number, since: at, at })?;
    }
    Ok(())
}

/// Reads what is new, and how long the goals behind it took.
fn look(blocks: &Blocks, seen: &mut [Record; DEVICES]) -> Result<()> {
    let readings = blocks.readings.lock(&blocks.state, Role::Network)?;
    let mut is_stale = true;
    for (device, (reading, seen)) in readings.load_all()?.into_iter().zip(seen).enumerate() {
        if reading.number < seen.number {
            return Err(Error::message(format!("device {device} went back in time")));
        }
        is_stale &= reading.number == seen.number;
        if reading.goal > seen.goal {
            blocks.state.answered(Role::Devices, reading.since, reading.at)?;
        }
        *seen = reading;
    }
    blocks.state.add(Role::Network, Counter::Stale, is_stale.into())
}

/// Makes commands of goals and readings: as soon as there are goals, or when none came in time.
pub fn executor(blocks: &Blocks) -> Result<()> {
    let state = &blocks.state;
    let mut ticker = Ticker::new(state.start()?, PERIOD * 3 / 4);
    let mut done = 0;
    while state.order()? != Order::Stopped {
        if blocks.counts.wait_until(Count::Goals, ticker.next())? {
            blocks.counts.take_all(Count::Goals)?;
            // The next ones are due in the next period.
            ticker.pass(now() + PERIOD);
        } else {
            state.add(Role::Executor, Counter::Missed, 1 + ticker.pass(now()))?;
        }
        let newest = command(blocks, done)?;
        state.add(Role::Executor, Counter::Stale, (newest == done).into())?;
        done = newest;
        state.add(Role::Executor, Counter::Cycles, 1)?;
    }
    Ok(())
}

/// Moves each device half of the way to its goal; returns the number of the goals.
fn command(blocks: &Blocks, done: u64) -> Result<u64> {
    let state = &blocks.state;
    let goals = blocks.goals.lock(state, Role::Executor)?.load_all()?;
    let readings = blocks.readings.lock(state, Role::Executor)?.load_all()?;
    let commands = blocks.commands.lock(state, Role::Executor)?;
    let mut newest = done;
    for (device, (goal, reading)) in goals.into_iter().zip(readings).enumerate() {
        let before = commands.load(device)?;
        let (number, at) = (before.number + 1, stamp());
        let value = (reading.value + goal.value).div_ceil(2);
        let Record { goal, since, .. } = goal;
        commands.store(device, Record { number, value, goal, since, at })?;
        if goal > done {
            state.answered(Role::Executor, since, at)?;
        }
        newest = newest.max(goal);
    }
    Ok(newest)
}

/// Moves the devices as commanded and reads them: in the middle of each period.
pub fn devices(blocks: &Blocks) -> Result<()> {
    let state = &blocks.state;
    let mut ticker = Ticker::new(state.start()?, PERIOD / 2);
    let mut done = 0;
    while state.order()? != Order::Stopped {
        state.add(Role::Devices, Counter::Missed, ticker.wait())?;
        let commands = blocks.commands.lock(state, Role::Devices)?.load_all()?;
        measure(blocks, &commands)?;
        let newest = commands.iter().map(|command| command.goal).max().unwrap_or(0);
        state.add(Role::Devices, Counter::Stale, (newest == done).into())?;
        done = newest;
        state.set_last_reading(stamp())?;
        state.add(Role::Devices, Counter::Cycles, 1)?;
    }
    Ok(())
}

fn measure(blocks: &Blocks, commands: &[Record; DEVICES]) -> Result<()> {
    let state = &blocks.state;
    let readings = blocks.readings.lock(state, Role::Devices)?;
    for (device, command) in commands.iter().enumerate() {
        let number = readings.load(device)?.number + 1;
        let Record { value, goal, since, .. } = *command;
        let reading = Record { number, value, goal, since, at: stamp() };
        if device == DEVICES / 2 && state.order()? == Order::HoldDevices {
            readings.store_half(device, reading)?;
            blocks.counts.post(Count::Held)?;
            hold_still();
        }
        readings.store(device, reading)?;
    }
    Ok(())
}
