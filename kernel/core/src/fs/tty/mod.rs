//! Terminals: on the board's console, and pseudo-terminals, which a program is the other side of.
//!
//! `discipline`, with `queue` and `echo`, is the pure logic of what typed bytes become; `output`
//! is the way to the screen; `terminal` joins them to the console's interrupt and to the
//! processes that read and write, which `access` stops where they may not; `control` has the `ioctl` requests, `node` the files
//! `/dev/console`, `/dev/tty` and `/dev/pts/N`. `pair` are the pseudo-terminals, `master` the program's side of them
//! (`/dev/ptmx`), `line` the way there, and `outlet` joins that and the console's `output`.

mod access;
mod control;
mod directory;
mod discipline;
mod echo;
mod line;
mod master;
mod node;
mod outlet;
mod output;
mod pair;
mod queue;
mod ring;
mod terminal;

#[cfg(test)]
mod tests;

pub use directory::TerminalDirectory;
pub use master::MasterNode;
pub use node::TerminalNode;
pub use pair::{session_ended, terminal_of};
pub use terminal::{begin, interrupt, kernel_write, panic_write};
