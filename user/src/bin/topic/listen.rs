//! Listening to a topic until there is enough: what `echo`, `hz` and `bw` have in common.

use super::Words;
use abi::topic::TOPIC_DEPTH_MAX;
use alloc::format;
use alloc::string::String;
use user::error::{Error, Result};
use user::options::Parsed;
use user::options::{Argument, Arguments, only, parse, parse_seconds, unknown};
use user::time::Duration;
use user::topic::{ByteSubscriber, SubscribeFlags, TakenBytes};
use user::{eprintln, io, time};

/// How far tools look back: they are not to lose anything that is there.
const DEPTH: u64 = TOPIC_DEPTH_MAX as u64;
/// How often `hz` and `bw` tell what they have seen.
const INTERVAL: Duration = Duration::from_secs(1);

/// What a person has asked for.
pub struct Task {
    /// The topic's name.
    pub name: String,
    /// Messages after which it ends.
    pub count: u64,
    seconds: Option<Duration>,
    depth: u64,
    flags: SubscribeFlags,
}

/// What happened.
pub enum Event<'a> {
    /// A message has come.
    Message(TakenBytes<'a>),
    /// It is time for a report.
    Report,
}

impl Task {
    /// Reads the words; `more` knows further options.
    pub fn parse(
        words: Words,
        mut more: impl FnMut(Argument<'static>, &mut Arguments<'static, Words>, &mut Self) -> Result<()>,
    ) -> Result<Parsed<Self>> {
        let mut task = Self {
            name: String::new(),
            count: u64::MAX,
            seconds: None,
            depth: DEPTH,
            flags: SubscribeFlags::empty(),
        };
        let parsed = parse(words, |option, values| {
            match option {
                Argument::Long("count") | Argument::Short('n') => task.count = values.number(1)?,
                Argument::Long("seconds") | Argument::Short('s') => {
                    task.seconds = Some(parse_seconds(values.value()?)?);
                }
                Argument::Long("kept") => task.flags |= SubscribeFlags::TRANSIENT_LOCAL,
                Argument::Long("depth") => task.depth = depth(values)?,
                option => more(option, values, &mut task)?,
            }
            Ok(())
        })?;
        let Parsed::Run(words) = parsed else { return Ok(Parsed::Help) };
        task.name = only(&words, "topic")?.into();
        Ok(Parsed::Run(task))
    }

    /// As [`Self::parse`], without further options.
    pub fn plain(words: Words) -> Result<Parsed<Self>> {
        Self::parse(words, |option, _, _| Err(unknown(option)))
    }

    /// Begins to subscribe; says so if nobody publishes.
    pub fn subscribe(&self) -> Result<ByteSubscriber> {
        let depth = self.depth as u32;
        let subscriber = ByteSubscriber::new(&self.name, depth, self.flags)?;
        if subscriber.status()?.publishers == 0 {
            eprintln!("topic: {}: nobody publishes there yet; waiting", self.name);
        }
        Ok(subscriber)
    }

    /// Hands events on as they happen, until there were enough messages or the time is over;
    /// returns how many messages there were. Reports come as often as `interval` says.
    pub fn listen(
        &self,
        subscriber: &ByteSubscriber,
        interval: Option<Duration>,
        mut handle: impl FnMut(Event<'_>) -> Result<()>,
    ) -> Result<u64> {
        let begin = time::now();
        let end = self.seconds.map(|seconds| begin + seconds);
        let (mut report, mut count) = (interval.map(|interval| begin + interval), 0);
        while count < self.count && end.is_none_or(|end| time::now() < end) {
            // A reader of this output wants each line as it happens.
            let _ = io::flush();
            let next = end.into_iter().chain(report).min();
            let left = next.map(|next| next.saturating_sub(time::now()));
            if let Some(message) = subscriber.wait(left)? {
                handle(Event::Message(message))?;
                count += 1;
            }
            if let (Some(due), Some(interval)) = (&mut report, interval)
                && time::now() >= *due
            {
                *due += interval;
                handle(Event::Report)?;
            }
        }
        if count == 0 {
            return Err(Error::message(format!("{}: no message came in that time", self.name)));
        }
        Ok(count)
    }

    /// As [`Self::listen`], with a report every second.
    pub fn measure(
        &self,
        subscriber: &ByteSubscriber,
        handle: impl FnMut(Event<'_>) -> Result<()>,
    ) -> Result<u64> {
        self.listen(subscriber, Some(INTERVAL), handle)
    }
}

fn depth(values: &mut Arguments<'static, Words>) -> Result<u64> {
    let depth = values.number(1)?;
    if depth <= DEPTH {
        return Ok(depth);
    }
    Err(Error::message(format!("{depth}: a depth is at most {DEPTH}")))
}
