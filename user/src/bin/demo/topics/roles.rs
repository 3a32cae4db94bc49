//! Publishers and subscribers of the story, each a process of its own.

use super::board::{Board, Field};
use crate::actor::{Actor, Line, actor};
use abi::Errno;
use abi::poll::{PollEvents, PollFd};
use alloc::vec::Vec;
use core::sync::atomic::Ordering::Relaxed;
use user::error::{Error, Result};
use user::process::{self, Pid};
use user::syscall::file::ppoll;
use user::time::{self, Duration};
use user::topic::{Message, Pool, SubscribeFlags, Subscriber, Taken, TopicPolicy};
use zerocopy::{FromBytes, Immutable};

/// Words that a message carries.
const WORDS: usize = 508;
/// Messages that a publisher keeps: more than its pool has room for at first.
const DEPTH: u32 = 64;
/// From so many of each publisher on, the quick reader has heard them all.
const ENOUGH: u64 = 20;

/// What is published: words with their sum, and where its publisher has put them.
#[derive(FromBytes, Immutable)]
#[repr(C)]
pub struct Sample {
    number: u64,
    address: u64,
    sum: u64,
    reserved: u64,
    words: [u64; WORDS],
}

impl Message for Sample {
    const NAME: &'static str = "Sample";
}

/// A sum that the order of the words changes, too.
fn sum(words: &[u64]) -> u64 {
    words.iter().fold(1, |sum: u64, word| sum.rotate_left(5).wrapping_mul(31).wrapping_add(*word))
}

/// Starts a publisher, which publishes once in that time until the board says that it is enough.
pub fn publisher(board: Board, topic: &str, period: Duration) -> Result<Actor> {
    actor(|line| {
        let pool = Pool::new()?;
        let publisher = pool.advertise::<Sample>(topic, DEPTH, TopicPolicy::Overwrite)?;
        line.cue()?;
        let (seed, mut next) = (u64::from(process::id().0), time::now());
        for number in 1.. {
            if board.is_stopped()? {
                break;
            }
            let mut sample = publisher.loan()?;
            for (index, word) in (0..).zip(&mut sample.words) {
                *word = seed ^ (number << 16) ^ index;
            }
            (sample.number, sample.sum) = (number, sum(&sample.words));
            sample.address = (&raw const *sample).addr() as u64;
            sample.publish()?;
            next += period;
            time::sleep(next.saturating_sub(time::now()));
        }
        Ok(())
    })
}

/// A subscriber that counts what it sees.
struct Reader {
    board: Board,
    index: usize,
    subscriber: Subscriber<Sample>,
}

impl Reader {
    fn new(board: Board, index: usize, topic: &str, depth: u32) -> Result<Self> {
        let subscriber = Subscriber::new(topic, depth, SubscribeFlags::empty())?;
        Ok(Self { board, index, subscriber })
    }

    /// The next message; `None` when no more can come. Sleeps until the kernel has news.
    fn next(&self) -> Result<Option<Taken<'_, Sample>>> {
        loop {
            if let Some(sample) = self.subscriber.take()? {
                return Ok(Some(sample));
            }
            if self.subscriber.status()?.publishers == 0 && self.board.is_stopped()? {
                // The last one may have published between the two questions.
                return self.subscriber.take();
            }
            let events = (PollEvents::IN | PollEvents::PRI).bits();
            let mut files = [PollFd { fd: self.subscriber.as_raw(), events, revents: 0 }];
            match ppoll(&mut files, None) {
                Ok(_) | Err(Errno::EINTR) => {}
                Err(errno) => return Err(Error::new(errno, "ppoll")),
            }
        }
    }

    fn add(&self, field: Field, number: u64) -> Result<()> {
        self.board.counter(self.index, field)?.fetch_add(number, Relaxed);
        Ok(())
    }

    /// Looks at a message, where it lies.
    fn inspect(&self, sample: &Taken<'_, Sample>) -> Result<()> {
        let here = (&raw const **sample).addr() as u64;
        self.add(Field::Torn, u64::from(sum(&sample.words) != sample.sum))?;
        self.add(Field::Elsewhere, u64::from(here != sample.address))?;
        self.add(Field::Lost, sample.lost())?;
        self.add(Field::Taken, 1)
    }
}

/// Starts the quick subscriber, which tells the teller whenever it has heard `ENOUGH` of as many
/// publishers as the next of the numbers says.
pub fn quick(board: Board, topic: &str, wanted: &[usize]) -> Result<Actor> {
    actor(|line| {
        let reader = Reader::new(board, 0, topic, 1024)?;
        line.cue()?;
        let (mut wanted, mut heard) = (wanted.iter().peekable(), Vec::<(Pid, u64)>::new());
        while let Some(sample) = reader.next()? {
            reader.inspect(&sample)?;
            let pid = Pid(sample.record().pid);
            match heard.iter_mut().find(|(other, _)| *other == pid) {
                Some((_, count)) => *count += 1,
                None => heard.push((pid, 1)),
            }
            let enough = heard.iter().filter(|(_, count)| *count >= ENOUGH).count();
            if wanted.next_if(|wanted| enough >= **wanted).is_some() {
                line.cue()?;
            }
        }
        Ok(())
    })
}

/// Starts a subscriber that works for so long on each message, and holds it meanwhile. It tells the
/// teller when it has lost something.
pub fn slow(board: Board, index: usize, topic: &str, depth: u32, work: Duration) -> Result<Actor> {
    actor(|line| {
        let reader = Reader::new(board, index, topic, depth)?;
        line.cue()?;
        let mut complains = true;
        while let Some(sample) = reader.next()? {
            time::sleep(work);
            reader.inspect(&sample)?;
            if complains && sample.lost() > 0 {
                complains = false;
                line.cue()?;
            }
        }
        Ok(())
    })
}

/// Starts a subscriber that holds messages and reads no more.
pub fn holding(board: Board, index: usize, topic: &str, held: usize) -> Result<Actor> {
    actor(|line: &Line| {
        let reader = Reader::new(board, index, topic, 1024)?;
        line.cue()?;
        let mut samples = Vec::new();
        while samples.len() < held
            && let Some(sample) = reader.next()?
        {
            reader.inspect(&sample)?;
            samples.push(sample);
        }
        line.cue()?;
        // It is killed here.
        line.wait()
    })
}
