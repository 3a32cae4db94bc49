//! `bench topics`: the way of a message from publisher to subscriber, by size.

use super::Effort;
use super::clock::{self, Samples};
use super::duel::duel;
use alloc::format;
use alloc::string::{String, ToString};
use core::sync::atomic::Ordering;
use user::error::{Error, Result};
use user::process;
use user::region::{Protection, Region};
use user::style::Size;
use user::table::Align;
use user::topic::{Message, Pool, Publisher, SubscribeFlags, Subscriber, TopicPolicy};
use user::{print, println, style};
use zerocopy::{FromBytes, Immutable};

const DEPTH: u32 = 2;
/// Messages before measuring: the pool has grown, and its pages are there.
const WARM_UP: u64 = 4;

/// A message of so many bytes.
#[derive(FromBytes, Immutable)]
#[repr(transparent)]
struct Bytes<const N: usize>([u8; N]);

impl<const N: usize> Message for Bytes<N> {
    const NAME: &'static str = "Bytes";
}

/// Prints it.
pub fn run(effort: Effort) -> Result<()> {
    clock::tell_unit();
    println!(
        "From the call that publishes a message to the end of the call that takes it, and from"
    );
    println!("one process to another that sleeps until it comes: half a round trip of two.");
    let mut table = style::table(&[
        ("BYTES", Align::Right),
        ("SIZE", Align::Right),
        ("PUBLISH-TAKE", Align::Right),
        ("PROCESS-PROCESS", Align::Right),
    ]);
    let rounds = effort.pick(256, 32);
    for row in [
        row::<64>(rounds)?,
        row::<1000>(rounds)?,
        row::<4096>(rounds)?,
        row::<65_536>(rounds)?,
        row::<1_048_576>(rounds)?,
        row::<4_194_304>(rounds)?,
    ] {
        table.row(row);
    }
    print!("{table}");
    Ok(())
}

fn row<const N: usize>(rounds: u64) -> Result<[String; 4]> {
    let alone = apart(|| within::<N>(rounds))?;
    let between = apart(|| between::<N>(rounds))?;
    let size = Size(N as u64).to_string();
    Ok([N.to_string(), size, alone.to_string(), between.to_string()])
}

/// Has a process of its own measure something: a process has one pool in its life.
fn apart(measure: impl FnOnce() -> Result<u64>) -> Result<u64> {
    let region = Region::options().bytes(8).anonymous()?;
    let view = region.map(Protection::READ | Protection::WRITE)?;
    let word = view.memory().as_atomic_u64(0);
    let word = word.ok_or_else(|| Error::message("the board is too short"))?;
    duel(
        |_| Ok(()),
        |_| {
            word.store(measure()?, Ordering::Relaxed);
            Ok(())
        },
    )?;
    Ok(word.load(Ordering::Relaxed))
}

fn name(of: &str) -> String {
    format!("/bench-{of}-{}", process::id())
}

/// In one process.
fn within<const N: usize>(rounds: u64) -> Result<u64> {
    let times = Samples::new(rounds + WARM_UP)?;
    let pool = Pool::new()?;
    let publisher: Publisher<'_, Bytes<N>> =
        pool.advertise(&name("within"), DEPTH, TopicPolicy::Overwrite)?;
    let subscriber = Subscriber::<Bytes<N>>::new(&name("within"), DEPTH, SubscribeFlags::empty())?;
    for round in 0..WARM_UP + rounds {
        if round == WARM_UP {
            times.forget();
        }
        let mut loan = publisher.loan()?;
        loan.0[0] = 1;
        let taken = times.time(|| loan.publish().and_then(|_| subscriber.take()))?;
        taken.ok_or_else(|| Error::message("what was published is not there"))?;
    }
    Ok(times.median())
}

/// Between two processes, there and back.
fn between<const N: usize>(rounds: u64) -> Result<u64> {
    let (there, back) = (name("there"), name("back"));
    let play = |own: &str, other: &str, first: bool| -> Result<u64> {
        let pool = Pool::new()?;
        let publisher: Publisher<'_, Bytes<N>> =
            pool.advertise(own, DEPTH, TopicPolicy::Overwrite)?;
        let flags = SubscribeFlags::TRANSIENT_LOCAL;
        let subscriber = Subscriber::<Bytes<N>>::new(other, DEPTH, flags)?;
        let times = Samples::new(rounds + WARM_UP)?;
        for round in 0..WARM_UP + rounds {
            if round == WARM_UP {
                times.forget();
            }
            let loan = publisher.loan()?;
            if first {
                times.time(|| loan.publish().and_then(|_| subscriber.wait(None)).map(drop))?;
            } else {
                drop(subscriber.wait(None)?);
                loan.publish()?;
            }
        }
        Ok(times.median() / 2)
    };
    duel(|_| play(&there, &back, true), |_| play(&back, &there, false).map(drop))
}
