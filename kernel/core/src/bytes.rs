//! Names as bytes, eight at a time: comparing, searching and hashing what is mostly short.

use arch::word::load;

/// Bytes in a word.
const WORD: usize = size_of::<u64>();
/// One in each byte.
const ONES: u64 = u64::from_le_bytes([1; WORD]);

/// Less than a word of bytes as one, with zeroes behind them.
fn short_word(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

/// The bytes behind the last whole word, as such a word.
fn tail(bytes: &[u8]) -> u64 {
    match (bytes.last_chunk(), bytes.len() % WORD) {
        (_, 0) => 0,
        // Those of the last eight bytes that are no part of the word before.
        (Some(end), count) => load(end) >> (u64::BITS as usize - 8 * count),
        (None, _) => short_word(bytes),
    }
}

/// Whether both are the same.
pub fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    // The last word may overlap the one before.
    let (Some(end), Some(other_end)) = (one.last_chunk::<WORD>(), other.last_chunk()) else {
        return short_word(one) == short_word(other);
    };
    let (words, _) = one.as_chunks::<WORD>();
    let (other_words, _) = other.as_chunks::<WORD>();
    let is_same = |(one, other)| load(one) == load(other);
    if let ([first], [other_first]) = (words, other_words) {
        return is_same((end, other_end)) && is_same((first, other_first));
    }
    is_same((end, other_end)) && words.iter().zip(other_words).all(is_same)
}

/// Whether all of them are zero.
pub fn are_zero(bytes: &[u8]) -> bool {
    bytes.as_chunks::<WORD>().0.iter().all(|word| load(word) == 0) && tail(bytes) == 0
}

/// Where a byte is for the first time.
pub fn find(bytes: &[u8], wanted: u8) -> Option<usize> {
    let pattern = ONES * u64::from(wanted);
    let find_in = |word: u64| {
        // Zero where the byte is; the lowest of the high bits marks the first such place.
        let odd = word ^ pattern;
        let marks = odd.wrapping_sub(ONES) & !odd & (ONES << 7);
        (marks != 0).then(|| marks.trailing_zeros() as usize / 8)
    };
    let (words, rest) = bytes.as_chunks::<WORD>();
    for (index, chunk) in words.iter().enumerate() {
        if let Some(place) = find_in(load(chunk)) {
            return Some(index * WORD + place);
        }
    }
    // Behind the bytes there are zeroes, which count only where they lie within.
    let place = find_in(tail(bytes)).filter(|place| *place < rest.len())?;
    Some(words.len() * WORD + place)
}

/// What makes hashes different at every start, so that nobody can choose names that collide.
#[derive(Clone, Copy, Debug)]
pub struct HashKey(pub [u64; 2]);

impl HashKey {
    /// For where nothing is at stake: digits of pi.
    pub const FIXED: Self = Self([0x243F_6A88_85A3_08D3, 0x1319_8A2E_0370_7344]);

    /// The hash of the bytes: two words at a time are mixed by a multiplication of full width.
    pub fn hash(self, bytes: &[u8]) -> u64 {
        let Self([one, other]) = self;
        let mut state = mix(one ^ bytes.len() as u64, other);
        let (words, _) = bytes.as_chunks::<WORD>();
        for chunk in words {
            state = mix(state ^ load(chunk), other);
        }
        mix(state ^ tail(bytes), one | 1)
    }
}

/// Both halves of the product.
fn mix(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bytes_are_compared_and_found_as_one_by_one(
            one in prop::collection::vec(0..3_u8, 0..40),
            other in prop::collection::vec(0..3_u8, 0..40),
            wanted in any::<u8>(),
            any_bytes in prop::collection::vec(any::<u8>(), 0..40),
        ) {
            prop_assert_eq!(same(&one, &other), one == other);
            prop_assert!(same(&one, &one.clone()));
            for (bytes, wanted) in [(&one, 2), (&other, 0), (&any_bytes, wanted)] {
                prop_assert_eq!(find(bytes, wanted), bytes.iter().position(|byte| *byte == wanted));
            }
        }

        #[test]
        fn one_other_byte_makes_bytes_differ(bytes in prop::collection::vec(any::<u8>(), 1..40), at in any::<prop::sample::Index>()) {
            let mut other = bytes.clone();
            other[at.index(bytes.len())] ^= 1;
            prop_assert!(!same(&bytes, &other));
            prop_assert_ne!(HashKey::FIXED.hash(&bytes), HashKey::FIXED.hash(&other));
            let mut zeroes = alloc::vec![0; bytes.len()];
            prop_assert!(are_zero(&zeroes));
            zeroes[at.index(bytes.len())] = 1;
            prop_assert!(!are_zero(&zeroes));
        }
    }

    #[test]
    fn hashes_of_names_that_are_alike_spread_and_depend_on_the_key() {
        let name = |number: u32| alloc::format!("name.{number:05}").into_bytes();
        let slots = |key: HashKey| -> Vec<u64> {
            (0..10_000).map(|number| key.hash(&name(number)) >> 50).collect()
        };
        let one = slots(HashKey::FIXED);
        // 10,000 in 16,384 slots: chance fills 7,485 of them, give or take 35.
        let filled = one.iter().collect::<BTreeSet<_>>().len();
        assert!((7_200..7_800).contains(&filled), "{filled}");
        assert_ne!(one, slots(HashKey([1, 2])));
    }

    #[test]
    fn zeroes_at_the_end_count() {
        let key = HashKey::FIXED;
        assert_ne!(key.hash(b"a"), key.hash(b"a\0"));
        assert_ne!(key.hash(b""), key.hash(&[0; 8]));
    }
}
