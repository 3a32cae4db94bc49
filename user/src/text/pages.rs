//! Text on a screen: rows of a width, in which long lines go on.

use alloc::string::String;
use alloc::vec::Vec;

/// How far apart tabulator stops are.
const TAB: usize = 8;

/// A line as rows of at most so many columns: tabulators become blanks, and what cannot be shown is
/// shown as `^X` or as a replacement.
pub fn rows(line: &[u8], width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut rows = Vec::new();
    let mut row = String::new();
    let mut used = 0;
    let mut put = |letter: char| {
        if used == width {
            rows.push(core::mem::take(&mut row));
            used = 0;
        }
        row.push(letter);
        used += 1;
        used
    };
    let mut column = 0;
    for letter in String::from_utf8_lossy(line).chars() {
        match letter {
            '\t' => {
                let next = (column / TAB + 1) * TAB;
                (column..next).for_each(|_| {
                    put(' ');
                });
                column = next;
            }
            letter if letter.is_control() => {
                put('^');
                let shown = u8::try_from(letter).ok().filter(u8::is_ascii);
                put(shown.map_or('?', |byte| char::from(byte ^ 0x40)));
                column += 2;
            }
            letter => {
                put(letter);
                column += 1;
            }
        }
    }
    rows.push(row);
    rows
}

/// A text, and the part of it that is on a screen.
pub struct Pager {
    lines: Vec<Vec<u8>>,
    width: usize,
    height: usize,
    /// The line and the row of it that are at the top.
    top: (usize, usize),
}

impl Pager {
    /// The beginning of a text.
    pub const fn new(lines: Vec<Vec<u8>>, width: usize, height: usize) -> Self {
        Self { lines, width, height, top: (0, 0) }
    }

    /// The screen has this size now; if it is another one, the line at the top is shown from its start.
    pub fn resize(&mut self, width: usize, height: usize) {
        if width != self.width {
            self.top.1 = 0;
        }
        (self.width, self.height) = (width, height.max(1));
    }

    /// Rows that there is room for.
    pub const fn height(&self) -> usize {
        self.height
    }

    /// The rows on the screen; fewer than there is room for where the text ends.
    pub fn screen(&self) -> Vec<String> {
        let (line, row) = self.top;
        let rest = self.lines.iter().skip(line).flat_map(|line| rows(line, self.width));
        rest.skip(row).take(self.height).collect()
    }

    /// The number of the line at the top, from 1, and of all lines.
    pub const fn place(&self) -> (usize, usize) {
        (self.top.0 + 1, self.lines.len())
    }

    /// Whether the end is on the screen.
    pub fn is_at_end(&self) -> bool {
        self.top >= self.last_top()
    }

    /// The place at the top that has the end at the bottom.
    fn last_top(&self) -> (usize, usize) {
        let mut left = self.height;
        for (index, line) in self.lines.iter().enumerate().rev() {
            let count = rows(line, self.width).len();
            if count >= left {
                return (index, count - left);
            }
            left -= count;
        }
        (0, 0)
    }

    /// Goes on by so many rows, as far as the end.
    pub fn down(&mut self, count: usize) {
        let last = self.last_top();
        for _ in 0..count {
            if self.top >= last {
                return;
            }
            let (line, row) = self.top;
            let is_over = row + 1 >= rows(&self.lines[line], self.width).len();
            self.top = if is_over { (line + 1, 0) } else { (line, row + 1) };
        }
    }

    /// Goes back by so many rows, as far as the beginning.
    pub fn up(&mut self, count: usize) {
        for _ in 0..count {
            self.top = match self.top {
                (0, 0) => return,
                (line, 0) => (line - 1, rows(&self.lines[line - 1], self.width).len() - 1),
                (line, row) => (line, row - 1),
            };
        }
    }

    /// Goes to the beginning.
    pub const fn to_start(&mut self) {
        self.top = (0, 0);
    }

