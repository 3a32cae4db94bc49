//! The picture: drawn whole when processes, regions or links come and go, and where pages were written in between.

use super::activity::{Activity, Cell, HEAT};
use super::layout::{FOOT, HEAD, Layout};
use super::model::{Link, Model, Process, Region, Right};
use crate::screen::palette;
use crate::units::Size as Bytes;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use embedded_graphics::Drawable;
use embedded_graphics::draw_target::{DrawTarget, DrawTargetExt};
use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::mono_font::ascii::{FONT_5X8, FONT_6X10};
use embedded_graphics::mono_font::{MonoFont, MonoTextStyle};
use embedded_graphics::pixelcolor::{Rgb888, RgbColor};
use embedded_graphics::prelude::Primitive;
use embedded_graphics::primitives::{Line, PrimitiveStyle, Rectangle};
use embedded_graphics::text::{Baseline, Text};

/// From one cell to the next, with a pixel between them: as large as the pages have room for.
const CELLS: [u32; 4] = [10, 8, 6, 4];
/// A box at least as high has the larger font.
const LARGE_FONT: u32 = 14;
/// Pixels of a process's bar.
const BAR: u32 = 76;
/// Pieces of a line.
const PIECES: i32 = 16;
const PRIVATE: Rgb888 = Rgb888::new(92, 122, 190);
const COPIED: Rgb888 = Rgb888::new(176, 118, 200);
const SHARED: Rgb888 = Rgb888::new(110, 196, 120);
const OFFERED: Rgb888 = Rgb888::new(255, 176, 89);
const HOT: Rgb888 = Rgb888::new(255, 244, 180);
const ABSENT: Rgb888 = Rgb888::new(27, 32, 44);
const BOX: Rgb888 = Rgb888::new(30, 37, 54);

/// What is drawn, and where.
pub struct Scene {
    /// What there is.
    pub model: Model,
    /// The pages of each region.
    pub activities: Vec<Activity>,
    layout: Layout,
    size: Size,
}

impl Scene {
    /// A picture of this size; what is known of pages stays known.
    pub fn new(model: Model, size: Size, before: &[Activity]) -> Self {
        let layout = Layout::new(&model, size);
        let boxes = layout.regions.iter().map(Some).chain(core::iter::repeat(None));
        let activities = model
            .regions
            .iter()
            .zip(boxes)
            .map(|(region, at)| {
                let most = at.map_or(0, |at| Grid::of(at, region.bytes).capacity());
                let fresh = Activity::new(region.id, region.bytes, most);
                let same = |old: &&Activity| {
                    (old.region, old.stride, old.cells.len())
                        == (fresh.region, fresh.stride, fresh.cells.len())
                };
                before.iter().find(same).cloned().unwrap_or(fresh)
            })
            .collect();
        Self { model, activities, layout, size }
    }

    /// Draws all of it.
    pub fn draw<T: DrawTarget<Color = Rgb888>>(&self, target: &mut T) -> Result<(), T::Error> {
        target.clear(palette::PAPER)?;
        self.draw_head(target)?;
        for (process, at) in self.model.processes.iter().zip(&self.layout.processes) {
            for link in &process.links {
                if let Some(region) = self.layout.regions.get(link.region) {
                    draw_link(*link, process.pid, at, region, target)?;
                }
            }
        }
        for (process, at) in self.model.processes.iter().zip(&self.layout.processes) {
            draw_process(process, at, target)?;
        }
        for (index, at) in self.layout.regions.iter().enumerate() {
            draw_region(&self.model.regions[index], at, target)?;
            for cell in 0..self.activities[index].cells.len() {
                self.draw_cell(index, cell, target)?;
            }
        }
        self.draw_foot(target)
    }

    /// Draws one cell of a region.
    pub fn draw_cell<T: DrawTarget<Color = Rgb888>>(
        &self,
        region: usize,
        cell: usize,
        target: &mut T,
    ) -> Result<(), T::Error> {
        match self.cell_at(region, cell) {
            Some(at) => {
                let state = self.activities[region].cells[cell];
                target.fill_solid(&at, colour_of(state, self.model.regions[region].id))
            }
            None => Ok(()),
        }
    }

