//! What stands on a terminal: characters in rows, as the bytes that were printed say (ECMA-48, what of it programs use).

use alloc::format;
use alloc::vec;
use alloc::vec::Vec;
use vte::{Params, Parser, Perform};

/// Columns from one tabulator stop to the next.
const TAB: usize = 8;

/// A character with its looks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Glyph {
    /// The character.
    pub character: char,
    /// Its colour, 0 to 7; 8 is the usual one.
    pub colour: u8,
    /// Whether it stands out, is faint, or neither.
    pub weight: Weight,
}

/// How much a character stands out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Weight {
    Normal,
    Bold,
    Faint,
}

const BLANK: Glyph = Glyph { character: ' ', colour: 8, weight: Weight::Normal };

/// A terminal's contents.
pub struct Grid {
    parser: Parser,
    /// What was printed and is not with the parser yet: the first bytes of a character.
    begun: Vec<u8>,
    screen: Screen,
}

struct Screen {
    columns: usize,
    rows: Vec<Vec<Glyph>>,
    /// Rows that have changed since somebody asked.
    changed: Vec<bool>,
    column: usize,
    row: usize,
    /// Where the cursor was when that was to be remembered.
    saved: (usize, usize),
    has_cursor: bool,
    pen: Glyph,
    /// What the program has asked, and is to be typed to it.
    answers: Vec<u8>,
}

impl Grid {
    /// An empty terminal.
    pub fn new(columns: usize, rows: usize) -> Self {
        let (columns, rows) = (columns.max(1), rows.max(1));
        let screen = Screen {
            columns,
            rows: vec![vec![BLANK; columns]; rows],
            changed: vec![true; rows],
            column: 0,
            row: 0,
            saved: (0, 0),
            has_cursor: true,
            pen: BLANK,
            answers: Vec::new(),
        };
        Self { parser: Parser::new(), begun: Vec::new(), screen }
    }

    /// Takes what was printed; returns what the terminal answers to it.
    pub fn print(&mut self, bytes: &[u8]) -> Vec<u8> {
        // The cursor leaves its row, and comes to another one.
        self.screen.changed[self.screen.row] = true;
        // A character is given to the parser as a whole: behind one that comes in pieces it can lose another.
        self.begun.extend_from_slice(bytes);
        let whole = self.begun.len() - unfinished(&self.begun);
        self.parser.advance(&mut self.screen, &self.begun[..whole]);
        self.begun.drain(..whole);
        self.screen.changed[self.screen.row] = true;
        core::mem::take(&mut self.screen.answers)
    }

    /// Where the cursor is, by row and column.
    pub fn cursor(&self) -> Option<(usize, usize)> {
        let Screen { row, column, columns, has_cursor, .. } = self.screen;
        has_cursor.then(|| (row, column.min(columns - 1)))
    }

    /// A row's characters.
    pub fn row(&self, row: usize) -> &[Glyph] {
        &self.screen.rows[row]
    }

    /// The rows that have changed since the last time.
    pub fn take_changed(&mut self) -> Vec<usize> {
        let changed = self.screen.changed.iter_mut().enumerate();
        changed.filter_map(|(row, changed)| core::mem::take(changed).then_some(row)).collect()
    }
}

/// Bytes at the end that begin a character, and are not all of it.
fn unfinished(bytes: &[u8]) -> usize {
    let is_begun = |rest: &[u8]| {
        let error = str::from_utf8(rest).err();
        error.is_some_and(|error| error.valid_up_to() == 0 && error.error_len().is_none())
    };
    (1..=bytes.len().min(3)).find(|count| is_begun(&bytes[bytes.len() - count..])).unwrap_or(0)
}

impl Screen {
    fn new_line(&mut self) {
        self.row += 1;
        if self.row == self.rows.len() {
            self.row -= 1;
            self.rows.rotate_left(1);
            self.rows[self.row].fill(BLANK);
            self.changed.fill(true);
        }
    }

    /// Moves what is in a row from the cursor on, by so many columns to the right, or to the left if there are fewer.
    fn shift(&mut self, to_the_right: isize) {
        let here = self.column.min(self.columns);
        let row = &mut self.rows[self.row][here..];
        let count = to_the_right.unsigned_abs().min(row.len());
        if to_the_right > 0 {
            row.rotate_right(count);
            row[..count].fill(BLANK);
        } else {
            row.rotate_left(count);
            let end = row.len() - count;
            row[end..].fill(BLANK);
        }
        self.changed[self.row] = true;
    }

    /// Moves the rows from the cursor's on, by so many down, or up.
    fn shift_rows(&mut self, down: isize) {
        let rows = &mut self.rows[self.row..];
        let count = down.unsigned_abs().min(rows.len());
        let end = rows.len() - count;
        let blank = if down > 0 {
            rows.rotate_right(count);
            &mut rows[..count]
        } else {
            rows.rotate_left(count);
            &mut rows[end..]
        };
        blank.iter_mut().for_each(|row| row.fill(BLANK));
        self.changed[self.row..].fill(true);
    }

