//! Words for what topics are, shared by the commands.

use alloc::format;
use alloc::string::String;
use user::error::Result;
use user::options::usage;
use user::process;
use user::topic::{TopicPolicy, TypeRecord};

/// A name, for people.
pub fn text(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

/// A type in a word; an end that looks at any has none.
pub fn short_type(contents: &TypeRecord) -> String {
    if contents.name().is_empty() { "any".into() } else { text(contents.name()) }
}

/// All policies with what they mean.
pub const POLICIES: [(TopicPolicy, &str); 3] = [
    (TopicPolicy::Overwrite, "a full queue loses its oldest message"),
    (TopicPolicy::Refuse, "a full queue takes no message"),
    (TopicPolicy::Wait, "a publisher waits while its queue is full"),
];

/// The policy that a person typed.
pub fn parse_policy(word: &str) -> Result<TopicPolicy> {
    let all = POLICIES.iter().map(|(policy, _)| *policy);
    let found = all.into_iter().find(|policy| user::topic::policy_name(*policy) == word);
    found.ok_or_else(|| usage(format!("{word}: no policy; there are overwrite, refuse and wait")))
}

/// A process's command, while it is there.
pub fn command(pid: u32) -> String {
    let records = process::list().unwrap_or_default();
    let record = records.iter().find(|record| record.pid == pid);
    record.map_or_else(|| "(ended)".into(), |record| text(record.command()))
}
