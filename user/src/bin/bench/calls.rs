//! `bench calls`: what Commons' own ways cost, each on one core, beside those of `tests/ipcbench`.
//!
//! Rows that stand beside one of Linux do the same work: whoever sends stores a word into each
//! cache line of the message, whoever receives loads one from each, and tells that it is done.

use super::Effort;
use super::clock::{self, Samples};
use super::duel::duel;
use super::party::{Helpers, Words, await_value, count_up, tell};
use alloc::format;
use alloc::string::ToString;
use core::hint::black_box;
use core::sync::atomic::{AtomicU64, Ordering};
use user::error::{Error, Result};
use user::offer::{OfferFlags, Pages};
use user::process::{self, Pid};
use user::table::Align;
use user::time::Duration;
use user::topic::{Message, Pool, Publisher, SubscribeFlags, Subscriber, TopicPolicy};
use user::{counter, offer, print, style, time};
use zerocopy::{FromBytes, Immutable};

const KIB: usize = 1024;
/// Rounds before measuring.
const WARM_UP: u32 = 4;
const SUBSCRIBERS: usize = 4;

/// Prints them.
pub fn run(effort: Effort) -> Result<()> {
    process::stay_on_core(0)?;
    clock::tell_unit();
    let rounds = effort.pick(51, 8);
    let mut table = style::table(&[("ROW", Align::Left), ("COST", Align::Right)]);
    for (name, cost) in [
        ("native_null_call", null_call(effort)?),
        ("context_switch", context_switch(effort)?),
        ("interrupt_latency", interrupt_latency(rounds)?),
        ("offer_4k", hand_over(4 * KIB, rounds)?),
        ("offer_64k", hand_over(64 * KIB, rounds)?),
        ("offer_1m", hand_over(1024 * KIB, rounds)?),
        ("pubsub4_1000_topics", publish_to_four(rounds)?),
        ("user_clock", user_clock(effort)?),
        ("user_memcpy_4k", user_memory(effort, |to, from| to.copy_from_slice(from))?),
        ("user_memset_4k", user_memory(effort, |to, _| to.fill(black_box(7)))?),
    ] {
        table.row([name.to_string(), cost.to_string()]);
    }
    print!("{table}");
    Ok(())
}

/// A call that does nothing but say who this process comes from.
fn null_call(effort: Effort) -> Result<u64> {
    clock::each(effort.pick(4096, 64), || {
        process::parent();
        Ok(())
    })
}

/// One switch between two processes that yield to each other.
fn context_switch(effort: Effort) -> Result<u64> {
    let turns = effort.pick(4096, 64);
    duel(
        |_| {
            yield_so_often(WARM_UP.into());
            let start = counter::read();
            yield_so_often(turns);
            Ok(counter::nanoseconds(counter::read() - start) / (2 * turns))
        },
        |_| {
            // More than the other, which is never to be alone.
            yield_so_often(2 * turns);
            Ok(())
        },
    )
}

fn yield_so_often(turns: u64) {
    for _ in 0..turns {
        process::yield_now();
    }
}

/// From the moment that a sleeper's time has come to its first instruction.
fn interrupt_latency(rounds: u32) -> Result<u64> {
    let samples = Samples::new(rounds.into())?;
    for round in 0..u64::from(rounds) {
        // Of different lengths, so that they do not all end in step with the counter.
        // By the clock of sleeps, which does not begin when the counter does.
        let due = time::now() + Duration::from_nanos(1_000_000 + 64 * round);
        time::sleep_until(due);
        samples.note(time::now().saturating_sub(due).as_nanos() as u64);
    }
    Ok(samples.middle())
}

