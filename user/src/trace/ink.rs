//! Colours of a trace, where there are any.

use crate::table::Colour;
use alloc::format;
use alloc::string::String;

/// What a piece of a line is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ink {
    /// The name of a call.
    Call,
    /// The name of a call of Commons' own.
    Native,
    /// An error.
    Error,
    /// A signal.
    Signal,
    /// What is said beside the calls.
    Remark,
}

impl Ink {
    const fn code(self) -> &'static str {
        match self {
            Self::Call => "1",
            Self::Native => "1;36",
            Self::Error => "31",
            Self::Signal => "33",
            Self::Remark => "2",
        }
    }

    /// The text in this colour.
    pub fn paint(self, colour: Colour, text: &str) -> String {
        match colour {
            Colour::On => format!("\x1b[{}m{text}\x1b[0m", self.code()),
            Colour::Off => text.into(),
        }
    }
}
