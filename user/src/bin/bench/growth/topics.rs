//! Publishing a message: to subscribers that do something else, and to such as sleep until it comes.

use super::{Question, settle};
use crate::clock::Samples;
use crate::party::Helpers;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use user::error::Result;
use user::process;
use user::topic::{Message, Pool, Publisher, SubscribeFlags, Subscriber, TopicPolicy};
use zerocopy::{FromBytes, Immutable};

pub const OF_SUBSCRIBERS: Question = Question {
    name: "subscribers",
    columns: &["SUBSCRIBERS", "PUBLISH-NOBODY-WAITS", "PUBLISH-ALL-WAIT"],
    most: 128,
    measure,
};

const DEPTH: u32 = 2;

#[derive(FromBytes, Immutable)]
#[repr(transparent)]
struct Number(u64);

impl Message for Number {
    const NAME: &'static str = "Number";
}

fn name(of: &str) -> String {
    format!("/growth-{of}-{}", process::id())
}

fn measure(subscribers: usize, rounds: u32) -> Result<Vec<u64>> {
    let pool = Pool::new()?;
    Ok(vec![nobody_waits(&pool, subscribers, rounds)?, all_wait(&pool, subscribers, rounds)?])
}

fn publish(publisher: &Publisher<'_, Number>, samples: &Samples) -> Result<()> {
    let mut loan = publisher.loan()?;
    loan.0 = 1;
    samples.time(|| loan.publish()).map(drop)
}

fn nobody_waits(pool: &Pool, subscribers: usize, rounds: u32) -> Result<u64> {
    let name = name("idle");
    let publisher: Publisher<'_, Number> = pool.advertise(&name, DEPTH, TopicPolicy::Overwrite)?;
    let join = |_| Subscriber::<Number>::new(&name, DEPTH, SubscribeFlags::empty());
    let _subscribers = (0..subscribers).map(join).collect::<Result<Vec<_>>>()?;
    let samples = Samples::new(rounds.into())?;
    (0..rounds).try_for_each(|_| publish(&publisher, &samples))?;
    Ok(samples.median())
}

fn all_wait(pool: &Pool, subscribers: usize, rounds: u32) -> Result<u64> {
    let name = name("waiting");
    let publisher: Publisher<'_, Number> = pool.advertise(&name, DEPTH, TopicPolicy::Overwrite)?;
    let mut helpers = Helpers::none();
    for _ in 0..subscribers {
        helpers.add(|| {
            let subscriber = Subscriber::<Number>::new(&name, DEPTH, SubscribeFlags::empty())?;
            loop {
                drop(subscriber.wait(None)?);
            }
        })?;
    }
    let samples = Samples::new(rounds.into())?;
    for _ in 0..rounds {
        settle();
        publish(&publisher, &samples)?;
    }
    Ok(samples.median())
}
