//! The pins: function, pull resistors, outputs, and the route of the serial console.
//!
//! Source: BCM2837 ARM Peripherals ch. 6 and BCM2711 ARM Peripherals ch. 5. They differ in how pulls are set.

use tock_registers::interfaces::{Readable, Writeable};
use tock_registers::register_structs;
use tock_registers::registers::{ReadWrite, WriteOnly};

use crate::mmio::Mmio;
use crate::soc::PullControl;

register_structs! {
    /// The GPIO block.
    pub GpioRegisters {
        (0x00 => function_select: [ReadWrite<u32>; 6]),
        (0x18 => _reserved0),
        (0x1C => output_set: [WriteOnly<u32>; 2]),
        (0x24 => _reserved2),
        (0x28 => output_clear: [WriteOnly<u32>; 2]),
        (0x30 => _reserved3),
        (0x94 => pull_value: ReadWrite<u32>),
        (0x98 => pull_clock: [ReadWrite<u32>; 2]),
        (0xA0 => _reserved1),
        (0xE4 => pull_direct: [ReadWrite<u32>; 4]),
        (0xF4 => @END),
    }
}

/// A pin of the system on chip.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Pin(u8);

impl Pin {
    /// The activity LED of the 3A+, 3B+ and Zero 2 W.
    pub const LED_OF_3B_PLUS: Self = Self(29);
    /// The activity LED of the boards with a BCM2711.
    pub const LED_OF_4B: Self = Self(42);
    /// The pins that both systems on chip have.
    const COUNT: u8 = 54;
    const CONSOLE_TRANSMIT: Self = Self(14);
    const CONSOLE_RECEIVE: Self = Self(15);
    const BLUETOOTH_TRANSMIT: Self = Self(32);
    const BLUETOOTH_RECEIVE: Self = Self(33);
    /// Clock, command and four data lines of a card.
    const CARD_PINS: u8 = 6;
    const CARD_FIRST: u8 = 48;
    const WIRELESS_FIRST: u8 = 34;

    /// The pin of that number (GPIO n, not the number on the header), if there is one.
    pub const fn new(number: u8) -> Option<Self> {
        if number < Self::COUNT { Some(Self(number)) } else { None }
    }
}

/// What a pin is connected to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum Function {
    /// The input register.
    Input = 0,
    /// The output register.
    Output = 1,
    /// Alternate function 0.
    Alternate0 = 4,
    /// Alternate function 1.
    Alternate1 = 5,
    /// Alternate function 2.
    Alternate2 = 6,
    /// Alternate function 3.
    Alternate3 = 7,
    /// Alternate function 4.
    Alternate4 = 3,
    /// Alternate function 5.
    Alternate5 = 2,
}

/// The pull resistor of a pin.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Pull {
    /// No resistor.
    None,
    /// To the supply voltage.
    Up,
    /// To ground.
    Down,
}

/// The voltage of an output.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Level {
    /// Ground.
    Low,
    /// The supply voltage.
    High,
}

/// The driver of the pins.
pub struct Gpio {
    registers: Mmio<GpioRegisters>,
    pull_control: PullControl,
}

/// The block wants 150 of its cycles; the core is at most six times as fast.
const PULL_SETTLE_SPINS: u32 = 1000;

impl Gpio {
    /// Takes the pins as they are.
    pub const fn new(registers: Mmio<GpioRegisters>, pull_control: PullControl) -> Self {
        Self { registers, pull_control }
    }

    /// Brings the PL011 to GPIO 14 and 15, where the serial cable is, and takes it from the Bluetooth chip.
    pub fn route_serial_console(&mut self) {
        self.set_function(Pin::BLUETOOTH_TRANSMIT, Function::Input);
        self.set_function(Pin::BLUETOOTH_RECEIVE, Function::Input);
        self.set_function(Pin::CONSOLE_TRANSMIT, Function::Alternate0);
        self.set_function(Pin::CONSOLE_RECEIVE, Function::Alternate0);
        self.set_pull(Pin::CONSOLE_TRANSMIT, Pull::None);
        // Without a cable the line would float and be read as characters.
        self.set_pull(Pin::CONSOLE_RECEIVE, Pull::Up);
    }

    /// Brings the Arasan controller to GPIO 48 to 53, where the card of a BCM2837 board is, and takes it from the wireless
    /// chip, which the firmware may have given it to. A BCM2711 has pins of their own for the card.
    pub fn route_card(&mut self) {
        if self.pull_control == PullControl::Direct {
            return;
        }
        for number in Pin::WIRELESS_FIRST..Pin::WIRELESS_FIRST + Pin::CARD_PINS {
            self.set_function(Pin(number), Function::Input);
        }
        for number in Pin::CARD_FIRST..Pin::CARD_FIRST + Pin::CARD_PINS {
            self.set_function(Pin(number), Function::Alternate3);
            // The clock, the first of them, is driven; the others float when nobody speaks.
            let pull = if number == Pin::CARD_FIRST { Pull::None } else { Pull::Up };
            self.set_pull(Pin(number), pull);
        }
    }

