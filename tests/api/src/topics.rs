//! Typed topics: loans, guards, types that do not match, and a pool that grows.

use crate::check::Checks;
use crate::children::{self, GOOD};
use abi::Errno;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;
use user::topic::numbers::show;
use user::topic::{
    self, ByteSubscriber, Message, Pool, SubscribeFlags, Subscriber, TopicPolicy, TypeRecord,
};
use user::{process, region};
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
    checks.equal("it is made when it is needed", pool.length(), 0);
    checks.that("and has no name before", matches!(region::exists(&pool_name()), Ok(false)));
    one_process(checks, &pool);
    types(checks, &pool);
    policies(checks, &pool);
    untyped(checks, &pool);
    growth(checks, &pool);
    dropped(checks, &pool);
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

fn policies(checks: &mut Checks, pool: &Pool) {
    let Some(_first) = checks.value("one", pool.advertise::<Pose>(NAME, 1, OVERWRITE)) else {
        return;
    };
    let other = pool.advertise::<Pose>(NAME, 1, TopicPolicy::Wait).err();
    let text = other.map(|error| error.to_string()).unwrap_or_default();
    checks.that("both policies are named", text.contains("is overwrite, and not wait"));
}

/// Tools know no types, and their messages are checked all the same.
fn untyped(checks: &mut Checks, pool: &Pool) {
    let Some(all) = checks.value("all", ByteSubscriber::new(NAME, 8, NONE)) else { return };
    let any = pool.advertise_bytes(NAME, 2, OVERWRITE, TypeRecord::any());
    let Some(any) = checks.value("bytes", any) else { return };
    let Some(words) = checks.value("numbers", pool.advertise::<[f32; 3]>(NAME, 2, OVERWRITE))
    else {
        return;
    };
    if let Some(mut numbers) = checks.value("a loan", words.loan()) {
        *numbers = [1.0, -2.5, 4.0];
        checks.that("numbers are published", numbers.publish().is_ok());
    }
    let taken = all.wait(PATIENCE).ok().flatten();
    let contents = all.status().map(|record| record.contents);
    let shown = contents.ok().zip(taken).and_then(|(contents, taken)| show(&contents, &taken));
    checks.equal("a tool can show them", shown.as_deref(), Some("1.0 -2.5 4.0"));
    let wrong = any.loan(5).and_then(|loan| loan.publish(None)).err();
    let text = wrong.map(|error| error.to_string()).unwrap_or_default();
    checks.that("wrong bytes are refused", text.contains("f32[] (12 bytes"));
    let right = any.loan(12).and_then(|loan| loan.publish(None));
    checks.that("and right ones are not", right.is_ok());
    let roles = topic::members(NAME).map(|all| all.iter().map(|one| one.role).collect::<Vec<_>>());
    checks.equal("all are listed", roles, Ok(Vec::from([0, 0, 1])));
}

/// What a publisher leaves behind comes back to the pool, but not while it is read.
fn dropped(checks: &mut Checks, pool: &Pool) {
    let mut length = 0;
    for round in 0..20 {
        let publisher = pool.advertise::<Image>(NAME, 4, OVERWRITE);
        let Some(publisher) = checks.value("a publisher", publisher) else { return };
        let subscriber = Subscriber::<Image>::new(NAME, 4, NONE);
        let Some(subscriber) = checks.value("a subscriber", subscriber) else { return };
        for number in 0..3 {
            if let Some(mut image) = checks.value("a loan", publisher.loan()) {
                image.0.fill(10 * round + number);
                checks.that("is published", image.publish().is_ok());
            }
        }
        let held = subscriber.take().ok().flatten();
        drop(publisher);
        let again = pool.advertise::<Image>("/api-other", 4, OVERWRITE);
        if let Some(mut image) = again.as_ref().ok().and_then(|other| other.loan().ok()) {
            image.0.fill(255);
        }
        let bytes = held.as_ref().map(|image| (image.0[0], image.0[299_999]));
        checks.equal("what is held stays as it was", bytes, Some((10 * round, 10 * round)));
        let rest = [subscriber.take(), subscriber.take()];
        let rest = rest.map(|image| image.ok().flatten().map(|image| image.0[7]));
        let wanted = [Some(10 * round + 1), Some(10 * round + 2)];
        checks.equal("and what was not taken yet", rest, wanted);
        if round == 2 {
            length = pool.length();
        }
    }
    checks.equal("the memory is used again", pool.length(), length);
}

fn pool_name() -> String {
    format!("/pool@{}", process::id())
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
