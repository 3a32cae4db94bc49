//! The processor's atomics.
//!
//! What takes them from here is explored with others in their place, by `tests/models`.

pub use core::sync::atomic::*;
