//! The picture in a window: ten times a second, of which little is drawn anew.

use super::Often;
use alloc::vec::Vec;
use core::time::Duration;
use user::error::Result;
use user::map::collect;
use user::map::draw::Scene;
use user::screen::area::Area;
use user::screen::canvas::Canvas;
use user::surface::options::Geometry;
use user::surface::{Display, Surface, Wanted};
use user::time;
use user::topic::Pool;

const PERIOD: Duration = Duration::from_millis(100);
/// Pictures from one look at all processes to the next; pages are looked at for each.
const LOOK_EVERY: u32 = 5;

/// Cells that look different than before.
type Cells = Vec<(usize, usize)>;

pub fn show(geometry: Geometry, often: Often) -> Result<()> {
    let pool = Pool::new()?;
    let display = Display::connect(&pool)?;
    let Geometry { place, size } = geometry;
    let mut surface = display.open(Wanted { title: "map", size, place, flags: 0 })?;
    let mut scene = Scene::new(collect::model()?, size, &[]);
    // Both buffers are empty at first.
    let mut whole = 2;
    let mut before = Cells::new();
    let mut next = time::now();
    for picture in 1_u32.. {
        let changed = note_all(&mut scene);
        draw(&scene, &mut surface, whole > 0, &changed, &before)?;
        whole = u32::saturating_sub(whole, 1);
        before = changed;
        if often == Often::Once && picture > 1 {
            return display.wait_for_end();
        }
        next += PERIOD;
        time::sleep_until(next);
        if picture % LOOK_EVERY == 0 {
            let model = collect::model()?;
            if !model.has_same_shape(&scene.model) {
                scene = Scene::new(model, size, &scene.activities);
                whole = 2;
            } else {
                scene.model = model;
            }
        }
    }
    Ok(())
}

fn note_all(scene: &mut Scene) -> Cells {
    let regions = scene.model.regions.iter().zip(&mut scene.activities);
    let noted = regions.enumerate().flat_map(|(index, (region, activity))| {
        collect::note_pages(&region.name, activity).into_iter().map(move |cell| (index, cell))
    });
    noted.collect()
}

/// Draws what has changed in this picture and in the one before, which the buffer has not seen.
fn draw(
    scene: &Scene,
    surface: &mut Surface<'_, '_>,
    is_whole: bool,
    changed: &Cells,
    before: &Cells,
) -> Result<()> {
    let mut canvas: Canvas<'_> = surface.frame()?;
    if is_whole {
        let Ok(()) = scene.draw(&mut canvas);
        return surface.commit(surface.bounds());
    }
    let Ok(()) = scene.draw_head(&mut canvas);
    let mut area = Area::of(scene.head());
    // In each of the two lists a region's cells are one behind the other: they are one part.
    for cells in
        [changed, before].iter().flat_map(|list| list.chunk_by(|one, other| one.0 == other.0))
    {
        let mut part = Area::new();
        for (region, cell) in cells {
            let Ok(()) = scene.draw_cell(*region, *cell, &mut canvas);
            part.add(scene.cell_at(*region, *cell).unwrap_or_default());
        }
        area.add(part.bounds());
    }
    surface.commit_parts(&area)
}
