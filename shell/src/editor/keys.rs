//! Bytes from the terminal to keys, and keys to the bytes that noline knows.
//!
//! Noline panics on some escape sequences and believes invalid UTF-8, so it only ever sees whole
//! characters, single control bytes and one sequence, Delete.

use alloc::vec::Vec;

const ESCAPE: u8 = 0x1B;

/// One key press.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Key {
    /// A character that is typed into the line.
    Character(char),
    /// A control character other than those below.
    Control(u8),
    /// Enter.
    Enter,
    /// Ctrl-C.
    Interrupt,
    /// The Delete key.
    Delete,
}

impl Key {
    /// The bytes that make noline do what the key says.
    pub(super) fn noline_bytes(&self) -> Vec<u8> {
        // Ctrl-E first where noline writes a newline: output must begin below the whole line.
        match self {
            Self::Character(character) => character.encode_utf8(&mut [0; 4]).bytes().collect(),
            Self::Control(byte) => [*byte].to_vec(),
            Self::Enter => b"\x05\r".to_vec(),
            Self::Interrupt => b"\x05\x03".to_vec(),
            Self::Delete => b"\x1b[3~".to_vec(),
        }
    }
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
    /// Takes a byte; gives the key that it completes.
    pub(super) fn advance(&mut self, byte: u8) -> Option<Key> {
        match core::mem::take(&mut self.state) {
            State::Return if byte == b'\n' => None,
            State::Ground | State::Return => self.begin(byte),
            State::Character(bytes) => self.go_on(bytes, byte),
            State::Escape => {
                match byte {
                    b'[' => self.state = State::Sequence(Vec::new()),
                    b'O' => self.state = State::SingleShift,
                    0..0x20 => return self.begin(byte),
                    _ => {}
                }
                None
            }
            State::SingleShift if byte >= 0x20 => sequence_key(b"", byte),
            State::Sequence(mut parameter) if (0x20..0x40).contains(&byte) => {
                parameter.push(byte);
                self.state = State::Sequence(parameter);
                None
            }
            State::Sequence(parameter) if byte >= 0x40 => sequence_key(&parameter, byte),
            // A control byte ends a sequence that was cut short.
            State::SingleShift | State::Sequence(_) => self.begin(byte),
        }
    }

    fn begin(&mut self, byte: u8) -> Option<Key> {
        match byte {
            b'\r' => {
                self.state = State::Return;
                Some(Key::Enter)
            }
            b'\n' => Some(Key::Enter),
            3 => Some(Key::Interrupt),
            ESCAPE => {
                self.state = State::Escape;
                None
            }
            0 => None,
            // Pasted text may have tabs; there is nothing to complete yet.
            b'\t' => Some(Key::Character(' ')),
            1..0x20 | 0x7F => Some(Key::Control(byte)),
            0x20..0x7F => Some(Key::Character(char::from(byte))),
            0x80.. => {
                self.state = State::Character([byte].to_vec());
                None
            }
        }
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

fn sequence_key(parameter: &[u8], last: u8) -> Option<Key> {
    const CTRL_A: u8 = 1;
    const CTRL_B: u8 = 2;
    const CTRL_E: u8 = 5;
    const CTRL_F: u8 = 6;
    const CTRL_N: u8 = 14;
    const CTRL_P: u8 = 16;
    match (parameter, last) {
        (_, b'A') => Some(Key::Control(CTRL_P)),
        (_, b'B') => Some(Key::Control(CTRL_N)),
        (_, b'C') => Some(Key::Control(CTRL_F)),
        (_, b'D') => Some(Key::Control(CTRL_B)),
        (_, b'H') | (b"1" | b"7", b'~') => Some(Key::Control(CTRL_A)),
        (_, b'F') | (b"4" | b"8", b'~') => Some(Key::Control(CTRL_E)),
        (b"3", b'~') => Some(Key::Delete),
        _ => None,
    }
}
