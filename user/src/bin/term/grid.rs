//! What stands on a terminal: characters in rows, as the bytes that were printed say (ECMA-48, what of it programs use).

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
    screen: Screen,
}

struct Screen {
    columns: usize,
    rows: Vec<Vec<Glyph>>,
    /// Rows that have changed since somebody asked.
    changed: Vec<bool>,
    column: usize,
    row: usize,
    pen: Glyph,
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
            pen: BLANK,
        };
        Self { parser: Parser::new(), screen }
    }

    /// Takes what was printed.
    pub fn print(&mut self, bytes: &[u8]) {
        self.parser.advance(&mut self.screen, bytes);
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
        for parameter in parameters {
            match parameter[0] {
                0 => self.pen = BLANK,
                1 => self.pen.weight = Weight::Bold,
                2 => self.pen.weight = Weight::Faint,
                22 => self.pen.weight = Weight::Normal,
                colour @ 30..=37 => self.pen.colour = (colour - 30) as u8,
                39 => self.pen.colour = BLANK.colour,
                colour @ 90..=97 => self.pen.colour = (colour - 90) as u8,
                _ => {}
            }
        }
    }
}

impl Perform for Screen {
    fn print(&mut self, character: char) {
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
            b'\n' => {
                self.column = 0;
                self.new_line();
            }
            b'\r' => self.column = 0,
            b'\t' => self.column = ((self.column / TAB + 1) * TAB).min(self.columns - 1),
            8 => self.column = self.column.saturating_sub(1),
            _ => {}
        }
    }

    fn csi_dispatch(&mut self, parameters: &Params, _: &[u8], _: bool, action: char) {
        let mut numbers = parameters.iter().map(|parameter| parameter[0]);
        let first = numbers.next().unwrap_or(0);
        let count = usize::from(first.max(1));
        match action {
            'm' => self.set_looks(parameters),
            'K' => self.erase_line(first),
            'J' => self.erase_screen(first),
            'A' => self.row = self.row.saturating_sub(count),
            'B' => self.row = (self.row + count).min(self.rows.len() - 1),
            'C' => self.column = (self.column + count).min(self.columns - 1),
            'D' => self.column = self.column.saturating_sub(count),
            'H' | 'f' => {
                let column = usize::from(numbers.next().unwrap_or(1).max(1));
                self.row = count.min(self.rows.len()) - 1;
                self.column = column.min(self.columns) - 1;
            }
            _ => {}
        }
    }
}
