//! The board revision word, which the firmware's mailbox gives: model, memory and print of the board.
//!
//! Layout of new-style words (bit 23 set), from the Raspberry Pi documentation "Revision codes": bits 3:0 print,
//! 11:4 model, 15:12 system on chip, 19:16 maker, 22:20 RAM as 256 MiB shifted left.

use core::fmt;

use crate::soc::Soc;

/// A board revision word.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Revision(u32);

const NEW_STYLE: u32 = 1 << 23;
const SMALLEST_RAM: u64 = 256 << 20;

impl Revision {
    /// Takes a word as the firmware reported it; `None` if it is of the style of the first boards, which no
    /// supported board has.
    pub const fn new(word: u32) -> Option<Self> {
        if word & NEW_STYLE == 0 { None } else { Some(Self(word)) }
    }

    /// The word itself.
    pub const fn word(self) -> u32 {
        self.0
    }

    /// The name of the model, if it is one that this crate knows.
    pub const fn model(self) -> Option<&'static str> {
        Some(match self.type_number() {
            0x04 => "Raspberry Pi 2B",
            0x08 => "Raspberry Pi 3B",
            0x0A => "Raspberry Pi Compute Module 3",
            0x0D => "Raspberry Pi 3B+",
            0x0E => "Raspberry Pi 3A+",
            0x10 => "Raspberry Pi Compute Module 3+",
            0x11 => "Raspberry Pi 4B",
            0x12 => "Raspberry Pi Zero 2 W",
            0x13 => "Raspberry Pi 400",
            0x14 => "Raspberry Pi Compute Module 4",
            _ => return None,
        })
    }

    /// The number of the model.
    pub const fn type_number(self) -> u8 {
        (self.0 >> 4) as u8
    }

    /// The system on chip the word names, if it is a supported one.
    pub const fn soc(self) -> Option<Soc> {
        match (self.0 >> 12) & 0xF {
            2 => Some(Soc::Bcm2837),
            3 => Some(Soc::Bcm2711),
            _ => None,
        }
    }

    /// The bytes of RAM on the board, the firmware's part included.
    pub const fn ram_bytes(self) -> u64 {
        SMALLEST_RAM << ((self.0 >> 20) & 7)
    }

    /// The print of the board: 2 in "Rev 1.2".
    pub const fn print(self) -> u8 {
        (self.0 & 0xF) as u8
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.model() {
            Some(model) => write!(f, "{model} Rev 1.{}", self.print()),
            None => write!(f, "unknown Raspberry Pi (revision {:x})", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    fn decode(word: u32) -> (&'static str, Soc, u64) {
        let revision = Revision::new(word).unwrap();
        (revision.model().unwrap(), revision.soc().unwrap(), revision.ram_bytes() / MIB)
    }

    #[test]
    fn the_words_of_the_pi_3_family_decode() {
        for word in [0xA0_2082, 0xA2_2082, 0xA3_2082] {
            assert_eq!(decode(word), ("Raspberry Pi 3B", Soc::Bcm2837, 1024));
        }
        assert_eq!(decode(0xA0_20D3), ("Raspberry Pi 3B+", Soc::Bcm2837, 1024));
        assert_eq!(decode(0x90_2120), ("Raspberry Pi Zero 2 W", Soc::Bcm2837, 512));
    }

    #[test]
    fn the_words_of_the_pi_4_decode_with_their_memory() {
        let words = [
            (0xA0_3111, 1024),
            (0xB0_3111, 2048),
            (0xB0_3112, 2048),
            (0xB0_3114, 2048),
            (0xB0_3115, 2048),
            (0xC0_3111, 4096),
            (0xC0_3112, 4096),
            (0xC0_3114, 4096),
            (0xC0_3115, 4096),
            (0xD0_3114, 8192),
            (0xD0_3115, 8192),
        ];
        for (word, mib) in words {
            assert_eq!(decode(word), ("Raspberry Pi 4B", Soc::Bcm2711, mib));
        }
    }

    #[test]
    fn the_print_of_the_board_is_in_its_displayed_name() {
        assert_eq!(Revision::new(0xA0_2082).unwrap().to_string(), "Raspberry Pi 3B Rev 1.2");
        assert_eq!(Revision::new(0xB0_3115).unwrap().to_string(), "Raspberry Pi 4B Rev 1.5");
    }

    #[test]
    fn words_of_the_first_style_and_nonsense_are_refused() {
        assert_eq!(Revision::new(0x0010), None);
        assert_eq!(Revision::new(0), None);
    }

    #[test]
    fn an_unknown_model_displays_its_word() {
        let revision = Revision::new(0x80_2FF0).unwrap();
        assert_eq!(revision.model(), None);
        assert_eq!(revision.to_string(), "unknown Raspberry Pi (revision 802ff0)");
    }
}
