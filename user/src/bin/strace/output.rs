//! Where the lines go: standard error, or a file.

use user::error::{Context, Result};
use user::fs::File;
use user::io::{self, STDERR};
use user::table::Colour;
use user::terminal;

/// Where the lines go.
pub struct Output(Option<File>);

impl Output {
    /// A file of this path, or standard error.
    pub fn new(path: Option<&str>) -> Result<Self> {
        path.map(File::create).transpose().map(Self)
    }

    /// Whether it shows colours.
    pub fn colour(&self) -> Colour {
        match self.0 {
            None if terminal::is_terminal(STDERR) => Colour::On,
            _ => Colour::Off,
        }
    }

    /// Whether it is a file.
    pub const fn is_file(&self) -> bool {
        self.0.is_some()
    }

    /// Writes text, at once.
    pub fn write(&self, text: &str) -> Result<()> {
        match &self.0 {
            Some(file) => file.write_all(text.as_bytes()),
            None => io::write_all(STDERR, text.as_bytes()).context("standard error"),
        }
    }
}
