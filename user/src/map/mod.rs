//! A picture of the memory that processes hold in common.
//!
//! `model` is what there is: processes, regions, and who reaches what. `activity` tells which pages were written lately,
//! `movement` what is on its way, `layout` where everything has its place. `draw` draws it (`boxes`, `grid` and `curve`
//! are its parts), and `text` shows it in a terminal. `collect` asks the kernel, by calls that any program may use: root
//! sees everything, everybody else their own.

pub mod activity;
pub mod boxes;
pub mod curve;
pub mod draw;
pub mod grid;
pub mod layout;
pub mod model;
pub mod movement;
pub mod text;

#[cfg(target_os = "none")]
pub mod collect;
