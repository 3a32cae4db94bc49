//! The picture: drawn whole when processes, regions or links come and go, and where pages were written in between. Marks
//! of what is on its way are drawn over it, by who shows it.

use super::activity::Activity;
use super::boxes::{
    COPIED, MESSAGE, OFFERED, PRIVATE, SHARED, draw_process, draw_region, draw_topic, write,
};
use super::curve::{Curve, Stroke, draw_mark, mark_at};
use super::grid::{ABSENT, Grid, HOT, colour_of};
use super::layout::{FOOT, HEAD, Layout};
use super::model::{Model, Part, Right};
use super::movement::{Mark, STEPS, Way};
use crate::screen::palette;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::mono_font::ascii::{FONT_5X8, FONT_6X10};
use embedded_graphics::pixelcolor::{IntoStorage, Rgb888};
use embedded_graphics::primitives::Rectangle;

/// Pixels that the way of an offer keeps from the processes, at most.
const AROUND: i32 = 56;

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

    /// The places.
    pub const fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Where everything is, a line each: what it is, the colour of its stripe, its left upper pixel and its size.
    pub fn places(&self) -> String {
        let line = |what: &str, colour: Rgb888, at: &Rectangle| {
            let (Point { x, y }, Size { width, height }) = (at.top_left, at.size);
            format!("{what} #{:06x} {x} {y} {width} {height}\n", colour.into_storage())
        };
        let processes = self.model.processes.iter().zip(&self.layout.processes);
        let processes =
            processes.map(|(it, at)| line("process", palette::distinct(it.pid.into()), at));
        let regions = self.model.regions.iter().zip(&self.layout.regions);
        let regions = regions.map(|(it, at)| line("region", palette::distinct(it.id), at));
        let topics = self.layout.topics.iter().map(|at| line("topic", MESSAGE, at));
        processes.chain(regions).chain(topics).collect()
    }

    /// Draws all of it.
    pub fn draw<T: DrawTarget<Color = Rgb888>>(&self, target: &mut T) -> Result<(), T::Error> {
        target.clear(palette::PAPER)?;
        self.draw_head(target)?;
        for (at, text) in &self.layout.captions {
            write(text, *at, &FONT_5X8, palette::FAINT, target)?;
        }
        self.draw_links(target)?;
        for (process, at) in self.model.processes.iter().zip(&self.layout.processes) {
            draw_process(process, at, target)?;
        }
        for (topic, at) in self.model.topics.iter().zip(&self.layout.topics) {
            draw_topic(topic, at, target)?;
        }
        for (index, at) in self.layout.regions.iter().enumerate() {
            draw_region(&self.model.regions[index], at, target)?;
            for cell in 0..self.activities[index].cells.len() {
                self.draw_cell(index, cell, target)?;
            }
        }
        self.draw_foot(target)
    }

    fn draw_links<T: DrawTarget<Color = Rgb888>>(&self, target: &mut T) -> Result<(), T::Error> {
        for (process, at) in self.model.processes.iter().zip(&self.layout.processes) {
            // Lines to the same box do not end in one point.
            let spread = (process.pid % 5) as i32 - 2;
            let colour = palette::distinct(process.pid.into());
            for link in &process.links {
                if let Some(region) = self.layout.regions.get(link.region) {
                    let stroke = match link.right {
                        Right::Write => Stroke::Solid,
                        Right::Read => Stroke::Dotted,
                    };
                    Curve::between(at, region, spread).draw(colour, stroke, target)?;
                }
            }
        }
        for (index, topic) in self.model.topics.iter().enumerate() {
            for member in &topic.members {
                let stroke = match member.part {
                    Part::Publishes => Stroke::Solid,
                    Part::Subscribes => Stroke::Dotted,
                };
                if let Some(way) = self.to_topic(member.process, index) {
                    let pid = self.model.processes[member.process].pid;
                    way.draw(palette::distinct(pid.into()), stroke, target)?;
                }
            }
        }
        Ok(())
    }

    fn to_topic(&self, process: usize, topic: usize) -> Option<Curve> {
        let (from, to) = (self.layout.processes.get(process)?, self.layout.topics.get(topic)?);
        let spread = (self.model.processes.get(process)?.pid % 5) as i32 - 2;
        Some(Curve::between(from, to, spread))
    }

    /// Where a mark is now, and its colour.
    pub fn mark(&self, mark: &Mark) -> Option<(Rectangle, Rgb888)> {
        let process = |index: usize| self.layout.processes.get(index);
        let (way, colour) = match mark.way {
            Way::Offer { from, to } => {
                let (from, to) = (process(from)?, process(to)?);
                (Curve::beside(from, to, AROUND.min(self.size.width as i32 / 14)), OFFERED)
            }
            Way::ToTopic { process, topic } => (self.to_topic(process, topic)?, MESSAGE),
            Way::FromTopic { topic, process } => (self.to_topic(process, topic)?.turned(), MESSAGE),
        };
        mark.is_seen().then(|| (mark_at(way.along(mark.step, STEPS)), colour))
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

    /// What stands at the top: how much there is of everything.
    pub fn head_text(&self) -> String {
        let active = self.activities.iter().filter(|activity| activity.is_active()).count();
        let model = &self.model;
        let hidden = model.processes.len() - self.layout.processes.len()
            + (model.regions.len() - self.layout.regions.len())
            + (model.topics.len() - self.layout.topics.len());
        let offered: u64 = model.parcels.iter().map(|parcel| parcel.pages).sum();
        let mut text = format!(
            "{} processes   {} regions, {active} being written   {} topics   {offered} pages in flight",
            model.processes.len(),
            model.regions.len(),
            model.topics.len(),
        );
        if hidden > 0 {
            text += &format!("   {hidden} more do not fit");
        }
        text
    }

    /// Draws the line at the top.
    pub fn draw_head<T: DrawTarget<Color = Rgb888>>(&self, target: &mut T) -> Result<(), T::Error> {
        target.fill_solid(&self.head(), palette::TITLE_BELOW)?;
        write(&self.head_text(), Point::new(8, 5), &FONT_6X10, palette::INK, target)
    }

    /// What the colours mean.
    fn draw_foot<T: DrawTarget<Color = Rgb888>>(&self, target: &mut T) -> Result<(), T::Error> {
        let top = (self.size.height.saturating_sub(FOOT)) as i32 + 5;
        let keys = [
            (PRIVATE, "private"),
            (COPIED, "copy on write"),
            (SHARED, "shared"),
            (HOT, "just written"),
            (ABSENT, "empty"),
        ];
        let mut x = 8;
        for (colour, text) in keys {
            target.fill_solid(&Rectangle::new(Point::new(x, top), Size::new_equal(9)), colour)?;
            write(text, Point::new(x + 13, top), &FONT_6X10, palette::FAINT, target)?;
            x += 13 + 6 * text.len() as i32 + 9;
        }
        for (stroke, text) in [(Stroke::Solid, "writes"), (Stroke::Dotted, "reads")] {
            let (from, to) = (Point::new(x, top + 5), Point::new(x + 22, top + 5));
            Curve::Across(from, to).draw(palette::INK, stroke, target)?;
            write(text, Point::new(x + 27, top), &FONT_6X10, palette::FAINT, target)?;
            x += 27 + 6 * text.len() as i32 + 9;
        }
        for (colour, text) in [(OFFERED, "given away"), (MESSAGE, "message")] {
            draw_mark(&mark_at(Point::new(x + 4, top + 4)), colour, target)?;
            write(text, Point::new(x + 12, top), &FONT_6X10, palette::FAINT, target)?;
            x += 12 + 6 * text.len() as i32 + 9;
        }
        Ok(())
    }
}
