//! The shell's logic: everything that needs no system call, tested on the host.
//!
//! A line goes through [`lexer`] and [`parser`] to the tree of [`syntax`]; [`interpreter`] runs it,
//! with [`expand`] turning words into arguments and [`builtins`] doing what needs no program. What
//! they need of the system is the trait [`system::System`]: src/program implements it with calls.
//! [`jobs`], [`history`], [`variables`] are what the shell remembers, [`editor`] reads commands from
//! a terminal, and [`complete`] knows what could stand in them. [`help`], [`tour`], [`pages`] and
//! [`tutorial`] explain it all.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod arithmetic;
pub mod builtins;
pub mod complete;
pub mod editor;
pub mod error;
pub mod expand;
pub mod help;
pub mod history;
pub mod interpreter;
pub mod jobs;
pub mod lexer;
pub mod options;
pub mod pages;
pub mod parser;
pub mod pattern;
pub mod prompt;
pub mod reader;
pub mod syntax;
pub mod system;
pub mod tour;
pub mod tutorial;
pub mod variables;

pub use user::text::suggest;
