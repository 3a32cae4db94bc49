//! `topic bw`.

use super::listen::{Event, Task};
use super::{Outcome, Words};
use user::options::Parsed;
use user::topic::rate::Flow;
use user::{println, time};

/// How it is called.
pub const USAGE: &str = "NAME [--count N] [--seconds S]";

/// What it does.
pub const HELP: &str = "\
Tells how many bytes are published per second, every second and at the end.
It counts from its start, and tells the mean, the least and the greatest size of
a message. Ends after --count messages or --seconds.";

/// Measures the bandwidth.
pub fn run(words: Words) -> Outcome {
    let Parsed::Run(task) = Task::plain(words)? else { return Ok(Parsed::Help) };
    let subscriber = task.subscribe()?;
    let (begin, mut flow) = (time::now(), Flow::default());
    let report = |flow: &Flow| match flow.within(time::now().saturating_sub(begin)) {
        Some(bandwidth) => println!("{bandwidth}"),
        None => println!("no messages yet"),
    };
    task.measure(&subscriber, |event| {
        match event {
            Event::Message(message) => flow.add(message.len() as u64),
            Event::Report => report(&flow),
        }
        Ok(())
    })?;
    report(&flow);
    Ok(Parsed::Run(0))
}
