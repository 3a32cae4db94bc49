//! A surface of another program, as the server sees it: memory that its owner may write at any time.

use alloc::string::String;
use core::sync::atomic::Ordering;
use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::primitives::Rectangle;
use user::error::{Error, Result};
use user::process::Pid;
use user::region::{Protection, Region, Seals, View, views};
use user::screen::area::Area;
use user::screen::header::{Layout, SHOWN};
use user::screen::request::{BARE, BLENDED, Request};
use user::screen::rows::Pixels;
use user::screen::stack::{Cover, Place};
use user::sync;

/// Rows of a title.
pub const TITLE_ROWS: u32 = 20;
/// Pixels of a border.
pub const BORDER: u32 = 1;

/// A commit that is not shown yet.
pub struct Commit {
    pub buffer: usize,
    pub number: u32,
    /// What has changed, in the surface's own numbers.
    pub changed: Area,
}

/// A window.
pub struct Window {
    /// Whose it is.
    pub pid: Pid,
    /// Its owner's number for it.
    pub number: u32,
    pub title: String,
    view: View,
    layout: Layout,
    flags: u32,
    /// Where its pixels begin on the screen.
    at: Point,
    /// The buffer that is shown; `None` before the first commit.
    buffer: Option<usize>,
    pub pending: Option<Commit>,
}

impl Window {
    /// The surface that a process asks to be shown, which must be its own, and must never lose a page under the
    /// server's view.
    pub fn open(pid: Pid, request: &Request, at: Point) -> Result<Self> {
        let name = request.region();
        let layout = Layout::new(request.width, request.height)
            .ok_or_else(|| Error::message("no size of a surface"))?;
        let region = Region::open(&name)?;
        let record = region.stat()?;
        if record.length < layout.bytes() as u64 {
            return Err(Error::message(name).problem("too short for its size"));
        }
        if !Seals::from_bits_truncate(record.seals).contains(Seals::SHRINK) {
            return Err(Error::message(name).problem("it may become shorter"));
        }
        let writes = Protection::READ | Protection::WRITE;
        let is_own = |found: &user::region::Holding| {
            found.region == Some(record.id) && found.is_shared && found.protection.contains(writes)
        };
        if !views(Some(pid))?.iter().any(is_own) {
            return Err(Error::message(name).problem("not its own"));
        }
        let view = region.map(writes)?;
        let title = request.title();
        let flags = request.flags;
        let number = request.surface;
        Ok(Self { pid, number, title, view, layout, flags, at, buffer: None, pending: None })
    }

    /// Whether it is to be seen.
    pub const fn is_shown(&self) -> bool {
        self.buffer.is_some()
    }

    pub const fn is_bare(&self) -> bool {
        self.flags & BARE != 0
    }

    /// Its pixels' place on the screen.
    pub const fn inner(&self) -> Rectangle {
        Rectangle::new(self.at, Size::new(self.layout.width(), self.layout.height()))
    }

    /// The same, with title and border.
    pub fn outer(&self) -> Rectangle {
        let inner = self.inner();
        if self.is_bare() {
            return inner;
        }
        let top_left = inner.top_left - Point::new(BORDER as i32, (TITLE_ROWS + BORDER) as i32);
        Rectangle::new(top_left, inner.size + Size::new(2 * BORDER, TITLE_ROWS + 2 * BORDER))
    }

    pub fn place(&self) -> Place {
        let cover = if self.flags & BLENDED == 0 { Cover::Opaque } else { Cover::Blended };
        Place { outer: self.outer(), cover }
    }

    pub const fn move_to(&mut self, at: Point) {
        self.at = at;
    }

    /// Takes note of a commit; one that was not shown yet is part of it.
    pub fn commit(&mut self, request: &Request) {
        let Some(buffer) = usize::try_from(request.buffer).ok().filter(|buffer| *buffer < 2) else {
            return;
        };
        let mut changed = request.changed_within(self.inner().size);
        if self.pending.is_some() {
            changed = Area::of(Rectangle::new(Point::zero(), self.inner().size));
        }
        self.pending = Some(Commit { buffer, number: request.number, changed });
    }

    /// Shows the pending commit from now on; returns its number, and what of the screen it changes.
    pub fn take_pending(&mut self) -> Option<(u32, Area)> {
        let commit = self.pending.take()?;
        let was_shown = self.is_shown();
        self.buffer = Some(commit.buffer);
        let mut changed = Area::new();
        if was_shown {
            let parts = commit.changed.parts().iter();
            parts.for_each(|part| changed.add(Rectangle::new(part.top_left + self.at, part.size)));
        } else {
            changed.add(self.outer());
        }
        Some((commit.number, changed))
    }

    /// The pixels that are shown.
    pub fn pixels(&self) -> Option<Pixels<'_>> {
        let offset = self.layout.buffer(self.buffer?);
        Some(Pixels { memory: self.view.memory(), offset, pitch: self.layout.pitch() })
    }

    /// Tells the owner that a commit is shown, and the other buffer its own again.
    pub fn acknowledge(&self, number: u32) {
        if let Some(word) = self.view.as_atomic_u32(SHOWN) {
            word.store(number, Ordering::Release);
            sync::wake(word, u32::MAX);
        }
    }
}
