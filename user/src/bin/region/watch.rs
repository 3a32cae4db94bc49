//! `region watch` and `region notify`.

use super::{Outcome, Words, describe};
use alloc::format;
use alloc::string::String;
use user::error::Error;
use user::options::{
    Argument, Parsed, only, parse, parse_seconds, parse_size, plain, unknown, usage,
};
use user::region::{Change, ChangeKind, Region};
use user::{io, println};

/// How `watch` is called.
pub const USAGE: &str = "NAME [--count N] [--timeout SECONDS]";

/// What `watch` does.
pub const HELP: &str = "\
Prints each change as it happens: its number, what, where, and who.
Ends after --count changes; fails if there is none for the --timeout. Stores
through views are seen only where the program that makes them tells so.";

/// What `notify` does.
pub const NOTIFY_HELP: &str = "Tells those who wait that bytes have changed.";

/// Prints changes.
pub fn run(words: Words) -> Outcome {
    let (mut count, mut timeout) = (u64::MAX, None);
    let parsed = parse(words, |option, values| {
        match option {
            Argument::Long("count") | Argument::Short('n') => count = values.number(1)?,
            Argument::Long("timeout") | Argument::Short('t') => {
                timeout = Some(parse_seconds(values.value()?)?);
            }
            option => return Err(unknown(option)),
        }
        Ok(())
    })?;
    let Parsed::Run(plain) = parsed else { return Ok(Parsed::Help) };
    let name = only(&plain, "region")?;
    let region = Region::open_read_only(name)?;
    let mut seen = region.changes()?;
    println!("{name}: watching, after change {seen}");
    for _ in 0..count {
        // A reader of this output wants each line as it happens.
        let _ = io::flush();
        let Some(change) = region.wait_change(seen, timeout)? else {
            return Err(Error::message(format!("{name}: no change in that time")));
        };
        match change.number.saturating_sub(seen) {
            0 | 1 => {}
            ahead => println!("  ({} changes came too fast and are forgotten)", ahead - 1),
        }
        println!("{}", line(&change));
        seen = change.number;
    }
    Ok(Parsed::Run(0))
}

fn line(change: &Change) -> String {
    let what = describe::change(change.kind);
    let place = match (change.kind, change.length) {
        (Some(ChangeKind::Grown | ChangeKind::Shrunk), _) => {
            format!("to {} bytes", change.offset)
        }
        (Some(ChangeKind::Sealed), _) => String::new(),
        (_, 0) => format!("at {:#x}", change.offset),
        (_, length) => format!("at {:#x}, {length} bytes", change.offset),
    };
    let who = describe::process(change.by.0);
    format!("#{:<4} {what:<8} {place:<24} by process {who}", change.number)
}

/// Tells of a change.
pub fn notify(words: Words) -> Outcome {
    let Parsed::Run(plain) = plain(words)? else { return Ok(Parsed::Help) };
    let (name, offset, length) = match plain[..] {
        [name] => (name, 0, 0),
        [name, offset] => (name, parse_size(offset)?, 0),
        [name, offset, length] => (name, parse_size(offset)?, parse_size(length)?),
        _ => return Err(usage("notify needs a name, and perhaps an offset and a length")),
    };
    let number = Region::open(name)?.notify(offset, length)?;
    println!("{name}: change {number}");
    Ok(Parsed::Run(0))
}