    /// Connects a pin.
    pub fn set_function(&mut self, pin: Pin, function: Function) {
        let register = &self.registers.function_select[usize::from(pin.0 / 10)];
        set_field(register, u32::from(pin.0 % 10) * 3, 0b111, function as u32);
    }

    /// Sets the pull resistor of a pin.
    pub fn set_pull(&mut self, pin: Pin, pull: Pull) {
        match self.pull_control {
            PullControl::Clocked => self.clock_pull(pin, pull),
            PullControl::Direct => {
                let value = match pull {
                    Pull::None => 0,
                    Pull::Up => 1,
                    Pull::Down => 2,
                };
                let register = &self.registers.pull_direct[usize::from(pin.0 / 16)];
                set_field(register, u32::from(pin.0 % 16) * 2, 0b11, value);
            }
        }
    }

    /// Sets the level of a pin that is an output. Other pins' levels stay, whoever sets them meanwhile.
    pub fn set_output(&self, pin: Pin, level: Level) {
        let registers = match level {
            Level::Low => &self.registers.output_clear,
            Level::High => &self.registers.output_set,
        };
        registers[usize::from(pin.0 / 32)].set(1 << (pin.0 % 32));
    }

    fn clock_pull(&mut self, pin: Pin, pull: Pull) {
        let value = match pull {
            Pull::None => 0,
            Pull::Down => 1,
            Pull::Up => 2,
        };
        let clock = &self.registers.pull_clock[usize::from(pin.0 / 32)];
        self.registers.pull_value.set(value);
        settle();
        clock.set(1 << (pin.0 % 32));
        settle();
        self.registers.pull_value.set(0);
        clock.set(0);
    }
}

fn set_field(register: &ReadWrite<u32>, shift: u32, mask: u32, value: u32) {
    register.set(register.get() & !(mask << shift) | (value << shift));
}

fn settle() {
    for _ in 0..PULL_SETTLE_SPINS {
        core::hint::spin_loop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::FakeRegisters;

    fn gpio(pull_control: PullControl) -> (FakeRegisters, Gpio) {
        let registers = FakeRegisters::new();
        (registers, Gpio::new(registers.claim(), pull_control))
    }

    #[test]
    fn the_console_takes_the_pl011_from_bluetooth() {
        let (registers, mut gpio) = gpio(PullControl::Direct);
        // GPIO 32 and 33 start as ALT3, with all others of their register as outputs.
        registers.set(0x0C, 0o1_111_117_711);
        gpio.route_serial_console();
        assert_eq!(registers.get(0x04), 4 << 12 | 4 << 15);
        assert_eq!(registers.get(0x0C), 0o1_111_110_011);
    }

    #[test]
    fn the_direct_pull_of_gpio_15_is_the_top_pair_of_bits() {
        let (registers, mut gpio) = gpio(PullControl::Direct);
        registers.set(0xE4, 0xAAAA_AAAA);
        gpio.set_pull(Pin::new(15).unwrap(), Pull::Up);
        assert_eq!(registers.get(0xE4), 0x6AAA_AAAA);
        gpio.set_pull(Pin::new(15).unwrap(), Pull::None);
        assert_eq!(registers.get(0xE4), 0x2AAA_AAAA);
    }

    #[test]
    fn a_clocked_pull_leaves_value_and_clock_at_rest() {
        let (registers, mut gpio) = gpio(PullControl::Clocked);
        gpio.set_pull(Pin::new(33).unwrap(), Pull::Up);
        assert_eq!([0x94, 0x98, 0x9C, 0xE4].map(|offset| registers.get(offset)), [0; 4]);
    }

    #[test]
    fn an_output_is_set_and_cleared_by_its_bit_alone() {
        let (registers, gpio) = gpio(PullControl::Direct);
        gpio.set_output(Pin::LED_OF_3B_PLUS, Level::High);
        gpio.set_output(Pin::LED_OF_4B, Level::Low);
        let written = [0x1C, 0x20, 0x28, 0x2C].map(|offset| registers.get(offset));
        assert_eq!(written, [1 << 29, 0, 0, 1 << 10]);
    }

    #[test]
    fn the_last_pin_is_53() {
        assert!(Pin::new(53).is_some());
        assert_eq!(Pin::new(54), None);
    }
}
