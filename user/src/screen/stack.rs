//! Windows on top of each other: whose pixels are seen where.

use super::area::Area;
use alloc::vec::Vec;
use embedded_graphics::primitives::Rectangle;

/// Whether a window hides what is below it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Cover {
    /// It does.
    Opaque,
    /// It is blended with what is below it.
    Blended,
}

/// The place of a window.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Place {
    /// All of its pixels, with its frame.
    pub outer: Rectangle,
    /// Whether it hides what is below.
    pub cover: Cover,
}

/// Who has the pixels of a part of the picture.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Owner {
    /// No window.
    Background,
    /// The window with this index, counted from the lowest.
    Window(usize),
}

/// Calls `draw` for each part of the damage with whom it belongs to, so that it has been drawn when all is done.
///
/// Pixels below opaque windows are not drawn at all; what blends is drawn after what it lies on.
pub fn compose(places: &[Place], damage: &Area, mut draw: impl FnMut(Owner, Rectangle)) {
    let mut left = damage.clone();
    let mut blended: Vec<(usize, Rectangle)> = Vec::new();
    for (index, place) in places.iter().enumerate().rev() {
        match place.cover {
            Cover::Opaque => {
                left.within(place.outer).for_each(|part| draw(Owner::Window(index), part));
                left.subtract(place.outer);
            }
            Cover::Blended => blended.extend(left.within(place.outer).map(|part| (index, part))),
        }
        if left.is_empty() {
            break;
        }
    }
    left.parts().iter().for_each(|part| draw(Owner::Background, *part));
    blended.into_iter().rev().for_each(|(index, part)| draw(Owner::Window(index), part));
}

#[cfg(test)]
mod tests {
    use super::*;
    use embedded_graphics::geometry::{Point, Size};
    use embedded_graphics::prelude::PointsIter;
    use proptest::prelude::*;
    use std::collections::HashMap;

    fn rectangle() -> impl Strategy<Value = Rectangle> {
        (0..16_i32, 0..16_i32, 1..10_u32, 1..10_u32).prop_map(|(x, y, width, height)| {
            Rectangle::new(Point::new(x, y), Size::new(width, height))
        })
    }

    fn place() -> impl Strategy<Value = Place> {
        let cover = prop_oneof![Just(Cover::Opaque), Just(Cover::Blended)];
        (rectangle(), cover).prop_map(|(outer, cover)| Place { outer, cover })
    }

    proptest! {
        #[test]
        fn each_damaged_pixel_is_drawn_by_the_highest_opaque_window_and_then_by_those_that_blend(
            places in prop::collection::vec(place(), 0..6),
            damage in prop::collection::vec(rectangle(), 0..4),
        ) {
            let mut area = Area::new();
            damage.iter().for_each(|part| area.add(*part));
            let mut drawn: HashMap<Point, Vec<Owner>> = HashMap::new();
            compose(&places, &area, |owner, part| {
                part.points().for_each(|point| drawn.entry(point).or_default().push(owner));
            });
            for point in (0..32).flat_map(|x| (0..32).map(move |y| Point::new(x, y))) {
                let is_damaged = area.parts().iter().any(|part| part.contains(point));
                let mut expected = Vec::new();
                if is_damaged {
                    expected.push(Owner::Background);
                    for (index, place) in places.iter().enumerate() {
                        if place.outer.contains(point) {
                            if place.cover == Cover::Opaque {
                                expected.clear();
                            }
                            expected.push(Owner::Window(index));
                        }
                    }
                }
                prop_assert_eq!(drawn.remove(&point).unwrap_or_default(), expected);
            }
        }
    }
}
