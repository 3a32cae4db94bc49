//! `topic pub`.

use super::describe::parse_policy;
use super::{Outcome, Words};
use abi::Errno;
use abi::poll::{PollEvents, PollFd};
use alloc::format;
use alloc::vec;
use alloc::vec::Vec;
use user::error::{Context, Error, Result};
use user::options::{Argument, Arguments, Parsed, parse, unknown, usage};
use user::syscall::file::ppoll;
use user::time::{self, Duration};
use user::topic::{self, BytePublisher, Pool, TopicPolicy, TypeRecord, numbers};
use user::{fs, io, println};

/// How it is called.
pub const USAGE: &str = "NAME [TEXT... | --file PATH] [--type KIND] [--size BYTES] [--rate HZ]
       [--count N] [--wait N] [--depth N] [--policy overwrite|refuse|wait]";

/// What it does.
pub const HELP: &str = "\
Publishes text, a file, or numbers.
Once, or --count times; with --rate so often in a second, for ever if no count is
given. --type u8, i8 to u64, i64, f32 or f64 makes numbers of the words. --size
cuts or fills a message with zeroes. --wait waits until there are so many
subscribers. --depth messages (10) are kept for those who are slow; --policy says
what becomes of a message for which there is no room. MEMPOOL_SIZE in the
environment is the first size of the pool in bytes, rounded up to 100000.";

const DEPTH: u64 = 10;

/// What is to be published, and how.
struct Task<'a> {
    words: Vec<&'a str>,
    file: Option<&'a str>,
    kind: Option<&'a str>,
    size: Option<u64>,
    rate: Option<f64>,
    count: Option<u64>,
    wait: u64,
    depth: u64,
    policy: Option<TopicPolicy>,
}

impl Task<'static> {
    const fn new() -> Self {
        Self {
            words: Vec::new(),
            file: None,
            kind: None,
            size: None,
            rate: None,
            count: None,
            wait: 0,
            depth: DEPTH,
            policy: None,
        }
    }

    fn option(
        &mut self,
        option: Argument<'static>,
        values: &mut Arguments<'static, Words>,
    ) -> Result<()> {
        match option {
            Argument::Long("file") | Argument::Short('f') => self.file = Some(values.value()?),
            Argument::Long("type") | Argument::Short('t') => self.kind = Some(values.value()?),
            Argument::Long("size") => self.size = Some(values.size()?),
            Argument::Long("rate") | Argument::Short('r') => {
                self.rate = Some(rate(values.value()?)?)
            }
            Argument::Long("count") | Argument::Short('n') => self.count = Some(values.number(1)?),
            Argument::Long("wait") | Argument::Short('w') => self.wait = values.number(0)?,
            Argument::Long("depth") => self.depth = values.number(1)?,
            Argument::Long("policy") => self.policy = Some(parse_policy(values.value()?)?),
            option => return Err(unknown(option)),
        }
        Ok(())
    }

    /// The message's type and bytes.
    fn message(&self) -> Result<(TypeRecord, Vec<u8>)> {
        let (contents, mut bytes) = match (self.kind, self.file) {
            (Some(_), Some(_)) => return Err(usage("a file is bytes, and has no --type")),
            (Some(kind), None) => self.numbers(kind)?,
            (None, Some(path)) if self.words.is_empty() => (TypeRecord::any(), fs::read(path)?),
            (None, Some(_)) => return Err(usage("either text or a file")),
            (None, None) => (TypeRecord::any(), self.words.join(" ").into_bytes()),
        };
        if let Some(size) = self.size {
            let size = usize::try_from(size).map_err(|_| Error::new(Errno::EFBIG, "--size"))?;
            bytes.resize(size, 0);
        }
        if bytes.is_empty() {
            return Err(usage("what is to be published? TEXT, --file or --size"));
        }
        Ok((contents, bytes))
    }

    fn numbers(&self, kind: &str) -> Result<(TypeRecord, Vec<u8>)> {
        if self.size.is_some() {
            return Err(usage("numbers have their own size"));
        }
        if !numbers::KINDS.contains(&kind) {
            let kinds = numbers::KINDS.join(", ");
            return Err(usage(format!("{kind}: no type that is known here; there are {kinds}")));
        }
        let words = self.words.join(" ");
        numbers::parse(kind, &self.words)
            .ok_or_else(|| usage(format!("{words}: these are no {kind} numbers")))
    }
}

