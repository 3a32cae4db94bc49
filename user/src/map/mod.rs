//! A picture of the memory that processes hold in common.
//!
//! `model` is what there is: processes, regions, and who reaches what. `activity` tells which pages were written lately,
//! `layout` where everything has its place, `draw` draws it, and `text` shows it in a terminal. `collect` asks the
//! kernel, by calls that any program may use: root sees everything, everybody else their own.

pub mod activity;
pub mod draw;
pub mod layout;
pub mod model;
pub mod text;

#[cfg(target_os = "none")]
pub mod collect;
