//! Locks between cores. The kernel runs with interrupts masked, so a spin lock is never
//! interrupted while held.

#[cfg(any(test, all(debug_assertions, target_os = "none")))]
mod held;
mod lock;
#[cfg_attr(all(debug_assertions, target_os = "none"), path = "order_checked.rs")]
#[cfg_attr(not(all(debug_assertions, target_os = "none")), path = "order_trusted.rs")]
mod order;
mod per_core;
mod rank;
#[cfg(feature = "testing")]
mod schedule;
#[cfg(any(test, all(debug_assertions, target_os = "none")))]
mod statistics;

pub use lock::{Guard, Lock};
pub use order::assert_nothing_held;
#[cfg(all(debug_assertions, target_os = "none"))]
pub use order::counts;
pub use per_core::PerCore;
pub use rank::Rank;
#[cfg(feature = "testing")]
pub use schedule::hand_on_at_locks;
#[cfg(any(test, all(debug_assertions, target_os = "none")))]
pub use statistics::Counts;
