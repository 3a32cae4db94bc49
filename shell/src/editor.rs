//! Reads commands from a terminal: editing over several lines, history with search, completion,
//! hints.
//!
//! Bytes are taken one at a time: what follows the command's end stays in the terminal for the
//! program that it starts. Nothing ever waits for an answer of the terminal between two keys. While
//! more input waits nothing is drawn, so that fast input costs little and a paste of any length is
//! drawn once.

mod buffer;
mod keys;
mod listing;
mod search;
mod session;
mod view;

use crate::history::History;
use abi::Errno;
use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;
use keys::{Key, KeyDecoder};
use session::Session;

/// How long a terminal may take to tell its size before the first prompt.
const ANSWER_MILLISECONDS: u32 = 100;
/// Asks where the cursor would be in the last row and column, and leaves it where it is.
const SIZE_QUESTION: &[u8] = b"\x1b7\x1b[999;999H\x1b[6n\x1b8";

/// What came of reading a command.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Line {
    /// A command, without its end.
    Text(String),
    /// Ctrl-C: the command is thrown away.
    Interrupted,
    /// Ctrl-D on an empty line, or nothing more comes.
    EndOfInput,
}

/// What comes from a terminal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Input {
    /// A byte of a key.
    Byte(u8),
    /// It may have another size now.
    Resized,
    /// Nothing more.
    End,
}

/// How large a terminal is, in characters.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Size {
    /// Its width.
    pub columns: usize,
    /// Its height.
    pub rows: usize,
}

impl Size {
    /// What is assumed of a terminal that does not know it.
    pub const USUAL: Self = Self { columns: 80, rows: 24 };
    /// Nothing can be drawn on a smaller one.
    const LEAST: Self = Self { columns: 4, rows: 2 };

    /// The size to draw for when the terminal says it has so many columns and rows.
    pub fn usable(columns: u16, rows: u16) -> Self {
        let usable = |reported, usual, least| match usize::from(reported) {
            0 => usual,
            number => number.max(least),
        };
        Self {
            columns: usable(columns, Self::USUAL.columns, Self::LEAST.columns),
            rows: usable(rows, Self::USUAL.rows, Self::LEAST.rows),
        }
    }
}

/// The terminal, which gives keys one by one and adds a carriage return to each newline.
pub trait Terminal {
    /// Waits for what comes next.
    fn read(&mut self) -> Result<Input, Errno>;
    /// Writes all bytes.
    fn write(&mut self, bytes: &[u8]) -> Result<(), Errno>;
    /// Whether more input is there, or comes within this time.
    fn more_within(&mut self, milliseconds: u32) -> bool;
    /// How large it is.
    fn size(&mut self) -> Size;
    /// It was asked, and says that it is so large.
    fn has_told(&mut self, size: Size);
}

/// Who knows what could be meant.
pub trait Assistant {
    /// Whether a text is a whole command; else the next line belongs to it too.
    fn is_whole(&mut self, text: &str) -> bool;
    /// What could stand at the cursor.
    fn complete(&mut self, text: &str, cursor: usize) -> Completion;
}

/// What could stand at the cursor.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Completion {
    /// Where the word begins that would be replaced.
    pub start: usize,
    /// What it could be.
    pub candidates: Vec<Candidate>,
}

/// One word that could be meant.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Candidate {
    /// The text that stands for the word.
    pub text: String,
    /// What a list shows for it.
    pub label: String,
    /// What follows it if it is the only one: a blank, or nothing where it can go on.
    pub after: &'static str,
}

/// What stands before a command, and before each further line of it.
#[derive(Clone, Copy, Debug)]
pub struct Prompts<'a> {
    /// Before the first line.
    pub first: &'a str,
    /// Before the others.
    pub further: &'a str,
}

/// The line editor; what it holds is what outlasts a command.
#[derive(Debug, Default)]
pub struct LineEditor {
    keys: KeyDecoder,
    /// Keys that came while an answer was waited for.
    early: VecDeque<Key>,
    /// What was cut last.
    cut: String,
}

impl LineEditor {
    /// Asks the terminal how large it is, before anything is typed to it.
    ///
    /// A serial line does not tell. Whoever answers does it at once; an answer that comes later is
    /// understood while a command is edited. Where something is typed ahead nothing is asked, since
    /// the answer would come to the program that it starts.
    pub fn ask_size<T: Terminal>(&mut self, terminal: &mut T) -> Result<(), Errno> {
        if terminal.more_within(0) {
            return Ok(());
        }
        terminal.write(SIZE_QUESTION)?;
        while terminal.more_within(ANSWER_MILLISECONDS) {
            let Input::Byte(byte) = terminal.read()? else { break };
            match self.keys.advance(byte) {
                Some(Key::Position(rows, columns)) => {
                    terminal.has_told(Size::usable(columns, rows));
                    break;
                }
                Some(key) => {
                    self.early.push_back(key);
                    break;
                }
                None => {}
            }
        }
        Ok(())
    }

    /// Shows the prompt and reads a command.
    pub fn read_line<T: Terminal, A: Assistant>(
        &mut self,
        terminal: &mut T,
        assistant: &mut A,
        prompts: Prompts<'_>,
        history: &History,
    ) -> Result<Line, Errno> {
        let entries = history.entries().map(|(_, line)| line).collect();
        let cut = core::mem::take(&mut self.cut);
        let mut session = Session::new(terminal, assistant, prompts, entries, cut);
        session.begin()?;
        let line = loop {
            let key = match self.early.pop_front() {
                Some(key) => key,
                None => match session.read(&mut self.keys)? {
                    Some(key) => key,
                    None => break Line::EndOfInput,
                },
            };
            if let Some(line) = session.press(key)? {
                break line;
            }
        };
        self.cut = session.finish()?;
        Ok(line)
    }
}

#[cfg(test)]
mod tests;
