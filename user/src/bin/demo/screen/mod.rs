//! The story of the screen: programs that share memory in many ways, and a picture of all of it.

mod players;

use super::actor::actor;
use super::stage::{claim, say, start};
use alloc::format;
use alloc::vec::Vec;
use core::time::Duration;
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

/// Pages by which other programs may have grown.
const SPARE_PAGES: u64 = 24;

/// What is shown, and where.
const WINDOWS: [&str; 6] = [
    "map --at 14,34 --size 700x500",
    "clock --at 742,34 --size 130x130",
    "life --at 742,214 --size 256x200 --rate 20",
    "plot /life --at 742,452 --size 256x120",
    "plot /temperature --at 14,574 --size 350x150",
    "term --at 386,594 --size 612x130 topic hz /screen-pictures",
];

/// Tells the story for a while.
pub fn run() -> Result<()> {
    run_for(SECONDS)
}

/// Tells it for so long.
pub fn run_for(span: Duration) -> Result<()> {
    let screen = fs::metadata(frame_buffer::PATH)?;
    if screen.kind() == Kind::Directory || surface::is_served() {
        return Err(Error::message("the screen has a display server already"));
    }
    let before = system::memory()?.user;
    // Told by a process of its own, whose memory goes with it.
    let teller = actor(|_| tell_and_end(span))?;
    teller.ends_well()?;
    let after = system::memory()?.user;
    // Other programs come and go meanwhile; one surface alone has more pages than this.
    let is_left = after > before + SPARE_PAGES;
    claim(&format!("nothing is left: {after} pages in use, {before} before"), !is_left)
}

fn tell_and_end(span: Duration) -> Result<()> {
    say("A display server, and programs whose windows are regions that it reads.");
    let mut started = Vec::new();
    let told = tell(span, &mut started);
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

fn tell(span: Duration, started: &mut Vec<Pid>) -> Result<()> {
    started.push(start("compositor")?);
    let pictures = Subscriber::<Picture>::new(PICTURES, DEPTH, SubscribeFlags::empty())?;
    for line in WINDOWS {
        started.push(start(line)?);
    }
    say(
        "Players behind it: a gardener and two visitors, a thermometer, and two who pass pages on.",
    );
    started.extend(players::start()?);
    println!("On the screen for {} s; Ctrl-C ends it.", span.as_secs());
    let end = time::now() + span;
    let (mut seen, mut last, mut pixels, mut spent) = (0_u64, Picture::default(), 0, 0);
    while time::now() < end {
        let Some(picture) = pictures.wait(Some(PATIENCE))? else {
            return Err(Error::message("no picture comes any more"));
        };
        if last.number != 0 {
            let lost = picture.lost();
            claim_in_order(last.number + lost + 1, picture.number)?;
        }
        last = *picture;
        seen += 1;
        pixels += last.changed;
        spent += last.nanoseconds;
    }
    claim(
        &format!("{} surfaces were on the screen", last.surfaces),
        last.surfaces == WINDOWS.len() as u64,
    )?;
    let seen = seen.max(1);
    println!(
        "  {seen} pictures, of which {} pixels were new on average; each took {} us",
        pixels / seen,
        spent / seen / 1000
    );
    Ok(())
}

fn claim_in_order(expected: u64, number: u64) -> Result<()> {
    match expected == number {
        true => Ok(()),
        false => Err(Error::message(format!("picture {number} came where {expected} was due"))),
    }
}
