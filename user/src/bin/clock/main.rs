//! `clock`: the time, as hands.
#![no_std]
#![no_main]

extern crate alloc;

mod face;

use core::time::Duration;
use user::error::Result;
use user::options::{Parsed, parse};
use user::screen::request::BLENDED;
use user::surface::options::Geometry;
use user::surface::{Display, Wanted};
use user::topic::Pool;
use user::{env, println, time};

const HELP: &str = "usage: clock [--at X,Y] [--size WIDTHxHEIGHT]\n\
    Shows the time of day (UTC) with hands. On a board that nobody has told the time, that is the time since it was\n\
    switched on. --at puts the window's picture there; --size makes it so large.";

const SECOND: Duration = Duration::from_secs(1);

user::entry!(main);

fn main() -> Result<()> {
    let mut geometry = Geometry::of(180, 180);
    let parsed = parse(env::args().skip(1), |option, values| geometry.read(option, values))?;
    let Parsed::Run(_) = parsed else {
        println!("{HELP}");
        return Ok(());
    };
    let pool = Pool::new()?;
    let display = Display::connect(&pool)?;
    let Geometry { place, size } = geometry;
    let mut surface = display.open(Wanted { title: "clock", size, place, flags: BLENDED })?;
    loop {
        let day = time::of_day();
        let Ok(()) = face::draw(day.as_secs(), &mut surface.frame()?);
        surface.commit(surface.bounds())?;
        // On the second, as the clock has it.
        time::sleep(SECOND - Duration::from_nanos(day.subsec_nanos().into()));
    }
}
