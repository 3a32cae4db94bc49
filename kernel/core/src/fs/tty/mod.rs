//! The terminal on the board's console.
//!
//! `discipline`, with `queue` and `echo`, is the pure logic of what typed bytes become; `output`
//! is the way to the screen; `terminal` joins them to the console's interrupt and to the
//! processes that read and write, which `access` stops where they may not; `control` has the `ioctl` requests, `node` the files
//! `/dev/console` and `/dev/tty`.

mod access;
mod control;
mod discipline;
mod echo;
mod node;
mod output;
mod queue;
mod ring;
mod terminal;

#[cfg(test)]
mod tests;

pub use node::TerminalNode;
pub use terminal::{foreground_of, interrupt, kernel_write, panic_write, session_ended};
