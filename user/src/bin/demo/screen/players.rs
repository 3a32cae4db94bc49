//! The players behind the picture: each shares memory in another way.

use alloc::format;
use alloc::vec::Vec;
use core::ffi::CStr;
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use core::time::Duration;
use user::eprintln;
use user::error::{Error, Result};
use user::offer::{self, OfferFlags, Pages};
use user::process::{self, Fork, Pid};
use user::region::{Options, Protection, Region};
use user::sync;
use user::time;
use user::topic::{Pool, TopicPolicy};

/// Pages of the garden; the first has the word that visitors wait on.
const GARDEN_PAGES: usize = 96;
const PAGE: usize = 4096;
/// From one page that is written to the next.
const STEP: Duration = Duration::from_millis(40);
/// From one temperature to the next.
const SAMPLE: Duration = Duration::from_millis(100);
/// How long pages are held before they are passed on.
const HOLD: Duration = Duration::from_millis(250);
/// Bytes that are passed on.
const PARCEL: usize = 16 * PAGE;

/// Starts all of them.
pub fn start() -> Result<Vec<Pid>> {
    let garden = format!("/garden-{}", process::id());
    let options = Options::new().bytes((GARDEN_PAGES * PAGE) as u64).ephemeral().exclusive();
    let region = options.create(&garden)?;
    let mut players = Vec::new();
    players.push(play(c"gardener", || tend(&region))?);
    for _ in 0..2 {
        players.push(play(c"visitor", || visit(&garden))?);
    }
    players.push(play(c"thermometer", measure)?);
    let receiver = play(c"receiver", receive)?;
    players.push(receiver);
    players.push(play(c"giver", || pass(receiver))?);
    Ok(players)
}

/// A process that plays until it is ended.
pub fn play(name: &CStr, role: impl FnOnce() -> Result<()>) -> Result<Pid> {
    match process::fork()? {
        Fork::Parent(pid) => Ok(pid),
        Fork::Child => process::exit(match process::set_name(name).and_then(|()| role()) {
            Ok(()) => 0,
            Err(error) => {
                eprintln!("demo: process {}: {error}", process::id());
                1
            }
        }),
    }
}

/// Writes one page after the other, and tells those who wait.
fn tend(garden: &Region) -> Result<()> {
    let view = garden.map(Protection::READ | Protection::WRITE)?;
    let bell = view.as_atomic_u32(0).ok_or_else(too_small)?;
    for turn in 1_u32.. {
        let page = 1 + turn as usize % (GARDEN_PAGES - 1);
        view.write(page * PAGE, &turn.to_ne_bytes()).ok_or_else(too_small)?;
        bell.store(turn, Release);
        sync::wake(bell, u32::MAX);
        time::sleep(STEP);
    }
    Ok(())
}

/// Reads each page when it was written.
fn visit(name: &str) -> Result<()> {
    let view = Region::open_read_only(name)?.map(Protection::READ)?;
    let bell = view.as_atomic_u32(0).ok_or_else(too_small)?;
    let mut seen = 0;
    loop {
        sync::wait(bell, seen, None);
        seen = bell.load(Acquire);
        let page = 1 + seen as usize % (GARDEN_PAGES - 1);
        let word = view.as_atomic_u32(page * PAGE).ok_or_else(too_small)?.load(Relaxed);
        if word < seen {
            return Err(Error::message("the garden is not as the gardener left it"));
        }
    }
}

fn too_small() -> Error {
    Error::message("the garden has fewer pages than it should")
}

/// Publishes temperatures that go up and down, two of them.
fn measure() -> Result<()> {
    let pool = Pool::new()?;
    let publisher = pool.advertise::<[f64; 2]>("/temperature", 64, TopicPolicy::Overwrite)?;
    let (mut indoor, mut outdoor, mut noise) = (20.0, 8.0, 12345_u32);
    for tick in 0_u32.. {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let shiver = f64::from(noise >> 24) / 255.0 - 0.5;
        // Towards a warm and a cold target in turns, as a heating does.
        let target = if tick / 60 % 2 == 0 { 23.0 } else { 17.0 };
        indoor += (target - indoor) * 0.03 + shiver * 0.1;
        outdoor += (target - 10.0 - outdoor) * 0.01 + shiver * 0.3;
        let mut message = publisher.loan()?;
        *message = [indoor, outdoor];
        message.publish()?;
        time::sleep(SAMPLE);
    }
    Ok(())
}

/// Offers new pages again and again; whoever claims them has them alone.
fn pass(to: Pid) -> Result<()> {
    for turn in 1_u64.. {
        let pages = Pages::new(PARCEL)?;
        pages.memory().write(0, &turn.to_ne_bytes()).ok_or_else(too_small)?;
        pages.give(to, OfferFlags::GRANTALL)?;
        time::sleep(HOLD);
    }
    Ok(())
}

/// Claims what is offered, and lets it lie open for a while.
fn receive() -> Result<()> {
    loop {
        if let Some(offer) = offer::wait(None)? {
            time::sleep(HOLD / 2);
            // It may have been taken back.
            drop(offer.claim());
        }
    }
}
