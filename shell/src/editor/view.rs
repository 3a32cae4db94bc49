//! Draws the command: only what has changed, with moves relative to the cursor.
//!
//! Where on the screen the command stands is not known, and need not be. At the right edge a
//! terminal holds the cursor back until the next character; a cursor moved there is not held, so
//! what is drawn on from there begins with the last character once more. Of a command with more
//! rows than the screen those around the cursor are drawn; rows that have left the screen at its top
//! can not be reached.

use super::Size;
use alloc::format;
use alloc::vec::Vec;
use unicode_width::UnicodeWidthChar;

/// How a hint looks: grey.
const HINT: &[u8] = b"\x1b[90m";
const PLAIN: &[u8] = b"\x1b[0m";

/// How many columns a character takes; a newline counts as one that can be stood on.
pub(super) fn width(character: char) -> usize {
    character.width().unwrap_or(1)
}

/// A character and how it looks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Cell {
    character: char,
    is_hint: bool,
}

impl Cell {
    const fn is_newline(self) -> bool {
        self.character == '\n'
    }

    fn width(self) -> usize {
        if self.is_newline() { 0 } else { width(self.character) }
    }

    fn is_put_onto_another(self) -> bool {
        !self.is_newline() && self.width() == 0
    }
}

/// What is to be seen.
#[derive(Clone, Debug, Default)]
pub(super) struct Frame {
    cells: Vec<Cell>,
    /// The index of the cell under the cursor.
    cursor: usize,
}

impl Frame {
    /// A prompt and a text with the cursor at an offset; `further` stands before its further lines.
    pub(super) fn new(prompt: &str, further: &str, text: &str, cursor: usize) -> Self {
        let mut frame = Self::default();
        prompt.chars().for_each(|character| frame.push(character, false));
        for (offset, character) in text.char_indices() {
            if offset == cursor {
                frame.cursor = frame.cells.len();
            }
            frame.push(character, false);
            if character == '\n' {
                further.chars().for_each(|character| frame.push(character, false));
            }
        }
        if cursor == text.len() {
            frame.cursor = frame.cells.len();
        }
        frame
    }

    /// The same with a hint behind it.
    pub(super) fn with_hint(mut self, hint: &str) -> Self {
        hint.chars().for_each(|character| self.push(character, true));
        self
    }

    fn push(&mut self, character: char, is_hint: bool) {
        // What a file or a name has of control characters must not reach the terminal.
        let is_shown = character == '\n' || !character.is_control();
        let character = if is_shown { character } else { '?' };
        self.cells.push(Cell { character, is_hint });
    }
}

/// A row and a column, from the command's beginning.
type Place = (usize, usize);

/// What is on the screen.
#[derive(Debug)]
pub(super) struct View {
    size: Size,
    /// What was drawn, also above the screen.
    shown: Vec<Cell>,
    /// The first row that is on the screen.
    top: usize,
    /// Where the terminal's cursor is.
    at: Place,
    /// Whether the terminal holds the cursor back at the right edge.
    is_held: bool,
    output: Vec<u8>,
}

impl View {
    pub(super) const fn new(size: Size) -> Self {
        Self { size, shown: Vec::new(), top: 0, at: (0, 0), is_held: false, output: Vec::new() }
    }

    /// Nothing is shown: the cursor stands where the command is to begin.
    pub(super) fn forget(&mut self) {
        *self = Self::new(self.size);
    }

    /// Takes a new size; all is drawn anew if it has changed.
    pub(super) fn resize(&mut self, size: Size) {
        if size == self.size {
            return;
        }
        self.move_to((self.top, 0));
        let output = core::mem::take(&mut self.output);
        *self = Self { output, ..Self::new(size) };
        self.output.extend(b"\r\x1b[J");
    }

    /// The bytes that make the screen show a frame.
    pub(super) fn show(&mut self, frame: Frame) -> Vec<u8> {
        let Frame { mut cells, cursor } = frame;
        let places = self.places(&cells);
        let start = self.first_to_draw(&cells, &places);
        let end_row = places[cells.len()].0;
        let scrolled = self.top.max((end_row + 1).saturating_sub(self.size.rows));
        let is_reached = start.is_none_or(|start| places[start].0 >= self.top);
        if places[cursor].0 >= scrolled && is_reached {
            if let Some(start) = start {
                self.draw(start, &cells, &places);
            }
            self.top = scrolled;
        } else {
            self.show_window(&mut cells, &places, places[cursor].0);
        }
        self.move_to(places[cursor]);
        self.shown = cells;
        core::mem::take(&mut self.output)
    }

