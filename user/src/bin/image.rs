//! `image`: a picture from a file, in a window.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::vec::Vec;
use embedded_graphics::Drawable;
use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{Dimensions, Point};
use embedded_graphics::image::Image;
use embedded_graphics::pixelcolor::Rgb888;
use tinybmp::Bmp;
use user::error::{Error, Result};
use user::fs::File;
use user::options::{Parsed, only, parse, usage};
use user::screen::palette;
use user::surface::options::Geometry;
use user::surface::{Display, Wanted};
use user::topic::Pool;
use user::{env, io, println};

const HELP: &str = "usage: image FILE.bmp [--at X,Y]\n\
    Shows a picture in a window, which is as large as the picture, until it is killed.";

user::entry!(main);

fn main() -> Result<()> {
    let mut geometry = Geometry::of(0, 0);
    let parsed = parse(env::args().skip(1), |option, values| geometry.read(option, values))?;
    let Parsed::Run(words) = parsed else {
        println!("{HELP}");
        return Ok(());
    };
    if geometry.size.width != 0 {
        return Err(usage("a picture has its own size"));
    }
    let path = only(&words, "picture")?;
    let mut bytes = Vec::new();
    File::open(path)?.read_to_end(&mut bytes)?;
    let picture = Bmp::<Rgb888>::from_slice(&bytes)
        .map_err(|error| Error::message(alloc::format!("{path}: no picture: {error:?}")))?;
    show(path, &picture, geometry.place)
}

fn show(path: &str, picture: &Bmp<'_, Rgb888>, place: Option<Point>) -> Result<()> {
    let pool = Pool::new()?;
    let display = Display::connect(&pool)?;
    let size = picture.bounding_box().size;
    let title = path.rsplit('/').next().unwrap_or(path);
    let mut surface = display.open(Wanted { title, size, place, flags: 0 })?;
    let mut canvas = surface.frame()?;
    let Ok(()) = canvas.clear(palette::PAPER);
    let Ok(()) = Image::new(picture, Point::zero()).draw(&mut canvas);
    surface.commit(surface.bounds())?;
    // The buffer is free again when the picture is seen.
    surface.frame()?;
    println!("{path}: on the screen until this is ended");
    io::flush()?;
    display.wait_for_end()
}
