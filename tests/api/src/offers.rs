//! `user::offer::Inbox`, `user::poll` and `user::kernel_log`: waiting for offers among other things,
//! and the log that the kernel offers.

use crate::check::Checks;
use crate::children::{self, GOOD};
use core::time::Duration;
use user::error::Result;
use user::fs::{self, File};
use user::kernel_log::KernelLog;
use user::offer::{Inbox, OfferFlags, Pages};
use user::poll::{self, PollEvents};
use user::process::{self, Pid};
use user::topic::{Message, Pool, SubscribeFlags, Subscriber, TopicPolicy};
use zerocopy::{FromBytes, Immutable};

const NAME: &str = "/api-inbox";
const PATIENCE: Option<Duration> = Some(Duration::from_secs(60));
const IN: PollEvents = PollEvents::IN;
const NOTHING: PollEvents = PollEvents::empty();

#[derive(FromBytes, Immutable)]
#[repr(C)]
struct Number(u64);

impl Message for Number {
    const NAME: &'static str = "Number";
}

/// The checks.
pub fn run(checks: &mut Checks) {
    let outcome = three_at_once(checks);
    checks.value("all calls succeed", outcome);
    let outcome = log(checks);
    checks.value("all calls about the log succeed", outcome);
}

/// A child gives a page, publishes a message and writes a byte, each after the parent's word.
fn three_at_once(checks: &mut Checks) -> Result<()> {
    let inbox = Inbox::new()?;
    let subscriber = Subscriber::<Number>::new(NAME, 4, SubscribeFlags::empty())?;
    let (from, to) = fs::pipe()?;
    let (hears, says) = fs::pipe()?;
    let (to, hears) = (File::from_fd(to, "bytes"), File::from_fd(hears, "words"));
    let says = File::from_fd(says, "words");
    let asked = [inbox.as_raw(), subscriber.as_raw(), from.as_raw()].map(|fd| (fd, IN));
    checks.that("nothing is offered", inbox.oldest()?.is_none());
    let ready = poll::wait(asked, Some(Duration::from_millis(5)))?;
    checks.equal("nothing is ready", ready, [NOTHING; 3]);
    let parent = process::id();
    let child = children::start(|| make_ready(parent, &hears, &to).is_ok());
    checks.equal("an offer", poll::wait(asked, PATIENCE)?, [IN, NOTHING, NOTHING]);
    let offer = inbox.oldest()?;
    checks.equal("is the child's", offer.map(|offer| offer.pid), child);
    let pages = offer.map(|offer| offer.claim()).transpose()?;
    let mut bytes = [0; 4];
    let read = pages.and_then(|pages| pages.memory().read(0, &mut bytes));
    checks.equal("with its page", (read, bytes), (Some(()), *b"page"));
    says.write_all(b"1")?;
    checks.equal("a message", poll::wait(asked, PATIENCE)?, [NOTHING, IN, NOTHING]);
    let number = subscriber.take()?.map(|number| number.0);
    checks.equal("is the one that was sent", number, Some(77));
    says.write_all(b"2")?;
    checks.equal("a byte", poll::wait(asked, PATIENCE)?, [NOTHING, NOTHING, IN]);
    checks.equal("the child is content", children::end(child), GOOD);
    Ok(())
}

fn make_ready(parent: Pid, hears: &File, to: &File) -> Result<()> {
    let pages = Pages::new(1)?;
    let _ = pages.memory().write(0, b"page");
    pages.give(parent, OfferFlags::GRANTALL)?.wait(PATIENCE)?;
    hears.read(&mut [0])?;
    let pool = Pool::new()?;
    let publisher = pool.advertise::<Number>(NAME, 4, TopicPolicy::Overwrite)?;
    let mut message = publisher.loan()?;
    message.0 = 77;
    message.publish()?;
    hears.read(&mut [0])?;
    to.write_all(b"x")
}

fn log(checks: &mut Checks) -> Result<()> {
    let log = KernelLog::open()?;
    let lines = log.read(0);
    let has_lines = lines.bytes.starts_with(b"[") && lines.bytes.ends_with(b"\n");
    checks.that("the log has whole lines", has_lines && lines.lost == 0);
    let child = children::run_as(1000, 1000, || {
        let refused = File::open("/dev/shm/api-log").is_err();
        refused && KernelLog::open().is_err()
    });
    checks.equal("it is for root only", child, GOOD);
    Ok(())
}