    /// Where a cell is.
    pub fn cell_at(&self, region: usize, cell: usize) -> Option<Rectangle> {
        let bytes = self.model.regions.get(region)?.bytes;
        Grid::of(self.layout.regions.get(region)?, bytes).cell(cell)
    }

    /// Where the head is.
    pub const fn head(&self) -> Rectangle {
        Rectangle::new(Point::zero(), Size::new(self.size.width, HEAD))
    }

    /// Draws the line at the top: how much there is of everything.
    pub fn draw_head<T: DrawTarget<Color = Rgb888>>(&self, target: &mut T) -> Result<(), T::Error> {
        target.fill_solid(&self.head(), palette::TITLE_BELOW)?;
        let active = self.activities.iter().filter(|activity| activity.is_active()).count();
        let offered: u64 = self.model.processes.iter().map(|process| process.offered).sum();
        let hidden = self.model.processes.len() - self.layout.processes.len()
            + self.model.regions.len()
            - self.layout.regions.len();
        let mut text = format!(
            "{} processes   {} regions, {active} being written   {offered} offers in flight",
            self.model.processes.len(),
            self.model.regions.len(),
        );
        if hidden > 0 {
            text += &format!("   {hidden} more do not fit");
        }
        write(&text, Point::new(8, 5), &FONT_6X10, palette::INK, target)
    }

    /// What the colours mean.
    fn draw_foot<T: DrawTarget<Color = Rgb888>>(&self, target: &mut T) -> Result<(), T::Error> {
        let top = (self.size.height.saturating_sub(FOOT)) as i32 + 5;
        let keys = [
            (PRIVATE, "private"),
            (COPIED, "copy on write"),
            (SHARED, "shared"),
            (OFFERED, "offered"),
            (HOT, "just written"),
            (ABSENT, "empty"),
        ];
        let mut x = 8;
        for (colour, text) in keys {
            target.fill_solid(&Rectangle::new(Point::new(x, top), Size::new_equal(9)), colour)?;
            write(text, Point::new(x + 13, top), &FONT_6X10, palette::FAINT, target)?;
            x += 13 + 6 * text.len() as i32 + 14;
        }
        for (dots, text) in [(false, "writes"), (true, "reads")] {
            let (from, to) = (Point::new(x, top + 5), Point::new(x + 22, top + 5));
            draw_curve(from, to, palette::INK, dots, target)?;
            write(text, Point::new(x + 28, top), &FONT_6X10, palette::FAINT, target)?;
            x += 28 + 6 * text.len() as i32 + 14;
        }
        Ok(())
    }
}

/// The cells of a region's box.
struct Grid {
    at: Point,
    columns: u32,
    rows: u32,
    /// From one cell to the next.
    step: u32,
}

impl Grid {
    /// The largest cells of which there is one for each page, or the smallest ones.
    fn of(region: &Rectangle, bytes: u64) -> Self {
        let pages = bytes.div_ceil(4096);
        let text = region.size.width * 9 / 20;
        let grid = |step: u32| {
            let columns = (region.size.width - text).saturating_sub(4) / step;
            let rows = region.size.height.saturating_sub(3) / step;
            Self { at: region.top_left + Point::new(text as i32, 2), columns, rows, step }
        };
        let [.., smallest] = CELLS;
        let fits = |grid: &Self| grid.capacity() as u64 >= pages;
        CELLS.into_iter().map(grid).find(fits).unwrap_or_else(|| grid(smallest))
    }

    const fn capacity(&self) -> usize {
        self.columns as usize * self.rows as usize
    }

    fn cell(&self, index: usize) -> Option<Rectangle> {
        let columns = self.columns as usize;
        if index >= self.capacity() {
            return None;
        }
        let place =
            Point::new((index % columns) as i32, (index / columns) as i32) * self.step as i32;
        Some(Rectangle::new(self.at + place, Size::new_equal(self.step - 1)))
    }
}

fn colour_of(cell: Cell, region: u64) -> Rgb888 {
    if !cell.is_resident() {
        return ABSENT;
    }
    let dark = mixed(ABSENT, palette::distinct(region), 9, 16);
    mixed(dark, HOT, u32::from(cell.heat), HEAT.into())
}

