//! The checksum of messages.
//!
//! Four instructions for eight bytes, because a message is often not longer than a few words. Each
//! step is a bijection of the state for a given word, so no damage within one word goes unnoticed;
//! other damage does with a chance of about one in 2^64. It does not protect against malice.

/// Odd, with bits all over.
const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

/// The checksum of a list of words.
pub fn checksum(words: &[u64]) -> u64 {
    words.iter().fold(MULTIPLIER, |sum, word| {
        let mixed = (sum ^ word).wrapping_mul(MULTIPLIER);
        // A product's high bits depend on all below; this lets the low ones depend on them.
        mixed ^ mixed >> 32
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_of_any_one_or_two_bits_is_noticed() {
        let words = [0_u64, u64::MAX, 0x0123_4567_89AB_CDEF, 0];
        let good = checksum(&words);
        for one in 0..256 {
            for two in 0..256 {
                let mut damaged = words;
                damaged[one / 64] ^= 1 << (one % 64);
                if two != one {
                    damaged[two / 64] ^= 1 << (two % 64);
                }
                assert_ne!(checksum(&damaged), good, "bits {one} and {two}");
            }
        }
    }

    #[test]
    fn words_in_another_order_are_another_message() {
        assert_ne!(checksum(&[1, 2]), checksum(&[2, 1]));
        assert_ne!(checksum(&[]), checksum(&[0]));
    }
}
