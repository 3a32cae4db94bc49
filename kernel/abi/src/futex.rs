//! Futex operations.

/// Sleep while the word has the expected value.
pub const FUTEX_WAIT: u32 = 0;
/// Wake up to a number of sleepers.
pub const FUTEX_WAKE: u32 = 1;
/// As `FUTEX_WAIT`, with an absolute deadline and a mask.
pub const FUTEX_WAIT_BITSET: u32 = 9;
/// As `FUTEX_WAKE`, with a mask.
pub const FUTEX_WAKE_BITSET: u32 = 10;
/// Flag: the word is used by one process only.
pub const FUTEX_PRIVATE_FLAG: u32 = 128;
/// Flag: the deadline is on the real-time clock.
pub const FUTEX_CLOCK_REALTIME: u32 = 256;
/// The mask that matches every sleeper.
pub const FUTEX_BITSET_MATCH_ANY: u32 = u32::MAX;
