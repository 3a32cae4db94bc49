//! Where a board has its activity LED.
//!
//! Sources: the device trees of the boards (`led-act`). The firmware's expander is not wired to the processor: its
//! lines are set by the mailbox.

use crate::gpio::{Level, Pin};
use crate::mailbox::tags::ExpanderPin;
use crate::revision::Revision;

/// What an LED hangs on, and the level that lights it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LedWire {
    /// A pin of the system on chip.
    Pin(Pin, Level),
    /// A line of the expander that the firmware rules, lit by a high level.
    Expander(ExpanderPin),
}

impl LedWire {
    /// Where boards of this revision have it; `None` for those that nobody knows.
    pub const fn of(revision: Revision) -> Option<Self> {
        Some(match revision.type_number() {
            // 3B.
            0x08 => Self::Expander(ExpanderPin::LED_OF_3B),
            // 3B+ and 3A+.
            0x0D | 0x0E => Self::Pin(Pin::LED_OF_3B_PLUS, Level::High),
            // Zero 2 W.
            0x12 => Self::Pin(Pin::LED_OF_3B_PLUS, Level::Low),
            // 4B, 400 and the Compute Module 4.
            0x11 | 0x13 | 0x14 => Self::Pin(Pin::LED_OF_4B, Level::High),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(word: u32) -> Option<LedWire> {
        LedWire::of(Revision::new(word).expect("a revision"))
    }

    #[test]
    fn every_board_has_its_led_where_its_device_tree_says() {
        for word in [0xA0_2082, 0xA2_2082, 0xA3_2082] {
            assert_eq!(wire(word), Some(LedWire::Expander(ExpanderPin::LED_OF_3B)));
        }
        let pin = |number, level| Pin::new(number).map(|pin| LedWire::Pin(pin, level));
        assert_eq!(wire(0xA0_20D3), pin(29, Level::High));
        assert_eq!(wire(0x90_2120), pin(29, Level::Low));
        for word in [0xA0_3111, 0xB0_3115, 0xC0_3114, 0xD0_3115] {
            assert_eq!(wire(word), pin(42, Level::High));
        }
    }

    #[test]
    fn a_board_that_nobody_knows_has_none() {
        assert_eq!(wire(0x80_2FF0), None);
    }
}
