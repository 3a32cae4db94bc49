//! Painting a part of a picture: pixels of a surface, and what is around them.

use super::decoration::{self, Rank};
use super::window::Window;
use alloc::vec::Vec;
use embedded_graphics::geometry::Size;
use embedded_graphics::primitives::Rectangle;
use user::screen::area::Area;
use user::screen::canvas::Canvas;
use user::screen::rows::Pixels;
use user::screen::stack::{Cover, Owner, Place, compose};

/// Paints the damage with what is to be seen there; the windows are given from the lowest on.
pub fn paint(windows: &[&Window], damage: &Area, target: Pixels<'_>, size: Size) {
    let places: Vec<Place> = windows.iter().map(|window| window.place()).collect();
    let canvas = Canvas::new(target, size);
    compose(&places, damage, |owner, part| match owner {
        Owner::Background => decoration::background(part, &canvas),
        Owner::Window(index) => {
            let rank = if index + 1 == windows.len() { Rank::Uppermost } else { Rank::Below };
            paint_window(windows[index], rank, part, &canvas);
        }
    });
}

fn paint_window(window: &Window, rank: Rank, part: Rectangle, canvas: &Canvas<'_>) {
    let inner = window.inner();
    let mut around = Area::of(part);
    around.subtract(inner);
    for piece in around.parts() {
        decoration::draw(window, rank, &mut canvas.clipped_to(*piece));
    }
    let inside = part.intersection(&inner);
    let Some(pixels) = window.pixels().filter(|_| !inside.is_zero_sized()) else { return };
    // The damage lies on the screen, and what lies in the window begins in it.
    let from = inside.top_left - inner.top_left;
    let to = (inside.top_left.x as usize, inside.top_left.y as usize);
    let from = (from.x as usize, from.y as usize);
    let extent = (inside.size.width as usize, inside.size.height as usize);
    match window.place().cover {
        Cover::Opaque => canvas.pixels().copy(to, &pixels, from, extent),
        Cover::Blended => canvas.pixels().blend(to, &pixels, from, extent),
    }
}
