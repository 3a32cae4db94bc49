//! The lines that were typed, oldest first, as many as are worth keeping.

use alloc::collections::VecDeque;
use alloc::string::{String, ToString};

/// A bounded list of lines, numbered from 1 for as long as the shell runs.
#[derive(Debug)]
pub struct History {
    lines: VecDeque<String>,
    first_number: usize,
    limit: usize,
}

impl History {
    /// A history that keeps the newest `limit` lines.
    pub fn new(limit: usize) -> Self {
        Self { lines: VecDeque::new(), first_number: 1, limit }
    }

    /// Adds a line, unless it is blank or the same as the one before.
    pub fn add(&mut self, line: &str) {
        let line = line.trim_end();
        if line.is_empty() || self.lines.back().is_some_and(|last| last == line) {
            return;
        }
        self.lines.push_back(line.to_string());
        while self.lines.len() > self.limit {
            self.lines.pop_front();
            self.first_number += 1;
        }
    }

    /// The lines with their numbers, oldest first.
    pub fn entries(&self) -> impl Iterator<Item = (usize, &str)> {
        (self.first_number..).zip(self.lines.iter().map(String::as_str))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn the_oldest_lines_make_room_and_numbers_go_on() {
        let mut history = History::new(2);
        for line in ["one", "two", "three"] {
            history.add(line);
        }
        assert_eq!(history.entries().collect::<Vec<_>>(), [(2, "two"), (3, "three")]);
    }

    #[test]
    fn blank_and_repeated_lines_are_not_kept() {
        let mut history = History::new(9);
        for line in ["ls", "ls ", "", "  ", "ps", "ls"] {
            history.add(line);
        }
        let lines: Vec<_> = history.entries().map(|(_, line)| line).collect();
        assert_eq!(lines, ["ls", "ps", "ls"]);
    }
}
