//! What the kernel records of processes' calls, as a person reads it: the core of `strace`.
//!
//! `record` takes records out of the ring's bytes. `call` shows a call with its arguments: `value`
//! one argument, `structure` what it leads to, `names` the names of flags. `printer` makes lines of
//! the records of many threads, `summary` a table. `session` is the trace itself.

pub mod call;
pub mod filter;
pub mod ink;
pub mod names;
pub mod printer;
pub mod quote;
pub mod record;
pub mod status;
pub mod structure;
pub mod summary;
mod value;

#[cfg(target_os = "none")]
pub mod session;

#[cfg(test)]
mod tests;
