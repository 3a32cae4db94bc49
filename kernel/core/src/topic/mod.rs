//! Topics: messages that many publish and many read where they lie.
//!
//! `books` is the state machine of one topic, which knows nothing of processes and memory.

mod books;
mod holders;
mod lookup;
mod member;

#[cfg(test)]
mod tests;

pub use books::Books;
pub use member::{Error, Filter, Freed, Message, Mode, Taken};
