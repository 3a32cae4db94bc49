//! The server: takes requests, and shows a picture when something has changed, at most so many times a second.
//!
//! What is shown is drawn whole into the hidden half of the frame buffer. That half has the picture before the one that
//! is shown, so the changes of two pictures are drawn into it.

use super::painter;
use super::window::Window;
use alloc::vec::Vec;
use core::time::Duration;
use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::primitives::Rectangle;
use user::error::{Error, Result};
use user::poll::{self, PollEvents};
use user::process::Pid;
use user::screen::area::Area;
use user::screen::frame_buffer::FrameBuffer;
use user::screen::request::{Picture, Request, Wish};
use user::screen::{PICTURES, REQUESTS};
use user::topic::{self, MemberRole, Pool, SubscribeFlags, Subscriber, TopicPolicy};
use user::{eprintln, time};

/// From when a picture was shown until the next one is begun: the screen has changed over to it by then, and nobody sees
/// the other half any more.
const PERIOD: Duration = Duration::from_millis(17);
/// After so long without another picture the last one is shown again, once.
const REST: Duration = Duration::from_millis(100);
/// Requests that may wait for the server.
const DEPTH: u32 = 1024;
/// Pictures that stay on the topic.
const PICTURES_KEPT: u32 = 4;
/// Windows of one process, and of all.
const OWN_WINDOWS: usize = 16;
const WINDOWS: usize = 128;
/// From the place of one new window to the next one's.
const CASCADE: i32 = 36;

/// The server.
pub struct Server {
    screen: FrameBuffer,
    requests: Subscriber<Request>,
    pool: Pool,
    /// From the lowest to the uppermost.
    windows: Vec<Window>,
    /// The window above all, by its process and number.
    uppermost: Option<(Pid, u32)>,
    /// What has changed since the last picture.
    damage: Area,
    /// What had changed in that one.
    damage_before: Area,
    /// Windows that were opened without a place.
    placed: i32,
    picture: Picture,
}

impl Server {
    /// Takes the screen.
    pub fn new() -> Result<Self> {
        let screen = FrameBuffer::open()?;
        let requests = Subscriber::new(REQUESTS, DEPTH, SubscribeFlags::TRANSIENT_LOCAL)?;
        let whole = Rectangle::new(Point::zero(), screen.size());
        Ok(Self {
            screen,
            requests,
            pool: Pool::new()?,
            windows: Vec::new(),
            uppermost: None,
            damage: Area::of(whole),
            damage_before: Area::of(whole),
            placed: 0,
            picture: Picture::default(),
        })
    }

    /// Serves until the process is killed.
    pub fn run(mut self) -> Result<()> {
        let pool = core::mem::replace(&mut self.pool, Pool::new()?);
        let pictures =
            pool.advertise::<Picture>(PICTURES, PICTURES_KEPT, TopicPolicy::Overwrite)?;
        let mut next = time::now();
        let mut is_at_rest = true;
        loop {
            let has_news =
                !self.damage.is_empty() || self.windows.iter().any(|it| it.pending.is_some());
            let due = if has_news { Some(next) } else { (!is_at_rest).then_some(next + REST) };
            let patience = due.map(|due| due.saturating_sub(time::now()));
            let wanted = PollEvents::READABLE | PollEvents::PRI;
            let [ready] = match patience {
                Some(Duration::ZERO) => [PollEvents::empty()],
                patience => poll::wait([(self.requests.as_raw(), wanted)], patience)?,
            };
            self.take_requests()?;
            if ready.contains(PollEvents::PRI) {
                self.forget_the_dead()?;
            }
            if !has_news && !is_at_rest && time::now() >= next + REST {
                self.screen.show_again()?;
                is_at_rest = true;
            }
            if time::now() >= next && self.show()? {
                next = time::now() + PERIOD;
                is_at_rest = false;
                let mut message = pictures.loan()?;
                *message = self.picture;
                message.publish()?;
            }
        }
    }

    fn take_requests(&mut self) -> Result<()> {
        let mut taken = Vec::new();
        while let Some(message) = self.requests.take()? {
            taken.push((Pid(message.record().pid), *message));
        }
        for (pid, request) in taken {
            if let Err(error) = self.serve(pid, &request) {
                // A request that makes no sense is its sender's loss alone.
                eprintln!("compositor: request of process {pid} refused: {error}");
            }
        }
        Ok(())
    }

