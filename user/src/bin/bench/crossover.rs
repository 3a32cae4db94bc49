//! `bench crossover`: copying against giving pages, by size.

use super::Effort;
use super::clock;
use super::duel::duel;
use super::ways::{End, Side, Way};
use super::{single, split};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use user::error::Result;
use user::offer::COPIED_MAX;
use user::process::Pid;
use user::table::Align;
use user::{io, print, println, style};

const WAYS: [(Way, &str); 5] = [
    (Way::Pipe, "PIPE"),
    (Way::Ring, "RING"),
    (Way::Region, "REGION"),
    (Way::NewPages, "NEW-PAGES"),
    (Way::PassedPages, "PASSED-PAGES"),
];

/// Round trips before measuring: memory is touched, and queues have their sizes.
const WARM_UP: u64 = 2;

/// Prints all of it.
pub fn run(effort: Effort) -> Result<()> {
    clock::tell_unit();
    println!("One message from one process to another: half a round trip of two.");
    let mut columns = Vec::from([("BYTES", Align::Right)]);
    columns.extend(WAYS.map(|(_, name)| (name, Align::Right)));
    let mut table = style::table(&columns);
    let mut rows = Vec::new();
    let sizes = sizes(effort);
    let mut progress = clock::progress("crossover", sizes.len());
    for bytes in sizes {
        let mut costs = [0; WAYS.len()];
        for (cost, (way, _)) in costs.iter_mut().zip(WAYS) {
            *cost = message(way, bytes, rounds(effort, bytes))?;
        }
        table
            .row([bytes].into_iter().chain(costs.map(|cost| cost as usize)).map(|n| n.to_string()));
        rows.push((bytes, costs));
        progress.iter_mut().for_each(|progress| progress.advance(1));
    }
    drop(progress);
    print!("{table}");
    tell_crossings(&rows);
    let _ = io::flush();
    split::run(effort)?;
    single::run(effort)
}

fn sizes(effort: Effort) -> Vec<usize> {
    let step = effort.pick(1, 2);
    let mut sizes: Vec<usize> = (6..=20).step_by(step).map(|shift| 1 << shift).collect();
    sizes.push(1000);
    sizes.sort_unstable();
    sizes
}

fn rounds(effort: Effort, bytes: usize) -> u64 {
    let most = effort.pick(64, 16);
    (most * 65536 / (bytes as u64 + 16384)).clamp(4, most)
}

/// What a message costs, in nanoseconds.
pub fn message(way: Way, bytes: usize, rounds: u64) -> Result<u64> {
    let ground = way.prepare(bytes)?;
    let end = |side, peer: Pid| way.end(&ground, side, peer, bytes);
    duel(
        |peer| {
            let mut end = end(Side::First, peer)?;
            clock::each(WARM_UP, || there_and_back(&mut *end))?;
            clock::each(rounds, || there_and_back(&mut *end)).map(|cost| cost / 2)
        },
        |peer| {
            let mut end = end(Side::Second, peer)?;
            for _ in 0..WARM_UP + rounds {
                end.receive()?;
                end.send()?;
            }
            Ok(())
        },
    )
}

fn there_and_back(end: &mut dyn End) -> Result<()> {
    end.send()?;
    end.receive()
}

type Row = (usize, [u64; WAYS.len()]);

fn tell_crossings(rows: &[Row]) {
    let (ring, new, passed) = (1, 3, 4);
    println!("Giving pages begins to beat copying through the channel's ring");
    println!("  pages that are passed on: {}", crossing(rows, ring, passed));
    println!("  new pages for each message: {}", crossing(rows, ring, new));
    println!("A channel copies messages of at most {COPIED_MAX} bytes.");
}

/// The size from which on the second is always cheaper than the first: on the line between the two
/// sizes around it.
fn crossing(rows: &[Row], copying: usize, giving: usize) -> String {
    let gain = |row: &Row| row.1[copying] as i64 - row.1[giving] as i64;
    let Some(last) = rows.iter().rposition(|row| gain(row) < 0) else {
        return "at every size".to_string();
    };
    let (before, Some(behind)) = (&rows[last], rows.get(last + 1)) else {
        return "at no size measured".to_string();
    };
    let (loss, win) = (-gain(before), gain(behind));
    let distance = (behind.0 - before.0) as i64;
    format!("from {} bytes on", before.0 as i64 + distance * loss / (loss + win).max(1))
}
