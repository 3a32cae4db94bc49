//! The story of 4 MiB that go from hand to hand around a ring of five processes.

use super::actor::actor;
use super::stage::{claim, say};
use alloc::format;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU64, Ordering};
use user::error::{Error, Result};
use user::offer::{self, OfferFlags, Pages};
use user::process::{self, Pid, Signal};
use user::style::Size;
use user::time::Duration;
use user::{io, println, region, system};

const BYTES: usize = 4 << 20;
const PAGE: usize = abi::limits::PAGE_SIZE;
const PROCESSES: u64 = 5;
/// In the first page: through how many hands the pages went, and which region they are.
const HANDS: usize = 8;
const REGION: usize = 16;
/// How long anybody waits for another.
const PATIENCE: Duration = Duration::from_secs(60);
/// Frames that other processes may take meanwhile; a copy would take 1024.
const NOISE: u64 = 256;

/// Tells the story.
pub fn run() -> Result<()> {
    let teller = process::id();
    say(&format!(
        "{PROCESSES} processes in a ring hand {} around. Nothing is copied.",
        Size(BYTES as u64)
    ));
    let (mut next, mut others) = (teller, Vec::new());
    for _ in 1..PROCESSES {
        let to = next;
        let other = actor(move |_| give(receive()?, to))?;
        next = other.pid;
        others.push(other);
    }
    let pages = Pages::new(BYTES)?;
    for page in 0..BYTES / PAGE {
        word(&pages, page * PAGE)?.store(mark(page), Ordering::Relaxed);
    }
    give(pages, next)?;
    let pages = receive()?;
    others.into_iter().try_for_each(|other| other.ends_well())?;
    let hands = word(&pages, HANDS)?.load(Ordering::Relaxed);
    claim(&format!("the pages are back, through {hands} hands"), hands == PROCESSES)?;
    taken_back(pages, teller)
}

/// What a page holds.
const fn mark(page: usize) -> u64 {
    page as u64 * 0x9E37_79B9 + 1
}

fn word(pages: &Pages, offset: usize) -> Result<&AtomicU64> {
    let memory = pages.memory();
    memory.object(offset).ok_or_else(|| Error::message("the message is too short"))
}

/// Takes what is offered to this process, and looks whether it is whole and the same.
fn receive() -> Result<Pages> {
    let silence = || Error::message("nothing was offered to this process");
    let offer = offer::wait(Some(PATIENCE))?.ok_or_else(silence)?;
    let before = system::memory()?.user;
    let pages = offer.claim()?;
    let made = system::memory()?.user.saturating_sub(before);
    let all = (0..BYTES / PAGE).map(|page| word(&pages, page * PAGE));
    let mut whole = true;
    for (page, found) in all.enumerate() {
        whole &= found?.load(Ordering::Relaxed) == mark(page);
    }
    let address = pages.address() as u64;
    let views = region::views(None)?;
    let region = views.iter().find(|view| view.start == address).and_then(|view| view.region);
    let region = region.ok_or_else(|| Error::message("the pages are no region's"))?;
    let known = word(&pages, REGION)?.swap(region, Ordering::Relaxed);
    word(&pages, HANDS)?.fetch_add(1, Ordering::Relaxed);
    println!(
        "  process {} has them at {address:#x}, from process {}; the claim made {made} new pages",
        process::id(),
        offer.pid
    );
    claim("they are whole, and none was copied", whole && made < NOISE)?;
    if known != 0 {
        claim(
            &format!("they are region {region} as before: the very same frames"),
            known == region,
        )?;
    }
    Ok(pages)
}

/// Gives the pages away, and shows that they are gone.
fn give(pages: Pages, to: Pid) -> Result<()> {
    let (from, address) = (process::id(), pages.address());
    println!("  process {from} offers them to process {to}");
    // What was said so far is heard before what the other says.
    let _ = io::flush();
    let given = pages.give(to, OfferFlags::GRANTALL)?;
    if !given.wait(Some(PATIENCE))? {
        return Err(Error::message(format!("process {to} has not claimed the pages")));
    }
    let reader = actor(|_| {
        probe(address);
        Ok(())
    })?;
    reader.ends_by(Signal::SEGV)?;
    claim(&format!("process {from} can no longer read them"), true)
}

/// Loads a byte from where something was.
fn probe(address: usize) {
    let byte = address as *const u8;
    // SAFETY: nothing is there, which ends this process by a signal; it exists for that.
    let _ = unsafe { byte.read_volatile() };
}

/// What is not claimed is still the offerer's.
fn taken_back(pages: Pages, teller: Pid) -> Result<()> {
    say("Until somebody claims what is offered, nothing changes, and it can be taken back.");
    let idle = actor(|line| line.wait())?;
    let given = pages.give(idle.pid, OfferFlags::GRANTALL)?;
    let listed = offer::list(None)?.len();
    let pages = given.cancel()?;
    let left = offer::list(None)?.len();
    let hands = word(&pages, HANDS)?.load(Ordering::Relaxed);
    claim(&format!("process {teller} has them again"), (listed, left, hands) == (1, 0, PROCESSES))?;
    idle.cue()?;
    idle.ends_well()
}
