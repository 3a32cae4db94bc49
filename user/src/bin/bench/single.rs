//! One page by offer and by name, very many messages, and very long ones.

use super::Effort;
use super::clock;
use super::crossover::message;
use super::duel::duel;
use super::handing::{self, next_offer};
use super::ways::Way;
use abi::limits::PAGE_SIZE;
use alloc::format;
use alloc::string::{String, ToString};
use user::error::{Error, Result};
use user::offer::{Channel, Message, OfferFlags, Pages};
use user::posix;
use user::process;
use user::region::{self, Protection, Region, View};
use user::style::Size;
use user::table::Align;
use user::time::Duration;
use user::{counter, print, println, style, system};

const RIGHTS: Protection = Protection::READ.union(Protection::WRITE);
/// Frames that may be in use afterwards that were not before: other processes' doing.
const NOISE: u64 = 16;
const PATIENCE: Option<Duration> = Some(Duration::from_secs(60));

/// Prints all of it.
pub fn run(effort: Effort) -> Result<()> {
    one_page(effort)?;
    storm(effort.pick(100_000, 2000))?;
    lengths(effort)
}

fn one_page(effort: Effort) -> Result<()> {
    let rounds = effort.pick(200, 32);
    let name = format!("/bench-{}", process::id());
    let made = clock::each(rounds, || make_and_remove(&name))?;
    let region = Region::options().bytes(PAGE_SIZE as u64).exclusive().create(&name)?;
    drop(touched(region.map(RIGHTS)?)?);
    let opened =
        clock::each(rounds, || Region::open(&name)?.map(RIGHTS).and_then(touched).map(drop));
    let by_posix =
        clock::each(rounds, || posix::shm_open(&name, posix::OpenFlags::READ_WRITE, 0).map(drop));
    region::unlink(&name)?;
    let rows = [
        (
            "offer and claim, one page that is passed on, with its waking",
            message(Way::PassedPages, PAGE_SIZE, rounds)?,
        ),
        ("offer and claim, one new page", message(Way::NewPages, PAGE_SIZE, rounds)?),
        ("a named region: create, map, write, unmap, close, unlink", made),
        ("a named region that is there: open, map, write, unmap, close", opened?),
        ("shm_open and close", by_posix.map_err(|errno| Error::new(errno, name.as_str()))?),
    ];
    println!("One page:");
    let mut table = style::table(&[("WHAT", Align::Left), ("COST", Align::Right)]);
    rows.iter().for_each(|(what, cost)| table.row([(*what).to_string(), cost.to_string()]));
    print!("{table}");
    Ok(())
}

fn make_and_remove(name: &str) -> Result<()> {
    let region = Region::options().bytes(PAGE_SIZE as u64).exclusive().create(name)?;
    drop(touched(region.map(RIGHTS)?)?);
    drop(region);
    region::unlink(name)
}

fn touched(view: View) -> Result<View> {
    let word = view.as_atomic_u32(0).ok_or_else(|| Error::message("the region has no page"))?;
    word.store(1, core::sync::atomic::Ordering::Relaxed);
    Ok(view)
}

/// Messages of one new page each.
fn storm(messages: u64) -> Result<()> {
    let before = system::memory()?.free;
    let start = counter::read();
    duel(
        |peer| {
            let channel = Channel::connect(peer, PATIENCE)?;
            for _ in 0..messages {
                let pages = Pages::new(PAGE_SIZE)?;
                handing::write(&pages)?;
                channel.send_pages(pages, PAGE_SIZE)?;
            }
            Ok(())
        },
        |_| {
            let none = || Error::message("fewer messages than were sent");
            let channel = Channel::accept(PATIENCE)?.ok_or_else(none)?;
            for _ in 0..messages {
                match channel.receive(PATIENCE)?.ok_or_else(none)? {
                    Message::Pages(_, PAGE_SIZE) => {}
                    _ => return Err(Error::message("a message is no page")),
                }
            }
            Ok(())
        },
    )?;
    let time = counter::nanoseconds(counter::read() - start);
    let lost = before.saturating_sub(system::memory()?.free);
    println!(
        "{messages} messages of one new page each: {} each, {} in a second",
        time / messages,
        messages * 1_000_000_000 / time.max(1)
    );
    if lost > NOISE {
        return Err(Error::message(format!("{lost} pages are gone afterwards")));
    }
    println!("all pages are free again");
    Ok(())
}

/// Messages of one page up to half of the free memory.
fn lengths(effort: Effort) -> Result<()> {
    println!("New pages, written, given, read and returned:");
    let mut table =
        style::table(&[("SIZE", Align::Right), ("COST", Align::Right), ("PER-PAGE", Align::Right)]);
    let half = system::memory()?.free as usize / 2;
    let step = effort.pick(4, 32);
    let mut pages = 1;
    while pages < half {
        table.row(length(pages)?);
        pages *= step;
    }
    table.row(length(half)?);
    print!("{table}");
    Ok(())
}

fn length(pages: usize) -> Result<[String; 3]> {
    let start = counter::read();
    duel(
        |peer| {
            let message = Pages::new(pages * PAGE_SIZE)?;
            handing::write(&message)?;
            message.give(peer, OfferFlags::GRANTALL)?.wait(PATIENCE).map(drop)
        },
        |_| {
            let claimed = next_offer()?.claim()?;
            let words = (0..claimed.len()).step_by(PAGE_SIZE);
            let right = |offset: usize| {
                let word = claimed.memory().as_atomic_u64(offset);
                word.is_some_and(|word| {
                    word.load(core::sync::atomic::Ordering::Relaxed) == offset as u64
                })
            };
            if words.clone().count() == pages && words.clone().all(right) {
                Ok(())
            } else {
                Err(Error::message("the message is not what was sent"))
            }
        },
    )?;
    let cost = counter::nanoseconds(counter::read() - start);
    Ok([
        Size((pages * PAGE_SIZE) as u64).to_string(),
        cost.to_string(),
        (cost / pages as u64).to_string(),
    ])
}
