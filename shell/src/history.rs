//! The lines that were typed, oldest first, as many as are worth keeping.

use alloc::collections::VecDeque;
use alloc::string::{String, ToString};

/// A bounded list of lines, numbered from 1 for as long as the shell runs.
#[derive(Clone, Debug, Default)]
pub struct History {
    lines: VecDeque<String>,
    first_number: usize,
    limit: usize,
    /// How many of the newest no file has yet.
    unsaved: usize,
}

impl History {
    /// A history that keeps the newest `limit` lines.
    pub fn new(limit: usize) -> Self {
        Self { lines: VecDeque::new(), first_number: 1, limit, unsaved: 0 }
    }

    /// Adds a line, unless it is blank or the same as the one before; whether it did.
    ///
    /// Tabulators before it are left out: they mean nothing, and in a file something else.
    pub fn add(&mut self, line: &str) -> bool {
        let line = line.trim_end().trim_start_matches('\t');
        if line.is_empty() || self.newest() == Some(line) {
            return false;
        }
        self.lines.push_back(line.to_string());
        self.unsaved += 1;
        while self.lines.len() > self.limit {
            self.lines.pop_front();
            self.first_number += 1;
        }
        true
    }

    /// The line that was added last.
    pub fn newest(&self) -> Option<&str> {
        self.lines.back().map(String::as_str)
    }

    /// Forgets the line that was added last.
    pub fn remove_newest(&mut self) {
        self.lines.pop_back();
        self.unsaved = self.unsaved.saturating_sub(1);
    }

    /// What a file has to keep besides what was taken before.
    pub fn take_unsaved(&mut self) -> String {
        let count = core::mem::take(&mut self.unsaved).min(self.lines.len());
        self.lines.range(self.lines.len() - count..).map(|line| file_text(line)).collect()
    }

    /// How many lines are kept.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// The lines as a file keeps them.
    pub fn to_text(&self) -> String {
        self.lines.iter().map(|line| file_text(line)).collect()
    }

    /// Adds the lines that a file has kept.
    pub fn add_text(&mut self, text: &str) {
        let mut command = String::new();
        for line in text.split_terminator('\n') {
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

/// A command as a file keeps it: its further lines stand behind a tabulator.
pub fn file_text(command: &str) -> String {
    command.trim_end().replace('\n', "\n\t") + "\n"
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
    fn a_command_behind_a_tabulator_or_with_carriage_returns_is_the_same_in_a_file() {
        let mut history = History::new(9);
        for line in ["one", "\t\ttwo", "a\r\nb"] {
            history.add(line);
        }
        let mut again = History::new(9);
        again.add_text(&history.to_text());
        assert_eq!(
            again.entries().map(|(_, line)| line).collect::<Vec<_>>(),
            ["one", "two", "a\r\nb"]
        );
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

    #[test]
    fn what_is_added_is_told_and_the_newest_can_be_forgotten() {
        let mut history = History::new(9);
        assert_eq!([history.add("ls"), history.add("ls "), history.add(" ")], [true, false, false]);
        assert_eq!(history.newest(), Some("ls"));
        history.remove_newest();
        assert_eq!(history.newest(), None);
        history.remove_newest();
        assert_eq!(history.take_unsaved(), "");
        assert!(history.add("ps"));
        assert_eq!([history.take_unsaved(), history.take_unsaved()], ["ps\n", ""]);
        assert_eq!(history.entries().collect::<Vec<_>>(), [(1, "ps")]);
    }

    #[test]
    fn lines_that_several_shells_have_appended_are_read_in_their_order() {
        let file = file_text("one\n  two ") + &file_text("ls") + &file_text("ps");
        let mut history = History::new(9);
        history.add_text(&file);
        assert_eq!(history.to_text(), file);
        let lines: Vec<_> = history.entries().map(|(_, line)| line).collect();
        assert_eq!(lines, ["one\n  two", "ls", "ps"]);
    }
}
