//! What a picture costs: composing all of the screen beside a bare copy of the same pixels.
//!
//! With the emulator's counting clock (`-icount shift=0,sleep=off`) a nanosecond is an instruction.

use super::painter;
use super::window::Window;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;
use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::primitives::Rectangle;
use user::error::Result;
use user::process;
use user::region::{Options, Protection};
use user::screen::area::Area;
use user::screen::frame_buffer::FrameBuffer;
use user::screen::header::{Layout, SIDE_MAX};
use user::screen::request::{BARE, BLENDED, Request, Wish, text_bytes};
use user::table::Align;
use user::{print, style, time};
use zerocopy::FromZeros;

/// How often each is done; the best time counts.
const TIMES: usize = 9;

/// Measures, and tells.
pub fn run() -> Result<()> {
    let screen = FrameBuffer::open()?;
    let size = screen.size();
    let pixels = f64::from(size.width) * f64::from(size.height);
    let whole = Area::of(Rectangle::new(Point::zero(), size));
    let one = own(1, Point::zero(), size, BARE)?;
    let copied = best(|| {
        let target = screen.hidden();
        let source = one.pixels();
        let bytes = target.pitch * size.height as usize;
        source.and_then(|source| {
            target.memory.copy_from(target.offset, &source.memory, source.offset, bytes)
        });
    });
    let alone = best(|| painter::paint(&[&one], &whole, screen.hidden(), size));
    // Six windows that cover each other in part, and some of the background.
    let several: Vec<Window> = (1..=6_u32)
        .map(|number| {
            let at = Point::new_equal(number as i32 * 70 - 40);
            own(number + 1, at, Size::new(560, 330), 0)
        })
        .collect::<Result<_>>()?;
    let windows: Vec<&Window> = several.iter().collect();
    let stacked = best(|| painter::paint(&windows, &whole, screen.hidden(), size));
    let blended = own(8, Point::zero(), size, BARE | BLENDED)?;
    let below = [&one, &blended];
    let mixed = best(|| painter::paint(&below, &whole, screen.hidden(), size));
    let titles = [("PICTURE", Align::Left), ("A-PIXEL", Align::Right), ("RATIO", Align::Right)];
    let mut table = style::table(&titles);
    for (what, time) in [
        ("the pixels copied", copied),
        ("one window", alone),
        ("six windows with titles", stacked),
        ("a window with alpha over another", mixed),
    ] {
        let each = time.as_nanos() as f64 / pixels;
        let ratio = time.as_secs_f64() / copied.as_secs_f64();
        table.row([String::from(what), format!("{each:.3}"), format!("{ratio:.2}")]);
    }
    print!("{table}");
    Ok(())
}

fn best(mut task: impl FnMut()) -> Duration {
    let once = |_| {
        let begin = time::now();
        task();
        time::now() - begin
    };
    (0..TIMES).map(once).min().unwrap_or_default()
}

/// A window of this process's own, whose surface has all of its pages.
fn own(number: u32, at: Point, size: Size, flags: u32) -> Result<Window> {
    debug_assert!(size.width <= SIDE_MAX && size.height <= SIDE_MAX);
    let bytes = Layout::new(size.width, size.height).map_or(0, Layout::bytes);
    let name = format!("/surface-{}-{number}", process::id());
    let options = Options::new().bytes(bytes as u64).ephemeral().exclusive().never_shrinks();
    let region = options.create(&name)?;
    let view = region.map(Protection::READ | Protection::WRITE)?;
    for page in (0..bytes).step_by(4096) {
        view.write(page, &[1]);
    }
    let (name, name_length) = text_bytes(&name);
    let request = Request {
        wish: Wish::Open as u32,
        surface: number,
        width: size.width,
        height: size.height,
        flags,
        name,
        name_length,
        ..Request::new_zeroed()
    };
    let mut window = Window::open(process::id(), &request, at)?;
    window.commit(&request);
    window.take_pending();
    Ok(window)
}
