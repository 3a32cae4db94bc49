//! Locks between cores. The kernel runs with interrupts masked, so a spin lock is never
//! interrupted while held.

#[cfg(any(test, all(debug_assertions, target_os = "none")))]
mod held;
mod lock;
#[cfg_attr(all(debug_assertions, target_os = "none"), path = "order_checked.rs")]
#[cfg_attr(not(all(debug_assertions, target_os = "none")), path = "order_trusted.rs")]
mod order;
mod per_core;

pub use lock::{Guard, Lock, Rank};
pub use order::assert_nothing_held;
pub use per_core::PerCore;
