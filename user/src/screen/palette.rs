//! Colours that say the same everywhere on the screen.

use embedded_graphics::pixelcolor::Rgb888;

/// Behind all windows, at the top of the screen.
pub const SKY: Rgb888 = Rgb888::new(24, 32, 52);
/// The same, at the bottom.
pub const GROUND: Rgb888 = Rgb888::new(9, 11, 18);
/// Behind what is drawn in a window.
pub const PAPER: Rgb888 = Rgb888::new(15, 18, 26);
/// Text.
pub const INK: Rgb888 = Rgb888::new(226, 232, 240);
/// Text that matters less, and lines.
pub const FAINT: Rgb888 = Rgb888::new(110, 122, 142);
/// The title of the uppermost window.
pub const TITLE: Rgb888 = Rgb888::new(44, 58, 88);
/// The titles of the others.
pub const TITLE_BELOW: Rgb888 = Rgb888::new(30, 37, 54);
/// Around windows.
pub const BORDER: Rgb888 = Rgb888::new(70, 84, 112);

/// Colours that are easy to tell from each other, and light enough for black text.
const DISTINCT: [Rgb888; 12] = [
    Rgb888::new(102, 194, 255),
    Rgb888::new(255, 176, 89),
    Rgb888::new(126, 217, 132),
    Rgb888::new(255, 128, 149),
    Rgb888::new(196, 160, 255),
    Rgb888::new(255, 221, 102),
    Rgb888::new(98, 222, 204),
    Rgb888::new(255, 153, 221),
    Rgb888::new(178, 214, 92),
    Rgb888::new(138, 164, 255),
    Rgb888::new(232, 168, 124),
    Rgb888::new(166, 214, 232),
];

/// The colour of a process, a region or a curve, by its number.
pub const fn distinct(number: u64) -> Rgb888 {
    DISTINCT[(number % DISTINCT.len() as u64) as usize]
}
