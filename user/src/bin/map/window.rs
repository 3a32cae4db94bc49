//! The picture in a window: ten times a second, of which little is drawn anew.
//!
//! It is drawn on a sheet of the program's own, without what is on its way. What has changed of that goes into the
//! surface, and marks are drawn over it: where one was, the sheet has what is to be seen again.

use super::{Often, Places};
use alloc::vec::Vec;
use core::sync::atomic::AtomicU64;
use core::time::Duration;
use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::primitives::Rectangle;
use user::error::Result;
use user::map::collect;
use user::map::curve::draw_mark;
use user::map::draw::Scene;
use user::map::movement::Movements;
use user::screen::area::Area;
use user::screen::canvas::Canvas;
use user::screen::rows::{PIXEL_BYTES, Pixels};
use user::shared::SharedMemory;
use user::surface::options::Geometry;
use user::surface::{Display, Wanted};
use user::topic::Pool;
use user::{io, println, time};

const PERIOD: Duration = Duration::from_millis(100);
/// Pictures from one look at all processes to the next; pages are looked at for each.
const LOOK_EVERY: u32 = 5;
/// Cells that are looked at for one picture.
const LOOKED_AT: usize = 768;
/// Of one region.
const LOOKED_AT_EACH: usize = 96;

pub fn show(geometry: Geometry, often: Often, places: Places) -> Result<()> {
    let pool = Pool::new()?;
    let display = Display::connect(&pool)?;
    let Geometry { place, size } = geometry;
    let mut surface = display.open(Wanted { title: "map", size, place, flags: 0 })?;
    let mut picture = Picture::new(size)?;
    let mut next = time::now();
    for number in 1_u32.. {
        if places == Places::Told && picture.is_new {
            println!("places\n{}", picture.scene.places());
            io::flush()?;
        }
        let changed = picture.draw()?;
        let mut canvas = surface.frame()?;
        let shown = picture.copy(changed, &mut canvas);
        surface.commit_parts(&shown)?;
        if often == Often::Once && number > 1 {
            return display.wait_for_end();
        }
        next = (next + PERIOD).max(time::now());
        time::sleep_until(next);
        picture.look(number)?;
    }
    Ok(())
}

/// The picture, and what of it is in the surface's buffers.
pub struct Picture {
    scene: Scene,
    movements: Movements,
    size: Size,
    sheet: Vec<AtomicU64>,
    /// What stands at the top.
    head: alloc::string::String,
    /// Whether all has to be drawn.
    is_new: bool,
    /// The region that is looked at first for the next picture.
    first: usize,
    /// What changed on the sheet in the last picture, and the marks of the last two.
    changed: Area,
    marks: [Vec<Rectangle>; 2],
}

impl Picture {
    /// Of what there is now.
    pub fn new(size: Size) -> Result<Self> {
        let scene = Scene::new(collect::model()?, size, &[]);
        let pixels = size.width as usize * size.height as usize;
        let mut sheet = Vec::new();
        sheet.resize_with((pixels * PIXEL_BYTES).div_ceil(size_of::<u64>()), AtomicU64::default);
        Ok(Self {
            scene,
            movements: Movements::default(),
            size,
            sheet,
            head: alloc::string::String::new(),
            is_new: true,
            first: 0,
            changed: Area::new(),
            marks: [Vec::new(), Vec::new()],
        })
    }

    /// Asks what has come, gone and moved since the last picture.
    pub fn look(&mut self, number: u32) -> Result<()> {
        if number.is_multiple_of(LOOK_EVERY) {
            let model = collect::model()?;
            let movements = &mut self.movements;
            if model.has_same_shape(&self.scene.model) {
                movements.advance(&self.scene.model, &model);
                self.scene.model = model;
            } else {
                // Numbers of processes and topics mean others now.
                movements.marks.clear();
                self.scene = Scene::new(model, self.size, &self.scene.activities);
                self.is_new = true;
            }
            return Ok(());
        }
        let before = (self.scene.model.topics.clone(), self.scene.model.parcels.clone());
        collect::note_traffic(&mut self.scene.model)?;
        self.movements.advance_from(&before.0, &before.1, &self.scene.model);
        Ok(())
    }

