//! Colours (SGR), when standard output is a terminal.

use crate::io::STDOUT;
pub use crate::table::Colour;
use crate::table::{Align, Table};
use crate::terminal;
pub use crate::units::Size;
use core::fmt::{self, Display};

/// Whether standard output shows colours.
pub fn colour() -> Colour {
    if terminal::is_terminal(STDOUT) { Colour::On } else { Colour::Off }
}

/// A table on standard output.
pub fn table(columns: &[(&'static str, Align)]) -> Table {
    Table::new(columns, colour())
}

/// A way to show text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Style {
    /// Headings.
    Bold,
    /// Remarks.
    Dim,
    /// What went well.
    Green,
    /// What failed.
    Red,
    /// What is said about what follows.
    Cyan,
}

impl Style {
    const fn code(self) -> u8 {
        match self {
            Self::Bold => 1,
            Self::Dim => 2,
            Self::Green => 32,
            Self::Red => 31,
            Self::Cyan => 36,
        }
    }

    /// Text that displays in this style where there are colours.
    pub const fn paint<T: Display>(self, colour: Colour, text: T) -> Painted<T> {
        Painted { style: self, colour, text }
    }
}

/// Text with a style.
#[derive(Clone, Copy, Debug)]
pub struct Painted<T> {
    style: Style,
    colour: Colour,
    text: T,
}

impl<T: Display> Display for Painted<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.colour {
            Colour::On => write!(formatter, "\x1b[{}m{}\x1b[0m", self.style.code(), self.text),
            Colour::Off => self.text.fmt(formatter),
        }
    }
}