    /// Goes to the end.
    pub fn to_end(&mut self) {
        self.top = self.last_top();
    }

    /// Goes to the next line behind the top one that `is_it` finds, or before it; tells whether
    /// there is one.
    pub fn seek(&mut self, direction: Direction, is_it: impl Fn(&[u8]) -> bool) -> bool {
        let found = match direction {
            Direction::Forwards => {
                let start = self.top.0 + 1;
                let behind = self.lines.iter().skip(start).position(|line| is_it(line));
                behind.map(|place| start + place)
            }
            Direction::Backwards => {
                self.lines[..self.top.0.min(self.lines.len())].iter().rposition(|line| is_it(line))
            }
        };
        if let Some(line) = found {
            self.top = (line, 0);
        }
        found.is_some()
    }
}

/// Where to look.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Direction {
    /// To the end.
    Forwards,
    /// To the beginning.
    Backwards,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_go_on_in_the_next_row() {
        assert_eq!(rows(b"", 4), [""]);
        assert_eq!(rows(b"abcd", 4), ["abcd"]);
        assert_eq!(rows(b"abcde", 4), ["abcd", "e"]);
        assert_eq!(rows("größe".as_bytes(), 4), ["größ", "e"]);
    }

    #[test]
    fn tabulators_are_blanks_and_controls_are_seen() {
        assert_eq!(rows(b"a\tb", 20), ["a       b"]);
        assert_eq!(rows(b"a\x1b[0m\x7f\xff", 20), ["a^[[0m^?\u{fffd}"]);
    }

    fn pager(text: &str, width: usize, height: usize) -> Pager {
        Pager::new(text.lines().map(|line| line.as_bytes().to_vec()).collect(), width, height)
    }

    #[test]
    fn a_text_is_paged_by_rows_and_stops_at_its_ends() {
        let mut pager = pager("1\n2abcdef\n3\n4", 4, 3);
        assert_eq!(pager.screen(), ["1", "2abc", "def"]);
        pager.down(1);
        assert_eq!(pager.screen(), ["2abc", "def", "3"]);
        assert!(!pager.is_at_end());
        pager.down(9);
        assert_eq!(pager.screen(), ["def", "3", "4"]);
        assert!(pager.is_at_end());
        assert_eq!(pager.place(), (2, 4));
        pager.up(1);
        assert_eq!(pager.screen(), ["2abc", "def", "3"]);
        pager.up(9);
        assert_eq!(pager.place(), (1, 4));
        pager.to_end();
        pager.to_start();
        assert_eq!(pager.screen(), ["1", "2abc", "def"]);
    }

    #[test]
    fn a_line_longer_than_the_screen_is_gone_through() {
        let mut pager = pager("abcdefgh\nz", 2, 2);
        for expected in [["ab", "cd"], ["cd", "ef"], ["ef", "gh"], ["gh", "z"]] {
            // As before each picture; nothing has changed.
            pager.resize(2, 2);
            assert_eq!(pager.screen(), expected);
            pager.down(1);
        }
        pager.resize(4, 2);
        assert_eq!(pager.screen(), ["abcd", "efgh"]);
    }

    #[test]
    fn a_short_text_stays_where_it_is() {
        for text in ["", "a\nb"] {
            let mut pager = pager(text, 10, 5);
            pager.down(3);
            pager.to_end();
            assert_eq!(pager.screen().join("\n"), text);
            assert!(pager.is_at_end());
        }
    }

    #[test]
    fn lines_are_sought_both_ways() {
        let mut pager = pager("a\nb\na\nc\nd\ne", 10, 2);
        let is_a = |line: &[u8]| line == b"a";
        assert!(pager.seek(Direction::Forwards, is_a));
        assert_eq!(pager.place().0, 3);
        assert!(!pager.seek(Direction::Forwards, is_a));
        assert!(pager.seek(Direction::Backwards, is_a));
        assert_eq!(pager.place().0, 1);
    }
}
