//! Random system calls by a grammar: what `stress syscalls` makes its calls from.
//!
//! The grammar is a table with a row for every call that there is: which kinds of arguments it takes, what it
//! gives, and what must be taken care of so that the one who makes it goes on. A [`World`] knows what a process
//! has at the moment, and [`Call::compose`] makes of a row, a world and random numbers the registers of a call and
//! the bytes that must lie in memory before it. Nothing here makes a call.

mod call;
mod grammar;
mod hostile;
mod kind;
mod random;
mod text;
mod world;

pub use call::{Call, Store};
pub use grammar::{Care, FAMILIES, Family, Gives, ROWS, Row, next_row, rows};
pub use kind::{Field, Kind, Names, Objects, Paths};
pub use random::Random;
pub use world::{Arena, World};
