//! What clients ask of the display server, and what it tells everybody: messages of two topics.
//!
//! The kernel says which process has published a request, so no client can speak for another one.

use super::area::Area;
use crate::topic::Message;
use alloc::string::String;
use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::primitives::Rectangle;
use zerocopy::{FromBytes, Immutable};

/// Bytes of a region's name or of a title at most.
pub const TEXT_MAX: usize = 64;
/// Parts of a surface that one commit names.
pub const CHANGED_MAX: usize = 8;
/// Stands for any place that the server likes.
pub const ANYWHERE: i32 = i32::MIN;

/// What is asked for; a number that a client may get wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum Wish {
    /// Show a surface: the region of this name, with its size and place.
    Open = 1,
    /// Show another buffer of it, of which a part has changed.
    Commit = 2,
    /// Move it.
    Move = 3,
    /// Show it no longer.
    Close = 4,
}

impl Wish {
    /// The wish with this number.
    pub const fn from_number(number: u32) -> Option<Self> {
        match number {
            1 => Some(Self::Open),
            2 => Some(Self::Commit),
            3 => Some(Self::Move),
            4 => Some(Self::Close),
            _ => None,
        }
    }
}

/// The surface's pixels have alpha, and their colours are multiplied by it.
pub const BLENDED: u32 = 1;
/// The surface has neither title nor border.
pub const BARE: u32 = 2;

/// A request of a client.
#[derive(Clone, Copy, Debug, FromBytes, Immutable)]
#[repr(C)]
pub struct Request {
    /// [`Wish`].
    pub wish: u32,
    /// The client's number for the surface.
    pub surface: u32,
    /// The place of the left upper pixel.
    pub x: i32,
    /// The same.
    pub y: i32,
    /// Pixels of a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// [`BLENDED`], [`BARE`].
    pub flags: u32,
    /// The buffer that is committed, 0 or 1.
    pub buffer: u32,
    /// The number of this commit, counted from 1.
    pub number: u32,
    /// What has changed since the last commit: parts, each by its left upper pixel and its size.
    pub changed: [[u32; 4]; CHANGED_MAX],
    /// Bytes of the region's name that follow.
    pub name_length: u32,
    /// Bytes of the title that follow.
    pub title_length: u32,
    /// The region's name.
    pub name: [u8; TEXT_MAX],
    /// The title.
    pub title: [u8; TEXT_MAX],
}

impl Message for Request {
    const NAME: &'static str = "ScreenRequest";
}

impl Request {
    /// The name of the region.
    pub fn region(&self) -> String {
        text(&self.name, self.name_length)
    }

    /// The title, without what would be no text.
    pub fn title(&self) -> String {
        text(&self.title, self.title_length)
    }

    /// The place that is asked for.
    pub fn place(&self) -> Option<Point> {
        let is_somewhere = self.x != ANYWHERE && self.y != ANYWHERE;
        // Far outside of any screen is as good as outside, and cannot overflow.
        let near = |value: i32| value.clamp(-0x4000, 0x4000);
        is_somewhere.then(|| Point::new(near(self.x), near(self.y)))
    }

    /// What has changed, as far as it is in a surface of this size.
    pub fn changed_within(&self, size: Size) -> Area {
        let clipped = |start: u32, length: u32, side: u32| {
            let start = start.min(side);
            (start, length.min(side - start))
        };
        let mut area = Area::new();
        for [x, y, width, height] in self.changed {
            let (x, width) = clipped(x, width, size.width);
            let (y, height) = clipped(y, height, size.height);
            area.add(Rectangle::new(Point::new(x as i32, y as i32), Size::new(width, height)));
        }
        area
    }

    /// Names what has changed; parts are joined if there are too many.
    pub fn set_changed(&mut self, area: &Area) {
        for (to, part) in self.changed.iter_mut().zip(area.joined(CHANGED_MAX)) {
            let (at, size) = (part.top_left, part.size);
            *to = [at.x as u32, at.y as u32, size.width, size.height];
        }
    }
}

fn text(bytes: &[u8], length: u32) -> String {
    let length = bytes.len().min(length as usize);
    let text = String::from_utf8_lossy(&bytes[..length]);
    text.chars().filter(|character| !character.is_control()).collect()
}

/// The text as it lies in a request, cut at a character's end if it is too long; and its length.
pub fn text_bytes(text: &str) -> ([u8; TEXT_MAX], u32) {
    let end = (0..=text.len().min(TEXT_MAX)).rev().find(|end| text.is_char_boundary(*end));
    let text = &text.as_bytes()[..end.unwrap_or(0)];
    let mut bytes = [0; TEXT_MAX];
    bytes[..text.len()].copy_from_slice(text);
    (bytes, text.len() as u32)
}

/// A picture that the display server has shown.
#[derive(Clone, Copy, Debug, Default, Eq, FromBytes, Immutable, PartialEq)]
#[repr(C)]
pub struct Picture {
    /// Pictures so far.
    pub number: u64,
    /// Pixels that were new in it.
    pub changed: u64,
    /// Surfaces that there are.
    pub surfaces: u64,
    /// Nanoseconds that it took to compose.
    pub nanoseconds: u64,
}

impl Message for Picture {
    const NAME: &'static str = "ScreenPicture";
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use zerocopy::FromZeros;

    proptest! {
        #[test]
        fn whatever_a_client_says_has_changed_lies_in_its_surface(
            changed: [[u32; 4]; CHANGED_MAX], x: i32, y: i32, name_length: u32, title: [u8; 32], title_length: u32,
        ) {
            let mut request = Request { changed, x, y, name_length, title_length, ..Request::new_zeroed() };
            request.title[..32].copy_from_slice(&title);
            let whole = Rectangle::new(Point::zero(), Size::new(300, 200));
            let part = request.changed_within(whole.size);
            prop_assert!(part.parts().iter().all(|part| part.intersection(&whole) == *part));
            prop_assert!(request.place().is_none_or(|place| place.x.abs() <= 0x4000));
            prop_assert!(request.title().chars().all(|character| !character.is_control()));
            request.region();
        }
    }

    #[test]
    fn a_title_that_is_too_long_is_cut_between_characters() {
        let long = "ä".repeat(40);
        let (bytes, length) = text_bytes(&long);
        assert_eq!((length, core::str::from_utf8(&bytes[..length as usize]).is_ok()), (64, true));
        let (_, length) = text_bytes(&std::format!("a{long}"));
        assert_eq!(length, 63);
    }
}
