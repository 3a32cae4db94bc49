//! `topic ls`.

use super::describe::{short_type, text};
use super::{Outcome, Words};
use alloc::string::ToString;
use user::options::{Parsed, plain, usage};
use user::print;
use user::style::{self, Size};
use user::table::Align;
use user::topic::{self, MemberRole, TopicRecord};

/// What it does.
pub const HELP: &str = "\
Lists the topics.
KEPT are the messages that are there, WAITING those that subscribers have still
to take; PUBLISHED and BYTES count from the topic's beginning.";

/// Lists all topics.
pub fn run(words: Words) -> Outcome {
    let Parsed::Run(words) = plain(words)? else { return Ok(Parsed::Help) };
    if !words.is_empty() {
        return Err(usage("ls lists all topics; topic info shows one"));
    }
    let columns = [
        ("NAME", Align::Left),
        ("TYPE", Align::Left),
        ("PUBS", Align::Right),
        ("SUBS", Align::Right),
        ("KEPT", Align::Right),
        ("WAITING", Align::Right),
        ("PUBLISHED", Align::Right),
        ("BYTES", Align::Right),
    ];
    let mut table = style::table(&columns);
    for record in topic::list()? {
        table.row([
            text(record.name()),
            short_type(&record.contents),
            record.publishers.to_string(),
            record.subscribers.to_string(),
            record.entries.to_string(),
            waiting(&record).to_string(),
            record.published.to_string(),
            Size(record.bytes).to_string(),
        ]);
    }
    print!("{table}");
    Ok(Parsed::Run(0))
}

/// Messages that wait for subscribers; each of these counts.
fn waiting(record: &TopicRecord) -> u64 {
    // A topic may have gone since it was listed.
    let members = topic::members(&text(record.name())).unwrap_or_default();
    let subscribers = members.iter().filter(|one| one.role == MemberRole::Subscriber as u32);
    subscribers.map(|one| u64::from(one.messages)).sum()
}
