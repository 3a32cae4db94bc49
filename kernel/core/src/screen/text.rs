//! Lines of text on the screen: the newest below the others, from the top again when it is full.

use super::Screen;
use super::canvas::{Canvas, Painter};
use core::fmt::{self, Write};
use embedded_graphics::Drawable;
use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{Dimensions, Point, Size};
use embedded_graphics::mono_font::MonoTextStyleBuilder;
use embedded_graphics::mono_font::{MonoFont, ascii::FONT_8X13};
use embedded_graphics::pixelcolor::{Rgb888, RgbColor, WebColors};
use embedded_graphics::primitives::Rectangle;
use embedded_graphics::text::{Baseline, Text};

const FONT: &MonoFont<'_> = &FONT_8X13;
/// Columns left free on both sides.
const MARGIN: u32 = 1;

/// What the text is about, which its colours show.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Tone {
    /// The kernel's messages.
    Messages,
    /// The last words of a kernel.
    Panic,
}

impl Tone {
    const fn paper(self) -> Rgb888 {
        match self {
            Self::Messages => Rgb888::new(16, 20, 28),
            Self::Panic => Rgb888::CSS_DARK_RED,
        }
    }
}

/// Writes text on the screen, line below line.
pub struct TextWriter {
    /// Both halves of the frame buffer for a panic, which does not know which one is shown.
    canvases: heapless::Vec<Canvas, 2>,
    tone: Tone,
    columns: u32,
    lines: u32,
    column: u32,
    line: u32,
}

impl TextWriter {
    /// The kernel's messages, on the half of the frame buffer that begins with row 0.
    pub fn for_messages(screen: &'static Screen) -> Self {
        Self::new(screen, Tone::Messages, &[0])
    }

    /// The kernel's last words: to be seen whichever half of the frame buffer is shown.
    pub fn for_panic(screen: &'static Screen) -> Self {
        let halves = [0, screen.height];
        let shown = if screen.rows >= 2 * screen.height { &halves[..] } else { &halves[..1] };
        Self::new(screen, Tone::Panic, shown)
    }

    fn new(screen: &'static Screen, tone: Tone, halves: &[u32]) -> Self {
        let painter = match tone {
            Tone::Messages => Painter::Thread,
            Tone::Panic => Painter::Panic,
        };
        let canvases = halves.iter().map(|row| Canvas::new(screen, *row, painter)).collect();
        let size = FONT.character_size;
        let columns = (screen.width / size.width).saturating_sub(2 * MARGIN);
        let lines = screen.height / size.height;
        let mut writer = Self { canvases, tone, columns, lines, column: 0, line: 0 };
        writer.clear();
        writer
    }

    /// Begins anew at the top of an empty screen.
    pub fn clear(&mut self) {
        for canvas in &mut self.canvases {
            let Ok(()) = canvas.clear(self.tone.paper());
            canvas.write_back(0, canvas.bounding_box().size.height);
        }
        (self.column, self.line) = (0, 0);
    }

    fn new_line(&mut self) {
        self.column = 0;
        self.line += 1;
        if self.line >= self.lines {
            self.line = 0;
        }
        // What stood here goes, and an empty line tells where the newest ends.
        for line in [self.line, self.line + 1] {
            self.blank(line);
        }
    }

    fn blank(&mut self, line: u32) {
        let height = FONT.character_size.height;
        let top = line * height;
        for canvas in &mut self.canvases {
            let width = canvas.bounding_box().size.width;
            let area = Rectangle::new(Point::new(0, top as i32), Size::new(width, height));
            let Ok(()) = canvas.fill_solid(&area, self.tone.paper());
            canvas.write_back(top, height);
        }
    }

    /// Writes a piece of one line.
    fn put(&mut self, piece: &str) {
        let size = FONT.character_size;
        let style = MonoTextStyleBuilder::new()
            .font(FONT)
            .text_color(Rgb888::WHITE)
            .background_color(self.tone.paper())
            .build();
        let x = (self.column + MARGIN) * size.width;
        let top = self.line * size.height;
        let at = Point::new(x as i32, top as i32);
        for canvas in &mut self.canvases {
            let Ok(_) = Text::with_baseline(piece, at, style, Baseline::Top).draw(canvas);
            canvas.write_back(top, size.height);
        }
        self.column += piece.chars().count() as u32;
    }
}

impl Write for TextWriter {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.columns == 0 || self.lines == 0 {
            return Ok(());
        }
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.new_line();
            }
            let mut rest = line;
            while !rest.is_empty() {
                if self.column >= self.columns {
                    self.new_line();
                }
                let room = (self.columns - self.column) as usize;
                let end = rest.char_indices().nth(room).map_or(rest.len(), |(at, _)| at);
                let (piece, others) = rest.split_at(end);
                self.put(piece);
                rest = others;
            }
        }
        Ok(())
    }
}
