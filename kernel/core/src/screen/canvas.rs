//! Drawing with `embedded-graphics` into the frame buffer.
#![allow(unsafe_code, reason = "the frame buffer is memory that no Rust object lies in")]

use super::Screen;
use core::convert::Infallible;
use core::sync::atomic::Ordering;
use embedded_graphics::Pixel;
use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{Dimensions, Point, Size};
use embedded_graphics::pixelcolor::{IntoStorage, Rgb888};
use embedded_graphics::prelude::PointsIter;
use embedded_graphics::primitives::Rectangle;

/// Pixels that are written at a time.
const RUN: usize = 64;

/// Who draws.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Painter {
    /// A thread, as long as all is well.
    Thread,
    /// A panic, which has the screen to itself from then on.
    Panic,
}

/// What is shown of the screen from a row on.
pub struct Canvas {
    screen: &'static Screen,
    first_row: u32,
    painter: Painter,
}

impl Canvas {
    /// The canvas whose uppermost row is this one.
    pub fn new(screen: &'static Screen, first_row: u32, painter: Painter) -> Self {
        if painter == Painter::Panic {
            screen.has_panicked.store(true, Ordering::Relaxed);
        }
        Self { screen, first_row, painter }
    }

    /// Makes rows from `top` on visible to the firmware.
    pub fn write_back(&self, top: u32, rows: u32) {
        let last = top.saturating_add(rows).min(self.screen.height);
        self.screen.write_back(self.first_row + top..self.first_row + last);
    }

    /// Writes pixels from a point on to the right; what does not fit into the row is left out.
    fn write(&self, x: u32, y: u32, pixels: &[u32]) {
        if self.painter == Painter::Thread && self.screen.has_panicked.load(Ordering::Relaxed) {
            return;
        }
        let room = self.screen.width.saturating_sub(x) as usize;
        let pixels = &pixels[..pixels.len().min(room)];
        if y < self.screen.height
            && let Some(at) = self.screen.pixel(x, self.first_row + y)
        {
            let mut bytes = [0; RUN * 4];
            for (target, pixel) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(pixels) {
                *target = pixel.to_le_bytes();
            }
            // SAFETY: the pixels lie in the frame buffer, which is mapped and which only copies like
            // this one and programs access.
            unsafe { arch::ram::write_bytes(at, &bytes[..pixels.len() * 4]) };
        }
    }
}

impl Dimensions for Canvas {
    fn bounding_box(&self) -> Rectangle {
        Rectangle::new(Point::zero(), Size::new(self.screen.width, self.screen.height))
    }
}

impl DrawTarget for Canvas {
    type Color = Rgb888;
    type Error = Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<Rgb888>>>(
        &mut self,
        pixels: I,
    ) -> Result<(), Infallible> {
        for Pixel(point, colour) in pixels {
            if let (Ok(x), Ok(y)) = (u32::try_from(point.x), u32::try_from(point.y)) {
                self.write(x, y, &[colour.into_storage()]);
            }
        }
        Ok(())
    }

    fn fill_contiguous<I: IntoIterator<Item = Rgb888>>(
        &mut self,
        area: &Rectangle,
        colours: I,
    ) -> Result<(), Infallible> {
        let is_inside = area.intersection(&self.bounding_box()) == *area;
        if !is_inside || area.size.width as usize > RUN {
            let pixels = area.points().zip(colours);
            return self.draw_iter(pixels.map(|(point, colour)| Pixel(point, colour)));
        }
        let mut colours = colours.into_iter();
        let width = area.size.width as usize;
        for y in area.rows() {
            let mut run = [0; RUN];
            for (pixel, colour) in run[..width].iter_mut().zip(colours.by_ref()) {
                *pixel = colour.into_storage();
            }
            self.write(area.top_left.x as u32, y as u32, &run[..width]);
        }
        Ok(())
    }

    fn fill_solid(&mut self, area: &Rectangle, colour: Rgb888) -> Result<(), Infallible> {
        let area = area.intersection(&self.bounding_box());
        let run = [colour.into_storage(); RUN];
        for y in area.rows() {
            for x in area.columns().step_by(RUN) {
                let left = (area.columns().end - x) as usize;
                self.write(x as u32, y as u32, &run[..left.min(RUN)]);
            }
        }
        Ok(())
    }
}
