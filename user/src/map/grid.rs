//! The cells of a region's box: a square for each page, or for several.

use super::activity::{Cell, HEAT};
use crate::screen::palette;
use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::pixelcolor::{Rgb888, RgbColor};
use embedded_graphics::primitives::Rectangle;

/// From one cell to the next, with a pixel between them: as large as the pages have room for.
const CELLS: [u32; 4] = [10, 8, 6, 4];
/// A page that was just written.
pub const HOT: Rgb888 = Rgb888::new(255, 244, 180);
/// A page without memory.
pub const ABSENT: Rgb888 = Rgb888::new(27, 32, 44);

/// The width of the text before the cells.
pub const fn text_width(region: &Rectangle) -> u32 {
    region.size.width * 12 / 25
}

/// The cells.
pub struct Grid {
    at: Point,
    columns: u32,
    rows: u32,
    /// From one cell to the next.
    step: u32,
}

impl Grid {
    /// The largest cells of which there is one for each page, or the smallest ones.
    pub fn of(region: &Rectangle, bytes: u64) -> Self {
        let pages = bytes.div_ceil(4096);
        let text = text_width(region);
        let grid = |step: u32| {
            let columns = (region.size.width - text).saturating_sub(4) / step;
            let rows = region.size.height.saturating_sub(3) / step;
            Self { at: region.top_left + Point::new(text as i32, 2), columns, rows, step }
        };
        let [.., smallest] = CELLS;
        let fits = |grid: &Self| grid.capacity() as u64 >= pages;
        CELLS.into_iter().map(grid).find(fits).unwrap_or_else(|| grid(smallest))
    }

    /// How many there can be.
    pub const fn capacity(&self) -> usize {
        self.columns as usize * self.rows as usize
    }

    /// Where one is.
    pub fn cell(&self, index: usize) -> Option<Rectangle> {
        let columns = self.columns as usize;
        if index >= self.capacity() {
            return None;
        }
        let place =
            Point::new((index % columns) as i32, (index / columns) as i32) * self.step as i32;
        Some(Rectangle::new(self.at + place, Size::new_equal(self.step - 1)))
    }
}

/// The colour of a cell of the region with this number.
pub fn colour_of(cell: Cell, region: u64) -> Rgb888 {
    if !cell.is_resident() {
        return ABSENT;
    }
    let dark = mixed(ABSENT, palette::distinct(region), 9, 16);
    mixed(dark, HOT, u32::from(cell.heat), HEAT.into())
}

/// So many parts of the second colour in the first.
pub fn mixed(one: Rgb888, other: Rgb888, parts: u32, of: u32) -> Rgb888 {
    let mix = |one: u8, other: u8| {
        ((u32::from(one) * (of - parts) + u32::from(other) * parts) / of) as u8
    };
    Rgb888::new(mix(one.r(), other.r()), mix(one.g(), other.g()), mix(one.b(), other.b()))
}
