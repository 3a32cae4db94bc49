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
        row.nanoseconds = row.nanoseconds.saturating_add(nanoseconds);
    }

    /// The table: what took longest comes first.
    pub fn table(&self) -> String {
        let mut rows: Vec<(&u64, &Row)> = self.rows.iter().collect();
        rows.sort_by_key(|(number, row)| (core::cmp::Reverse(row.nanoseconds), **number));
        let sum = self.rows.values().fold(Row::default(), |sum, row| Row {
            calls: sum.calls + row.calls,
            errors: sum.errors + row.errors,
            nanoseconds: sum.nanoseconds.saturating_add(row.nanoseconds),
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
    // In hundredths of a per cent, and rounded to the nearest. Many threads together wait for weeks in a day: so
    // many are more than 64 bits can tell.
    let (of, total) = (u128::from(row.nanoseconds), u128::from(total));
    let share = (of * 10_000 + total / 2).checked_div(total).unwrap_or(0);
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Found by a fuzzer: a hundred threads that wait for five hours were told with a wrong share.
    #[test]
    fn the_share_of_a_long_time_is_right() {
        let mut summary = Summary::default();
        summary.add(56, 3 << 60, false);
        summary.add(57, 1 << 60, false);
        let table = summary.table();
        let shares: Vec<&str> =
            table.lines().filter_map(|line| line.split_whitespace().next()).collect();
        assert_eq!((shares[2], shares[3]), ("75.00", "25.00"));
    }
}
