//! A row of a terminal as a picture.

use super::grid::{Glyph, Weight};
use alloc::string::String;
use core::convert::Infallible;
use embedded_graphics::Drawable;
use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{Dimensions, Point, Size};
use embedded_graphics::mono_font::iso_8859_1::{FONT_7X13, FONT_7X13_BOLD};
use embedded_graphics::mono_font::{MonoFont, MonoTextStyleBuilder};
use embedded_graphics::pixelcolor::{Rgb888, RgbColor};
use embedded_graphics::primitives::Rectangle;
use embedded_graphics::text::{Baseline, Text};
use user::screen::canvas::Canvas;
use user::screen::palette;

const FONT: &MonoFont<'_> = &FONT_7X13;
const MARGIN: i32 = 3;
/// Rows of pixels of the cursor.
const CURSOR: u32 = 2;
const COLOURS: [Rgb888; 9] = [
    Rgb888::new(80, 88, 104),
    Rgb888::new(255, 118, 118),
    Rgb888::new(126, 217, 132),
    Rgb888::new(255, 221, 102),
    Rgb888::new(118, 168, 255),
    Rgb888::new(220, 150, 240),
    Rgb888::new(98, 222, 230),
    Rgb888::new(226, 232, 240),
    palette::INK,
];

/// Characters of a row in a picture of this size.
pub const fn columns(picture: Size) -> usize {
    (picture.width.saturating_sub(2 * MARGIN as u32) / FONT.character_size.width) as usize
}

/// Rows in it.
pub const fn rows(picture: Size) -> usize {
    (picture.height.saturating_sub(2 * MARGIN as u32) / FONT.character_size.height) as usize
}

/// Draws a row, and tells where that is.
pub fn draw_row(
    glyphs: &[Glyph],
    row: usize,
    cursor: Option<usize>,
    canvas: &mut Canvas<'_>,
) -> core::result::Result<Rectangle, Infallible> {
    let size = FONT.character_size;
    let top = MARGIN + (row as u32 * size.height) as i32;
    let width = canvas.bounding_box().size.width;
    let area = Rectangle::new(Point::new(0, top), Size::new(width, size.height));
    canvas.fill_solid(&area, palette::PAPER)?;
    let mut column = 0;
    for run in
        glyphs.chunk_by(|one, other| (one.colour, one.weight) == (other.colour, other.weight))
    {
        let text: String = run.iter().map(|glyph| glyph.character).collect();
        let at = Point::new(MARGIN + (column * size.width as usize) as i32, top);
        column += run.len();
        if text.trim().is_empty() {
            continue;
        }
        let full = COLOURS[usize::from(run[0].colour)];
        let (font, colour) = match run[0].weight {
            Weight::Normal => (FONT, full),
            Weight::Bold => (&FONT_7X13_BOLD, full),
            Weight::Faint => (FONT, Rgb888::new(full.r() / 2, full.g() / 2, full.b() / 2)),
        };
        let style = MonoTextStyleBuilder::new().font(font).text_color(colour).build();
        Text::with_baseline(&text, at, style, Baseline::Top).draw(canvas)?;
    }
    if let Some(column) = cursor {
        // Below the character, so that it can be read.
        let left = MARGIN + (column * size.width as usize) as i32;
        let at = Point::new(left, top + (size.height - CURSOR) as i32);
        canvas.fill_solid(&Rectangle::new(at, Size::new(size.width, CURSOR)), COLOURS[3])?;
    }
    Ok(area)
}
