//! How large a card is.

use crate::Error;
use std::fmt;

/// Bytes of a whole card: a power of two, because the emulator takes no other.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CardSize(u64);

impl CardSize {
    /// FAT32 needs at least 65,525 clusters, of 512 bytes at least.
    pub const SMALLEST: Self = Self(64 << 20);
    /// What a partition table with 32-bit sectors can describe, with a power of two.
    pub const LARGEST: Self = Self(1 << 40);

    /// Takes a number with K, M or G behind it, or of bytes.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let bad = || Error::BadSize(text.to_owned());
        let (digits, shift) = match text.as_bytes().last() {
            Some(b'k' | b'K') => (&text[..text.len() - 1], 10),
            Some(b'm' | b'M') => (&text[..text.len() - 1], 20),
            Some(b'g' | b'G') => (&text[..text.len() - 1], 30),
            _ => (text, 0),
        };
        let number: u64 = digits.parse().map_err(|_| bad())?;
        let bytes = number.checked_mul(1 << shift).ok_or_else(bad)?;
        let allowed = Self::SMALLEST.0..=Self::LARGEST.0;
        if !bytes.is_power_of_two() || !allowed.contains(&bytes) {
            return Err(bad());
        }
        Ok(Self(bytes))
    }

    /// In bytes.
    pub const fn bytes(self) -> u64 {
        self.0
    }
}

impl fmt::Display for CardSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            bytes if bytes >= 1 << 30 => write!(f, "{}G", bytes >> 30),
            bytes => write!(f, "{}M", bytes >> 20),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_powers_of_two_with_a_unit() {
        assert_eq!(CardSize::parse("256M").expect("a size").bytes(), 256 << 20);
        assert_eq!(CardSize::parse("4g").expect("a size").bytes(), 4 << 30);
        assert_eq!(CardSize::parse("67108864").expect("a size"), CardSize::SMALLEST);
        assert_eq!(CardSize::parse("65536K").expect("a size").to_string(), "64M");
    }

    #[test]
    fn what_no_card_has_is_refused_with_what_is_allowed() {
        for text in ["", "M", "100M", "32M", "2048G", "-1", "99999999999G", "64MB", "6４M"] {
            let refusal = CardSize::parse(text).expect_err(text).to_string();
            assert!(refusal.contains("from 64M to 1024G"), "{refusal}");
        }
    }
}