/// So many parts of the second colour in the first.
fn mixed(one: Rgb888, other: Rgb888, parts: u32, of: u32) -> Rgb888 {
    let mix = |one: u8, other: u8| {
        ((u32::from(one) * (of - parts) + u32::from(other) * parts) / of) as u8
    };
    Rgb888::new(mix(one.r(), other.r()), mix(one.g(), other.g()), mix(one.b(), other.b()))
}

fn write<T: DrawTarget<Color = Rgb888>>(
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

/// Writes in a box, in the font that fits, as far as there is room to its left.
fn label<T: DrawTarget<Color = Rgb888>>(
    text: &str,
    area: &Rectangle,
    target: &mut T,
) -> Result<(), T::Error> {
    let font = if area.size.height >= LARGE_FONT { &FONT_6X10 } else { &FONT_5X8 };
    let fits = (area.size.width / font.character_size.width) as usize;
    let text: String = text.chars().take(fits).collect();
    let top = (area.size.height.saturating_sub(font.character_size.height) / 2) as i32;
    let at = area.top_left + Point::new(0, top);
    write(&text, at, font, palette::INK, &mut target.clipped(area))
}

fn draw_process<T: DrawTarget<Color = Rgb888>>(
    process: &Process,
    at: &Rectangle,
    target: &mut T,
) -> Result<(), T::Error> {
    target.fill_solid(at, BOX)?;
    let mark = Rectangle::new(at.top_left, Size::new(5, at.size.height));
    target.fill_solid(&mark, palette::distinct(process.pid.into()))?;
    let room = at.size.width.saturating_sub(BAR + 14);
    let area = Rectangle::new(at.top_left + Point::new(10, 0), Size::new(room, at.size.height));
    label(&format!("{} {}", process.name, process.pid), &area, target)?;
    let parts = [
        (process.private, PRIVATE),
        (process.copied, COPIED),
        (process.shared, SHARED),
        (process.offered, OFFERED),
    ];
    let mut x = at.top_left.x + (at.size.width - BAR - 4) as i32;
    let end = x + BAR as i32;
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

fn draw_region<T: DrawTarget<Color = Rgb888>>(
    region: &Region,
    at: &Rectangle,
    target: &mut T,
) -> Result<(), T::Error> {
    target.fill_solid(at, BOX)?;
    let mark = Rectangle::new(at.top_left, Size::new(5, at.size.height));
    target.fill_solid(&mark, palette::distinct(region.id))?;
    let room = at.size.width * 9 / 20 - 12;
    let area = Rectangle::new(at.top_left + Point::new(9, 0), Size::new(room, at.size.height));
    label(&format!("{} {}", region.name, Bytes(region.bytes)), &area, target)
}

fn draw_link<T: DrawTarget<Color = Rgb888>>(
    link: Link,
    pid: u32,
    process: &Rectangle,
    region: &Rectangle,
    target: &mut T,
) -> Result<(), T::Error> {
    let middle = |at: &Rectangle| at.top_left.y + at.size.height as i32 / 2;
    // Lines to the same box do not end in one point.
    let spread = (pid % 5) as i32 - 2;
    let from = Point::new(process.top_left.x + process.size.width as i32, middle(process));
    let to = Point::new(region.top_left.x - 1, middle(region) + spread);
    draw_curve(from, to, palette::distinct(pid.into()), link.right == Right::Read, target)
}

/// A line that leaves and arrives level.
fn draw_curve<T: DrawTarget<Color = Rgb888>>(
    from: Point,
    to: Point,
    colour: Rgb888,
    is_dotted: bool,
    target: &mut T,
) -> Result<(), T::Error> {
    let style = PrimitiveStyle::with_stroke(colour, if is_dotted { 1 } else { 2 });
    let along = |piece: i32| {
        let eased = piece * piece * (3 * PIECES - 2 * piece);
        let x = from.x + (to.x - from.x) * piece / PIECES;
        let y = from.y + (to.y - from.y) * eased / (PIECES * PIECES * PIECES);
        Point::new(x, y)
    };
    for piece in (0..PIECES).filter(|piece| !is_dotted || piece % 2 == 0) {
        Line::new(along(piece), along(piece + 1)).into_styled(style).draw(target)?;
    }
    Ok(())
}
