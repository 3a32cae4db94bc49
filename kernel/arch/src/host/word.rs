//! Words that lie anywhere in memory.

/// The word that these bytes are, the first of them lowest.
pub fn load(bytes: &[u8; 8]) -> u64 {
    u64::from_le_bytes(*bytes)
}
