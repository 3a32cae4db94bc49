//! Surfaces: pictures that a program draws and the display server shows.
//!
//! A surface is a named region with two buffers of pixels. The program draws into the one that is not shown, in place,
//! with `embedded-graphics`, and commits it: a message of some bytes, and nothing is copied. The server shows whole
//! commits only, and says when it does; then the other buffer is free to be drawn.

pub mod options;

use crate::error::{Error, Result};
use crate::poll::{self, PollEvents};
use crate::process;
use crate::region::{Options, Protection, Region, View};
use crate::screen::area::Area;
use crate::screen::canvas::Canvas;
use crate::screen::header::{Layout, SHOWN};
use crate::screen::request::{ANYWHERE, BARE, BLENDED, Request, Wish, text_bytes};
use crate::screen::rows::Pixels;
use crate::screen::{REQUEST_DEPTH, REQUESTS};
use crate::sync;
use crate::time;
use crate::topic::{self, Pool, Publisher, TopicPolicy};
use abi::Errno;
use alloc::format;
use core::cell::Cell;
use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;
use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::primitives::Rectangle;
use zerocopy::FromZeros;

/// How long a client waits before it asks whether there is still a display server.
const PATIENCE: Duration = Duration::from_secs(2);

/// The way to the display server.
pub struct Display<'p> {
    requests: Publisher<'p, Request>,
    surfaces: Cell<u32>,
}

/// How a surface is to be.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// What stands above it.
    pub title: &'a str,
    /// Its size.
    pub size: Size,
    /// Its place; the server finds one for `None`.
    pub place: Option<Point>,
    /// [`BLENDED`], [`BARE`].
    pub flags: u32,
}

/// A surface, until it is dropped.
pub struct Surface<'d, 'p> {
    display: &'d Display<'p>,
    number: u32,
    view: View,
    layout: Layout,
    /// Commits so far.
    commits: u32,
    /// Kept so that the name stays.
    _region: Region,
}

impl<'p> Display<'p> {
    /// Connects to the display server.
    pub fn connect(pool: &'p Pool) -> Result<Self> {
        let requests = pool.advertise(REQUESTS, REQUEST_DEPTH, TopicPolicy::Wait)?;
        let display = Self { requests, surfaces: Cell::new(0) };
        // It may have been started a moment ago.
        let end = time::now() + PATIENCE;
        while !display.is_served()? {
            let left = end.saturating_sub(time::now());
            if left.is_zero() {
                return Err(
                    Error::message("there is no display server").advice("start one: compositor &")
                );
            }
            display.wait_for_news(Some(left))?;
        }
        Ok(display)
    }

    /// Whether there is a display server.
    pub fn is_served(&self) -> Result<bool> {
        Ok(self.requests.status()?.subscribers > 0)
    }

    /// Opens a surface. Nothing is shown before its first commit.
    pub fn open(&self, wanted: Wanted<'_>) -> Result<Surface<'_, 'p>> {
        let Size { width, height } = wanted.size;
        let layout = Layout::new(width, height).ok_or_else(|| {
            Error::message(format!("{width} × {height}: no size of a surface"))
                .advice("sides are from 1 to 4096")
        })?;
        let number = self.surfaces.get() + 1;
        self.surfaces.set(number);
        let name = format!("/surface-{}-{number}", process::id());
        let options = Options::new().bytes(layout.bytes() as u64).ephemeral().exclusive();
        let region = options.never_shrinks().close_on_exec().create(&name)?;
        let view = region.map(Protection::READ | Protection::WRITE)?;
        let (name, name_length) = text_bytes(&name);
        let (title, title_length) = text_bytes(wanted.title);
        let place = wanted.place.unwrap_or(Point::new_equal(ANYWHERE));
        self.ask(Request {
            wish: Wish::Open as u32,
            surface: number,
            x: place.x,
            y: place.y,
            width,
            height,
            flags: wanted.flags & (BLENDED | BARE),
            name,
            name_length,
            title,
            title_length,
            ..Request::new_zeroed()
        })?;
        Ok(Surface { display: self, number, view, layout, commits: 0, _region: region })
    }

