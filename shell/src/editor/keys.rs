//! Bytes from the terminal to keys.
//!
//! Sequences that nobody knows, answers that nobody asked for and bytes that are no UTF-8 are
//! dropped as wholes, so that no part of them is taken for text.

use alloc::vec::Vec;

const ESCAPE: u8 = 0x1B;
/// The longest parameter of a sequence that is kept; the rest is not looked at.
const PARAMETER_MAX: usize = 16;

/// One key press, or what a terminal sends by itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Key {
    Character(char),
    /// Enter, or a line's end in pasted text.
    Enter,
    Interrupt,
    EndOfInput,
    Tab,
    Left,
    Right,
    Up,
    Down,
    Home,
    End,
    WordLeft,
    WordRight,
    Backspace,
    Delete,
    CutToEnd,
    CutToStart,
    /// To the blank before the word.
    CutWordBefore,
    /// To the beginning of the word's letters.
    CutLettersBefore,
    CutWordAfter,
    Yank,
    Transpose,
    Undo,
    ClearScreen,
    Search,
    Cancel,
    PasteBegin,
    PasteEnd,
    /// Where the cursor is, by row and column from 1.
    Position(u16, u16),
}

#[derive(Debug, Default, Eq, PartialEq)]
enum State {
    #[default]
    Ground,
    /// After CR: an LF belongs to the same line end.
    Return,
    /// Inside a character of several bytes.
    Character(Vec<u8>),
    Escape,
    /// After `ESC O`.
    SingleShift,
    /// After `ESC [`: the parameter so far.
    Sequence(Vec<u8>),
}

/// Collects bytes until they make a key.
#[derive(Debug, Default)]
pub(super) struct KeyDecoder {
    state: State,
}

impl KeyDecoder {
    /// Whether more bytes must come to complete a key.
    pub(super) fn is_within_key(&self) -> bool {
        !matches!(self.state, State::Ground | State::Return)
    }

    /// Takes a byte; gives the key that it completes.
    pub(super) fn advance(&mut self, byte: u8) -> Option<Key> {
        match core::mem::take(&mut self.state) {
            State::Return if byte == b'\n' => None,
            State::Ground | State::Return => self.begin(byte),
            State::Character(bytes) => self.go_on(bytes, byte),
            State::Escape => self.escaped(byte),
            State::SingleShift if byte >= 0x20 => sequence_key(b"", byte),
            State::Sequence(mut parameter) if (0x20..0x40).contains(&byte) => {
                if parameter.len() < PARAMETER_MAX {
                    parameter.push(byte);
                }
                self.state = State::Sequence(parameter);
                None
            }
            State::Sequence(parameter) if byte >= 0x40 => sequence_key(&parameter, byte),
            // A control byte ends a sequence that was cut short.
            State::SingleShift | State::Sequence(_) => self.begin(byte),
        }
    }

    fn escaped(&mut self, byte: u8) -> Option<Key> {
        match byte {
            b'[' => self.state = State::Sequence(Vec::new()),
            b'O' => self.state = State::SingleShift,
            b'b' => return Some(Key::WordLeft),
            b'f' => return Some(Key::WordRight),
            b'd' => return Some(Key::CutWordAfter),
            0x7F | 0x08 => return Some(Key::CutLettersBefore),
            0..0x20 => return self.begin(byte),
            _ => {}
        }
        None
    }

    fn begin(&mut self, byte: u8) -> Option<Key> {
        Some(match byte {
            b'\r' => {
                self.state = State::Return;
                Key::Enter
            }
            ESCAPE => {
                self.state = State::Escape;
                return None;
            }
            0x80.. => {
                self.state = State::Character([byte].to_vec());
                return None;
            }
            0..0x20 | 0x7F => return control_key(byte),
            _ => Key::Character(char::from(byte)),
        })
    }

    fn go_on(&mut self, mut bytes: Vec<u8>, byte: u8) -> Option<Key> {
        if byte < 0x80 {
            return self.begin(byte);
        }
        bytes.push(byte);
        match core::str::from_utf8(&bytes) {
            Ok(text) => text.chars().next().filter(|c| !c.is_control()).map(Key::Character),
            Err(error) => {
                if error.error_len().is_none() {
                    self.state = State::Character(bytes);
                }
                None
            }
        }
    }
}

/// Control characters, as Emacs and most shells have them.
fn control_key(byte: u8) -> Option<Key> {
    Some(match byte {
        b'\n' => Key::Enter,
        b'\t' => Key::Tab,
        0x08 | 0x7F => Key::Backspace,
        _ => match byte + b'@' {
            b'A' => Key::Home,
            b'B' => Key::Left,
            b'C' => Key::Interrupt,
            b'D' => Key::EndOfInput,
            b'E' => Key::End,
            b'F' => Key::Right,
            b'G' => Key::Cancel,
            b'K' => Key::CutToEnd,
            b'L' => Key::ClearScreen,
            b'N' => Key::Down,
            b'P' => Key::Up,
            b'R' => Key::Search,
            b'T' => Key::Transpose,
            b'U' => Key::CutToStart,
            b'W' => Key::CutWordBefore,
            b'Y' => Key::Yank,
            b'_' => Key::Undo,
            _ => return None,
        },
    })
}

fn sequence_key(parameter: &[u8], last: u8) -> Option<Key> {
    // `1;5` and `1;3` are the control and the alternate key.
    let is_word = matches!(parameter, b"1;5" | b"1;3" | b"5" | b"3");
    Some(match (parameter, last) {
        (_, b'C') if is_word => Key::WordRight,
        (_, b'D') if is_word => Key::WordLeft,
        (_, b'A') => Key::Up,
        (_, b'B') => Key::Down,
        (_, b'C') => Key::Right,
        (_, b'D') => Key::Left,
        (_, b'H') | (b"1" | b"7", b'~') => Key::Home,
        (_, b'F') | (b"4" | b"8", b'~') => Key::End,
        (b"3", b'~') => Key::Delete,
        (b"3;5" | b"3;3", b'~') => Key::CutWordAfter,
        (b"200", b'~') => Key::PasteBegin,
        (b"201", b'~') => Key::PasteEnd,
        (_, b'R') => return position(parameter),
        _ => return None,
    })
}

fn position(parameter: &[u8]) -> Option<Key> {
    let (row, column) = core::str::from_utf8(parameter).ok()?.split_once(';')?;
    Some(Key::Position(row.parse().ok()?, column.parse().ok()?))
}
