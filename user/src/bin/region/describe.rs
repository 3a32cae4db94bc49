//! Words for what regions are, shared by the commands.

use abi::region::RegionRecord;
use alloc::format;
use alloc::string::{String, ToString};
use user::error::{Error, Result};
use user::options::usage;
use user::process;
use user::region::{self, ChangeKind, Inheritance, Protection, RegionFlags, RegionState, Seals};

const FLAGS: [(RegionFlags, &str); 5] = [
    (RegionFlags::EPHEMERAL, "ephemeral"),
    (RegionFlags::SINGLE_WRITER, "single-writer"),
    (RegionFlags::VIEWS_READ_ONLY, "views-read-only"),
    (RegionFlags::SAME_ADDRESS, "same-address"),
    (RegionFlags::SPARSE, "sparse"),
];

const SEALS: [(Seals, &str); 5] = [
    (Seals::SHRINK, "shrink"),
    (Seals::GROW, "grow"),
    (Seals::WRITE, "write"),
    (Seals::FUTURE_WRITE, "future-write"),
    (Seals::SEAL, "seal"),
];

/// The record of the region with this name. It is read from the list, so that who only asks is
/// neither counted nor refused.
pub fn find(name: &str) -> Result<RegionRecord> {
    let mut records = region::list()?.into_iter();
    records.find(|record| record.name() == name.as_bytes()).ok_or_else(|| {
        Error::new(abi::Errno::ENOENT, name)
            .problem("no such region")
            .advice(format!("create one with: region create {name} 64K"))
    })
}

/// A record's name, for people.
pub fn name(record: &RegionRecord) -> String {
    String::from_utf8_lossy(record.name()).into_owned()
}

/// The names of flags, as the options of `create` have them.
pub fn flag_names(flags: RegionFlags) -> impl Iterator<Item = &'static str> {
    FLAGS.into_iter().filter(move |(flag, _)| flags.contains(*flag)).map(|(_, name)| name)
}

/// The names of seals.
pub fn seal_names(seals: Seals) -> impl Iterator<Item = &'static str> {
    SEALS.into_iter().filter(move |(seal, _)| seals.contains(*seal)).map(|(_, name)| name)
}

/// The seal of a name.
pub fn parse_seal(text: &str) -> Result<Seals> {
    let seal = SEALS.iter().find(|(_, name)| *name == text).map(|(seal, _)| *seal);
    seal.ok_or_else(|| {
        usage(format!("{text}: no such seal; there are shrink, grow, write, future-write, seal"))
    })
}

/// What is true of a region now.
pub fn state(record: &RegionRecord) -> RegionState {
    RegionState::from_bits_truncate(record.state)
}

/// Rights as letters, like `rw-`.
pub fn letters(rights: Protection) -> String {
    let all = [(Protection::READ, 'r'), (Protection::WRITE, 'w'), (Protection::EXECUTE, 'x')];
    all.map(|(right, letter)| if rights.contains(right) { letter } else { '-' }).iter().collect()
}

/// Rights in words.
pub fn rights(rights: Protection) -> &'static str {
    match (rights.contains(Protection::READ), rights.contains(Protection::WRITE)) {
        (true, true) => "read and write",
        (true, false) => "read only",
        (false, true) => "write only",
        (false, false) => "nothing",
    }
}

/// What happened, in a word.
pub const fn change(kind: Option<ChangeKind>) -> &'static str {
    match kind {
        Some(ChangeKind::Notified) => "notified",
        Some(ChangeKind::Written) => "written",
        Some(ChangeKind::Grown) => "grown",
        Some(ChangeKind::Shrunk) => "shrunk",
        Some(ChangeKind::Sealed) => "sealed",
        None => "changed",
    }
}

/// What children get, in a word.
pub const fn inheritance(policy: Inheritance) -> &'static str {
    match policy {
        Inheritance::Share => "share",
        Inheritance::ShareReadOnly => "read-only",
        Inheritance::Copy => "copy",
        Inheritance::None => "none",
        Inheritance::Ask => "ask",
    }
}

/// A process: its number and, while it is there, its command.
pub fn process(pid: u32) -> String {
    let records = process::list().unwrap_or_default();
    match records.iter().find(|record| record.pid == pid) {
        Some(record) => format!("{pid} ({})", String::from_utf8_lossy(record.command())),
        None => pid.to_string(),
    }
}

/// The process of a number that a person typed.
pub fn parse_pid(text: &str) -> Result<process::Pid> {
    let number = text.parse().ok().filter(|number| *number != 0);
    number
        .map(process::Pid)
        .ok_or_else(|| usage(format!("{text}: not a process number; ps shows them")))
}
