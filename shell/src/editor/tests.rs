//! Tests of the line editor on a terminal emulator: what is on the screen after which keys.

mod completing;
mod editing;
mod pasting;
mod properties;
mod remembering;
mod windows;

use super::*;
use alloc::string::ToString;
use core::num::NonZero;

/// What a person does.
#[derive(Clone, Debug)]
enum Act {
    /// Types bytes without a pause.
    Type(Vec<u8>),
    /// Waits long enough for a hint.
    Pause,
    /// Makes the window so large, after a moment.
    Resize(u16, u16),
}

/// A person at an emulated terminal.
struct Console {
    acts: VecDeque<Act>,
    screen: vt100::Parser,
    size: Size,
    /// All that was written.
    written: Vec<u8>,
    /// The sizes that the terminal was found to have.
    told: Vec<Size>,
    /// Whether there is nothing behind the line that would answer.
    is_mute: bool,
}

impl Console {
    fn new(keys: &[u8]) -> Self {
        Self::sized(8, 40, &[Act::Type(keys.to_vec())])
    }

    fn sized(rows: u16, columns: u16, acts: &[Act]) -> Self {
        Self {
            acts: acts.iter().cloned().collect(),
            screen: vt100::Parser::new(
                NonZero::new(rows).unwrap(),
                NonZero::new(columns).unwrap(),
                500,
            ),
            size: Size::usable(columns, rows),
            written: Vec::new(),
            told: Vec::new(),
            is_mute: true,
        }
    }

    /// Shows text as a program's output, with the terminal's newline processing.
    fn show(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if *byte == b'\n' {
                self.screen.process(b"\r");
            }
            self.screen.process(&[*byte]);
        }
    }

    /// The rows down to the last one with something in it, without blanks at their ends.
    fn rows(&self) -> Vec<String> {
        let columns = self.screen.screen().size().1.get();
        let rows = self.screen.screen().rows(0, columns);
        let mut rows: Vec<String> = rows.map(|row| row.trim_end().to_string()).collect();
        while rows.last().is_some_and(String::is_empty) {
            rows.pop();
        }
        rows
    }

    fn cursor(&self) -> (u16, u16) {
        self.screen.screen().cursor_position()
    }

    /// The bytes that nobody has read.
    fn left(&self) -> Vec<u8> {
        let typed = self.acts.iter().filter_map(|act| match act {
            Act::Type(bytes) => Some(bytes.clone()),
            _ => None,
        });
        typed.collect::<Vec<_>>().concat()
    }

    fn skip_empty(&mut self) {
        while matches!(self.acts.front(), Some(Act::Type(bytes)) if bytes.is_empty()) {
            self.acts.pop_front();
        }
    }
}

impl Terminal for Console {
    fn read(&mut self) -> Result<Input, Errno> {
        loop {
            self.skip_empty();
            match self.acts.front_mut() {
                None => return Ok(Input::End),
                Some(Act::Type(bytes)) => return Ok(Input::Byte(bytes.remove(0))),
                Some(Act::Pause) => drop(self.acts.pop_front()),
                Some(Act::Resize(rows, columns)) => {
                    let (rows, columns) = (*rows, *columns);
                    self.acts.pop_front();
                    let size = [rows, columns].map(|number| NonZero::new(number).unwrap());
                    if self.screen.screen().size() != (size[0], size[1]) {
                        self.screen.screen_mut().set_size(size[0], size[1]);
                    }
                    self.size = Size::usable(columns, rows);
                    return Ok(Input::Resized);
                }
            }
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Errno> {
        self.written.extend(bytes);
        self.show(bytes);
        if bytes.ends_with(SIZE_QUESTION) && !self.is_mute {
            let (rows, columns) = self.screen.screen().size();
            let answer = alloc::format!("\x1b[{rows};{columns}R");
            self.acts.push_front(Act::Type(answer.into_bytes()));
        }
        Ok(())
    }

    fn more_within(&mut self, milliseconds: u32) -> bool {
        self.skip_empty();
        match self.acts.front() {
            Some(Act::Type(_)) => true,
            Some(Act::Pause) if milliseconds > 0 => {
                self.acts.pop_front();
                false
            }
            Some(Act::Pause) | None => false,
            // It comes within the time of a hint.
            Some(Act::Resize(..)) => milliseconds > 0,
        }
    }

    fn size(&mut self) -> Size {
        self.size
    }

    fn has_told(&mut self, size: Size) {
        self.told.push(size);
        self.size = size;
    }
}

/// Knows some words, and that a quote must be closed.
struct Helper {
    words: &'static [&'static str],
}

impl Assistant for Helper {
    fn is_whole(&mut self, text: &str) -> bool {
        text.matches('"').count().is_multiple_of(2)
    }

    fn complete(&mut self, text: &str, cursor: usize) -> Completion {
        let start = text[..cursor].rfind(' ').map_or(0, |at| at + 1);
        let fitting = self.words.iter().filter(|word| word.starts_with(&text[start..cursor]));
        let candidates = fitting.map(|word| Candidate {
            text: (*word).to_string(),
            label: (*word).to_string(),
            after: " ",
        });
        Completion { start, candidates: candidates.collect() }
    }
}

const PROMPTS: Prompts<'_> = Prompts { first: "commons:/# ", further: "> " };

fn read_with(editor: &mut LineEditor, console: &mut Console, history: &[&str]) -> Line {
    let mut entries = History::new(99);
    for entry in history {
        entries.add(entry);
    }
    let mut helper = Helper { words: &["cat", "catalogue", "produce", "über"] };
    editor.read_line(console, &mut helper, PROMPTS, &entries).unwrap()
}

fn read(console: &mut Console, history: &[&str]) -> Line {
    read_with(&mut LineEditor::default(), console, history)
}

/// What is on the screen when a person has done this and looks at it.
fn screen_after(acts: &[Act], history: &[&str]) -> Console {
    let mut console = Console::sized(8, 40, acts);
    assert_eq!(read(&mut console, history), Line::EndOfInput);
    console
}

fn keys(keys: &[u8]) -> Act {
    Act::Type(keys.to_vec())
}

fn text(text: &str) -> Line {
    Line::Text(text.to_string())
}

/// The line that keys make.
fn line_of(keys: &str) -> Line {
    read(&mut Console::new(alloc::format!("{keys}\r").as_bytes()), &[])
}
