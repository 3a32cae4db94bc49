//! What is told of the runtime: rates, latencies, and what a restart costs.

use super::blocks::Blocks;
use super::clock::PERIOD;
use super::state::{Counter, Role};
use crate::stage::claim;
use alloc::format;
use alloc::string::String;
use user::error::Result;
use user::style;
use user::table::Align;
use user::time::{Duration, now};
use user::{print, println};

/// Tells what everybody has done so far.
pub fn rates(blocks: &Blocks) -> Result<()> {
    let mut table = style::table(&[
        ("PROCESS", Align::Left),
        ("CYCLES", Align::Right),
        ("RATE", Align::Right),
        ("MISSED", Align::Right),
        ("NOTHING NEW", Align::Right),
        ("RECORDS", Align::Right),
        ("AFTER THE GOAL", Align::Right),
    ]);
    let time = now() - blocks.state.start()?;
    for role in Role::ALL {
        let count = |counter| blocks.state.get(role, counter);
        let cycles = count(Counter::Cycles)?;
        table.row([
            String::from(match role {
                Role::Network => "network",
                Role::Executor => "executor",
                Role::Devices => "devices",
            }),
            format!("{cycles}"),
            rate(cycles, time),
            format!("{}", count(Counter::Missed)?),
            format!("{}", count(Counter::Stale)?),
            format!("{}", count(Counter::Records)?),
            match count(Counter::Answers)? {
                0 => String::from("-"),
                answers => {
                    let micros = count(Counter::Latency)? / answers / 1000;
                    format!("{}.{:03} ms", micros / 1000, micros % 1000)
                }
            },
        ]);
    }
    print!("{table}");
    Ok(())
}

fn rate(cycles: u64, time: Duration) -> String {
    let tenths = cycles * 10_000 / (time.as_millis() as u64).max(1);
    format!("{}.{} Hz", tenths / 10, tenths % 10)
}

/// Tells whether all that was given has come, and nothing was torn.
pub fn whole(blocks: &Blocks) -> Result<()> {
    let records = blocks.state.sum(Counter::Records)?;
    // Who reads a torn record ends, which is no good end.
    claim(&format!("{records} records were read, and each checksum was right"), records > 0)?;
    let answers = blocks.state.get(Role::Devices, Counter::Answers)?;
    claim(&format!("{answers} goals came back as readings, and the last one too"), answers > 0)
}

/// What everybody had done at a moment.
pub struct Moment {
    cycles: [u64; 3],
    stale: u64,
    found: [u64; 2],
}

/// How often a holder of a lock had died, and how many records were repaired.
fn found(blocks: &Blocks) -> Result<[u64; 2]> {
    Ok([blocks.state.sum(Counter::Deaths)?, blocks.state.sum(Counter::Repaired)?])
}

impl Moment {
    /// This one.
    pub fn now(blocks: &Blocks) -> Result<Self> {
        let mut cycles = [0; 3];
        for role in Role::ALL {
            cycles[role as usize] = blocks.state.get(role, Counter::Cycles)?;
        }
        let stale = blocks.state.get(Role::Network, Counter::Stale)?;
        Ok(Self { cycles, stale, found: found(blocks)? })
    }

    /// The cycles that a process has done since.
    pub fn cycles_since(&self, blocks: &Blocks, role: Role) -> Result<u64> {
        let before = self.cycles[role as usize];
        Ok(blocks.state.get(role, Counter::Cycles)?.saturating_sub(before))
    }

    /// The deaths with a lock that were found since, and the records that were repaired.
    pub fn found_since(&self, blocks: &Blocks) -> Result<[u64; 2]> {
        let [deaths, repaired] = found(blocks)?;
        Ok([deaths - self.found[0], repaired - self.found[1]])
    }

    /// Tells what a death cost; the devices are read again.
    pub fn tell_restart(&self, blocks: &Blocks, dead: Duration) -> Result<()> {
        let last = blocks.state.last_reading()?;
        let gap = last.saturating_sub(dead).as_millis();
        let stale = blocks.state.get(Role::Network, Counter::Stale)? - self.stale;
        println!("  {stale} cycles of the network handler have seen nothing new meanwhile");
        let periods = gap.div_ceil(PERIOD.as_millis());
        claim(
            &format!("a new one goes on with the blocks after {gap} ms, about {periods} periods"),
            last > dead,
        )
    }
}
