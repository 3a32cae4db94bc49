//! Topics: messages that many publish and many read where they lie.
//!
//! `books` is the state machine of one topic, which knows nothing of processes and memory. `object`
//! adds these: the publishers' pools, which subscribers see by views that `pool` makes, and the
//! queues of those who wait. `registry` has all topics by name, `endpoint` is the file by which a
//! process is a publisher or a subscriber: whatever ends the process closes it.

mod books;
mod check;
pub mod endpoint;
mod holders;
mod lookup;
mod member;
mod members;
mod messages;
mod object;
mod pool;
pub mod registry;

#[cfg(test)]
mod tests;

pub use books::Books;
pub use member::{Error, Filter, Freed, Message, Mode, Taken};
