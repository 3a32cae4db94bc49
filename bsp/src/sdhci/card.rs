//! What a card says of itself.
//!
//! Source: SD Physical Layer Simplified Specification 9.00, ch. 5.2 (CID) and 5.3 (CSD).

use core::fmt;

/// Bytes of a block, whatever the card's own blocks are.
pub const BLOCK_BYTES: usize = 512;

/// A block.
pub type Block = [u8; BLOCK_BYTES];

/// How the argument of a transfer names a block.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Addressing {
    /// Up to 2 GiB (SDSC): by its first byte.
    Bytes,
    /// Above (SDHC, SDXC): by its number.
    Blocks,
}

/// A long response, without its checksum: bit 0 here is bit 8 of the card's register.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LongResponse(pub u128);

impl LongResponse {
    /// Bits as the specification numbers them, the highest first.
    fn bits(self, high: u32, low: u32) -> u64 {
        let bits = (self.0 >> (low - 8)) & ((1 << (high - low + 1)) - 1);
        bits as u64
    }
}

/// The number of blocks that a CSD tells; nothing for a version that nobody knows.
pub fn blocks_of_csd(csd: LongResponse) -> Option<u64> {
    match csd.bits(127, 126) {
        0 => {
            let size = csd.bits(73, 62) + 1;
            let multiplier = csd.bits(49, 47) + 2;
            let length = csd.bits(83, 80);
            // Lengths of 512 to 2048 bytes are allowed.
            (9..=11).contains(&length).then(|| (size << multiplier << length) / BLOCK_BYTES as u64)
        }
        1 => Some((csd.bits(69, 48) + 1) * 1024),
        _ => None,
    }
}

/// Who made a card, and which it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Identity {
    name: [u8; 5],
    manufacturer: u8,
    serial: u32,
}

impl Identity {
    /// Reads a CID.
    pub fn of_cid(cid: LongResponse) -> Self {
        let name = cid.bits(103, 64).to_be_bytes();
        Self {
            name: [name[3], name[4], name[5], name[6], name[7]],
            manufacturer: cid.bits(127, 120) as u8,
            serial: cid.bits(55, 24) as u32,
        }
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.name {
            // A card may say anything.
            let shown = if byte.is_ascii_graphic() { char::from(byte) } else { '.' };
            write!(f, "{shown}")?;
        }
        write!(f, " (manufacturer {:#04x}, number {:08x})", self.manufacturer, self.serial)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A CSD with fields at the bits that the specification numbers.
    fn csd(fields: &[(u32, u128)]) -> LongResponse {
        LongResponse(fields.iter().fold(0, |all, (low, value)| all | value << (low - 8)))
    }

    #[test]
    fn a_card_of_two_gibibytes_has_blocks_of_1024_bytes() {
        // C_SIZE 4095, C_SIZE_MULT 7, READ_BL_LEN 10: the specification's own example.
        let csd = csd(&[(62, 4095), (47, 7), (80, 10)]);
        assert_eq!(blocks_of_csd(csd), Some((2 << 30) / 512));
    }

    #[test]
    fn a_large_card_counts_in_512_kibibytes() {
        let csd = csd(&[(126, 1), (48, 8191), (80, 9)]);
        assert_eq!(blocks_of_csd(csd), Some((4 << 30) / 512));
    }

    #[test]
    fn what_the_specification_does_not_have_is_no_size() {
        assert_eq!(blocks_of_csd(csd(&[(126, 3)])), None);
        assert_eq!(blocks_of_csd(csd(&[(80, 15), (62, 4095)])), None);
    }

    #[test]
    fn an_identity_shows_what_can_be_shown() {
        let cid = csd(&[(120, 0xAA), (64, 0x51_45_4D_55_07), (24, 0xDEAD_BEEF)]);
        let text = Identity::of_cid(cid).to_string();
        assert_eq!(text, "QEMU. (manufacturer 0xaa, number deadbeef)");
    }
}
