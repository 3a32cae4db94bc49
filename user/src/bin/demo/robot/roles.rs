//! The three processes that live as long as the robot works.

use super::blocks::{Mode, Record, Runtime, whole};
use super::names::{Mutex, Names};
use super::{DEVICES, ROUNDS};
use crate::actor::Line;
use alloc::format;
use alloc::string::String;
use core::sync::atomic::Ordering::Relaxed;
use user::error::{Error, Result};
use user::print;
use user::style;
use user::table::Align;
use user::time::{self, Duration};

/// The cycle in which the devices are read, as the hardware of a robot gives it.
const CYCLE: Duration = Duration::from_millis(2);
/// How long the devices wait for a semaphore before they go on without the command.
const PATIENCE: Duration = Duration::from_millis(200);
/// How long the executor waits for news before it believes that the story has ended without it.
const SILENCE: Duration = Duration::from_secs(60);
/// The greatest value of a reading.
const SCALE: u64 = 1000;

/// Reads the devices and hands them their commands.
pub fn devices(names: &Names, line: &Line) -> Result<()> {
    let runtime = Runtime::attach(names)?;
    line.wait()?;
    for _ in 0..ROUNDS {
        time::sleep(CYCLE);
        (0..DEVICES).try_for_each(|device| exchange(&runtime, device).map(drop))?;
    }
    line.cue()?;
    line.wait()?;
    let mut without = 0;
    for device in 0..DEVICES {
        if exchange(&runtime, device)? == Exchange::WithoutCommand {
            without += 1;
            runtime.log_missing()?;
        }
    }
    if without != 1 {
        return Err(Error::message(format!("{without} devices went without a command")));
    }
    line.cue()?;
    line.wait()?;
    for _ in 1..ROUNDS {
        time::sleep(CYCLE);
        for device in 0..DEVICES {
            if exchange(&runtime, device)? == Exchange::WithoutCommand {
                return Err(Error::message(format!("device {device} waits for its command again")));
            }
        }
    }
    line.cue()?;
    line.wait()
}

/// Whether a device got its command.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Exchange {
    Complete,
    WithoutCommand,
}

/// A device's turn: its command moves it, and what it measures then is its new reading.
fn exchange(runtime: &Runtime, device: usize) -> Result<Exchange> {
    let _catalog = runtime.take(Mutex::Catalog)?;
    let _reading = runtime.take(Mutex::Reading(device))?;
    let before = whole(&runtime.readings, device)?;
    let (command, outcome) = match runtime.take_within(Mutex::Command(device), PATIENCE)? {
        Some(_command) => (whole(&runtime.commands, device)?, Exchange::Complete),
        None => (Record::default(), Exchange::WithoutCommand),
    };
    if command.answers > before.round {
        return Err(Error::message(format!("device {device}: a command from the future")));
    }
    // Half of the way to where the command wants it to be, if there is one.
    let value =
        if command.round == 0 { before.value } else { (before.value + command.value).div_ceil(2) };
    let record = Record { round: before.round + 1, value, answers: command.round };
    runtime.readings.store(device, record)?;
    {
        let _changes = runtime.take(Mutex::Changes)?;
        let changes = runtime.changes()?;
        changes.store(changes.load(Relaxed) | 1 << device, Relaxed);
    }
    runtime.give(Mutex::News)?;
    Ok(outcome)
}

/// Computes commands from readings, until it is told to stop in the middle of one.
pub fn executor(names: &Names, line: &Line) -> Result<()> {
    let runtime = Runtime::attach(names)?;
    loop {
        match runtime.take_within(Mutex::News, SILENCE)? {
            Some(news) => news.keep(),
            None => return Err(Error::message("the devices say nothing any more")),
        }
        if runtime.mode()? == Mode::Hold {
            let _command = runtime.take(Mutex::Command(0))?;
            let torn = Record { round: ROUNDS, value: SCALE, answers: 0 };
            runtime.commands.store_half(0, torn)?;
            line.cue()?;
            // The end comes before the next cue.
            return line.wait();
        }
        let _catalog = runtime.take(Mutex::Catalog)?;
        let changes = runtime.changes()?.load(Relaxed);
        for device in (0..DEVICES).filter(|device| changes & 1 << device != 0) {
            answer(&runtime, device)?;
        }
    }
}

/// Answers a reading with a command.
fn answer(runtime: &Runtime, device: usize) -> Result<()> {
    let _reading = runtime.take(Mutex::Reading(device))?;
    let reading = whole(&runtime.readings, device)?;
    let _command = runtime.take(Mutex::Command(device))?;
    let before = whole(&runtime.commands, device)?;
    let goal = (device as u64 + 1) * SCALE / DEVICES as u64;
    let round = (before.round + 1).min(ROUNDS);
    runtime.commands.store(device, Record { round, value: goal, answers: reading.round })?;
    let _changes = runtime.take(Mutex::Changes)?;
    let changes = runtime.changes()?;
    changes.store(changes.load(Relaxed) & !(1 << device), Relaxed);
    Ok(())
}

/// Shows what is in the blocks, each time that it is asked to.
pub fn monitor(names: &Names, line: &Line) -> Result<()> {
    let runtime = Runtime::attach(names)?;
    for _ in 0..2 {
        line.wait()?;
        show(&runtime)?;
        line.cue()?;
    }
    Ok(())
}

fn show(runtime: &Runtime) -> Result<()> {
    let mut table = style::table(&[
        ("DEVICE", Align::Right),
        ("READINGS", Align::Right),
        ("VALUE", Align::Right),
        ("", Align::Left),
        ("COMMANDS", Align::Right),
        ("GOAL", Align::Right),
    ]);
    for device in 0..DEVICES {
        let _catalog = runtime.take(Mutex::Catalog)?;
        let _reading = runtime.take(Mutex::Reading(device))?;
        let _command = runtime.take(Mutex::Command(device))?;
        let reading = whole(&runtime.readings, device)?;
        let command = whole(&runtime.commands, device)?;
        table.row([
            format!("{device}"),
            format!("{}", reading.round),
            format!("{}", reading.value),
            bar(reading.value),
            format!("{}", command.round),
            format!("{}", command.value),
        ]);
    }
    print!("{table}");
    Ok(())
}

fn bar(value: u64) -> String {
    const LENGTH: u64 = 20;
    let full = (value.min(SCALE) * LENGTH).div_ceil(SCALE) as usize;
    format!("[{}{}]", "#".repeat(full), ".".repeat(LENGTH as usize - full))
}
