//! Reads a line from a terminal with editing and history.
//!
//! The editing is noline's. Noline alone asks the terminal for its size and the cursor's place
//! before each prompt and takes what comes next for the answer, so a line typed ahead would be
//! garbled and a console without a terminal behind it would wait for ever. Here noline talks to
//! `Link`, which answers those questions itself, passes on only keys that are whole and
//! known, and turns absolute cursor moves into relative ones (`screen`).
//!
//! Bytes are taken from the device one at a time: what follows the line's end stays there for the
//! program that the line starts.

mod keys;
mod screen;

use crate::history::History;
use alloc::collections::VecDeque;
use alloc::string::{String, ToString};
use embedded_io::{Error, ErrorKind, ErrorType, Read, Write};
use keys::{Key, KeyDecoder};
use noline::builder::EditorBuilder;
use noline::error::NolineError;
use screen::{PROMPT_CELL, Screen};

/// The narrowest terminal that is drawn for.
const MIN_COLUMNS: usize = 40;
/// What is assumed of a terminal that does not know its width.
const DEFAULT_COLUMNS: usize = 80;

/// What came of reading a line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Line {
    /// A line, without its end.
    Text(String),
    /// Ctrl-C: the line is thrown away.
    Interrupted,
    /// Ctrl-D on an empty line, or nothing more comes.
    EndOfInput,
}

/// The line editor; what it holds is the state between two lines.
#[derive(Debug, Default)]
pub struct LineEditor {
    keys: KeyDecoder,
}

impl LineEditor {
    /// The number of columns to draw for when the terminal says it has `reported`.
    pub fn usable_columns(reported: u16) -> usize {
        match usize::from(reported) {
            0 => DEFAULT_COLUMNS,
            columns => columns.max(MIN_COLUMNS),
        }
    }

    /// Prints `prompt` and reads a line from `device`, a terminal in raw mode that still sends a
    /// carriage return with each newline. The prompt must be shorter than `columns`.
    pub fn read_line<D: Read + Write>(
        &mut self,
        device: &mut D,
        prompt: &str,
        columns: usize,
        history: &History,
    ) -> Result<Line, ErrorKind> {
        let mut link = Link {
            device,
            keys: &mut self.keys,
            screen: Screen::new(prompt, columns),
            input: VecDeque::new(),
            last_key: None,
        };
        let cells: String = prompt.chars().map(|_| PROMPT_CELL).collect();
        let mut editor = EditorBuilder::new_unbounded()
            .with_unbounded_history()
            .build_sync(&mut link)
            .map_err(kind)?;
        editor.load_history(history.entries().map(|(_, line)| line));
        let line = match editor.readline(cells.as_str(), &mut link) {
            Ok(text) => Line::Text(text.to_string()),
            Err(NolineError::Aborted) if link.last_key == Some(Key::Interrupt) => Line::Interrupted,
            Err(NolineError::Aborted) => Line::EndOfInput,
            Err(error) => return Err(kind(error)),
        };
        link.send()?;
        Ok(line)
    }
}

fn kind(error: NolineError) -> ErrorKind {
    match error {
        NolineError::IoError(kind) => kind,
        NolineError::ParserError | NolineError::Aborted => ErrorKind::Other,
    }
}

/// What noline takes for the terminal.
struct Link<'a, D> {
    device: &'a mut D,
    keys: &'a mut KeyDecoder,
    screen: Screen<'a>,
    /// Bytes for noline: answers to its questions, and keys.
    input: VecDeque<u8>,
    last_key: Option<Key>,
}

impl<D: Read + Write> Link<'_, D> {
    /// Sends what was drawn to the device.
    fn send(&mut self) -> Result<(), ErrorKind> {
        let drawn = self.screen.take_output();
        self.device.write_all(&drawn).map_err(|error| error.kind())?;
        self.device.flush().map_err(|error| error.kind())
    }

    /// Waits for one byte and queues the key that it completes; false at the input's end.
    fn receive(&mut self) -> Result<bool, ErrorKind> {
        self.send()?;
        let mut byte = [0];
        if self.device.read(&mut byte).map_err(|error| error.kind())? == 0 {
            self.last_key = None;
            return Ok(false);
        }
        if let Some(key) = self.keys.advance(byte[0]) {
            match key {
                Key::Interrupt => self.screen.mark_interrupt(),
                Key::Control(0x0C) => self.screen.clear(),
                _ => {}
            }
            self.input.extend(key.noline_bytes());
            self.last_key = Some(key);
        }
        Ok(true)
    }
}

impl<D> ErrorType for Link<'_, D> {
    type Error = ErrorKind;
}

impl<D: Read + Write> Read for Link<'_, D> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        let Some(first) = buffer.first_mut() else { return Ok(0) };
        loop {
            if let Some(byte) = self.input.pop_front() {
                *first = byte;
                return Ok(1);
            }
            if !self.receive()? {
                return Ok(0);
            }
        }
    }
}

impl<D: Read + Write> Write for Link<'_, D> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        for &byte in bytes {
            if let Some(answer) = self.screen.advance(byte) {
                self.input.extend(answer.bytes());
            }
        }
        Ok(bytes.len())
    }

    /// Noline flushes after every piece; one write before the next wait is enough.
    fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
