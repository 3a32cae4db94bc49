//! The activity LED: a pin, or a line of the firmware's expander.

use super::{devices, firmware};
use bsp::board::Board;
use bsp::gpio::{Function, Gpio, Level, Pin};
use bsp::led::LedWire;
use bsp::mailbox::tags::ExpanderPin;
use kcore::light::Light;

/// An activity LED that is under control.
pub enum Led {
    /// The system on chip's.
    Pin {
        /// The pins.
        pins: Gpio,
        /// Which of them.
        pin: Pin,
        /// What lights it.
        lit: Level,
    },
    /// The firmware's.
    Expander(ExpanderPin),
}

impl Led {
    /// The board's, dark; `None` if it is not known where that is, or the firmware does not set it.
    pub fn find(board: &Board) -> Option<Self> {
        let led = match LedWire::of(board.revision()?)? {
            LedWire::Pin(pin, lit) => {
                let mut pins = devices::pins(board.facts());
                pins.set_function(pin, Function::Output);
                Self::Pin { pins, pin, lit }
            }
            LedWire::Expander(pin) => {
                if !firmware::set_expander_pin(pin, Level::Low) {
                    return None;
                }
                Self::Expander(pin)
            }
        };
        led.show(Light::Off);
        Some(led)
    }

    /// Switches it; may be called from every core, and in a panic.
    pub fn show(&self, light: Light) {
        match self {
            Self::Pin { pins, pin, lit } => {
                let dark = if *lit == Level::High { Level::Low } else { Level::High };
                pins.set_output(*pin, if light == Light::On { *lit } else { dark });
            }
            Self::Expander(pin) => {
                let level = if light == Light::On { Level::High } else { Level::Low };
                firmware::post_expander_pin(*pin, level);
            }
        }
    }
}
