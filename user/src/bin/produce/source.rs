//! One producing process.

use alloc::format;
use user::error::{Error, Result};
use user::ring::{self, Kernel, Producer};
use user::shared::SharedMemory;

/// An odd number with bits all over, so that neighbouring messages have nothing in common.
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

/// Sends so many messages through the ring in the region, from when `meet` returns after joining.
pub fn run<T>(
    memory: SharedMemory<'static>,
    name: &str,
    bytes: usize,
    count: u64,
    meet: impl FnOnce() -> Result<T>,
) -> Result<()> {
    let joined = Producer::join(memory, Kernel, bytes);
    let mut producer = joined.map_err(|error| ring::explain(error, name))?;
    meet()?;
    let mut outcome = Ok(());
    while outcome.is_ok() && producer.sequence() < count {
        let number = producer.sequence();
        fill(producer.payload(), number);
        outcome = producer.send();
    }
    let sent = producer.sequence();
    producer.leave();
    outcome.map_err(|error| Error::message(format!("{error} after {sent} messages were sent")))
}

fn fill(payload: &mut [u8], number: u64) {
    let mut word = number.wrapping_mul(SPREAD);
    for chunk in payload.chunks_mut(8) {
        chunk.copy_from_slice(&word.to_le_bytes()[..chunk.len()]);
        word = word.wrapping_add(SPREAD);
    }
}
