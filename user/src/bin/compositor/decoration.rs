//! What the server draws itself: titles, borders and the background.

use super::window::{BORDER, TITLE_ROWS, Window};
use embedded_graphics::Drawable;
use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{Dimensions, Point, Size};
use embedded_graphics::mono_font::MonoTextStyle;
use embedded_graphics::mono_font::iso_8859_1::FONT_8X13;
use embedded_graphics::pixelcolor::{Rgb888, RgbColor};
use embedded_graphics::primitives::Rectangle;
use embedded_graphics::text::{Baseline, Text};
use user::screen::canvas::{Canvas, opaque};
use user::screen::palette;

/// Pixels of the square that has the colour of the window's process.
const MARK: u32 = 8;

/// Whether a window is above all others.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Rank {
    Uppermost,
    Below,
}

/// Draws a window's title and border, as far as the canvas lets.
pub fn draw(window: &Window, rank: Rank, canvas: &mut Canvas<'_>) {
    let outer = window.outer();
    let paper = if rank == Rank::Uppermost { palette::TITLE } else { palette::TITLE_BELOW };
    let Ok(()) = canvas.fill_solid(&outer, palette::BORDER);
    let bar_at = outer.top_left + Point::new_equal(BORDER as i32);
    let bar = Rectangle::new(bar_at, Size::new(outer.size.width - 2 * BORDER, TITLE_ROWS));
    let Ok(()) = canvas.fill_solid(&bar, paper);
    let inset = (TITLE_ROWS - MARK) as i32 / 2;
    let mark = Rectangle::new(bar_at + Point::new_equal(inset), Size::new_equal(MARK));
    let Ok(()) = canvas.fill_solid(&mark, palette::distinct(window.pid.0.into()));
    let mut bar_canvas = canvas.clipped_to(bar);
    if bar_canvas.is_empty() {
        return;
    }
    let style = MonoTextStyle::new(&FONT_8X13, palette::INK);
    let at = bar_at + Point::new(2 * inset + MARK as i32, 4);
    let Ok(_) = Text::with_baseline(&window.title, at, style, Baseline::Top).draw(&mut bar_canvas);
}

/// Draws what is behind all windows, as far as the canvas lets: darker from row to row.
pub fn background(part: Rectangle, canvas: &Canvas<'_>) {
    let height = canvas.bounding_box().size.height.max(1);
    let part = part.intersection(&canvas.clip());
    let (x, width) = (part.top_left.x as usize, part.size.width as usize);
    let mut rows = part.rows().map(|y| (y, sky(y as u32, height))).peekable();
    while let Some((first, colour)) = rows.next() {
        // Many rows have the same colour.
        let mut count = 1;
        while rows.next_if(|(_, other)| *other == colour).is_some() {
            count += 1;
        }
        canvas.pixels().fill((x, first as usize), (width, count), opaque(colour));
    }
}

/// The background's colour in a row.
fn sky(row: u32, height: u32) -> Rgb888 {
    let mix = |from: u8, to: u8| {
        ((u32::from(from) * (height - row.min(height)) + u32::from(to) * row.min(height)) / height)
            as u8
    };
    let (sky, ground) = (palette::SKY, palette::GROUND);
    Rgb888::new(mix(sky.r(), ground.r()), mix(sky.g(), ground.g()), mix(sky.b(), ground.b()))
}
