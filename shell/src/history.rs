//! The lines that were typed, oldest first, as many as are worth keeping.

use alloc::collections::VecDeque;
use alloc::string::{String, ToString};

/// A bounded list of lines, numbered from 1 for as long as the shell runs.
#[derive(Clone, Debug, Default)]
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

    /// The lines as a file keeps them: further lines of a command stand behind a tabulator.
    pub fn to_text(&self) -> String {
        let files = self.lines.iter().map(|line| line.replace('\n', "\n\t") + "\n");
        files.collect()
    }

    /// Adds the lines that a file has kept.
    pub fn add_text(&mut self, text: &str) {
        let mut command = String::new();
        for line in text.lines() {
            match line.strip_prefix('\t') {
                Some(further) => {
                    command.push('\n');
                    command.push_str(further);
                }
                None => {
                    self.add(&command);
                    command = line.to_string();
                }
            }
        }
        self.add(&command);
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
    fn a_file_keeps_commands_of_several_lines() {
        let mut history = History::new(9);
        for line in ["ls", "for i in 1 2; do\n  echo \\\n\ndone", "ps"] {
            history.add(line);
        }
        let text = history.to_text();
        assert_eq!(text, "ls\nfor i in 1 2; do\n\t  echo \\\n\t\n\tdone\nps\n");
        let mut other = History::new(9);
        other.add_text(&text);
        assert!(history.entries().eq(other.entries()));
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
