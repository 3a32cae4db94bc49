//! What calls there were, how many failed and how long they took.

use super::call;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

#[derive(Clone, Copy, Debug, Default)]
struct Row {
    calls: u64,
    errors: u64,
    nanoseconds: u64,
}

/// Counts of calls.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    rows: BTreeMap<u64, Row>,
}

impl Summary {
    /// Counts a call that took so long.
    pub fn add(&mut self, number: u64, nanoseconds: u64, is_error: bool) {
        let row = self.rows.entry(number).or_default();
        row.calls += 1;
        row.errors += u64::from(is_error);
        row.nanoseconds += nanoseconds;
    }

    /// The table: what took longest comes first.
    pub fn table(&self) -> String {
        let mut rows: Vec<(&u64, &Row)> = self.rows.iter().collect();
        rows.sort_by_key(|(number, row)| (core::cmp::Reverse(row.nanoseconds), **number));
        let sum = self.rows.values().fold(Row::default(), |sum, row| Row {
            calls: sum.calls + row.calls,
            errors: sum.errors + row.errors,
            nanoseconds: sum.nanoseconds + row.nanoseconds,
        });
        let mut text = String::from("% time     seconds  usecs/call     calls    errors syscall\n");
        let rule = "------ ----------- ----------- --------- --------- ----------------\n";
        text += rule;
        for (number, row) in rows {
            add_line(&mut text, row, sum.nanoseconds, &call::name(*number));
        }
        text += rule;
        add_line(&mut text, &sum, sum.nanoseconds, "total");
        text
    }
}

fn add_line(text: &mut String, row: &Row, total: u64, name: &str) {
    // In hundredths of a per cent, and rounded to the nearest.
    let share = (row.nanoseconds * 10_000 + total / 2).checked_div(total).unwrap_or(0);
    let (whole, part) = (share / 100, share % 100);
    let micros = row.nanoseconds / 1000;
    let (seconds, rest) = (micros / 1_000_000, micros % 1_000_000);
    let each = micros.checked_div(row.calls).unwrap_or(0);
    let errors = if row.errors == 0 { String::new() } else { format!("{}", row.errors) };
    let calls = row.calls;
    // A string takes everything.
    let _ = writeln!(
        text,
        "{whole:>3}.{part:02} {seconds:>4}.{rest:06} {each:>11} {calls:>9} {errors:>9} {name}"
    );
}
