//! `topic hz`.

use super::listen::{Event, Task};
use super::{Outcome, Words};
use user::options::{Argument, Parsed, unknown};
use user::println;
use user::topic::rate::Periods;

/// How it is called.
pub const USAGE: &str = "NAME [--count N] [--seconds S] [--window N]";

/// What it does.
pub const HELP: &str = "\
Tells how often messages are published, every second and at the end.
It is the mean rate of the last --window messages (10000), with the shortest and
the longest time between two of them and the standard deviation, by the times at
which they were published. Ends after --count messages or --seconds.";

const WINDOW: u64 = 10_000;

/// Measures the rate.
pub fn run(words: Words) -> Outcome {
    let mut window = WINDOW;
    let parsed = Task::parse(words, |option, values, _| match option {
        Argument::Long("window") | Argument::Short('w') => {
            values.number(2).map(|number| window = number)
        }
        option => Err(unknown(option)),
    })?;
    let Parsed::Run(task) = parsed else { return Ok(Parsed::Help) };
    let subscriber = task.subscribe()?;
    let mut periods = Periods::new(usize::try_from(window - 1).unwrap_or(usize::MAX));
    let (mut lost, mut news) = (0, false);
    task.measure(&subscriber, |event| {
        match event {
            Event::Message(message) => {
                periods.add(message.record().time);
                lost += message.record().lost;
                news = true;
            }
            Event::Report => {
                report(&periods, lost, news);
                news = false;
            }
        }
        Ok(())
    })?;
    report(&periods, lost, true);
    Ok(Parsed::Run(0))
}

fn report(periods: &Periods, lost: u64, news: bool) {
    match periods.rate() {
        Some(rate) if news => println!("{rate}"),
        _ if news => println!("one message so far: a rate needs two"),
        _ => println!("no new messages"),
    }
    if lost > 0 && news {
        println!("        ({lost} messages were lost, so the rate is higher)");
    }
}
