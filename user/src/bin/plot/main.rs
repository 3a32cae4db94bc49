//! `plot`: the numbers of a topic as a curve in a window.
#![no_std]
#![no_main]

extern crate alloc;

mod chart;

use chart::Chart;
use user::error::{Error, Result};
use user::options::{Parsed, only, parse};
use user::surface::options::Geometry;
use user::surface::{Display, Wanted};
use user::topic::{ByteSubscriber, Pool, SubscribeFlags, numbers};
use user::{env, println};

const HELP: &str = "usage: plot TOPIC [--at X,Y] [--size WIDTHxHEIGHT]\n\
    Shows the numbers of a topic in a window while they come, a curve for each number of a message: one of u8 to f64,\n\
    or an array of them. Try: topic pub /x f64 1.5 --rate 5 &  plot /x\n\
    --at puts the window's picture there; --size makes it so large.";

/// Messages that may wait: none is left out.
const DEPTH: u32 = 256;

user::entry!(main);

fn main() -> Result<()> {
    let mut geometry = Geometry::of(320, 160);
    let parsed = parse(env::args().skip(1), |option, values| geometry.read(option, values))?;
    let Parsed::Run(words) = parsed else {
        println!("{HELP}");
        return Ok(());
    };
    let name = only(&words, "topic")?;
    let topic = ByteSubscriber::new(name, DEPTH, SubscribeFlags::TRANSIENT_LOCAL)?;
    let pool = Pool::new()?;
    let display = Display::connect(&pool)?;
    let Geometry { place, size } = geometry;
    let mut surface = display.open(Wanted { title: name, size, place, flags: 0 })?;
    let mut chart = Chart::new(size);
    loop {
        let Ok(()) = chart.draw(&mut surface.frame()?);
        surface.commit(surface.bounds())?;
        let Some(message) = topic.wait(None)? else { continue };
        let contents = topic.status()?.contents;
        let values = numbers::values(&contents, &message)
            .ok_or_else(|| Error::message(alloc::format!("{name}: its messages are no numbers")))?;
        chart.add(&values);
    }
}
