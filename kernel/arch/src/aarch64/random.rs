//! A start for random numbers where no device gives any.

/// Some bits that differ from boot to boot and from call to call; no secret.
pub fn seed() -> u64 {
    crate::rate::mix(super::clock::counter())
}
