//! Sets of pixels, as rectangles that do not overlap.

use alloc::vec::Vec;
use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::primitives::Rectangle;

/// Rectangles that an area has at most; one that would have more becomes the rectangle around them.
const PARTS: usize = 64;

/// Rectangles of which each is compared with each when they are joined.
const COMPARED: usize = 16;

/// A set of pixels.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Area(Vec<Rectangle>);

impl Area {
    /// No pixel.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The pixels of a rectangle.
    pub fn of(rectangle: Rectangle) -> Self {
        let mut area = Self::new();
        area.add(rectangle);
        area
    }

    /// Whether there is no pixel.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Forgets all pixels.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The rectangles, which do not overlap.
    pub fn parts(&self) -> &[Rectangle] {
        &self.0
    }

    /// At most so many rectangles with all of the pixels, and as few others as may be.
    pub fn joined(&self, most: usize) -> Vec<Rectangle> {
        let mut parts = self.0.clone();
        if parts.len() > COMPARED {
            // Comparing all with all takes too long: neighbours are joined first.
            parts.sort_unstable_by_key(|part| (part.top_left.y, part.top_left.x));
            let each = parts.len().div_ceil(COMPARED);
            let around_all = |some: &[Rectangle]| some.iter().copied().reduce(around);
            parts = parts.chunks(each).filter_map(around_all).collect();
        }
        while parts.len() > most.max(1) {
            // The two whose surrounding has the least that is in neither.
            let waste = |one: &Rectangle, other: &Rectangle| {
                pixels(&around(*one, *other))
                    - (pixels(one) + pixels(other)).min(pixels(&around(*one, *other)))
            };
            let pairs = (0..parts.len()).flat_map(|one| (0..one).map(move |other| (one, other)));
            let best = pairs.min_by_key(|(one, other)| waste(&parts[*one], &parts[*other]));
            let Some((one, other)) = best else { break };
            parts[other] = around(parts[one], parts[other]);
            parts.swap_remove(one);
        }
        parts
    }

    /// The smallest rectangle with all of them.
    pub fn bounds(&self) -> Rectangle {
        self.0.iter().copied().reduce(around).unwrap_or_default()
    }

    /// How many pixels there are.
    pub fn pixels(&self) -> u64 {
        self.0.iter().map(pixels).sum()
    }

    /// Adds the pixels of a rectangle. If that takes too many parts, all pixels around them are added.
    pub fn add(&mut self, rectangle: Rectangle) {
        if rectangle.is_zero_sized() || self.0.iter().any(|part| contains(part, &rectangle)) {
            return;
        }
        self.subtract(rectangle);
        self.0.push(rectangle);
        if self.0.len() > PARTS {
            let bounds = self.bounds();
            self.0.clear();
            self.0.push(bounds);
        }
    }

    /// Adds another area's pixels.
    pub fn add_all(&mut self, other: &Self) {
        other.0.iter().for_each(|part| self.add(*part));
    }

    /// Takes the pixels of a rectangle away.
    pub fn subtract(&mut self, rectangle: Rectangle) {
        if self.0.iter().all(|part| part.intersection(&rectangle).is_zero_sized()) {
            return;
        }
        let parts = core::mem::take(&mut self.0);
        for part in parts {
            self.0
                .extend(without(part, rectangle).into_iter().filter(|left| !left.is_zero_sized()));
        }
    }

    /// The pixels that lie in a rectangle, too.
    pub fn within(&self, rectangle: Rectangle) -> impl Iterator<Item = Rectangle> + '_ {
        let inside = self.0.iter().map(move |part| part.intersection(&rectangle));
        inside.filter(|part| !part.is_zero_sized())
    }
}

fn pixels(rectangle: &Rectangle) -> u64 {
    u64::from(rectangle.size.width) * u64::from(rectangle.size.height)
}

/// The rectangle around two others that have pixels.
fn around(one: Rectangle, other: Rectangle) -> Rectangle {
    let end = |rectangle: &Rectangle| rectangle.top_left + rectangle.size;
    let top_left = one.top_left.component_min(other.top_left);
    let end = end(&one).component_max(end(&other));
    between(top_left.x, top_left.y, end.x, end.y)
}

fn contains(outer: &Rectangle, inner: &Rectangle) -> bool {
    outer.intersection(inner) == *inner
}

/// What is left of a rectangle: above, below, left and right of the other one.
fn without(part: Rectangle, hole: Rectangle) -> [Rectangle; 4] {
    let hole = part.intersection(&hole);
    if hole.is_zero_sized() {
        let nothing = Rectangle::zero();
        return [part, nothing, nothing, nothing];
    }
    let (left, top) = (part.top_left.x, part.top_left.y);
    let (right, bottom) = (left + part.size.width as i32, top + part.size.height as i32);
    let (hole_left, hole_top) = (hole.top_left.x, hole.top_left.y);
    let hole_right = hole_left + hole.size.width as i32;
    let hole_bottom = hole_top + hole.size.height as i32;
    [
        between(left, top, right, hole_top),
        between(left, hole_bottom, right, bottom),
        between(left, hole_top, hole_left, hole_bottom),
        between(hole_right, hole_top, right, hole_bottom),
    ]
}

/// The rectangle from the left upper pixel to the one right below the last.
fn between(left: i32, top: i32, right: i32, bottom: i32) -> Rectangle {
    let size = Size::new((right - left).max(0) as u32, (bottom - top).max(0) as u32);
    Rectangle::new(Point::new(left, top), size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    fn rectangle() -> impl Strategy<Value = Rectangle> {
        (-4..20_i32, -4..20_i32, 0..12_u32, 0..12_u32).prop_map(|(x, y, width, height)| {
            Rectangle::new(Point::new(x, y), Size::new(width, height))
        })
    }

    fn points(area: &Area) -> Vec<(i32, i32)> {
        area.parts().iter().flat_map(Rectangle::points_of).collect()
    }

    trait PointsOf {
        fn points_of(&self) -> Vec<(i32, i32)>;
    }

    impl PointsOf for Rectangle {
        fn points_of(&self) -> Vec<(i32, i32)> {
            use embedded_graphics::prelude::PointsIter;
            self.points().map(|point| (point.x, point.y)).collect()
        }
    }

    proptest! {
        #[test]
        fn an_area_is_the_set_of_pixels_that_were_added_and_not_taken_away(
            steps in prop::collection::vec((any::<bool>(), rectangle()), 0..20),
        ) {
            let mut area = Area::new();
            let mut model = HashSet::new();
            for (adds, rectangle) in steps {
                if adds {
                    area.add(rectangle);
                    model.extend(rectangle.points_of());
                } else {
                    area.subtract(rectangle);
                    rectangle.points_of().iter().for_each(|point| { model.remove(point); });
                }
                let points = points(&area);
                // It may have become larger where it had too many parts.
                if area.parts().len() > 1 {
                    prop_assert_eq!(points.len(), model.len(), "parts overlap, or pixels are lost");
                    prop_assert!(points.iter().all(|point| model.contains(point)));
                } else {
                    prop_assert!(model.iter().all(|point| points.contains(point)));
                    model = points.into_iter().collect();
                }
                prop_assert_eq!(area.pixels(), model.len() as u64);
                let joined = area.joined(3);
                prop_assert!(joined.len() <= 3);
                let all: HashSet<_> = joined.iter().flat_map(Rectangle::points_of).collect();
                prop_assert!(model.is_subset(&all));
            }
        }
    }
}
