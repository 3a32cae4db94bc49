//! Drawing with `embedded-graphics` into shared memory.

use super::rows::{PIXEL_BYTES, Pixels};
use core::convert::Infallible;
use embedded_graphics::Pixel;
use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{Dimensions, Point, Size};
use embedded_graphics::pixelcolor::{IntoStorage, Rgb888};
use embedded_graphics::prelude::PointsIter;
use embedded_graphics::primitives::Rectangle;

/// Pixels of different colours that are written at a time.
const RUN: usize = 64;
const OPAQUE: u32 = 0xFF00_0000;

/// Pixels that can be drawn on.
#[derive(Clone, Copy, Debug)]
pub struct Canvas<'a> {
    pixels: Pixels<'a>,
    /// All that there is, in the canvas' own numbers.
    bounds: Rectangle,
    /// What may be drawn on.
    clip: Rectangle,
}

impl<'a> Canvas<'a> {
    /// A canvas of this size on pixels that have room for it.
    pub const fn new(pixels: Pixels<'a>, size: Size) -> Self {
        let bounds = Rectangle::new(Point::zero(), size);
        Self { pixels, bounds, clip: bounds }
    }

    /// The same, but nothing outside of the rectangle is changed.
    pub fn clipped_to(&self, clip: Rectangle) -> Self {
        Self { clip: self.clip.intersection(&clip), ..*self }
    }

    /// What may be drawn on.
    pub const fn clip(&self) -> Rectangle {
        self.clip
    }

    /// Whether nothing may be drawn on.
    pub const fn is_empty(&self) -> bool {
        self.clip.is_zero_sized()
    }

    /// The pixels.
    pub const fn pixels(&self) -> &Pixels<'a> {
        &self.pixels
    }

    /// Makes all pixels this word, with its alpha.
    pub fn fill_word(&self, area: &Rectangle, word: u32) {
        let area = area.intersection(&self.clip);
        let at = (area.top_left.x as usize, area.top_left.y as usize);
        self.pixels.fill(at, (area.size.width as usize, area.size.height as usize), word);
    }

    /// Makes one pixel this word, if it may be drawn on.
    pub fn set_word(&self, point: Point, word: u32) {
        if self.clip.contains(point) {
            self.write(point.x as usize, point.y as usize, &word.to_le_bytes());
        }
    }

    fn write(&self, x: usize, y: usize, bytes: &[u8]) {
        // The clip lies within the bounds, and who made the canvas has room for these.
        let _ = self.pixels.memory.write(self.pixels.at(x, y), bytes);
    }
}

/// The word of a colour.
pub fn opaque(colour: Rgb888) -> u32 {
    colour.into_storage() | OPAQUE
}

impl Dimensions for Canvas<'_> {
    fn bounding_box(&self) -> Rectangle {
        self.bounds
    }
}

impl DrawTarget for Canvas<'_> {
    type Color = Rgb888;
    type Error = Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<Rgb888>>>(
        &mut self,
        pixels: I,
    ) -> Result<(), Infallible> {
        for Pixel(point, colour) in pixels {
            self.set_word(point, opaque(colour));
        }
        Ok(())
    }

    fn fill_contiguous<I: IntoIterator<Item = Rgb888>>(
        &mut self,
        area: &Rectangle,
        colours: I,
    ) -> Result<(), Infallible> {
        let width = area.size.width as usize;
        if area.intersection(&self.clip) != *area || width > RUN {
            let pixels = area.points().zip(colours);
            return self.draw_iter(pixels.map(|(point, colour)| Pixel(point, colour)));
        }
        let mut colours = colours.into_iter();
        let mut run = [0; RUN * PIXEL_BYTES];
        for y in area.rows() {
            for (pixel, colour) in run.as_chunks_mut::<4>().0[..width].iter_mut().zip(&mut colours)
            {
                *pixel = opaque(colour).to_le_bytes();
            }
            self.write(area.top_left.x as usize, y as usize, &run[..width * PIXEL_BYTES]);
        }
        Ok(())
    }

    fn fill_solid(&mut self, area: &Rectangle, colour: Rgb888) -> Result<(), Infallible> {
        self.fill_word(area, opaque(colour));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::SharedMemory;
    use core::sync::atomic::AtomicU64;
    use embedded_graphics::pixelcolor::RgbColor;
    use embedded_graphics::primitives::{Circle, PrimitiveStyle};
    use embedded_graphics::{Drawable, prelude::Primitive};

    const SIDE: usize = 100;

    #[test]
    fn nothing_is_drawn_outside_of_the_clip() {
        let words = [const { AtomicU64::new(0) }; SIDE * SIDE / 2];
        let memory = SharedMemory::of_words(&words);
        let pixels = Pixels { memory, offset: 0, pitch: SIDE * PIXEL_BYTES };
        let clip = Rectangle::new(Point::new(10, 20), Size::new(70, 30));
        let mut canvas = Canvas::new(pixels, Size::new_equal(SIDE as u32)).clipped_to(clip);
        canvas.clear(Rgb888::RED).unwrap();
        let style = PrimitiveStyle::with_fill(Rgb888::GREEN);
        Circle::new(Point::new(-20, -20), 150).into_styled(style).draw(&mut canvas).unwrap();
        let mut bytes = std::vec![0; SIDE * SIDE * PIXEL_BYTES];
        memory.read(0, &mut bytes).unwrap();
        for (index, pixel) in bytes.as_chunks::<4>().0.iter().enumerate() {
            let point = Point::new((index % SIDE) as i32, (index / SIDE) as i32);
            assert_eq!(clip.contains(point), *pixel != [0; 4], "{point}");
        }
        // A canvas that was cut does not reach outside however it is cut again.
        let all = Rectangle::new(Point::zero(), Size::new_equal(1000));
        assert_eq!(canvas.clipped_to(all).clip, clip);
    }
}