    /// Returns when the display server has ended.
    pub fn wait_for_end(&self) -> Result<()> {
        while self.is_served()? {
            self.wait_for_news(None)?;
        }
        Ok(())
    }

    /// Waits until somebody begins or ceases to serve.
    fn wait_for_news(&self, timeout: Option<Duration>) -> Result<()> {
        poll::wait([(self.requests.as_raw(), PollEvents::PRI)], timeout).map(drop)
    }

    fn ask(&self, request: Request) -> Result<()> {
        loop {
            let mut message = self.requests.loan()?;
            *message = request;
            if message.publish_within(Some(PATIENCE))?.is_some() {
                return Ok(());
            }
            self.check()?;
        }
    }

    /// Fails if there is no display server any more.
    fn check(&self) -> Result<()> {
        if self.is_served()? { Ok(()) } else { Err(gone()) }
    }
}

fn gone() -> Error {
    Error::new(Errno::EPIPE, "screen").problem("the display server has ended")
}

impl Surface<'_, '_> {
    /// Its size.
    pub const fn size(&self) -> Size {
        Size::new(self.layout.width(), self.layout.height())
    }

    /// All of it.
    pub const fn bounds(&self) -> Rectangle {
        Rectangle::new(Point::zero(), self.size())
    }

    /// Waits until the last commit is shown, so that the other buffer is free, and gives that: it has the picture of
    /// the commit before the last one.
    pub fn frame(&mut self) -> Result<Canvas<'_>> {
        while self.shown()?.load(Ordering::Acquire) != self.commits {
            let before = self.shown()?.load(Ordering::Acquire);
            if before != self.commits
                && sync::wait(self.shown()?, before, Some(PATIENCE)) == sync::Woken::TimedOut
            {
                self.display.check()?;
            }
        }
        let offset = self.layout.buffer(self.hidden());
        let pixels = Pixels { memory: self.view.memory(), offset, pitch: self.layout.pitch() };
        Ok(Canvas::new(pixels, self.size()))
    }

    /// Shows what was drawn since [`Self::frame`]; outside of `changed` it is as in the last commit.
    pub fn commit(&mut self, changed: Rectangle) -> Result<()> {
        self.commit_parts(&Area::of(changed.intersection(&self.bounds())))
    }

    /// As [`Self::commit`], of any part of the surface.
    pub fn commit_parts(&mut self, changed: &Area) -> Result<()> {
        let buffer = self.hidden() as u32;
        self.commits = self.commits.wrapping_add(1);
        let mut request = Request {
            wish: Wish::Commit as u32,
            surface: self.number,
            buffer,
            number: self.commits,
            ..Request::new_zeroed()
        };
        request.set_changed(changed);
        self.display.ask(request)
    }

    /// Moves it.
    pub fn place(&self, place: Point) -> Result<()> {
        self.display.ask(Request {
            wish: Wish::Move as u32,
            surface: self.number,
            x: place.x,
            y: place.y,
            ..Request::new_zeroed()
        })
    }

    /// The buffer that the next commit shows.
    const fn hidden(&self) -> usize {
        self.commits as usize % 2
    }

    fn shown(&self) -> Result<&AtomicU32> {
        self.view.as_atomic_u32(SHOWN).ok_or_else(gone)
    }
}

impl Drop for Surface<'_, '_> {
    fn drop(&mut self) {
        let wish = Wish::Close as u32;
        // A server that is gone shows nothing any more.
        let _ = self.display.ask(Request { wish, surface: self.number, ..Request::new_zeroed() });
    }
}

/// Whether a display server runs.
pub fn is_served() -> bool {
    topic::info(REQUESTS).is_ok_and(|topic| topic.subscribers > 0)
}
