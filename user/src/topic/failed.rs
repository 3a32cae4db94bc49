//! What calls about topics fail with, in words.

use super::message::{describe, mismatch};
use crate::error::Error;
use crate::syscall::topic as call;
use abi::Errno;
use abi::topic::{TopicPolicy, TopicRecord, TypeRecord};
use alloc::format;

/// Why a call about the topic of this name has failed.
pub fn failed(errno: Errno, name: &str) -> Error {
    let error = Error::new(errno, name);
    match errno {
        Errno::ENOENT => error
            .problem("no such topic")
            .advice(format!("publish in it with: topic pub {name} hello")),
        Errno::EINVAL | Errno::ENAMETOOLONG => {
            error.advice("a topic's name is / and up to 255 characters without /")
        }
        Errno::EACCES => error
            .problem("its mode does not allow that")
            .advice("its owner and root may; topic info shows both"),
        Errno::ENOBUFS => error.problem("there are as many already as there may be"),
        _ => error,
    }
}

/// Why a topic can't be joined: a publisher asks for a policy.
pub fn not_joined(
    errno: Errno,
    name: &str,
    contents: &TypeRecord,
    policy: Option<TopicPolicy>,
) -> Error {
    let error = failed(errno, name);
    let Ok(topic) = call::topic_info(name) else { return error };
    match errno {
        Errno::EPROTOTYPE => error.problem(mismatch(&topic, contents)),
        Errno::EINVAL if policy.is_some_and(|policy| policy as u32 != topic.policy) => {
            let known = TopicPolicy::from_number(topic.policy).map_or("another", policy_name);
            let wanted = policy.map_or("none", policy_name);
            Error::new(errno, name)
                .problem(format!("its policy is {known}, and not {wanted}"))
                .advice("the first publisher chooses it for all")
        }
        _ => error,
    }
}

/// Why bytes are no message of the topic, if that is so.
pub fn no_message(topic: &TopicRecord, name: &str, bytes: usize) -> Option<Error> {
    let size = topic.contents.size;
    let differs = size != 0 && size != bytes as u64;
    differs.then(|| {
        Error::new(Errno::EPROTOTYPE, name).problem(format!(
            "its messages are {}, and not {bytes} bytes",
            describe(&topic.contents)
        ))
    })
}

/// The word for a policy.
pub const fn policy_name(policy: TopicPolicy) -> &'static str {
    match policy {
        TopicPolicy::Overwrite => "overwrite",
        TopicPolicy::Refuse => "refuse",
        TopicPolicy::Wait => "wait",
    }
}