/// Publishes.
pub fn run(words: Words) -> Outcome {
    let mut task = Task::new();
    let parsed = parse(words, |option, values| task.option(option, values))?;
    let Parsed::Run(words) = parsed else { return Ok(Parsed::Help) };
    let Some((name, text)) = words.split_first() else { return Err(usage("which topic?")) };
    task.words = text.into();
    let (contents, bytes) = task.message()?;
    let pool = Pool::new()?;
    let policy = task.policy.unwrap_or_else(|| current_policy(name));
    let depth = u32::try_from(task.depth).unwrap_or(u32::MAX);
    let publisher = pool.advertise_bytes(name, depth, policy, contents)?;
    wait_for_subscribers(&publisher, task.wait, name)?;
    publish_all(&publisher, &task, name, &bytes)?;
    Ok(Parsed::Run(0))
}

/// The policy that the topic has, or the one that topics have if nothing else is said.
fn current_policy(name: &str) -> TopicPolicy {
    let there = topic::info(name).ok().filter(|record| record.publishers > 0);
    there.and_then(|record| TopicPolicy::from_number(record.policy)).unwrap_or_default()
}

/// Sleeps until so many have subscribed; the kernel tells of each who comes.
fn wait_for_subscribers(publisher: &BytePublisher<'_>, wanted: u64, name: &str) -> Result<()> {
    while u64::from(publisher.status()?.subscribers) < wanted {
        let news = PollEvents::PRI.bits();
        let mut files = vec![PollFd { fd: publisher.as_raw(), events: news, revents: 0 }];
        match ppoll(&mut files, None) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(errno) => return Err(Error::new(errno, name)),
        }
    }
    Ok(())
}

fn publish_all(
    publisher: &BytePublisher<'_>,
    task: &Task<'_>,
    name: &str,
    bytes: &[u8],
) -> Result<()> {
    let period = task.rate.map(|rate| Duration::from_secs_f64(1.0 / rate));
    let count = task.count.unwrap_or(if period.is_some() { u64::MAX } else { 1 });
    if let (Some(rate), u64::MAX) = (task.rate, count) {
        println!("{name}: {} bytes, {rate} times a second", bytes.len());
        io::flush().context("standard output")?;
    }
    let mut next = time::now();
    for number in 0..count {
        if let Some(period) = period
            && number > 0
        {
            next += period;
            time::sleep(next.saturating_sub(time::now()));
        }
        let mut loan = publisher.loan(bytes.len())?;
        loan.copy_from_slice(bytes);
        if let Err(error) = loan.publish(None) {
            return Err(refused(error, name));
        }
    }
    let subscribers = publisher.status()?.subscribers;
    let nobody = if subscribers == 0 { "; nobody has subscribed" } else { "" };
    println!("{name}: {count} messages of {} bytes published{nobody}", bytes.len());
    Ok(())
}

fn refused(error: Error, name: &str) -> Error {
    match error.errno() {
        Some(Errno::EAGAIN) => Error::new(Errno::EAGAIN, name)
            .problem("its queue is full of messages that are still to be read, and it refuses more")
            .advice("read them, or publish with a greater --depth"),
        _ => error,
    }
}

fn rate(text: &str) -> Result<f64> {
    let rate = text.parse::<f64>().ok().filter(|rate| (0.001..=1_000_000.0).contains(rate));
    rate.ok_or_else(|| usage(format!("{text}: no rate; one looks like 0.5 or 100")))
}
