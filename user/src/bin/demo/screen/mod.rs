//! The story of the screen: programs that share memory in many ways, and a picture of all of it.

mod load;
mod players;
mod witness;

use super::actor::actor;
use super::stage::{claim, say, start};
use alloc::format;
use alloc::vec::Vec;
use core::time::Duration;
use load::Load;
use user::error::{Error, Result};
use user::fs::{self, Kind};
use user::process::{self, Pid, Signal};
use user::screen::request::Picture;
use user::screen::{PICTURES, frame_buffer};
use user::topic::{SubscribeFlags, Subscriber};
use user::{io, println, surface, system, time};

/// How long it goes on without a word about that.
const SECONDS: Duration = Duration::from_secs(20);
/// Within this a picture must come while life goes on.
const PATIENCE: Duration = Duration::from_secs(10);
/// Pictures that may wait for the story to count them.
const DEPTH: u32 = 64;

/// For how long memory is weighed at most, before and after what is to leave none behind.
const REST: Duration = Duration::from_secs(10);
/// Pages by which other programs may have grown.
const SPARE_PAGES: u64 = 24;

/// What is shown, and where.
const WINDOWS: [&str; 6] = [
    "map --at 14,34 --size 700x500",
    "clock --at 742,34 --size 130x130",
    "life --at 742,214 --size 256x200 --rate 20",
    "plot /life --at 742,452 --size 256x120",
    "plot /temperature --at 14,574 --size 350x150",
    "term --at 386,594 --size 612x130 topic hz /screen-pictures --window 60",
];

/// What runs beside the picture.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Beside {
    /// The players alone.
    Players,
    /// Processes that keep all cores busy, besides.
    Load,
}

/// Tells the story for a while.
pub fn run() -> Result<()> {
    run_for(SECONDS, Beside::Players)
}

/// Tells it for so long.
pub fn run_for(span: Duration, beside: Beside) -> Result<()> {
    let screen = fs::metadata(frame_buffer::PATH)?;
    if screen.kind() == Kind::Directory || surface::is_served() {
        return Err(Error::message("the screen has a display server already"));
    }
    let before = system::memory()?.user;
    // Told by a process of its own, whose memory goes with it.
    let teller = actor(|_| tell_and_end(span, beside))?;
    teller.ends_well()?;
    let after = system::memory()?.user;
    // Other programs come and go meanwhile; one surface alone has more pages than this.
    let is_left = after > before + SPARE_PAGES;
    claim(&format!("nothing is left: {after} pages in use, {before} before"), !is_left)
}

fn tell_and_end(span: Duration, beside: Beside) -> Result<()> {
    say("A display server, and programs whose windows are regions that it reads.");
    let mut started = Vec::new();
    let told = tell(span, beside, &mut started);
    for pid in started.iter().rev() {
        // One that has ended already is none the worse for it.
        let _ = process::kill(*pid, Signal::TERM);
    }
    for pid in started {
        process::wait_for(pid)?;
    }
    told?;
    Ok(io::flush()?)
}

fn tell(span: Duration, beside: Beside, started: &mut Vec<Pid>) -> Result<()> {
    started.push(start("compositor")?);
    let pictures = Subscriber::<Picture>::new(PICTURES, DEPTH, SubscribeFlags::empty())?;
    for line in WINDOWS {
        started.push(start(line)?);
    }
    started.push(players::play(c"witness", witness::commit)?);
    say(
        "Players behind it: a gardener and two visitors, a thermometer, and two who pass pages on.",
    );
    started.extend(players::start()?);
    println!("On the screen for {} s; Ctrl-C ends it.", span.as_secs());
    let (judge, last) = (witness::Judge::new()?, Picture::default());
    let mut watched = Watched { judge, last, pictures: 0, pixels: 0, nanoseconds: 0 };
    let rest = REST.min(span / 4);
    // First everything touches the memory that it works with.
    watched.watch(&pictures, rest)?;
    let before = watched.watch(&pictures, rest)?;
    let under_way = span.saturating_sub(3 * rest);
    match beside {
        Beside::Players => watched.watch(&pictures, under_way)?,
        Beside::Load => {
            say("And a load: processes that make, fill, pass on and end things without a rest.");
            let mut load = Load::start()?;
            let least = watched.watch(&pictures, under_way)?;
            load.end()?;
            least
        }
    };
    let after = watched.watch(&pictures, rest)?;
    watched.tell([before, after])
}

/// The windows, and the witness's.
const ALL_WINDOWS: u64 = WINDOWS.len() as u64 + 1;

/// What was seen of the pictures.
struct Watched {
    judge: witness::Judge,
    last: Picture,
    pictures: u64,
    pixels: u64,
    nanoseconds: u64,
}

impl Watched {
    /// Looks at pictures for a while, and says how little memory was in use meanwhile: what comes and goes is not
    /// in it. The time begins when all windows are there.
    fn watch(&mut self, pictures: &Subscriber<Picture>, span: Duration) -> Result<u64> {
        let (mut begin, mut least) = (time::now(), u64::MAX);
        while time::now() - begin < span {
            let Some(picture) = pictures.wait(Some(PATIENCE))? else {
                return Err(Error::message("no picture comes any more"));
            };
            if self.last.number != 0 {
                let lost = picture.lost();
                claim_in_order(self.last.number + lost + 1, picture.number)?;
            }
            self.last = *picture;
            self.pictures += 1;
            self.pixels += self.last.changed;
            self.nanoseconds += self.last.nanoseconds;
            self.judge.look()?;
            if self.last.surfaces < ALL_WINDOWS {
                begin = time::now();
            }
            least = least.min(system::memory()?.user);
        }
        Ok(least)
    }

    fn tell(&self, [before, after]: [u64; 2]) -> Result<()> {
        let surfaces = self.last.surfaces;
        claim(&format!("{surfaces} surfaces were on the screen"), surfaces == ALL_WINDOWS)?;
        let seen = self.pictures.max(1);
        println!(
            "  {seen} pictures, of which {} pixels were new on average; each took {} us",
            self.pixels / seen,
            self.nanoseconds / seen / 1000
        );
        let (looked, torn) = (self.judge.looked, self.judge.torn);
        claim(
            &format!("{looked} pictures were looked at, {torn} were torn"),
            torn == 0 && looked > 0,
        )?;
        let has_grown = after > before + SPARE_PAGES;
        claim(&format!("memory has not grown: {before} pages, later {after}"), !has_grown)
    }
}

fn claim_in_order(expected: u64, number: u64) -> Result<()> {
    match expected == number {
        true => Ok(()),
        false => Err(Error::message(format!("picture {number} came where {expected} was due"))),
    }
}