    fn move_to(&mut self, row: usize, column: usize) {
        self.row = row.min(self.rows.len() - 1);
        self.column = column.min(self.columns - 1);
    }

    /// Blanks a part of a row.
    fn erase(&mut self, row: usize, from: usize, to: usize) {
        self.rows[row][from..to].fill(BLANK);
        self.changed[row] = true;
    }

    fn erase_line(&mut self, which: u16) {
        let here = self.column.min(self.columns);
        match which {
            0 => self.erase(self.row, here, self.columns),
            1 => self.erase(self.row, 0, (here + 1).min(self.columns)),
            _ => self.erase(self.row, 0, self.columns),
        }
    }

    fn erase_screen(&mut self, which: u16) {
        let rows = match which {
            0 => self.row + 1..self.rows.len(),
            1 => 0..self.row,
            _ => 0..self.rows.len(),
        };
        rows.for_each(|row| self.erase(row, 0, self.columns));
        self.erase_line(which);
    }

    fn set_looks(&mut self, parameters: &Params) {
        let mut parameters = parameters.iter();
        while let Some(parameter) = parameters.next() {
            match parameter[0] {
                // One of 256 colours, or of all. There is none of them, and their numbers mean nothing else.
                38 | 48 if parameter.len() == 1 => {
                    let numbers = match parameters.next() {
                        Some([5, ..]) => 1,
                        Some([2, ..]) => 3,
                        _ => 0,
                    };
                    parameters.by_ref().take(numbers).for_each(drop);
                }
                0 => self.pen = BLANK,
                1 => self.pen.weight = Weight::Bold,
                2 => self.pen.weight = Weight::Faint,
                22 => self.pen.weight = Weight::Normal,
                colour @ 30..=37 => self.pen.colour = (colour - 30) as u8,
                39 => self.pen.colour = BLANK.colour,
                90 => (self.pen.colour, self.pen.weight) = (BLANK.colour, Weight::Faint),
                colour @ 91..=97 => self.pen.colour = (colour - 90) as u8,
                _ => {}
            }
        }
    }
}

impl Perform for Screen {
    fn print(&mut self, character: char) {
        // The parser takes DEL for a character; a terminal passes over it.
        if character == '\x7F' {
            return;
        }
        if self.column >= self.columns {
            self.column = 0;
            self.new_line();
        }
        self.rows[self.row][self.column] = Glyph { character, ..self.pen };
        self.changed[self.row] = true;
        self.column += 1;
    }

    fn execute(&mut self, byte: u8) {
        match byte {
            b'\n' => self.new_line(),
            b'\r' => self.column = 0,
            b'\t' => self.column = ((self.column / TAB + 1) * TAB).min(self.columns - 1),
            8 => self.column = self.column.saturating_sub(1),
            _ => {}
        }
    }

    fn esc_dispatch(&mut self, _: &[u8], _: bool, byte: u8) {
        match byte {
            b'7' => self.saved = (self.row, self.column),
            b'8' => self.move_to(self.saved.0, self.saved.1),
            _ => {}
        }
    }

    fn csi_dispatch(&mut self, parameters: &Params, marks: &[u8], _: bool, action: char) {
        let mut numbers = parameters.iter().map(|parameter| parameter[0]);
        let first = numbers.next().unwrap_or(0);
        let second = usize::from(numbers.next().unwrap_or(1).max(1));
        let count = usize::from(first.max(1));
        if marks == b"?" {
            match (action, first) {
                ('h', 25) => self.has_cursor = true,
                ('l', 25) => self.has_cursor = false,
                _ => {}
            }
            return;
        }
        match action {
            'm' => self.set_looks(parameters),
            'K' => self.erase_line(first),
            'J' => self.erase_screen(first),
            'A' => self.row = self.row.saturating_sub(count),
            'B' => self.move_to(self.row + count, self.column),
            'C' => self.move_to(self.row, self.column + count),
            'D' => self.column = self.column.min(self.columns).saturating_sub(count),
            'G' => self.move_to(self.row, count - 1),
            'd' => self.move_to(count - 1, self.column),
            'H' | 'f' => self.move_to(count - 1, second - 1),
            '@' => self.shift(count as isize),
            'P' => self.shift(-(count as isize)),
            'L' => self.shift_rows(count as isize),
            'M' => self.shift_rows(-(count as isize)),
            'X' => {
                let here = self.column.min(self.columns);
                self.erase(self.row, here, (here + count).min(self.columns));
            }
            's' => self.saved = (self.row, self.column),
            'u' => self.move_to(self.saved.0, self.saved.1),
            'n' => self.answer(first),
            _ => {}
        }
    }
}

impl Screen {
    /// Tells that all is well, or where the cursor is.
    fn answer(&mut self, question: u16) {
        match question {
            5 => self.answers.extend_from_slice(b"\x1b[0n"),
            6 => {
                let column = self.column.min(self.columns - 1) + 1;
                self.answers
                    .extend_from_slice(format!("\x1b[{};{column}R", self.row + 1).as_bytes());
            }
            _ => {}
        }
    }
}
