//! `date`: the time of day, and setting it.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::format;
use alloc::string::String;
use chrono::{DateTime, NaiveDateTime, Utc};
use core::fmt::Write;
use core::time::Duration;
use user::error::{Error, Result};
use user::options::{self, Argument, Parsed, unknown, usage};
use user::{env, println, time};

const HELP: &str = "usage: date [-d @SECONDS] [-s TIME] [+FORMAT]\n\
    Prints the time (UTC), as FORMAT says: %Y-%m-%d %H:%M:%S and the other letters of strftime.\n\
    -d another time, in seconds since 1970. -s sets the time, which only root may: as\n\
    '2026-11-21 18:30:00' or @SECONDS. A board has no clock that goes on without power: the time\n\
    begins at 1970 when nobody has set it.";

const PLAIN: &str = "%a %b %e %H:%M:%S UTC %Y";

user::entry!(main);

fn main() -> Result<()> {
    let mut asked = None;
    let mut is_set = false;
    let parsed = options::parse(env::args().skip(1), |option, arguments| {
        match option {
            Argument::Short('d') => asked = Some(parse(arguments.value()?)?),
            Argument::Short('s') => {
                asked = Some(parse(arguments.value()?)?);
                is_set = true;
            }
            Argument::Short('u') => {}
            option => return Err(unknown(option)),
        }
        Ok(())
    })?;
    let Parsed::Run(words) = parsed else {
        println!("{HELP}");
        return Ok(());
    };
    let format = match words[..] {
        [] => PLAIN,
        [word] => word
            .strip_prefix('+')
            .ok_or_else(|| usage(format!("{word}: a format begins with +")))?,
        [_, word, ..] => return Err(usage(format!("{word}: one format only"))),
    };
    if let Some(asked) = asked.filter(|_| is_set) {
        time::set_of_day(asked)?;
    }
    let shown = asked.unwrap_or_else(time::of_day);
    let seconds = i64::try_from(shown.as_secs()).ok();
    let moment =
        seconds.and_then(|seconds| DateTime::from_timestamp(seconds, shown.subsec_nanos()));
    let moment = moment.ok_or_else(|| Error::message("a time beyond what can be printed"))?;
    println!("{}", written(&moment, format)?);
    Ok(())
}

/// The moment as the format says.
fn written(moment: &DateTime<Utc>, format: &str) -> Result<String> {
    let mut text = String::new();
    write!(text, "{}", moment.format(format))
        .map_err(|_| usage(format!("{format}: not a format (try +%H:%M)")))?;
    Ok(text)
}

/// A time as people write it.
fn parse(text: &str) -> Result<Duration> {
    let refused = || {
        Error::message(format!("{text}: not a time"))
            .advice("times look like '2026-11-21 18:30:00' or @1795286000")
    };
    if let Some(seconds) = text.strip_prefix('@') {
        return seconds.parse().map(Duration::from_secs).map_err(|_| refused());
    }
    let moment = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S")
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S"))
        .or_else(|_| NaiveDateTime::parse_from_str(&format!("{text}:00"), "%Y-%m-%d %H:%M:%S"));
    let seconds = moment.map_err(|_| refused())?.and_utc().timestamp();
    u64::try_from(seconds).map(Duration::from_secs).map_err(|_| refused())
}
