//! `map`: a live picture of the memory that processes hold in common.
#![no_std]
#![no_main]

extern crate alloc;

mod window;

use alloc::vec::Vec;
use core::time::Duration;
use user::error::Result;
use user::io::{self, STDOUT};
use user::map::activity::Activity;
use user::map::collect;
use user::map::model::Model;
use user::map::text::{Colours, Live, render};
use user::options::{Argument, Parsed, parse};
use user::surface::options::Geometry;
use user::{env, print, println, terminal, time};

const HELP: &str = "usage: map [--text] [--once] [--places] [--at X,Y] [--size WIDTHxHEIGHT]\n\
    Shows which processes see which regions, and which of their pages are being written: in a window, ten times a\n\
    second, or with --text in the terminal, twice a second. --once shows one picture and ends.\n\
    --at puts the window's picture there; --size makes it so large; --places tells where everything is in it.\n\n\
    Processes are in the middle, with a bar of their private pages, those that are copied when they are written, and\n\
    those of regions. A line leads to each region that a process sees: dotted, it only reads. Pages light up when they\n\
    are written. Where there are topics, they are on the other side. A mark that moves is a message on its way to its\n\
    topic and to who takes it, or pages on the way from one process to another. Root sees all processes, others see\n\
    what their own have.";

/// From one picture in the terminal to the next.
const TEXT_PERIOD: Duration = Duration::from_millis(500);
/// Pages of a region that are told apart in the terminal.
const TEXT_CELLS: usize = 512;
/// Columns where the terminal does not say.
const COLUMNS: u16 = 80;
const ROWS: u16 = 24;

/// How often it is shown.
#[derive(Clone, Copy, PartialEq)]
enum Often {
    Once,
    Always,
}

/// Whether it is told where everything is.
#[derive(Clone, Copy, PartialEq)]
enum Places {
    Told,
    Untold,
}

user::entry!(main);

fn main() -> Result<()> {
    let (mut often, mut places, mut is_text) = (Often::Always, Places::Untold, false);
    let mut geometry = Geometry::of(720, 520);
    let parsed = parse(env::args().skip(1), |option, values| {
        match option {
            Argument::Long("text") => is_text = true,
            Argument::Long("places") => places = Places::Told,
            Argument::Long("once") => often = Often::Once,
            option => geometry.read(option, values)?,
        }
        Ok(())
    })?;
    match parsed {
        Parsed::Help => {
            println!("{HELP}");
            Ok(())
        }
        Parsed::Run(_) if is_text => show_text(often),
        Parsed::Run(_) => window::show(geometry, often, places),
    }
}

/// Writes the picture, and then what has changed of it.
fn show_text(often: Often) -> Result<()> {
    let is_terminal = terminal::is_terminal(STDOUT);
    let mut activities = Vec::new();
    if often == Often::Once || !is_terminal {
        let colours = if is_terminal { Colours::Yes } else { Colours::No };
        let model = collect::model()?;
        note_pages(&model, &mut activities);
        print!("{}", render(&model, &activities, window().0, colours));
        return Ok(io::flush()?);
    }
    let mut live = Live::new(window().0, window().1);
    loop {
        let model = collect::model()?;
        note_pages(&model, &mut activities);
        print!("{}", live.show(&model, &activities, window()));
        io::flush()?;
        time::sleep(TEXT_PERIOD);
    }
}

/// Looks at the pages of all regions; what is known of them stays known.
fn note_pages(model: &Model, activities: &mut Vec<Activity>) {
    let mut before = core::mem::take(activities);
    for region in &model.regions {
        let known = before.iter().position(|activity| activity.region == region.id);
        let mut activity = match known {
            Some(index) => before.swap_remove(index),
            None => Activity::new(region.id, region.bytes, TEXT_CELLS),
        };
        // Half as often as a window shows it, for as many pictures.
        (0..2).for_each(|_| drop(activity.cool()));
        collect::note_pages(&region.name, &mut activity, TEXT_CELLS);
        activities.push(activity);
    }
}

/// Columns and rows of the terminal.
fn window() -> (u16, u16) {
    let size = terminal::window_size(STDOUT).ok();
    let size = size.filter(|size| size.columns > 0 && size.rows > 0);
    size.map_or((COLUMNS, ROWS), |size| (size.columns, size.rows))
}
