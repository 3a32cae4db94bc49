//! Text as programs that filter it see it: lines of bytes, patterns, orders and counts.
//!
//! A line is what ends with a newline, or the rest behind the last one; nothing has to be UTF-8.

pub mod count;
pub mod lines;
pub mod order;
pub mod pages;
pub mod pattern;
pub mod suggest;
