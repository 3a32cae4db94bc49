//! Topics: messages that many publish and many read where they lie.
//!
//! `pool` is the memory that a process publishes from, `publisher` lends it and publishes,
//! `subscriber` takes. `message` is what a message may be, `size` how large a pool is at first.

pub mod message;
pub mod size;

#[cfg(target_os = "none")]
mod pool;
#[cfg(target_os = "none")]
mod publisher;
#[cfg(target_os = "none")]
mod subscriber;

pub use abi::topic::{SubscribeFlags, TopicPolicy, TopicRecord};
pub use message::Message;
#[cfg(target_os = "none")]
pub use pool::Pool;
#[cfg(target_os = "none")]
pub use publisher::{Loan, Publisher};
#[cfg(target_os = "none")]
pub use subscriber::{Subscriber, Taken};
