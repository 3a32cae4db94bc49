//! The screen: a frame buffer that the firmware shows, and who draws on it.
//!
//! `canvas` draws into the frame buffer, `text` writes lines on a canvas, `console` shows the kernel's messages until a
//! process takes the screen by opening `/dev/fb0` (`fs/device/screen.rs`) for writing, and again when it has neither that
//! file nor a view of it that can draw.
//!
//! The frame buffer is memory that the processor caches and the firmware reads past the caches: who draws writes its
//! lines back before they are to be seen.

mod canvas;
mod console;
#[cfg(test)]
mod tests;
mod text;

pub use console::{begin, follow_log, give_back, take, view_begun, view_ended};
pub use text::TextWriter;

use arch::addr::PhysAddr;
use core::ops::Range;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use spin::Once;

/// A frame buffer; a pixel is a word 0x00RRGGBB.
pub struct Screen {
    /// The frames that its pixels lie in, all of them in the linear map.
    pub memory: Range<PhysAddr>,
    /// Pixels of a row that are shown.
    pub width: u32,
    /// Rows that are shown.
    pub height: u32,
    /// Rows that there are: what is shown may begin at any of them that leaves enough below it.
    pub rows: u32,
    /// Bytes from one row to the next.
    pub pitch: u32,
    /// The row that is shown uppermost.
    row: AtomicU32,
    /// Whether a panic has it: other cores may draw for a moment longer, and must not.
    has_panicked: AtomicBool,
}

static SCREEN: Once<Screen> = Once::new();

/// Makes the screen known; called once, before memory is given out.
///
/// Its memory must belong to the firmware's frame buffer and to nobody else.
pub fn install(screen: Screen) {
    SCREEN.call_once(|| screen);
}

/// The screen, if the board has one.
pub fn screen() -> Option<&'static Screen> {
    SCREEN.get()
}

impl Screen {
    /// A frame buffer in these frames, with rows of `width` pixels, of which `height` are shown.
    pub const fn new(
        memory: Range<PhysAddr>,
        [width, height]: [u32; 2],
        rows: u32,
        pitch: u32,
    ) -> Self {
        let (row, has_panicked) = (AtomicU32::new(0), AtomicBool::new(false));
        Self { memory, width, height, rows, pitch, row, has_panicked }
    }

    /// The row that is shown uppermost.
    pub fn shown_from(&self) -> u32 {
        self.row.load(Ordering::Acquire)
    }

    /// Has the rows from this one on shown, of which there are enough.
    pub fn show_from(&self, row: u32) {
        self.row.store(row, Ordering::Release);
        crate::board::board().show_screen(row);
    }

    /// Where a pixel lies, if the frame buffer has it.
    fn pixel(&self, x: u32, y: u32) -> Option<PhysAddr> {
        let is_inside = x < self.width && y < self.rows;
        let offset = u64::from(y) * u64::from(self.pitch) + u64::from(x) * 4;
        is_inside.then(|| self.memory.start.add(offset))
    }

    /// Makes rows of the frame buffer visible to the firmware.
    pub fn write_back(&self, rows: Range<u32>) {
        let last = rows.end.min(self.rows);
        if let Some(start) = self.pixel(0, rows.start)
            && rows.start < last
        {
            let bytes = (last - rows.start) as usize * self.pitch as usize;
            arch::cache::clean_and_invalidate(arch::ram::linear(start).addr(), bytes);
        }
    }

    /// Bytes of all rows, to the end of the last one.
    pub const fn bytes(&self) -> u64 {
        self.rows as u64 * self.pitch as u64
    }
}
