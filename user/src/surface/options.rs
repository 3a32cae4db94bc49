//! Where a window is to be and how large: the options of all programs that open one.

use crate::error::{Error, Result};
use crate::options::{Argument, Arguments, unknown};
use alloc::format;
use embedded_graphics::geometry::{Point, Size};

/// For the help of such programs.
pub const HELP: &str =
    "--at X,Y puts the window's picture there; --size WIDTHxHEIGHT makes it so large.";

/// What a person wants of a window.
#[derive(Clone, Copy, Debug)]
pub struct Geometry {
    /// The place of its left upper pixel.
    pub place: Option<Point>,
    /// Its size.
    pub size: Size,
}

impl Geometry {
    /// A window of this size, anywhere.
    pub const fn of(width: u32, height: u32) -> Self {
        Self { place: None, size: Size::new(width, height) }
    }

    /// Reads one of the options; any other is an error.
    pub fn read<'a, I: Iterator<Item = &'a str>>(
        &mut self,
        option: Argument<'a>,
        values: &mut Arguments<'a, I>,
    ) -> Result<()> {
        match option {
            Argument::Long("at") => {
                let text = values.value()?;
                let (x, y) = numbers(text, ',')
                    .ok_or_else(|| wrong(text, "a place", "places look like 20,40"))?;
                self.place = Some(Point::new(x, y));
            }
            Argument::Long("size") => {
                let text = values.value()?;
                let (width, height) = numbers(text, 'x')
                    .ok_or_else(|| wrong(text, "a size", "sizes look like 320x200"))?;
                self.size = Size::new(width, height);
            }
            option => return Err(unknown(option)),
        }
        Ok(())
    }
}

fn wrong(text: &str, what: &str, advice: &str) -> Error {
    Error::message(format!("{text}: not {what}")).advice(advice)
}

fn numbers<T: core::str::FromStr>(text: &str, between: char) -> Option<(T, T)> {
    let (one, other) = text.split_once(between)?;
    Some((one.parse().ok()?, other.parse().ok()?))
}
