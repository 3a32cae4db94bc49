//! `map`: a live picture of the memory that processes hold in common.
#![no_std]
#![no_main]

extern crate alloc;

mod window;

use core::time::Duration;
use user::error::Result;
use user::io::{self, STDOUT};
use user::map::activity::Activity;
use user::map::collect;
use user::map::text::{Colours, render};
use user::options::{Argument, Parsed, parse};
use user::surface::options::Geometry;
use user::{env, print, println, terminal, time};

const HELP: &str = "usage: map [--text] [--once] [--at X,Y] [--size WIDTHxHEIGHT]\n\
    Shows which processes see which regions, and which of their pages are being written: in a window, ten times a\n\
    second, or with --text in the terminal, twice a second. --once shows one picture and ends.\n\
    --at puts the window's picture there; --size makes it so large.\n\n\
    Processes are on the left, with a bar of their private pages, those that are copied when they are written, and\n\
    those of regions. A line leads to each region that a process sees: dotted, it only reads. Pages light up when they\n\
    are written. Root sees all processes, others see what their own have.";

/// From one picture in the terminal to the next.
const TEXT_PERIOD: Duration = Duration::from_millis(500);
/// Pages of a region that are told apart in the terminal.
const TEXT_CELLS: usize = 512;
/// Columns where the terminal does not say.
const COLUMNS: usize = 80;

/// How often it is shown.
#[derive(Clone, Copy, PartialEq)]
enum Often {
    Once,
    Always,
}

user::entry!(main);

fn main() -> Result<()> {
    let (mut often, mut is_text) = (Often::Always, false);
    let mut geometry = Geometry::of(720, 520);
    let parsed = parse(env::args().skip(1), |option, values| {
        match option {
            Argument::Long("text") => is_text = true,
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
        Parsed::Run(_) => window::show(geometry, often),
    }
}

/// Writes the picture over the last one.
fn show_text(often: Often) -> Result<()> {
    let is_terminal = terminal::is_terminal(STDOUT);
    let colours = if is_terminal { Colours::Yes } else { Colours::No };
    let mut activities: alloc::vec::Vec<Activity> = alloc::vec::Vec::new();
    loop {
        let model = collect::model()?;
        let mut next = alloc::vec::Vec::new();
        for region in &model.regions {
            let known = activities.iter().position(|activity| activity.region == region.id);
            let mut activity = match known {
                Some(index) => activities.swap_remove(index),
                None => Activity::new(region.id, region.bytes, TEXT_CELLS),
            };
            collect::note_pages(&region.name, &mut activity);
            next.push(activity);
        }
        activities = next;
        let window = terminal::window_size(STDOUT).ok().filter(|size| size.columns > 0);
        let columns = window.map_or(COLUMNS, |size| size.columns.into());
        if is_terminal && often == Often::Always {
            // From the upper left corner over what was there.
            print!("\x1b[H\x1b[J");
        }
        print!("{}", render(&model, &activities, columns, colours));
        io::flush()?;
        if often == Often::Once {
            return Ok(());
        }
        time::sleep(TEXT_PERIOD);
    }
}
