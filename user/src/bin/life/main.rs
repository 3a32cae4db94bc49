//! `life`: Conway's Game of Life in a window.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::format;
use core::time::Duration;
use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::primitives::Rectangle;
use user::error::Result;
use user::life::Field;
use user::options::{Argument, Parsed, parse};
use user::screen::canvas::Canvas;
use user::surface::options::Geometry;
use user::surface::{Display, Wanted};
use user::topic::{Pool, TopicPolicy};
use user::{env, println, system, time};

const HELP: &str = "usage: life [--rate N] [--seed N] [--steps N] [--at X,Y] [--size WIDTHxHEIGHT]\n\
    Plays Conway's Game of Life in a window, one cell in each square of two pixels: new cells are bright, those that\n\
    have just died are dark. --rate takes so many steps a second, 20 without it; --seed begins with the same field\n\
    each time; --steps ends after so many. The number of living cells is on the topic /life: try\n\
    plot /life. --at puts the window's picture there; --size makes it so large.";

/// The topic on which the number of living cells is told.
const POPULATION: &str = "/life";
/// Pixels of a cell's side.
const CELL: u32 = 2;
const BORN: u32 = 0xFFD8_FFB0;
const ALIVE: u32 = 0xFF6C_C24A;
const DIED: u32 = 0xFF1E_3A22;
const EMPTY: u32 = 0xFF0C_1210;

user::entry!(main);

struct Wish {
    geometry: Geometry,
    rate: u64,
    seed: Option<u64>,
    steps: u64,
}

fn main() -> Result<()> {
    let mut wish = Wish { geometry: Geometry::of(384, 256), rate: 20, seed: None, steps: u64::MAX };
    let parsed = parse(env::args().skip(1), |option, values| {
        match option {
            Argument::Long("rate") => wish.rate = values.number(1)?,
            Argument::Long("seed") => wish.seed = Some(values.number(0)?),
            Argument::Long("steps") => wish.steps = values.number(1)?,
            option => wish.geometry.read(option, values)?,
        }
        Ok(())
    })?;
    let Parsed::Run(_) = parsed else {
        println!("{HELP}");
        return Ok(());
    };
    play(&wish)
}

fn play(wish: &Wish) -> Result<()> {
    let mut field = Field::new(
        (wish.geometry.size.width / CELL) as usize,
        (wish.geometry.size.height / CELL) as usize,
    );
    let seed = match wish.seed {
        Some(seed) => seed,
        None => system::random()?,
    };
    field.sow(seed);
    let pool = Pool::new()?;
    let display = Display::connect(&pool)?;
    let size = Size::new(field.width() as u32 * CELL, field.height() as u32 * CELL);
    let title = format!("life  {} x {}", field.width(), field.height());
    let place = wish.geometry.place;
    let mut surface = display.open(Wanted { title: &title, size, place, flags: 0 })?;
    let population = pool.advertise::<u64>(POPULATION, 1, TopicPolicy::Overwrite)?;
    let period = Duration::from_nanos(1_000_000_000 / wish.rate);
    let mut next = time::now();
    for _ in 0..wish.steps {
        draw(&field, &surface.frame()?);
        surface.commit(surface.bounds())?;
        let mut message = population.loan()?;
        *message = field.population();
        message.publish()?;
        field.step();
        next += period;
        time::sleep_until(next);
    }
    Ok(())
}

/// Draws all cells, one row of a word at a time.
fn draw(field: &Field, canvas: &Canvas<'_>) {
    for y in 0..field.height() {
        for (index, (now, before)) in field.row(y).enumerate() {
            draw_word(now, before, Point::new((index * 64) as i32, y as i32), canvas);
        }
    }
}

fn draw_word(now: u64, before: u64, at: Point, canvas: &Canvas<'_>) {
    // Runs of the same kind are filled at once: most of a field is empty.
    let kind = |bit: u32| (now >> bit & 1, before >> bit & 1);
    let mut first = 0;
    while first < u64::BITS {
        let colour = match kind(first) {
            (1, 0) => BORN,
            (1, _) => ALIVE,
            (_, 1) => DIED,
            _ => EMPTY,
        };
        let mut end = first + 1;
        while end < u64::BITS && kind(end) == kind(first) {
            end += 1;
        }
        let place = Point::new(at.x + first as i32, at.y) * CELL as i32;
        canvas.fill_word(&Rectangle::new(place, Size::new((end - first) * CELL, CELL)), colour);
        first = end;
    }
}
