//! What programs print on a terminal of the screen: any bytes.
//!
//! The cursor and all characters stay within the grid, and none of those is a control character. Bytes that come
//! in pieces leave what they leave at once, and what is drawn of each piece is what would be drawn of all.

use crate::input::Input;
use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::Size;
use grid::{Glyph, Grid};
use std::sync::atomic::{AtomicU64, Ordering};
use user::screen::canvas::Canvas;
use user::screen::palette;
use user::screen::rows::{PIXEL_BYTES, Pixels};
use user::shared::SharedMemory;

// Those files of `term` that need no system call.
#[path = "../../../user/src/bin/term/grid.rs"]
mod grid;
#[path = "../../../user/src/bin/term/row.rs"]
mod row;

/// The largest picture, and pixels behind it that nothing may be drawn on.
const WIDTH: u32 = 160;
const HEIGHT: u32 = 100;
const GUARD: usize = 64;
/// Pieces that are drawn at most.
const PIECES: usize = 24;

/// Drives it.
pub fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let size = Size::new(u32::from(input.u8()) % (WIDTH + 1), u32::from(input.u8()) % (HEIGHT + 1));
    let step = usize::from(input.u8());
    let printed = input.rest();
    let new = || Grid::new(row::columns(size), row::rows(size));
    let mut at_once = new();
    let answers = at_once.print(printed);
    check_answers(&answers, size);
    check(&at_once, size);
    let mut single = new();
    let of_single: Vec<u8> =
        printed.iter().flat_map(|byte| single.print(std::slice::from_ref(byte))).collect();
    assert!(of_single == answers, "other answers byte by byte");
    compare(&single, &at_once, size);
    draw(new(), &at_once, size, printed.chunks((1 + step).max(printed.len().div_ceil(PIECES))));
}

/// Rows that the terminal has: also one that has no room for any.
fn rows(size: Size) -> usize {
    row::rows(size).max(1)
}

fn check(grid: &Grid, size: Size) {
    let columns = row::columns(size).max(1);
    let is_within = |(row, column)| row < rows(size) && column < columns;
    assert!(grid.cursor().is_none_or(is_within), "{:?}", grid.cursor());
    for row in 0..rows(size) {
        assert_eq!(grid.row(row).len(), columns);
        let is_sound = |glyph: &Glyph| !glyph.character.is_control() && glyph.colour <= 8;
        assert!(grid.row(row).iter().all(is_sound), "{:?}", grid.row(row));
    }
}

/// That all is well, or places within the grid, counted from 1.
fn check_answers(answers: &[u8], size: Size) {
    let answers = std::str::from_utf8(answers).expect("a text");
    for answer in answers.split('\x1b').skip(1) {
        if answer == "[0n" {
            continue;
        }
        let place = answer.strip_prefix('[').and_then(|rest| rest.strip_suffix('R'));
        let (row, column) = place.and_then(|place| place.split_once(';')).expect("a place");
        let is_within = |number: &str, most: usize| {
            number.parse().is_ok_and(|number: usize| (1..=most).contains(&number))
        };
        assert!(is_within(row, rows(size)), "{answer}");
        assert!(is_within(column, row::columns(size).max(1)), "{answer}");
    }
}

fn compare(one: &Grid, other: &Grid, size: Size) {
    assert_eq!(one.cursor(), other.cursor());
    for row in 0..rows(size) {
        assert_eq!(one.row(row), other.row(row), "row {row}");
    }
}

/// A picture's memory, with some behind it.
fn memory(size: Size) -> Vec<AtomicU64> {
    let pixels = (size.width * size.height) as usize + GUARD;
    (0..pixels.div_ceil(2)).map(|_| AtomicU64::new(0)).collect()
}

fn canvas(words: &[AtomicU64], size: Size) -> Canvas<'_> {
    let pitch = size.width as usize * PIXEL_BYTES;
    let pixels = Pixels { memory: SharedMemory::of_words(words), offset: 0, pitch };
    let mut canvas = Canvas::new(pixels, size);
    let Ok(()) = canvas.clear(palette::PAPER);
    canvas
}

/// Draws those rows that each piece changes, and all of them in the end.
fn draw<'a>(mut grid: Grid, at_once: &Grid, size: Size, pieces: impl Iterator<Item = &'a [u8]>) {
    let pictures = [memory(size), memory(size)];
    let [mut by_pieces, mut whole] = pictures.each_ref().map(|words| canvas(words, size));
    let draw = |grid: &Grid, row: usize, canvas: &mut Canvas<'_>| {
        let cursor = grid.cursor().filter(|at| at.0 == row).map(|at| at.1);
        let Ok(area) = row::draw_row(grid.row(row), row, cursor, canvas);
        area
    };
    // The cursor is there before anything is printed.
    for piece in std::iter::once(&b""[..]).chain(pieces) {
        grid.print(piece);
        for row in grid.take_changed() {
            draw(&grid, row, &mut by_pieces);
        }
    }
    compare(&grid, at_once, size);
    for row in 0..rows(size) {
        draw(at_once, row, &mut whole);
    }
    let [by_pieces, whole] = pictures
        .each_ref()
        .map(|words| words.iter().map(|word| word.load(Ordering::Relaxed)).collect::<Vec<u64>>());
    assert!(by_pieces == whole, "a row was drawn too late, or not at all");
    let behind = (size.width * size.height).div_ceil(2) as usize;
    assert!(whole[behind..].iter().all(|word| *word == 0), "drawn behind the picture");
}

#[cfg(test)]
mod tests {
    use super::grid::{Grid, Weight};

    #[test]
    fn the_numbers_of_a_colour_that_is_not_there_are_no_looks() {
        for looks in ["38;5;1", "48;5;31", "38;2;1;31;32", "48:5:1", "38", "38;5", "38;9"] {
            let mut grid = Grid::new(4, 1);
            grid.print(format!("\x1b[{looks}mx").as_bytes());
            let glyph = grid.row(0)[0];
            assert_eq!((glyph.colour, glyph.weight), (8, Weight::Normal), "{looks}");
        }
    }

    #[test]
    fn looks_behind_those_numbers_count() {
        let mut grid = Grid::new(4, 1);
        grid.print(b"\x1b[38;5;1;32;48;2;1;1;1;1mx");
        assert_eq!((grid.row(0)[0].colour, grid.row(0)[0].weight), (2, Weight::Bold));
    }
}
