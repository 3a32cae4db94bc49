//! The clock's face.

use core::convert::Infallible;
use embedded_graphics::Drawable;
use embedded_graphics::geometry::{Dimensions, Point};
use embedded_graphics::pixelcolor::{Rgb888, WebColors};
use embedded_graphics::prelude::Primitive;
use embedded_graphics::primitives::{Circle, Line, PrimitiveStyle, PrimitiveStyleBuilder};
use user::screen::canvas::Canvas;
use user::screen::palette;

/// Sines of the first quarter's minutes, in thousandths.
const SINES: [i32; 16] =
    [0, 105, 208, 309, 407, 500, 588, 669, 743, 809, 866, 914, 951, 978, 995, 1000];
const MINUTES: i64 = 60;

/// The sine of an angle in sixtieths of a circle, in thousandths.
const fn sine(angle: i64) -> i32 {
    let angle = angle.rem_euclid(MINUTES) as usize;
    match angle {
        0..=15 => SINES[angle],
        16..=30 => SINES[30 - angle],
        31..=45 => -SINES[angle - 30],
        _ => -SINES[60 - angle],
    }
}

/// Draws the time, which is given in seconds.
pub fn draw(seconds: u64, canvas: &mut Canvas<'_>) -> Result<(), Infallible> {
    let bounds = canvas.bounding_box();
    // Outside of the face one sees what is below the window.
    canvas.fill_word(&bounds, 0);
    let diameter = bounds.size.width.min(bounds.size.height).saturating_sub(4);
    let face = PrimitiveStyleBuilder::new()
        .fill_color(palette::PAPER)
        .stroke_color(palette::FAINT)
        .stroke_width(3)
        .build();
    let centre = bounds.center();
    Circle::with_center(centre, diameter).into_styled(face).draw(canvas)?;
    let radius = diameter as i32 / 2;
    let at = |angle: i64, length: i32| {
        let length = radius * length / 100;
        let (x, y) = (sine(angle) * length / 1000, -sine(angle + MINUTES / 4) * length / 1000);
        centre + Point::new(x, y)
    };
    for hour in 0..12 {
        let width = if hour % 3 == 0 { 3 } else { 1 };
        let style = PrimitiveStyle::with_stroke(palette::INK, width);
        Line::new(at(hour * 5, 82), at(hour * 5, 92)).into_styled(style).draw(canvas)?;
    }
    let seconds = seconds as i64;
    let hands: [(i64, i32, u32, Rgb888); 3] = [
        (seconds / 720, 52, 5, palette::INK),
        (seconds / 60, 78, 3, palette::INK),
        (seconds, 86, 1, Rgb888::CSS_ORANGE_RED),
    ];
    for (angle, length, width, colour) in hands {
        let style = PrimitiveStyle::with_stroke(colour, width);
        Line::new(at(angle + MINUTES / 2, 12), at(angle, length))
            .into_styled(style)
            .draw(canvas)?;
    }
    let hub = PrimitiveStyle::with_fill(Rgb888::CSS_ORANGE_RED);
    Circle::with_center(centre, 7).into_styled(hub).draw(canvas)
}
