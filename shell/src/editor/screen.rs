//! Noline's drawing, made independent of where on the screen the line is.
//!
//! Noline moves the cursor to absolute places and therefore asks where it is. Here it is told that
//! it draws at the top of a very high screen, its moves are followed, and each is sent as the
//! difference to where the cursor is.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem::take;

/// Stands for one column of the prompt; no key types it.
pub(super) const PROMPT_CELL: char = '\u{1}';

/// Rows that noline believes in: the most whose numbers it can write, so that it never scrolls.
const ROWS: usize = 9999;

#[derive(Debug, Eq, PartialEq)]
enum Phase {
    /// Noline asks for the size.
    Size,
    /// Noline prints the first prompt and asks where the cursor is.
    Prompt,
    Editing,
}

#[derive(Debug, Eq, PartialEq)]
enum State {
    Text,
    Escape,
    /// After `ESC [`: the parameters so far.
    Sequence(String),
}

/// Follows noline's output and makes the terminal's.
#[derive(Debug)]
pub(super) struct Screen<'a> {
    prompt: &'a str,
    columns: usize,
    phase: Phase,
    state: State,
    in_prompt: bool,
    row: usize,
    column: usize,
    output: Vec<u8>,
}

impl<'a> Screen<'a> {
    pub(super) fn new(prompt: &'a str, columns: usize) -> Self {
        Self {
            prompt,
            columns,
            phase: Phase::Size,
            state: State::Text,
            in_prompt: false,
            row: 0,
            column: 0,
            output: Vec::new(),
        }
    }

    /// What is to be sent to the terminal.
    pub(super) fn take_output(&mut self) -> Vec<u8> {
        take(&mut self.output)
    }

    /// Shows that the line was thrown away. What noline draws after this is a newline below the
    /// line, so the mark's columns need not be counted.
    pub(super) fn mark_interrupt(&mut self) {
        self.output.extend(b"^C");
    }

    /// Empties the terminal; noline then draws the prompt anew.
    pub(super) fn clear(&mut self) {
        self.output.extend(b"\x1b[H\x1b[2J");
        (self.row, self.column) = (0, 0);
    }

    /// Takes a byte of noline's; gives the answer to a question that it completes.
    pub(super) fn advance(&mut self, byte: u8) -> Option<String> {
        match take_state(&mut self.state) {
            State::Text => {
                self.text(byte);
                None
            }
            State::Escape => {
                // Else it is ESC 7 or ESC 8, which belong to the question for the size.
                if byte == b'[' {
                    self.state = State::Sequence(String::new());
                }
                None
            }
            State::Sequence(parameters) if byte >= 0x40 => self.sequence(&parameters, byte),
            State::Sequence(mut parameters) => {
                parameters.push(char::from(byte));
                self.state = State::Sequence(parameters);
                None
            }
        }
    }

    fn text(&mut self, byte: u8) {
        let is_prompt = char::from(byte) == PROMPT_CELL;
        if is_prompt && !take(&mut self.in_prompt) {
            self.output.extend(self.prompt.as_bytes());
        }
        self.in_prompt = is_prompt;
        match byte {
            0x1B => self.state = State::Escape,
            b'\n' => {
                // The terminal's output processing adds the carriage return.
                self.output.push(byte);
                (self.row, self.column) = (self.row + 1, 0);
            }
            b'\r' if self.column == 0 => {}
            b'\r' => {
                self.output.push(byte);
                self.column = 0;
            }
            7 => self.output.push(byte),
            _ => {
                if !is_prompt {
                    self.output.push(byte);
                }
                // The bytes of a character after its first one take no room.
                self.column += usize::from(byte & 0xC0 != 0x80);
            }
        }
    }

    fn sequence(&mut self, parameters: &str, last: u8) -> Option<String> {
        match (last, &self.phase) {
            (b'n', Phase::Size) => {
                self.phase = Phase::Prompt;
                return Some(format!("\x1b[{ROWS};{}R", self.columns));
            }
            (b'n', _) => {
                self.phase = Phase::Editing;
                return Some(format!("\x1b[{};{}R", self.row + 1, self.column + 1));
            }
            (b'H', Phase::Editing) => self.move_to(parameters),
            // Before the first prompt it would wipe out the end of what a program printed.
            (b'J', Phase::Editing) => self.output.extend(b"\x1b[J"),
            _ => {}
        }
        None
    }

    fn move_to(&mut self, parameters: &str) {
        let (row, column) = parameters.split_once(';').unwrap_or((parameters, "1"));
        let target = |text: &str| text.parse::<usize>().unwrap_or(1).saturating_sub(1);
        let (row, column) = (target(row), target(column));
        // At the right edge a terminal holds the cursor back until the next character, so its
        // column is one less than counted.
        let held = self.column.min(self.columns - 1);
        self.step(self.row, row, ['A', 'B']);
        self.step(held, column, ['D', 'C']);
        (self.row, self.column) = (row, column);
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

fn take_state(state: &mut State) -> State {
    core::mem::replace(state, State::Text)
}
