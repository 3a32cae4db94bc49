//! Where everything has its place: processes in the middle, the regions that they see on the right and, where there are
//! many, on the left as well; there the topics are, too. Lines lead from a process to either side and never behind a box.

use super::model::Model;
use alloc::vec::Vec;
use core::ops::Range;
use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::primitives::Rectangle;

/// Rows at the top, for the title, and at the bottom, for what the colours mean.
pub const HEAD: u32 = 20;
/// The same, at the bottom.
pub const FOOT: u32 = 20;
/// Rows above a column that say what stands in it.
pub const CAPTION: u32 = 16;
/// Pixels around everything.
const MARGIN: u32 = 8;
/// A box with its distance to the next one, at most and at least.
const TALLEST: u32 = 36;
const LOWEST: u32 = 11;
/// From one topic to the next at most, so that what goes to them is not in one place; and the tallest of their boxes.
const FARTHEST_TOPIC: u32 = 84;
const TALLEST_TOPIC: u32 = 20;
/// Below this, regions stand on both sides.
const COMFORTABLE: u32 = 18;

/// The places.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Layout {
    /// Of the processes.
    pub processes: Vec<Rectangle>,
    /// Of the regions.
    pub regions: Vec<Rectangle>,
    /// Of the topics.
    pub topics: Vec<Rectangle>,
    /// What stands above columns, and where.
    pub captions: Vec<(Point, &'static str)>,
}

/// Where regions stand.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Sides {
    Right,
    Both,
}

/// From left to right: the left column, the processes, the right column; parts of a thousand of the width.
struct Columns([Range<u32>; 3]);

impl Columns {
    const fn of(topics: usize, sides: Sides) -> Self {
        Self(match (sides, topics) {
            (Sides::Both, _) => [0..310, 405..595, 690..1000],
            (Sides::Right, 0) => [0..0, 0..320, 490..1000],
            (Sides::Right, _) => [0..195, 305..545, 665..1000],
        })
    }

    /// The left edge of a column, and its width.
    fn place(&self, index: usize, width: u32) -> (u32, u32) {
        let Range { start, end } = self.0[index].clone();
        (MARGIN + width * start / 1000, width * (end - start) / 1000)
    }
}

impl Layout {
    /// Finds a place for everything in a picture of this size; what there is no room for at all has none.
    pub fn new(model: &Model, size: Size) -> Self {
        let top = HEAD + CAPTION + 2;
        let height = size.height.saturating_sub(top + FOOT + 2);
        let width = size.width.saturating_sub(2 * MARGIN);
        let (topics, regions) = (model.topics.len(), model.regions.len());
        let is_crowded = pitch(regions, height, TALLEST) < COMFORTABLE;
        let sides = if is_crowded { Sides::Both } else { Sides::Right };
        let columns = Columns::of(topics, sides);
        let mut layout = Self::default();
        let mut left_top = top;
        let left = columns.place(0, width);
        if topics > 0 {
            // Regions below them get at least half of the column.
            let room = if is_crowded { height / 2 } else { height };
            let farthest = if is_crowded { TALLEST_TOPIC + 4 } else { FARTHEST_TOPIC };
            let step = pitch(topics, room, farthest);
            layout.topics = boxes(topics.min((room / step) as usize), left, top, step);
            for place in &mut layout.topics {
                place.size.height = place.size.height.min(TALLEST_TOPIC);
            }
            layout.add_caption(left.0, top, "TOPICS");
            left_top += layout.topics.len() as u32 * step + CAPTION + 4;
        }
        let middle = columns.place(1, width);
        let step = pitch(model.processes.len(), height, TALLEST);
        let fits = (height / step) as usize;
        layout.processes = boxes(model.processes.len().min(fits), middle, top, step);
        layout.add_caption(middle.0, top, "PROCESSES");
        let right = columns.place(2, width);
        layout.add_caption(right.0, top, "REGIONS: MEMORY THEY SHARE");
        let left_height = (top + height).saturating_sub(left_top);
        if is_crowded {
            layout.add_caption(left.0, left_top, "REGIONS");
            layout.place_on_both_sides(
                regions,
                (left, left_top, left_height),
                (right, top, height),
            );
        } else {
            layout.regions = boxes(regions, right, top, pitch(regions, height, TALLEST));
        }
        layout
    }

