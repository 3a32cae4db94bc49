//! Requests to the display server that make no sense, or that are another's business.

use crate::check::Checks;
use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::pixelcolor::{Rgb888, RgbColor};
use user::error::Result;
use user::region::{Options, Protection, Region};
use user::screen::header::Layout;
use user::screen::request::{CHANGED_MAX, Request, Wish, text_bytes};
use user::screen::{REQUEST_DEPTH, REQUESTS};
use user::surface::{self, Display, Wanted};
use user::topic::{Pool, Publisher, TopicPolicy};
use zerocopy::FromZeros;

const SIDE: u32 = 32;

/// Runs the checks; a display server must run, and another process have a surface.
pub fn run(checks: &mut Checks) {
    let Some(pool) = checks.value("a pool", Pool::new()) else { return };
    let publisher = pool.advertise::<Request>(REQUESTS, REQUEST_DEPTH, TopicPolicy::Wait);
    let Some(publisher) = checks.value("a way to the server", publisher) else { return };
    let outcome = nonsense(&publisher).and_then(|()| open_wrongly(&publisher));
    checks.value("requests are taken, whatever they are", outcome);
    checks.value("a surface is drawn afterwards", draw_one(&pool));
    checks.that("the server lives", surface::is_served());
}

fn ask(publisher: &Publisher<'_, Request>, request: Request) -> Result<()> {
    let mut message = publisher.loan()?;
    *message = request;
    message.publish().map(drop)
}

/// Wishes that nobody knows, surfaces that there are not, sizes and lengths beyond everything.
fn nonsense(publisher: &Publisher<'_, Request>) -> Result<()> {
    for wish in [0, 1, 2, 3, 4, 5, u32::MAX] {
        for fill in [0, 1, 0x7F, 0x80, 0xFF] {
            let mut request = Request::new_zeroed();
            request.name.fill(fill);
            request.title.fill(fill);
            let word = u32::from_ne_bytes([fill; 4]);
            (request.x, request.y) = (word as i32, i32::MIN + 1);
            (request.width, request.height) = (word, word);
            (request.flags, request.buffer, request.number) = (word, word, word);
            (request.name_length, request.title_length) = (word, word);
            request.changed = [[word; 4]; CHANGED_MAX];
            request.wish = wish;
            ask(publisher, request)?;
        }
    }
    Ok(())
}

/// A request to show this region.
fn opening(name: &str, surface: u32) -> Request {
    let (name, name_length) = text_bytes(name);
    Request {
        wish: Wish::Open as u32,
        surface,
        x: 300,
        y: 300,
        width: SIDE,
        height: SIDE,
        name,
        name_length,
        ..Request::new_zeroed()
    }
}

/// Regions that may become shorter, are too short, or are seen by others alone.
fn open_wrongly(publisher: &Publisher<'_, Request>) -> Result<()> {
    let bytes = Layout::new(SIDE, SIDE).map_or(0, Layout::bytes) as u64;
    let unsealed = Options::new().bytes(bytes).ephemeral().create("/unsealed")?;
    let short = Options::new().bytes(4096).never_shrinks().ephemeral().create("/short")?;
    let unseen = Options::new().bytes(bytes).never_shrinks().ephemeral().create("/unseen")?;
    let _views = [map(&unsealed)?, map(&short)?];
    for (name, number) in [("/unsealed", 1), ("/short", 2), ("/unseen", 3), ("/nowhere", 4)] {
        ask(publisher, opening(name, number))?;
        let committed =
            Request { wish: Wish::Commit as u32, surface: number, ..opening(name, number) };
        ask(publisher, committed)?;
    }
    // That of another process.
    for region in user::region::list()? {
        let name = alloc::string::String::from_utf8_lossy(region.name()).into_owned();
        if name.starts_with("/surface-") {
            ask(publisher, opening(&name, 5))?;
            ask(publisher, Request { wish: Wish::Commit as u32, ..opening(&name, 5) })?;
        }
    }
    // Made smaller under everybody's eyes.
    unsealed.set_length(0)?;
    drop(unseen);
    Ok(())
}

fn map(region: &Region) -> Result<user::region::View> {
    region.map(Protection::READ | Protection::WRITE)
}

/// Draws a surface, and a few commits that are wrong in themselves.
fn draw_one(pool: &Pool) -> Result<()> {
    let display = Display::connect(pool)?;
    let size = Size::new_equal(SIDE);
    let wanted = Wanted { title: "after all", size, place: Some(Point::new(-20, 900)), flags: 0 };
    let mut surface = display.open(wanted)?;
    for _ in 0..3 {
        let Ok(()) = surface.frame()?.clear(Rgb888::RED);
        surface.commit(surface.bounds())?;
    }
    surface.place(Point::new(i32::MAX, i32::MIN + 1))?;
    surface.frame().map(drop)
}
