//! `topic info`.

use super::describe::{POLICIES, command, text};
use super::{Outcome, Words};
use alloc::format;
use alloc::string::{String, ToString};
use user::options::{Parsed, only, plain};
use user::style::{self, Size};
use user::table::Align;
use user::topic::{self, MemberRecord, MemberRole, TopicRecord, message, policy_name};
use user::units::Owner;
use user::{print, println};

/// What it does.
pub const HELP: &str = "\
Tells all that is known of a topic, its publishers and its subscribers.
A pool is where a publisher's messages lie: at one address in all processes.
HELD are messages that somebody is reading now.";

/// Tells all that is known of one topic.
pub fn run(words: Words) -> Outcome {
    let Parsed::Run(words) = plain(words)? else { return Ok(Parsed::Help) };
    let name = only(&words, "topic")?;
    let record = topic::info(name)?;
    let members = topic::members(name)?;
    identity(&record);
    publishers(&members);
    subscribers(&members);
    Ok(Parsed::Run(0))
}

fn identity(record: &TopicRecord) {
    println!("name         {}", text(record.name()));
    if record.contents.name().is_empty() {
        println!("type         any: nobody has said what a message is");
    } else {
        println!("type         {}", message::describe(&record.contents));
    }
    let known = POLICIES.iter().find(|(policy, _)| *policy as u32 == record.policy);
    if let Some((policy, meaning)) = known {
        println!("policy       {}: {meaning}", policy_name(*policy));
    }
    println!("mode         {:03o}", record.mode & 0o777);
    println!("owner        {} (group {})", Owner(record.uid), Owner(record.gid));
    println!("published    {} messages, {} bytes", record.published, record.bytes);
    println!("kept         {} messages", record.entries);
}

fn publishers(members: &[MemberRecord]) {
    let columns = [
        ("PUBLISHER", Align::Right),
        ("COMMAND", Align::Left),
        ("DEPTH", Align::Right),
        ("KEPT", Align::Right),
        ("HELD", Align::Right),
        ("POOL", Align::Right),
        ("SIZE", Align::Right),
    ];
    let mut table = style::table(&columns);
    let all = members.iter().filter(|one| one.role != MemberRole::Subscriber as u32);
    for one in all.clone() {
        let departed = one.role == MemberRole::Departed as u32;
        table.row([
            one.pid.to_string(),
            if departed { "(gone)".into() } else { command(one.pid) },
            one.depth.to_string(),
            one.messages.to_string(),
            one.held.to_string(),
            format!("{:#x}", one.pool_address),
            Size(one.pool_bytes).to_string(),
        ]);
    }
    section("publishers", all.count(), &table.to_string());
}

fn subscribers(members: &[MemberRecord]) {
    let columns = [
        ("SUBSCRIBER", Align::Right),
        ("COMMAND", Align::Left),
        ("DEPTH", Align::Right),
        ("WAITING", Align::Right),
        ("HELD", Align::Right),
    ];
    let mut table = style::table(&columns);
    let all = members.iter().filter(|one| one.role == MemberRole::Subscriber as u32);
    for one in all.clone() {
        let numbers = [one.depth, one.messages, one.held].map(|number| number.to_string());
        let who: [String; 2] = [one.pid.to_string(), command(one.pid)];
        table.row(who.into_iter().chain(numbers));
    }
    section("subscribers", all.count(), &table.to_string());
}

/// A table behind its title, if it has lines.
fn section(title: &str, count: usize, table: &str) {
    println!("{title:<12} {count}");
    if count > 0 {
        print!("{table}");
    }
}