    /// The regions by turns left and right, as the sides have room, so that neighbours stay neighbours.
    fn place_on_both_sides(
        &mut self,
        count: usize,
        (left, left_top, left_height): ((u32, u32), u32, u32),
        (right, top, height): ((u32, u32), u32, u32),
    ) {
        let most = ((left_height / LOWEST) as usize, (height / LOWEST) as usize);
        let count = count.min(most.0 + most.1);
        let share = count * left_height as usize / (left_height + height).max(1) as usize;
        let on_left = share.clamp(count.saturating_sub(most.1), most.0);
        let on_right = count - on_left;
        let step = pitch(on_right, height, TALLEST).min(pitch(on_left, left_height, TALLEST));
        let mut lefts = boxes(on_left, left, left_top, step).into_iter();
        let mut rights = boxes(on_right, right, top, step).into_iter();
        for index in 0..count {
            let goes_left = (index + 1) * on_left / count > index * on_left / count;
            self.regions.extend(if goes_left { lefts.next() } else { rights.next() });
        }
    }

    fn add_caption(&mut self, x: u32, top: u32, text: &'static str) {
        self.captions.push((Point::new(x as i32, (top - CAPTION) as i32 + 4), text));
    }
}

/// From one box to the next.
fn pitch(count: usize, height: u32, most: u32) -> u32 {
    (height / (count as u32).max(1)).clamp(LOWEST, most)
}

/// A column of boxes.
fn boxes(count: usize, (x, width): (u32, u32), top: u32, step: u32) -> Vec<Rectangle> {
    let size = Size::new(width, step - (step / 6).max(2));
    (0..count as u32)
        .map(|index| Rectangle::new(Point::new(x as i32, (top + step * index) as i32), size))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::model::{Process, Region, Topic};
    use super::*;
    use alloc::string::String;
    use std::vec;

    fn model(processes: usize, regions: usize, topics: usize) -> Model {
        let region = Region { id: 1, name: String::new(), bytes: 0, resident: 0 };
        Model {
            processes: vec![Process::default(); processes],
            regions: vec![region; regions],
            topics: vec![Topic::default(); topics],
            ..Model::default()
        }
    }

    #[test]
    fn boxes_lie_in_the_picture_and_not_on_each_other_for_any_number() {
        for size in [Size::new(640, 480), Size::new(1000, 700), Size::new(300, 200)] {
            let picture = Rectangle::new(Point::zero(), size);
            for counts in
                [(0, 0, 0), (1, 1, 1), (5, 3, 2), (40, 60, 0), (40, 60, 9), (200, 300, 90)]
            {
                let layout = Layout::new(&model(counts.0, counts.1, counts.2), size);
                let boxes = layout.processes.iter().chain(&layout.regions).chain(&layout.topics);
                let boxes: Vec<_> = boxes.collect();
                for (index, one) in boxes.iter().enumerate() {
                    assert_eq!(one.intersection(&picture), **one, "{size} {counts:?}");
                    for other in &boxes[..index] {
                        assert!(one.intersection(other).is_zero_sized(), "{size} {counts:?}");
                    }
                    for (at, _) in &layout.captions {
                        assert!(!one.contains(*at), "{size} {counts:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn forty_processes_and_sixty_regions_all_have_a_place_with_room_for_text() {
        for topics in [0, 5] {
            let layout = Layout::new(&model(40, 60, topics), Size::new(800, 600));
            assert_eq!((layout.processes.len(), layout.regions.len()), (40, 60));
            assert!(layout.processes.iter().chain(&layout.regions).all(|it| it.size.height >= 9));
        }
    }

    #[test]
    fn no_line_to_a_region_or_a_topic_leads_behind_another_column() {
        for counts in [(9, 9, 3), (9, 9, 0), (40, 60, 4)] {
            let layout = Layout::new(&model(counts.0, counts.1, counts.2), Size::new(900, 600));
            let middle = layout.processes[0];
            let end = |it: &Rectangle| it.top_left.x + it.size.width as i32;
            let gap =
                |it: &Rectangle| (it.top_left.x - end(&middle)).max(middle.top_left.x - end(it));
            let mut all = layout.regions.iter().chain(&layout.topics);
            // The same distance on each side: nothing is in between.
            assert!(all.all(|it| (60..200).contains(&gap(it))), "{counts:?}");
        }
    }
}