    /// Draws what has changed on the sheet, and tells where.
    pub fn draw(&mut self) -> Result<Area> {
        let cells = self.note_pages();
        let pixels = Pixels {
            memory: SharedMemory::of_words(&self.sheet),
            offset: 0,
            pitch: self.size.width as usize * PIXEL_BYTES,
        };
        let mut canvas = Canvas::new(pixels, self.size);
        let scene = &self.scene;
        let mut changed = Area::new();
        if core::mem::take(&mut self.is_new) {
            let Ok(()) = scene.draw(&mut canvas);
            changed.add(Rectangle::new(Point::zero(), self.size));
        }
        let head = scene.head_text();
        if head != self.head {
            self.head = head;
            let Ok(()) = scene.draw_head(&mut canvas);
            changed.add(scene.head());
        }
        // A region's cells are one behind the other: they are one part.
        for cells in cells.chunk_by(|one, other| one.0 == other.0) {
            let mut part = Area::new();
            for (region, cell) in cells {
                let Ok(()) = scene.draw_cell(*region, *cell, &mut canvas);
                part.add(scene.cell_at(*region, *cell).unwrap_or_default());
            }
            changed.add(part.bounds());
        }
        Ok(changed)
    }

    /// Asks which pages were written, of as many as there is time for; returns the cells that look different, by region.
    fn note_pages(&mut self) -> Vec<(usize, usize)> {
        let count = self.scene.activities.len();
        let mut left = LOOKED_AT;
        let mut changed = Vec::new();
        for index in 0..count {
            changed
                .extend(self.scene.activities[index].cool().into_iter().map(|cell| (index, cell)));
        }
        for step in 0..count {
            let index = (self.first + step) % count;
            let activity = &mut self.scene.activities[index];
            let most = LOOKED_AT_EACH.min(activity.cells.len());
            if most > left {
                self.first = index;
                break;
            }
            left -= most;
            let name = &self.scene.model.regions[index].name;
            let noted = collect::note_pages(name, activity, most);
            changed.extend(noted.into_iter().map(|cell| (index, cell)));
        }
        changed.sort_unstable();
        changed.dedup();
        changed
    }

    /// Brings a buffer that has the picture before the last one up to date; tells what is different from the last one.
    pub fn copy(&mut self, changed: Area, canvas: &mut Canvas<'_>) -> Area {
        let mut old = changed.clone();
        old.add_all(&self.changed);
        let [last, before_last] = core::mem::take(&mut self.marks);
        before_last.iter().for_each(|mark| old.add(*mark));
        let bounds = Rectangle::new(Point::zero(), self.size);
        let source = Pixels {
            memory: SharedMemory::of_words(&self.sheet),
            offset: 0,
            pitch: self.size.width as usize * PIXEL_BYTES,
        };
        for part in old.within(bounds) {
            let at = (part.top_left.x as usize, part.top_left.y as usize);
            let extent = (part.size.width as usize, part.size.height as usize);
            canvas.pixels().copy(at, &source, at, extent);
        }
        let mut shown = changed.clone();
        let mut marks = Vec::new();
        let mut moving = Area::new();
        for (at, colour) in self.movements.marks.iter().filter_map(|mark| self.scene.mark(mark)) {
            let Ok(()) = draw_mark(&at, colour, canvas);
            marks.push(at);
        }
        marks.iter().chain(&last).for_each(|at| moving.add(at.intersection(&bounds)));
        moving.joined(4).into_iter().for_each(|part| shown.add(part));
        self.marks = [marks, last];
        self.changed = changed;
        shown
    }
}
