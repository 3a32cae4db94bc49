//! POSIX message queues (mq_overview(7)): files that hold messages, most urgent first.
//!
//! `registry` knows them by name and counts what users have, `queue` is what sends and receives,
//! `node` what other calls see of a queue.

mod node;
mod queue;
mod registry;

#[cfg(test)]
mod tests;

pub use queue::{Event, Message, Queue};
pub use registry::{Maker, open, unlink};
