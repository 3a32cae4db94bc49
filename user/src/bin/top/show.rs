//! The picture: a bar for each core, the memory, and a table of processes.

use super::measure::Sample;
use abi::limits::PAGE_SIZE;
use abi::process::ProcessState;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write;
use user::error::{Context, Result};
use user::io::{self, STDOUT};
use user::style::{self, Colour, Size, Style};
use user::table::Align;
use user::terminal;

/// The length of a bar.
const BAR: u64 = 30;
/// Lines of the head.
const HEAD: usize = 9;

/// Shows what was between two moments.
pub fn show(before: &Sample, now: &Sample, is_seen: bool) -> Result<()> {
    let mut text = head(before, now);
    let rows = if is_seen { rows_of_terminal() } else { usize::MAX };
    text.push_str(&table(before, now, rows.saturating_sub(HEAD)));
    if is_seen {
        // Over what was there: no line of it is left.
        let text = text.replace('\n', "\x1b[K\r\n");
        io::write(format!("\x1b[H{text}\x1b[J").as_bytes()).context("standard output")?;
    } else {
        io::write(text.as_bytes()).context("standard output")?;
    }
    io::flush().context("standard output")
}

fn rows_of_terminal() -> usize {
    terminal::window_size(STDOUT).map_or(24, |size| usize::from(size.rows).max(HEAD + 2))
}

fn head(before: &Sample, now: &Sample) -> String {
    let colour = style::colour();
    let elapsed = (now.time.saturating_sub(before.time).as_nanos() as u64).max(1);
    let per_second = |later: u64, earlier: u64| {
        later.saturating_sub(earlier).saturating_mul(1_000_000_000) / elapsed
    };
    let mut text = String::new();
    let cores = (now.system.cores as usize).min(now.system.idle.len());
    for core in 0..cores {
        let idle = now.system.idle[core].saturating_sub(before.system.idle[core]);
        let busy = 100 - (idle.saturating_mul(100) / elapsed).min(100);
        let _ = writeln!(text, "core {core} {} {busy:3} %", bar(busy, colour));
    }
    let memory = &now.memory;
    let used = memory.total.saturating_sub(memory.free);
    let part = used * 100 / memory.total.max(1);
    let size = |pages: u64| Size(pages * PAGE_SIZE as u64).to_string();
    let _ = writeln!(text, "memory {} {} of {}", bar(part, colour), size(used), size(memory.total));
    let (system, earlier) = (&now.system, &before.system);
    let _ = writeln!(
        text,
        "{} processes, {} run; {} calls, {} faults, {} switches a second; up {} s",
        system.processes,
        system.runnable,
        per_second(system.calls, earlier.calls),
        per_second(system.faults, earlier.faults),
        per_second(system.switches, earlier.switches),
        system.uptime / 1_000_000_000,
    );
    text.push('\n');
    text
}

/// So many percent.
fn bar(percent: u64, colour: Colour) -> String {
    let full = (percent * BAR + 50) / 100;
    let mut bar = String::from("[");
    let style = if percent > 80 { Style::Red } else { Style::Green };
    let marks = "#".repeat(full as usize);
    let _ = write!(bar, "{}{}]", style.paint(colour, marks), " ".repeat((BAR - full) as usize));
    bar
}

fn table(before: &Sample, now: &Sample, rows: usize) -> String {
    let elapsed = (now.time.saturating_sub(before.time).as_nanos() as u64).max(1);
    let mut busy: Vec<(u64, usize)> = now
        .processes
        .iter()
        .enumerate()
        .map(|(index, (record, _))| {
            let earlier = before.time_of(record.pid).unwrap_or(0);
            (record.cpu_time.saturating_sub(earlier).saturating_mul(1000) / elapsed, index)
        })
        .collect();
    busy.sort_by_key(|(part, index)| (core::cmp::Reverse(*part), now.processes[*index].0.pid));
    let columns = [
        ("PID", Align::Right),
        ("USER", Align::Right),
        ("STATE", Align::Left),
        ("CORE", Align::Right),
        ("CPU %", Align::Right),
        ("SHARED", Align::Right),
        ("PRIVATE", Align::Right),
        ("COMMAND", Align::Left),
    ];
    let mut table = style::table(&columns);
    for (part, index) in busy.into_iter().take(rows.saturating_sub(1)) {
        let (record, memory) = &now.processes[index];
        let size = |bytes: Option<u64>| bytes.map_or_else(|| "?".into(), |it| Size(it).to_string());
        table.row([
            record.pid.to_string(),
            record.uid.to_string(),
            ProcessState::letter(record.state).to_string(),
            record.core.to_string(),
            format!("{}.{}", part / 10, part % 10),
            size(memory.map(|memory| memory.shared)),
            size(memory.map(|memory| memory.private)),
            String::from_utf8_lossy(record.command()).into_owned(),
        ]);
    }
    table.to_string()
}
