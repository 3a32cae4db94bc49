//! A terminal's rows in a window.

use super::grid::Grid;
use super::row::{self, draw_row};
use alloc::vec::Vec;
use embedded_graphics::draw_target::DrawTarget;
use user::error::Result;
use user::screen::area::Area;
use user::screen::palette;
use user::surface::Surface;

/// A window with rows of text.
pub struct Page<'d, 'p> {
    surface: Surface<'d, 'p>,
    /// Rows that were drawn into the other buffer alone.
    before: Vec<usize>,
    /// Buffers that were never drawn on.
    empty: u32,
}

impl<'d, 'p> Page<'d, 'p> {
    /// Nothing is drawn yet.
    pub const fn new(surface: Surface<'d, 'p>) -> Self {
        Self { surface, before: Vec::new(), empty: 2 }
    }

    /// Characters of a row.
    pub const fn columns(&self) -> usize {
        row::columns(self.surface.size())
    }

    /// Rows.
    pub const fn rows(&self) -> usize {
        row::rows(self.surface.size())
    }

    /// Draws the rows that have changed.
    pub fn show(&mut self, grid: &mut Grid) -> Result<()> {
        let changed = grid.take_changed();
        if changed.is_empty() && self.empty == 0 {
            return Ok(());
        }
        let cursor = |row: usize| grid.cursor().filter(|at| at.0 == row).map(|at| at.1);
        let bounds = self.surface.bounds();
        let mut canvas = self.surface.frame()?;
        let mut area = Area::new();
        if self.empty > 0 {
            let Ok(()) = canvas.clear(palette::PAPER);
            area.add(bounds);
            let all = self.before.iter().chain(&changed).max().map_or(0, |row| row + 1);
            (0..all).for_each(|row| {
                let Ok(_) = draw_row(grid.row(row), row, cursor(row), &mut canvas);
            });
            self.empty -= 1;
        }
        for row in self.before.iter().chain(&changed) {
            let Ok(drawn) = draw_row(grid.row(*row), *row, cursor(*row), &mut canvas);
            area.add(drawn);
        }
        self.before = changed;
        self.surface.commit(area.bounds())
    }
}