    /// Draws as many rows as the screen has, among them the cursor's.
    fn show_window(&mut self, cells: &mut Vec<Cell>, places: &[Place], cursor_row: usize) {
        let rows = self.size.rows;
        let highest = (cursor_row + 1).saturating_sub(rows);
        let lowest = cursor_row.min((places[cells.len()].0 + 1).saturating_sub(rows));
        let top = self.top.max(highest).min(lowest);
        let mut end = places[..cells.len()].partition_point(|place| place.0 < top + rows);
        // A newline in the last row would move all up.
        if end < cells.len() && cells[end - 1].is_newline() {
            end -= 1;
        }
        cells.truncate(end);
        let start = self.first_to_draw(cells, places);
        let is_reached = start.is_none_or(|start| places[start].0 >= top);
        if top == self.top && is_reached {
            if let Some(start) = start {
                self.draw(start, cells, places);
            }
            return;
        }
        self.move_to((self.top, 0));
        self.output.extend(b"\x1b[J");
        self.at = (top, 0);
        let first = places[..end].partition_point(|place| place.0 < top);
        self.print(&cells[first..], &places[first..]);
        self.top = top;
    }

    /// The first cell that must be drawn, if any must.
    fn first_to_draw(&self, cells: &[Cell], places: &[Place]) -> Option<usize> {
        let same = self.shown.iter().zip(cells).take_while(|(old, new)| old == new).count();
        if same == cells.len() && same == self.shown.len() {
            return None;
        }
        let is_put = |cells: &[Cell], at: usize| {
            cells.get(at).is_some_and(|cell| cell.is_put_onto_another())
        };
        let base = |mut start: usize| {
            while start > 0 && (is_put(cells, start) || is_put(&self.shown, start)) {
                start -= 1;
            }
            start
        };
        let start = base(same);
        let from = self.behind(start, cells, places);
        let is_wrapped = start > 0 && (from.1 == self.size.columns || from != places[start]);
        let is_there = self.at == from && (self.is_held || from.1 < self.size.columns);
        let goes_down = cells.get(start).is_some_and(|cell| cell.is_newline());
        let erases = start < self.shown.len();
        let goes_on = !erases && (is_there || goes_down);
        Some(if is_wrapped && !goes_on { base(start - 1) } else { start })
    }

    /// Where the cursor is when all before a cell is printed.
    fn behind(&self, index: usize, cells: &[Cell], places: &[Place]) -> Place {
        match index.checked_sub(1) {
            Some(before) if !cells[before].is_newline() => {
                (places[before].0, places[before].1 + cells[before].width())
            }
            _ => places[index],
        }
    }

    /// Where each cell stands, and the end.
    fn places(&self, cells: &[Cell]) -> Vec<Place> {
        let mut places = Vec::with_capacity(cells.len() + 1);
        let (mut row, mut column) = (0, 0);
        for cell in cells {
            // What does not fit begins the next row. At the edge the cursor is held.
            if cell.width() > 0 && column + cell.width() > self.size.columns {
                (row, column) = (row + 1, 0);
            }
            places.push((row, column));
            let behind = (row, column + cell.width());
            (row, column) = if cell.is_newline() { (row + 1, 0) } else { behind };
        }
        places.push((row, column));
        places
    }

    fn draw(&mut self, start: usize, cells: &[Cell], places: &[Place]) {
        self.move_to(self.behind(start, cells, places));
        if start < self.shown.len() {
            self.output.extend(b"\x1b[J");
        }
        self.print(&cells[start..], &places[start..]);
    }

    fn print(&mut self, cells: &[Cell], places: &[Place]) {
        let mut is_hint = false;
        for (cell, place) in cells.iter().zip(places) {
            if cell.is_hint != is_hint {
                is_hint = cell.is_hint;
                self.output.extend(if is_hint { HINT } else { PLAIN });
            }
            // Not all terminals let a wide character go to the next row by itself.
            if place.0 > self.at.0 && self.at.1 < self.size.columns {
                self.output.push(b' ');
            }
            self.output.extend(cell.character.encode_utf8(&mut [0; 4]).bytes());
            let behind = (place.0, place.1 + cell.width());
            self.at = if cell.is_newline() { (place.0 + 1, 0) } else { behind };
            self.is_held = self.at.1 == self.size.columns;
        }
        if is_hint {
            self.output.extend(PLAIN);
        }
    }

    fn move_to(&mut self, target: Place) {
        if target == self.at {
            return;
        }
        if self.is_held {
            // Terminals differ in where a cursor that is held back moves from.
            self.output.push(b'\r');
            self.at.1 = 0;
        }
        let edge = self.size.columns - 1;
        self.step(self.at.0, target.0, ['A', 'B']);
        self.step(self.at.1.min(edge), target.1.min(edge), ['D', 'C']);
        self.at = target;
        self.is_held = false;
    }

    fn step(&mut self, from: usize, to: usize, [less, more]: [char; 2]) {
        let letter = if to < from { less } else { more };
        match from.abs_diff(to) {
            0 => {}
            1 => self.output.extend(format!("\x1b[{letter}").bytes()),
            count => self.output.extend(format!("\x1b[{count}{letter}").bytes()),
        }
    }
}