    fn serve(&mut self, pid: Pid, request: &Request) -> Result<()> {
        let wish = Wish::from_number(request.wish);
        let wish = wish.ok_or_else(|| Error::message("no such request"))?;
        let own = |window: &Window| window.pid == pid;
        let found = self.windows.iter().position(|it| own(it) && it.number == request.surface);
        if wish == Wish::Open {
            let owned = self.windows.iter().filter(|it| own(it)).count();
            return match found {
                Some(_) => Err(Error::message("the surface is open already")),
                None if owned >= OWN_WINDOWS || self.windows.len() >= WINDOWS => {
                    Err(Error::message("too many windows"))
                }
                None => self.open(pid, request),
            };
        }
        let Some(index) = found else { return Err(Error::message("no such surface")) };
        match wish {
            Wish::Commit => self.windows[index].commit(request),
            Wish::Close => self.close(index),
            Wish::Move => {
                self.note_damage(self.windows[index].outer());
                if let Some(place) = request.place() {
                    self.windows[index].move_to(place);
                }
                self.note_damage(self.windows[index].outer());
            }
            Wish::Open => {}
        }
        Ok(())
    }

    fn open(&mut self, pid: Pid, request: &Request) -> Result<()> {
        let at = request.place().unwrap_or_else(|| {
            let size = Size::new(request.width, request.height);
            self.placed += 1;
            let cascade = Point::new_equal(self.placed * CASCADE);
            let room = self.screen.size().saturating_sub(size);
            let wrap = |value: i32, room: u32| if room == 0 { 0 } else { value % room as i32 };
            Point::new(wrap(cascade.x, room.width), wrap(cascade.y, room.height))
        });
        self.windows.push(Window::open(pid, request, at)?);
        Ok(())
    }

    fn close(&mut self, index: usize) {
        let window = self.windows.remove(index);
        if window.is_shown() {
            self.note_damage(window.outer());
        }
    }

    /// Takes the windows away whose processes publish no requests any more.
    fn forget_the_dead(&mut self) -> Result<()> {
        // Asking tells the topic that its changes up to now are known.
        self.requests.status()?;
        let members = topic::members(REQUESTS)?;
        let publishes = |pid: Pid| {
            let publisher = MemberRole::Publisher as u32;
            members.iter().any(|member| member.pid == pid.0 && member.role == publisher)
        };
        while let Some(index) = self.windows.iter().position(|it| !publishes(it.pid)) {
            self.close(index);
        }
        Ok(())
    }

    fn note_damage(&mut self, changed: Rectangle) {
        let screen = Rectangle::new(Point::zero(), self.screen.size());
        self.damage.add(changed.intersection(&screen));
    }

    /// Titles change their colours when another window is above all.
    fn note_uppermost(&mut self) {
        let uppermost = self.windows.iter().rfind(|it| it.is_shown()).map(|it| (it.pid, it.number));
        if uppermost != self.uppermost {
            let changed = [self.uppermost, uppermost];
            let is_one = |it: &&Window| changed.contains(&Some((it.pid, it.number)));
            let damage: Vec<Rectangle> =
                self.windows.iter().filter(is_one).map(Window::outer).collect();
            damage.into_iter().for_each(|outer| self.note_damage(outer));
            self.uppermost = uppermost;
        }
    }

    /// Shows a picture, if it would not be the same one.
    fn show(&mut self) -> Result<bool> {
        let begin = time::now();
        let mut committed = Vec::new();
        for index in 0..self.windows.len() {
            if let Some((number, changed)) = self.windows[index].take_pending() {
                committed.push((index, number));
                changed.parts().iter().for_each(|part| self.note_damage(*part));
            }
        }
        if self.damage.is_empty() && committed.is_empty() {
            return Ok(false);
        }
        self.note_uppermost();
        let mut drawn = self.damage.clone();
        if self.screen.pictures() > 1 {
            drawn.add_all(&self.damage_before);
        }
        let shown: Vec<&Window> = self.windows.iter().filter(|it| it.is_shown()).collect();
        painter::paint(&shown, &drawn, self.screen.hidden(), self.screen.size());
        let rows = drawn
            .parts()
            .iter()
            .map(Rectangle::rows)
            .reduce(|one, other| one.start.min(other.start)..one.end.max(other.end));
        let rows = rows.unwrap_or(0..0);
        self.screen.show(rows.start as u32..rows.end as u32)?;
        for (index, number) in committed {
            self.windows[index].acknowledge(number);
        }
        self.picture = Picture {
            number: self.picture.number + 1,
            changed: self.damage.pixels(),
            surfaces: self.windows.len() as u64,
            nanoseconds: (time::now() - begin).as_nanos() as u64,
        };
        self.damage_before = core::mem::take(&mut self.damage);
        Ok(true)
    }
}
