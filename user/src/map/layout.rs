//! Where everything has its place: processes on the left, regions on the right, lines between them.

use super::model::Model;
use alloc::vec::Vec;
use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::primitives::Rectangle;

/// Rows at the top, for the title, and at the bottom, for what the colours mean.
pub const HEAD: u32 = 20;
/// The same, at the bottom.
pub const FOOT: u32 = 20;
/// Pixels around everything.
const MARGIN: u32 = 8;
/// A box with its distance to the next one, at most and at least.
const TALLEST: u32 = 44;
const LOWEST: u32 = 11;
/// Below this, regions stand in one more column.
const COMFORTABLE: u32 = 16;
const COLUMNS_MAX: usize = 4;

/// The places.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Layout {
    /// Of the processes.
    pub processes: Vec<Rectangle>,
    /// Of the regions.
    pub regions: Vec<Rectangle>,
}

impl Layout {
    /// Finds a place for everything in a picture of this size; what there is no room for at all has none.
    pub fn new(model: &Model, size: Size) -> Self {
        let height = size.height.saturating_sub(HEAD + FOOT + MARGIN);
        let width = size.width.saturating_sub(2 * MARGIN);
        let left = width * 3 / 10;
        let gap = width * 2 / 10;
        let processes = column(model.processes.len(), MARGIN, left, height);
        let columns = (1..COLUMNS_MAX)
            .find(|columns| step(model.regions.len().div_ceil(*columns), height) >= COMFORTABLE)
            .unwrap_or(COLUMNS_MAX);
        let rows = model.regions.len().div_ceil(columns).max(1);
        let room = width - left - gap;
        let each = room / columns as u32;
        let regions = (0..columns)
            .flat_map(|index| {
                let count = model.regions.len().saturating_sub(index * rows).min(rows);
                let x = MARGIN + left + gap + each * index as u32;
                let between = if columns > 1 { MARGIN } else { 0 };
                column_of(count, rows, x, each.saturating_sub(between), height)
            })
            .collect();
        Self { processes, regions }
    }
}

/// From one box to the next.
fn step(count: usize, height: u32) -> u32 {
    (height / (count as u32).max(1)).clamp(LOWEST, TALLEST)
}

fn column(count: usize, x: u32, width: u32, height: u32) -> Vec<Rectangle> {
    column_of(count, count, x, width, height)
}

/// A column of boxes, as high as if there were `rows` of them.
fn column_of(count: usize, rows: usize, x: u32, width: u32, height: u32) -> Vec<Rectangle> {
    let step = step(rows, height);
    let fits = (height / step) as usize;
    let top = |index: usize| HEAD + MARGIN / 2 + step * index as u32;
    let size = Size::new(width, step - (step / 6).max(2));
    (0..count.min(fits))
        .map(|index| Rectangle::new(Point::new(x as i32, top(index) as i32), size))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::model::{Process, Region};
    use super::*;
    use alloc::string::String;
    use std::vec;

    fn model(processes: usize, regions: usize) -> Model {
        let region = Region { id: 1, name: String::new(), bytes: 0, resident: 0 };
        Model { processes: vec![Process::default(); processes], regions: vec![region; regions] }
    }

    #[test]
    fn boxes_lie_in_the_picture_and_not_on_each_other_for_any_number() {
        for size in [Size::new(640, 480), Size::new(1000, 700), Size::new(300, 200)] {
            let picture = Rectangle::new(Point::zero(), size);
            for (processes, regions) in [(0, 0), (1, 1), (5, 3), (40, 60), (200, 300)] {
                let layout = Layout::new(&model(processes, regions), size);
                let boxes: Vec<_> = layout.processes.iter().chain(&layout.regions).collect();
                for (index, one) in boxes.iter().enumerate() {
                    assert_eq!(one.intersection(&picture), **one, "{size} {processes} {regions}");
                    for other in &boxes[..index] {
                        assert!(
                            one.intersection(other).is_zero_sized(),
                            "{size} {processes} {regions}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn forty_processes_and_sixty_regions_all_have_a_place_with_room_for_text() {
        let layout = Layout::new(&model(40, 60), Size::new(800, 600));
        assert_eq!((layout.processes.len(), layout.regions.len()), (40, 60));
        assert!(layout.processes.iter().chain(&layout.regions).all(|it| it.size.height >= 9));
    }
}
