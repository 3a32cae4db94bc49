//! The harness: a machine in QEMU, the talk with its shell, and what makes both readable.
//!
//! `main.rs` runs the cases with it; `bin/pictures.rs` draws the pictures in `docs`, `bin/bench` measures
//! what stands there in figures, and `bin/soak` runs everything at once for hours.

pub mod console;
pub mod device_tree;
pub mod failure;
pub mod guest;
pub mod machine;
pub mod monitor;
pub mod picture;
pub mod processor_time;
pub mod registry;
pub mod report;
pub mod setup;
