//! Topics: messages that many publish and many read where they lie.
//!
//! `pool` is the memory that a process publishes from, `publisher` lends it and publishes,
//! `subscriber` takes. `message` is what a message may be, `numbers` are messages that everybody
//! knows, `size` is how large a pool is at first. `bytes` is for tools, which know no types, and
//! `list` tells what there is. `rate` is how often messages come and how large they are.

pub mod message;
pub mod numbers;
pub mod rate;
pub mod size;

#[cfg(target_os = "none")]
mod bytes;
#[cfg(target_os = "none")]
mod failed;
#[cfg(target_os = "none")]
mod left;
#[cfg(target_os = "none")]
mod lender;
#[cfg(target_os = "none")]
mod list;
#[cfg(target_os = "none")]
mod pool;
#[cfg(target_os = "none")]
mod publisher;
#[cfg(target_os = "none")]
mod reader;
#[cfg(target_os = "none")]
mod subscriber;

pub use abi::topic::{
    MemberRecord, MemberRole, MessageRecord, SubscribeFlags, TopicPolicy, TopicRecord, TypeRecord,
};
#[cfg(target_os = "none")]
pub use bytes::{ByteLoan, BytePublisher, ByteSubscriber, TakenBytes};
#[cfg(target_os = "none")]
pub use failed::{no_message, policy_name};
#[cfg(target_os = "none")]
pub use list::{info, list, members};
pub use message::Message;
#[cfg(target_os = "none")]
pub use pool::Pool;
#[cfg(target_os = "none")]
pub use publisher::{Loan, Publisher};
#[cfg(target_os = "none")]
pub use subscriber::{Subscriber, Taken};
