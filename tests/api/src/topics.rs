//! Typed topics: loans, guards, types that do not match, and a pool that grows.

use crate::check::Checks;
use crate::children::{self, GOOD};
use abi::Errno;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::time::Duration;
use user::topic::{Message, Pool, SubscribeFlags, Subscriber, TopicPolicy};
use zerocopy::{FromBytes, Immutable};

const NAME: &str = "/api-pose";
const NONE: SubscribeFlags = SubscribeFlags::empty();
const KEEPING: SubscribeFlags = SubscribeFlags::TRANSIENT_LOCAL;
const OVERWRITE: TopicPolicy = TopicPolicy::Overwrite;
const PATIENCE: Option<Duration> = Some(Duration::from_secs(10));

#[derive(FromBytes, Immutable)]
#[repr(C)]
struct Pose {
    number: u64,
    position: [f64; 3],
}

impl Message for Pose {
    const NAME: &'static str = "Pose";
}

/// Larger than a pool is at first.
#[derive(FromBytes, Immutable)]
#[repr(C)]
struct Image([u8; 300_000]);

impl Message for Image {
    const NAME: &'static str = "Image";
}

/// The checks.
pub fn run(checks: &mut Checks) {
    let Some(pool) = checks.value("a pool", Pool::new()) else { return };
    one_process(checks, &pool);
    types(checks, &pool);
    growth(checks, &pool);
    two_processes(checks);
}

fn one_process(checks: &mut Checks, pool: &Pool) {
    let publisher = pool.advertise::<Pose>(NAME, 2, OVERWRITE);
    let Some(publisher) = checks.value("a publisher", publisher) else { return };
    let subscriber = Subscriber::<Pose>::new(NAME, 2, NONE);
    let Some(subscriber) = checks.value("a subscriber", subscriber) else { return };
    checks.that("nothing to take", matches!(subscriber.take(), Ok(None)));
    for number in 0..100 {
        if let Some(mut pose) = checks.value("a loan", publisher.loan()) {
            pose.number = number;
            pose.position = [number as f64; 3];
            checks.that("is published", pose.publish().is_ok());
        }
    }
    let pose = subscriber.take().ok().flatten();
    let found = pose.as_ref().map(|pose| (pose.number, pose.position[2], pose.lost()));
    checks.equal("the last two are kept", found, Some((98, 98.0, 98)));
    let latest = subscriber.take_latest().ok().flatten().map(|pose| (pose.number, pose.lost()));
    checks.equal("the next is the latest", latest, Some((99, 0)));
    checks.equal("memory is used again", pool.length(), 100_000);
    drop(publisher.loan());
    let left = subscriber.wait(Some(Duration::from_millis(5)));
    checks.that("a loan that is dropped is no message", matches!(left, Ok(None)));
}

fn types(checks: &mut Checks, pool: &Pool) {
    let Some(_images) = checks.value("images", pool.advertise::<Image>(NAME, 1, OVERWRITE)) else {
        return;
    };
    let refused = Subscriber::<Pose>::new(NAME, 1, NONE).err();
    checks.equal(
        "another type is refused",
        refused.as_ref().and_then(|error| error.errno()),
        Some(Errno::EPROTOTYPE),
    );
    let text = refused.map(|error| error.to_string()).unwrap_or_default();
    checks.that(
        "and both are named",
        text.contains("Image (300000 bytes") && text.contains("Pose (32 bytes"),
    );
}

fn growth(checks: &mut Checks, pool: &Pool) {
    let subscriber = Subscriber::<Image>::new(NAME, 4, NONE);
    let Some(subscriber) = checks.value("a subscriber", subscriber) else { return };
    let publisher = pool.advertise::<Image>(NAME, 4, OVERWRITE);
    let Some(publisher) = checks.value("a publisher", publisher) else { return };
    for number in 1..=4 {
        if let Some(mut image) = checks.value("a large loan", publisher.loan()) {
            image.0.fill(number);
            checks.that("is published", image.publish().is_ok());
        }
    }
    checks.that("the pool has grown", pool.length() >= 1_200_000);
    let mut held = Vec::new();
    while let Ok(Some(image)) = subscriber.take() {
        held.push(image);
    }
    let good = |(number, byte): (usize, &u8)| usize::from(*byte) == number + 1;
    let first = held.iter().map(|image| &image.0[0]).enumerate();
    checks.equal("all are there", (held.len(), first.filter(|pair| good(*pair)).count()), (4, 4));
}

fn two_processes(checks: &mut Checks) {
    let subscriber = Subscriber::<Pose>::new(NAME, 1000, KEEPING);
    let Some(subscriber) = checks.value("a subscriber", subscriber) else { return };
    let child = children::start(|| {
        let Ok(pool) = Pool::new() else { return false };
        let publisher = pool.advertise::<Pose>(NAME, 1000, TopicPolicy::Wait);
        let Ok(publisher) = publisher else { return false };
        (0..500).all(|number| {
            publisher.loan().is_ok_and(|mut pose| {
                (pose.number, pose.position) = (number, [0.5; 3]);
                pose.publish().is_ok()
            })
        })
    });
    let mut in_order = 0;
    for number in 0..500 {
        let Ok(Some(pose)) = subscriber.wait(PATIENCE) else { break };
        in_order += u64::from(pose.number == number && pose.position == [0.5; 3]);
    }
    checks.equal("all messages come, in order", in_order, 500);
    checks.equal("also of one who has ended", children::end(child), GOOD);
}
