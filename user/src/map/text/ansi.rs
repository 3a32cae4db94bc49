//! A terminal as `ratatui` wants one: what is to be shown becomes bytes, which the program writes (ECMA-48).

use alloc::string::String;
use core::convert::Infallible;
use core::fmt::Write;
use ratatui_core::backend::{Backend, ClearType, WindowSize};
use ratatui_core::buffer::Cell;
use ratatui_core::layout::{Position, Size};
use ratatui_core::style::{Color, Modifier};

/// A terminal of a size; what it is to be sent collects here.
#[derive(Clone, Debug)]
pub struct Ansi {
    size: Size,
    /// What is to be written.
    pub text: String,
    cursor: Position,
}

impl Ansi {
    /// A terminal with so many columns and rows.
    pub const fn new(columns: u16, rows: u16) -> Self {
        Self { size: Size::new(columns, rows), text: String::new(), cursor: Position::ORIGIN }
    }

    /// Its size is another one from now on.
    pub const fn resize(&mut self, columns: u16, rows: u16) {
        self.size = Size::new(columns, rows);
    }
}

/// Adds a cell with its looks.
pub fn write_cell(text: &mut String, cell: &Cell) {
    let _ = write!(text, "\x1b[0");
    if cell.modifier.contains(Modifier::BOLD) {
        text.push_str(";1");
    }
    if cell.modifier.contains(Modifier::DIM) {
        text.push_str(";2");
    }
    let colour = match cell.fg {
        Color::Red => ";31",
        Color::Green => ";32",
        Color::Yellow => ";33",
        Color::Blue => ";34",
        Color::Magenta => ";35",
        Color::Cyan => ";36",
        _ => "",
    };
    let _ = write!(text, "{colour}m{}", cell.symbol());
}

/// Whether two cells differ in their characters alone.
pub fn have_same_looks(one: &Cell, other: &Cell) -> bool {
    (one.fg, one.modifier) == (other.fg, other.modifier)
}

impl Backend for Ansi {
    type Error = Infallible;

    fn draw<'a, I: Iterator<Item = (u16, u16, &'a Cell)>>(
        &mut self,
        content: I,
    ) -> Result<(), Infallible> {
        let mut last: Option<(Position, &Cell)> = None;
        for (x, y, cell) in content {
            let follows = last.is_some_and(|(at, _)| (at.x + 1, at.y) == (x, y));
            if !follows {
                // Rows and columns count from 1 there. Writing to a string never fails.
                let _ = write!(self.text, "\x1b[{};{}H", y + 1, x + 1);
            }
            match last {
                Some((_, before)) if have_same_looks(before, cell) => {
                    self.text.push_str(cell.symbol());
                }
                _ => write_cell(&mut self.text, cell),
            }
            last = Some((Position::new(x, y), cell));
        }
        if last.is_some() {
            self.text.push_str("\x1b[0m");
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> Result<(), Infallible> {
        self.text.push_str("\x1b[?25l");
        Ok(())
    }

    fn show_cursor(&mut self) -> Result<(), Infallible> {
        self.text.push_str("\x1b[?25h");
        Ok(())
    }

    fn get_cursor_position(&mut self) -> Result<Position, Infallible> {
        Ok(self.cursor)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), Infallible> {
        self.cursor = position.into();
        let Position { x, y } = self.cursor;
        let _ = write!(self.text, "\x1b[{};{}H", y + 1, x + 1);
        Ok(())
    }

    fn clear(&mut self) -> Result<(), Infallible> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, clear_type: ClearType) -> Result<(), Infallible> {
        self.text.push_str(match clear_type {
            ClearType::All => "\x1b[2J",
            ClearType::AfterCursor => "\x1b[J",
            ClearType::BeforeCursor => "\x1b[1J",
            ClearType::CurrentLine => "\x1b[2K",
            ClearType::UntilNewLine => "\x1b[K",
        });
        Ok(())
    }

    fn size(&self) -> Result<Size, Infallible> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> Result<WindowSize, Infallible> {
        Ok(WindowSize { columns_rows: self.size, pixels: Size::ZERO })
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui_core::style::Style;
    use ratatui_core::terminal::Terminal;

    #[test]
    fn only_cells_that_have_changed_are_sent_each_run_with_its_place_and_looks() {
        let mut terminal = Terminal::new(Ansi::new(20, 3)).unwrap();
        let mut show = |word: &str| {
            terminal.backend_mut().text.clear();
            terminal
                .draw(|frame| {
                    frame.buffer_mut().set_string(2, 1, word, Style::new().fg(Color::Green));
                })
                .unwrap();
            terminal.backend().text.clone()
        };
        assert!(show("hello").contains("\x1b[2;3H\x1b[0;32mhello\x1b[0m"));
        let second = show("help!");
        assert!(second.contains("\x1b[2;6H\x1b[0;32mp!\x1b[0m"), "{second:?}");
        assert!(!second.contains("hel"));
        assert!(!show("help!").contains('p'));
    }
}
