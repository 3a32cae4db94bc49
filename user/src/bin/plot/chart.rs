//! A chart that goes on to the right: the last values of some curves.

use alloc::collections::VecDeque;
use alloc::format;
use alloc::vec::Vec;
use core::convert::Infallible;
use embedded_graphics::Drawable;
use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::mono_font::MonoTextStyle;
use embedded_graphics::mono_font::ascii::FONT_6X10;
use embedded_graphics::prelude::Primitive;
use embedded_graphics::primitives::{Line, PrimitiveStyle};
use embedded_graphics::text::{Baseline, Text};
use user::screen::canvas::Canvas;
use user::screen::palette;

/// Pixels from one value to the next.
const STEP: u32 = 2;
/// Columns for the numbers at the right, and pixels above and below the curves.
const LABELS: u32 = 66;
const MARGIN: u32 = 10;
/// Lines that values can be read by.
const LINES: i32 = 4;
/// Curves at most.
const CURVES: usize = 12;

/// A chart.
pub struct Chart {
    size: Size,
    /// For each curve the values, the newest last.
    curves: Vec<VecDeque<f64>>,
}

impl Chart {
    /// An empty chart of this size.
    pub const fn new(size: Size) -> Self {
        Self { size, curves: Vec::new() }
    }

    /// Adds one value to each curve.
    pub fn add(&mut self, values: &[f64]) {
        let room = (self.size.width.saturating_sub(LABELS) / STEP).max(2) as usize;
        let count = self.curves.len().max(values.len().min(CURVES));
        self.curves.resize_with(count, VecDeque::new);
        for (curve, value) in self.curves.iter_mut().zip(values) {
            curve.push_back(*value);
            if curve.len() > room {
                curve.pop_front();
            }
        }
    }

    /// Draws it.
    pub fn draw(&self, canvas: &mut Canvas<'_>) -> Result<(), Infallible> {
        canvas.clear(palette::PAPER)?;
        let all = self.curves.iter().flatten().copied().filter(|value| value.is_finite());
        let (low, high) =
            all.fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)));
        if low > high {
            let style = MonoTextStyle::new(&FONT_6X10, palette::FAINT);
            return Text::with_baseline("nothing yet", Point::new(8, 8), style, Baseline::Top)
                .draw(canvas)
                .map(drop);
        }
        // Some room above and below, also for values that are all the same.
        let spare = ((high - low) * 0.05).max(high.abs().max(low.abs()) * 1e-3).max(1e-9);
        let (low, high) = (low - spare, high + spare);
        self.draw_lines(low, high, canvas)?;
        for (curve, index) in self.curves.iter().zip(0_u64..) {
            let style = PrimitiveStyle::with_stroke(palette::distinct(index), 2);
            let points: Vec<Point> = (0..)
                .zip(curve)
                .filter(|(_, value)| value.is_finite())
                .map(|(x, value)| Point::new(x * STEP as i32, self.row(*value, low, high)))
                .collect();
            for pair in points.windows(2) {
                Line::new(pair[0], pair[1]).into_styled(style).draw(canvas)?;
            }
        }
        Ok(())
    }

    fn draw_lines(&self, low: f64, high: f64, canvas: &mut Canvas<'_>) -> Result<(), Infallible> {
        let right = self.size.width.saturating_sub(LABELS) as i32;
        let line = PrimitiveStyle::with_stroke(palette::TITLE_BELOW, 1);
        let ink = MonoTextStyle::new(&FONT_6X10, palette::FAINT);
        for index in 0..=LINES {
            let value = low + (high - low) * f64::from(index) / f64::from(LINES);
            let y = self.row(value, low, high);
            Line::new(Point::new(0, y), Point::new(right, y)).into_styled(line).draw(canvas)?;
            let digits = if high - low < 10.0 { 2 } else { 0 };
            let text = format!("{value:.digits$}");
            Text::with_baseline(&text, Point::new(right + 4, y), ink, Baseline::Middle)
                .draw(canvas)?;
        }
        Ok(())
    }

    fn row(&self, value: f64, low: f64, high: f64) -> i32 {
        let room = f64::from(self.size.height.saturating_sub(2 * MARGIN));
        (f64::from(MARGIN) + (high - value) / (high - low) * room) as i32
    }
}
