//! The boxes that stand for processes, regions and topics, with what is written in them.

use super::grid::text_width;
use super::model::{Process, Region, Topic};
use crate::screen::palette;
use crate::units::Size as Bytes;
use alloc::format;
use alloc::string::String;
use embedded_graphics::Drawable;
use embedded_graphics::draw_target::{DrawTarget, DrawTargetExt};
use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::mono_font::ascii::{FONT_5X8, FONT_6X10};
use embedded_graphics::mono_font::{MonoFont, MonoTextStyle};
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::primitives::Rectangle;
use embedded_graphics::text::{Baseline, Text};

/// A box at least as high has the larger font, if the text has room for it.
const LARGE_FONT: u32 = 12;
/// Pixels of a process's bar, at most.
const BAR: u32 = 76;
/// Pixels of the stripe that has the colour of the box's lines.
const STRIPE: u32 = 5;
/// Private pages.
pub const PRIVATE: Rgb888 = Rgb888::new(92, 122, 190);
/// Pages that are copied when they are written.
pub const COPIED: Rgb888 = Rgb888::new(176, 118, 200);
/// Pages of regions.
pub const SHARED: Rgb888 = Rgb888::new(110, 196, 120);
/// Pages that wait to be claimed.
pub const OFFERED: Rgb888 = Rgb888::new(255, 150, 60);
/// Messages and their topics.
pub const MESSAGE: Rgb888 = Rgb888::new(102, 222, 255);
const BOX: Rgb888 = Rgb888::new(30, 37, 54);

/// Writes from a point on.
pub fn write<T: DrawTarget<Color = Rgb888>>(
    text: &str,
    at: Point,
    font: &MonoFont<'_>,
    colour: Rgb888,
    target: &mut T,
) -> Result<(), T::Error> {
    Text::with_baseline(text, at, MonoTextStyle::new(font, colour), Baseline::Top)
        .draw(target)
        .map(drop)
}

/// The text with its font, as far as there is room: what is left out is told by `~`.
fn fitted(text: &str, size: Size) -> (String, &'static MonoFont<'static>) {
    let room = |font: &MonoFont<'_>| (size.width / font.character_size.width) as usize;
    let length = text.chars().count();
    let is_large = size.height >= LARGE_FONT && length <= room(&FONT_6X10);
    let font = if is_large { &FONT_6X10 } else { &FONT_5X8 };
    if length <= room(font) {
        return (text.into(), font);
    }
    let kept = text.chars().take(room(font).saturating_sub(1));
    (kept.chain(['~']).collect(), font)
}

/// Writes in a box, as high as its middle.
fn label<T: DrawTarget<Color = Rgb888>>(
    text: &str,
    area: &Rectangle,
    target: &mut T,
) -> Result<(), T::Error> {
    let (text, font) = fitted(text, area.size);
    let top = (area.size.height.saturating_sub(font.character_size.height) / 2) as i32;
    let at = area.top_left + Point::new(0, top);
    write(&text, at, font, palette::INK, &mut target.clipped(area))
}

/// An empty box with its stripe, and the room for its text.
fn begin<T: DrawTarget<Color = Rgb888>>(
    at: &Rectangle,
    colour: Rgb888,
    text_end: u32,
    target: &mut T,
) -> Result<Rectangle, T::Error> {
    target.fill_solid(at, BOX)?;
    target.fill_solid(&Rectangle::new(at.top_left, Size::new(STRIPE, at.size.height)), colour)?;
    let inset = STRIPE + 4;
    let size = Size::new(text_end.saturating_sub(inset + 2), at.size.height);
    Ok(Rectangle::new(at.top_left + Point::new(inset as i32, 0), size))
}

/// Draws a process, with a bar of its pages.
pub fn draw_process<T: DrawTarget<Color = Rgb888>>(
    process: &Process,
    at: &Rectangle,
    target: &mut T,
) -> Result<(), T::Error> {
    let bar = BAR.min(at.size.width * 2 / 5);
    let text_end = at.size.width.saturating_sub(bar + 4);
    let area = begin(at, palette::distinct(process.pid.into()), text_end, target)?;
    label(&format!("{} {}", process.name, process.pid), &area, target)?;
    let parts = [
        (process.private, PRIVATE),
        (process.copied, COPIED),
        (process.shared, SHARED),
        (process.offered, OFFERED),
    ];
    let mut x = at.top_left.x + text_end as i32;
    let end = x + bar as i32;
    let y = at.top_left.y + at.size.height as i32 / 4;
    for (pages, colour) in parts {
        // By the digits of the number in the binary system: small parts are to be seen beside large ones.
        let width = (2 * (u64::BITS - pages.leading_zeros()) as i32).min(end - x);
        let size = Size::new(width.max(0) as u32, at.size.height / 2);
        target.fill_solid(&Rectangle::new(Point::new(x, y), size), colour)?;
        x += width;
    }
    Ok(())
}

/// Draws a region without its pages.
pub fn draw_region<T: DrawTarget<Color = Rgb888>>(
    region: &Region,
    at: &Rectangle,
    target: &mut T,
) -> Result<(), T::Error> {
    let area = begin(at, palette::distinct(region.id), text_width(at), target)?;
    label(&format!("{} {}", region.name, Bytes(region.bytes)), &area, target)
}

/// Draws a topic.
pub fn draw_topic<T: DrawTarget<Color = Rgb888>>(
    topic: &Topic,
    at: &Rectangle,
    target: &mut T,
) -> Result<(), T::Error> {
    let area = begin(at, MESSAGE, at.size.width, target)?;
    label(&topic.name, &area, target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_written_as_large_as_it_fits_and_cut_where_it_does_not() {
        let (text, font) = fitted("/pool@7 97.6K", Size::new(90, 14));
        assert_eq!((text.as_str(), font.character_size.width), ("/pool@7 97.6K", 6));
        let (text, font) = fitted("/pool@7 97.6K", Size::new(70, 14));
        assert_eq!((text.as_str(), font.character_size.width), ("/pool@7 97.6K", 5));
        let (text, _) = fitted("/pool@7 97.6K", Size::new(42, 14));
        assert_eq!(text, "/pool@7~");
        assert_eq!(fitted("name", Size::new(90, 9)).1.character_size.height, 8);
    }
}
