//! Tables for listings: columns as wide as their widest cell, numbers to the right.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// On which side of its column a cell stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Align {
    /// For text.
    Left,
    /// For numbers.
    Right,
}

/// Whether escape sequences may be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Colour {
    /// The reader is a terminal.
    On,
    /// The reader is a program.
    Off,
}

/// A table with a header line.
#[derive(Clone, Debug)]
pub struct Table {
    columns: Vec<(&'static str, Align)>,
    rows: Vec<Vec<String>>,
    colour: Colour,
}

impl Table {
    /// A table without rows.
    pub fn new(columns: &[(&'static str, Align)], colour: Colour) -> Self {
        Self { columns: columns.into(), rows: Vec::new(), colour }
    }

    /// Adds a row; cells that are missing are empty.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// How wide each column is.
    fn widths(&self) -> Vec<usize> {
        let width = |(column, (title, _)): (usize, &(&str, Align))| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            let widest = cells.map(|cell| cell.chars().count()).max().unwrap_or(0);
            widest.max(title.len())
        };
        self.columns.iter().enumerate().map(width).collect()
    }

    fn line(
        &self,
        formatter: &mut fmt::Formatter<'_>,
        cells: &[&str],
        widths: &[usize],
    ) -> fmt::Result {
        let last = self.columns.len() - 1;
        for (column, ((_, align), width)) in self.columns.iter().zip(widths).enumerate() {
            let cell = cells.get(column).copied().unwrap_or("");
            match align {
                Align::Right => write!(formatter, "{cell:>width$}")?,
                // Nothing stands behind the last column.
                Align::Left if column == last => formatter.write_str(cell)?,
                Align::Left => write!(formatter, "{cell:<width$}")?,
            }
            formatter.write_str(if column == last { "" } else { "  " })?;
        }
        Ok(())
    }
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.columns.is_empty() {
            return Ok(());
        }
        let (bold, plain) = match self.colour {
            Colour::On => ("\x1b[1;36m", "\x1b[0m"),
            Colour::Off => ("", ""),
        };
        let widths = self.widths();
        formatter.write_str(bold)?;
        let titles: Vec<&str> = self.columns.iter().map(|(title, _)| *title).collect();
        self.line(formatter, &titles, &widths)?;
        writeln!(formatter, "{plain}")?;
        for row in &self.rows {
            let cells: Vec<&str> = row.iter().map(String::as_str).collect();
            self.line(formatter, &cells, &widths)?;
            writeln!(formatter)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn numbers_stand_right_and_text_left() {
        let columns = [("NAME", Align::Left), ("SIZE", Align::Right), ("OWNER", Align::Left)];
        let mut table = Table::new(&columns, Colour::Off);
        table.row(["/demo".to_string(), "65536".to_string(), "root".to_string()]);
        table.row(["/x".to_string(), "8".to_string()]);
        assert_eq!(table.to_string(), "NAME    SIZE  OWNER\n/demo  65536  root\n/x         8  \n");
    }

    #[test]
    fn the_widths_of_a_long_table_are_found_once() {
        // Once a line, this would take minutes.
        let rows = 100_000;
        let mut table = Table::new(&[("N", Align::Right)], Colour::Off);
        (0..rows).for_each(|row| table.row([row.to_string()]));
        assert_eq!(table.to_string().lines().count(), rows + 1);
    }

    #[test]
    fn only_the_header_of_a_terminal_has_colour() {
        let mut table = Table::new(&[("A", Align::Right)], Colour::On);
        table.row(["12".to_string()]);
        assert_eq!(table.to_string(), "\x1b[1;36m A\x1b[0m\n12\n");
    }
}