/// New pages, filled in place, offered, claimed, read, given up, and that is told.
fn hand_over(bytes: usize, rounds: u32) -> Result<u64> {
    let done = Words::new(1)?;
    let samples = Samples::new(rounds.into())?;
    duel(
        |peer: Pid| {
            for round in 1..=WARM_UP + rounds {
                if round == WARM_UP + 1 {
                    samples.forget();
                }
                samples.time(|| -> Result<()> {
                    let pages = Pages::to_fill(bytes)?;
                    write_lines(&pages)?;
                    pages.give(peer, OfferFlags::GRANTALL)?;
                    await_value(done.at(0), round);
                    Ok(())
                })?;
            }
            Ok(samples.median())
        },
        |_| {
            for round in 1..=WARM_UP + rounds {
                let offer = offer::wait(None)?.ok_or_else(|| Error::message("no offer"))?;
                let pages = offer.claim()?;
                read_lines(&pages)?;
                drop(pages);
                tell(done.at(0), round);
            }
            Ok(())
        },
    )
}

fn lines(pages: &Pages) -> Result<impl Iterator<Item = &AtomicU64>> {
    let words = pages.memory().objects::<AtomicU64>(0, pages.len() / 8);
    Ok(words.ok_or_else(|| Error::message("the pages are too short"))?.iter().step_by(8))
}

fn write_lines(pages: &Pages) -> Result<()> {
    lines(pages)?.for_each(|word| word.store(1, Ordering::Relaxed));
    Ok(())
}

fn read_lines(pages: &Pages) -> Result<()> {
    let sum =
        lines(pages)?.fold(0, |sum: u64, word| sum.wrapping_add(word.load(Ordering::Relaxed)));
    black_box(sum);
    Ok(())
}

/// A message of 1000 bytes.
#[derive(FromBytes, Immutable)]
#[repr(transparent)]
struct Thousand([u64; 125]);

impl Message for Thousand {
    const NAME: &'static str = "Thousand";
}

/// One message to four subscribers that sleep, until all of them have told that they have read it.
fn publish_to_four(rounds: u32) -> Result<u64> {
    let name = format!("/bench-four-{}", process::id());
    // The last word counts who subscribes.
    let words = Words::new(SUBSCRIBERS + 1)?;
    let joined = words.at(SUBSCRIBERS);
    let samples = Samples::new(rounds.into())?;
    let mut helpers = Helpers::none();
    for index in 0..SUBSCRIBERS {
        helpers.add(|| {
            let subscriber = Subscriber::<Thousand>::new(&name, 2, SubscribeFlags::empty())?;
            count_up(joined);
            for round in 1..=WARM_UP + rounds {
                let message = subscriber.wait(None)?.ok_or_else(|| Error::message("no message"))?;
                let lines = message.0.iter().step_by(8);
                black_box(lines.fold(0_u64, |sum, word| sum.wrapping_add(*word)));
                drop(message);
                tell(words.at(index), round);
            }
            Ok(())
        })?;
    }
    await_value(joined, SUBSCRIBERS as u32);
    let pool = Pool::new()?;
    let publisher: Publisher<'_, Thousand> = pool.advertise(&name, 2, TopicPolicy::Overwrite)?;
    for round in 1..=WARM_UP + rounds {
        if round == WARM_UP + 1 {
            samples.forget();
        }
        samples.time(|| -> Result<()> {
            let mut loan = publisher.loan()?;
            loan.0.iter_mut().step_by(8).for_each(|word| *word = black_box(round.into()));
            loan.publish()?;
            (0..SUBSCRIBERS).for_each(|index| await_value(words.at(index), round));
            Ok(())
        })?;
    }
    helpers.join()?;
    Ok(samples.median())
}

/// The time since boot, as programs ask for it.
fn user_clock(effort: Effort) -> Result<u64> {
    clock::each(effort.pick(4096, 64), || {
        black_box(time::now());
        Ok(())
    })
}

/// What the programs' own library does with 4 KiB.
fn user_memory(effort: Effort, work: impl Fn(&mut [u8], &[u8])) -> Result<u64> {
    let from = alloc::vec![1_u8; 4 * KIB];
    let mut to = alloc::vec![2_u8; 4 * KIB];
    clock::each(effort.pick(1024, 64), || {
        work(black_box(&mut to), black_box(&from));
        Ok(())
    })
}
