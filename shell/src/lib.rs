//! The shell's logic: everything that needs no system call, tested on the host.
//!
//! A line goes through [`lexer`] and [`parser`] to the tree of [`syntax`]; [`expand`] turns words
//! into arguments. [`jobs`], [`history`], [`variables`] are what the shell remembers, [`editor`]
//! reads lines from a terminal. The program itself (src/program) only runs what these decide.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod editor;
pub mod error;
pub mod expand;
pub mod help;
pub mod history;
pub mod jobs;
pub mod lexer;
pub mod options;
pub mod pages;
pub mod parser;
pub mod prompt;
pub mod reader;
pub mod suggest;
pub mod syntax;
pub mod variables;
