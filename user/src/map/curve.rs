//! Lines from box to box, and the marks that travel along them.

use embedded_graphics::Drawable;
use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::Primitive;
use embedded_graphics::primitives::{Line, PrimitiveStyle, Rectangle};

/// Pieces of a line.
const PIECES: i32 = 16;
/// Pixels of a mark's side.
const MARK: u32 = 8;

/// How a line is drawn.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stroke {
    /// Without gaps.
    Solid,
    /// In pieces.
    Dotted,
}

/// The way of a line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Curve {
    /// Leaves and arrives level.
    Across(Point, Point),
    /// Leaves to one side, so many pixels far, and comes back.
    Around(Point, Point, i32),
}

impl Curve {
    /// From the side of one box to the side of another one that looks at it.
    pub fn between(from: &Rectangle, to: &Rectangle, spread: i32) -> Self {
        let middle = |at: &Rectangle| at.top_left.y + at.size.height as i32 / 2;
        let end = |at: &Rectangle| at.top_left.x + at.size.width as i32;
        let (from_x, to_x) = if from.top_left.x < to.top_left.x {
            (end(from), to.top_left.x - 1)
        } else {
            (from.top_left.x - 1, end(to))
        };
        Self::Across(Point::new(from_x, middle(from)), Point::new(to_x, middle(to) + spread))
    }

    /// From one box to another of the same column, through the room to their right.
    pub fn beside(from: &Rectangle, to: &Rectangle, room: i32) -> Self {
        let side = |at: &Rectangle| {
            let size = Point::new(at.size.width as i32, at.size.height as i32 / 2);
            at.top_left + size
        };
        Self::Around(side(from), side(to), room)
    }

    /// Its other direction.
    pub const fn turned(self) -> Self {
        match self {
            Self::Across(from, to) => Self::Across(to, from),
            Self::Around(from, to, room) => Self::Around(to, from, room),
        }
    }

    /// The place after `part` of `whole` of the way.
    pub fn along(self, part: i32, whole: i32) -> Point {
        match self {
            Self::Across(from, to) => {
                let eased = part * part * (3 * whole - 2 * part);
                let x = from.x + (to.x - from.x) * part / whole;
                let y = from.y + (to.y - from.y) * eased / (whole * whole * whole);
                Point::new(x, y)
            }
            Self::Around(from, to, room) => {
                let straight = from + (to - from) * part / whole;
                straight + Point::new(room * 4 * part * (whole - part) / (whole * whole), 0)
            }
        }
    }

    /// Draws it.
    pub fn draw<T: DrawTarget<Color = Rgb888>>(
        self,
        colour: Rgb888,
        stroke: Stroke,
        target: &mut T,
    ) -> Result<(), T::Error> {
        let is_dotted = stroke == Stroke::Dotted;
        let style = PrimitiveStyle::with_stroke(colour, if is_dotted { 1 } else { 2 });
        for piece in (0..PIECES).filter(|piece| !is_dotted || piece % 2 == 0) {
            let (from, to) = (self.along(piece, PIECES), self.along(piece + 1, PIECES));
            Line::new(from, to).into_styled(style).draw(target)?;
        }
        Ok(())
    }
}

/// The pixels of a mark in this place.
pub fn mark_at(place: Point) -> Rectangle {
    Rectangle::with_center(place, Size::new_equal(MARK))
}

/// Draws a mark, which stands out from whatever it lies on.
pub fn draw_mark<T: DrawTarget<Color = Rgb888>>(
    at: &Rectangle,
    colour: Rgb888,
    target: &mut T,
) -> Result<(), T::Error> {
    let inner = Rectangle::new(at.top_left + Point::new_equal(1), at.size - Size::new_equal(2));
    target.fill_solid(at, Rgb888::new(0, 0, 0))?;
    target.fill_solid(&inner, colour)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_begins_and_ends_at_its_boxes_whichever_side_they_are_on() {
        let middle = Rectangle::new(Point::new(100, 10), Size::new(50, 20));
        for other in [
            Rectangle::new(Point::new(200, 90), Size::new(40, 10)),
            Rectangle::new(Point::new(10, 90), Size::new(40, 10)),
        ] {
            let way = Curve::between(&middle, &other, 0);
            assert!((way.along(0, 6).x - middle.center().x).abs() <= 26);
            assert!((way.along(6, 6).x - other.center().x).abs() <= 21);
            assert_eq!((way.along(0, 6).y, way.along(6, 6).y), (20, 95));
            assert_eq!(way.turned().along(0, 6), way.along(6, 6));
        }
        let arc = Curve::beside(&middle, &middle, 40);
        assert_eq!(arc.along(3, 6), Point::new(190, 20));
    }
}
