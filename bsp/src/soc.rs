//! The two systems on chip: how to tell them apart, and where their devices are.
//!
//! All addresses are physical, as the processor sees them. Sources: BCM2837 and BCM2711 ARM Peripherals, and QA7 for
//! the local block.

use core::fmt;

use crate::gpio::Level;
use crate::mailbox::tags::{Clock, ExpanderPin};

/// A range of physical addresses.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PhysRange {
    /// The first address.
    pub start: u64,
    /// The number of bytes.
    pub len: u64,
}

impl PhysRange {
    /// The first address above the range.
    pub const fn end(self) -> u64 {
        self.start.saturating_add(self.len)
    }
}

/// A supported system on chip.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Soc {
    /// Four Cortex-A53: Raspberry Pi 3 and Zero 2 W.
    Bcm2837,
    /// Four Cortex-A72: Raspberry Pi 4.
    Bcm2711,
}

/// The processor is none that this crate knows the devices of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct UnsupportedProcessor {
    /// The part number in MIDR_EL1.
    pub part: u16,
}

impl fmt::Display for UnsupportedProcessor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "processor part {:#x} is not supported: use a Raspberry Pi 3, Zero 2 W (part 0xd03) or 4 (part 0xd08)",
            self.part
        )
    }
}

impl core::error::Error for UnsupportedProcessor {}

/// The interrupt controller of a system on chip, with the addresses of its register blocks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum InterruptChip {
    /// The local controller for timers and mailboxes of the cores, and the legacy one for peripherals.
    Bcm2837 {
        /// Base of the local controller.
        local: u64,
        /// Base of the legacy controller.
        legacy: u64,
    },
    /// A GICv2.
    Gic400 {
        /// Base of the distributor (GICD).
        distributor: u64,
        /// Base of the interface to the cores (GICC).
        cpu_interface: u64,
    },
}

/// The generator of random numbers, with its address.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RandomChip {
    /// The generator of the BCM2835 family.
    Bcm2835(u64),
    /// RNG200, which QEMU's raspi4b does not have: an access there is an external abort.
    Rng200(u64),
}

/// How the GPIO block takes pull resistors.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PullControl {
    /// A value clocked into the chosen pins.
    Clocked,
    /// Two bits for each pin.
    Direct,
}

/// Where the devices of a system on chip are.
#[derive(Debug)]
pub struct SocFacts {
    /// The name on the chip.
    pub name: &'static str,
    /// All that has to be mapped as device memory.
    pub mmio: &'static [PhysRange],
    /// Where RAM below the first peripherals ends at most.
    pub low_ram_end: u64,
    /// The interrupt controller.
    pub interrupts: InterruptChip,
    /// The mailbox to the firmware.
    pub mailbox: u64,
    /// The power manager with the watchdog.
    pub power: u64,
    /// The generator of random numbers.
    pub random: RandomChip,
    /// The pins.
    pub gpio: u64,
    /// How their pull resistors are set.
    pub pull_control: PullControl,
    /// The PL011 UART 0.
    pub uart: u64,
    /// The controllers that the slot of the SD card may hang on: the first one that has a card in it.
    pub card_controllers: &'static [u64],
    /// What their clocks are derived from.
    pub card_clock: Clock,
    /// The lines of the firmware's expander that give the card 3.3 V, with their levels, in the order to set them.
    pub card_supply: &'static [(ExpanderPin, Level)],
}

const BCM2837_PERIPHERALS: u64 = 0x3F00_0000;
const BCM2837_LOCAL: u64 = 0x4000_0000;
const BCM2711_PERIPHERALS: u64 = 0xFE00_0000;

/// The devices both have at the same distance from their peripheral base.
const MAILBOX: u64 = 0xB880;
const LEGACY_INTERRUPTS: u64 = 0xB200;
const POWER: u64 = 0x10_0000;
const RANDOM: u64 = 0x10_4000;
const GPIO: u64 = 0x20_0000;
const UART: u64 = 0x20_1000;
/// The Arasan controller: the card's on a BCM2837, the wireless chip's on a BCM2711 (but the card's in QEMU).
const EMMC: u64 = 0x30_0000;
/// The BCM2711's own.
const EMMC2: u64 = 0x34_0000;

static BCM2837: SocFacts = SocFacts {
    name: "BCM2837",
    mmio: &[
        PhysRange { start: BCM2837_PERIPHERALS, len: 0x100_0000 },
        PhysRange { start: BCM2837_LOCAL, len: 0x1000 },
    ],
    low_ram_end: BCM2837_PERIPHERALS,
    interrupts: InterruptChip::Bcm2837 {
        local: BCM2837_LOCAL,
        legacy: BCM2837_PERIPHERALS + LEGACY_INTERRUPTS,
    },
    mailbox: BCM2837_PERIPHERALS + MAILBOX,
    power: BCM2837_PERIPHERALS + POWER,
    random: RandomChip::Bcm2835(BCM2837_PERIPHERALS + RANDOM),
    gpio: BCM2837_PERIPHERALS + GPIO,
    pull_control: PullControl::Clocked,
    uart: BCM2837_PERIPHERALS + UART,
    card_controllers: &[BCM2837_PERIPHERALS + EMMC],
    card_clock: Clock::Emmc,
    card_supply: &[],
};

static BCM2711: SocFacts = SocFacts {
    name: "BCM2711",
    mmio: &[PhysRange { start: BCM2711_PERIPHERALS, len: 0x200_0000 }],
    low_ram_end: 0x4000_0000,
    interrupts: InterruptChip::Gic400 { distributor: 0xFF84_1000, cpu_interface: 0xFF84_2000 },
    mailbox: BCM2711_PERIPHERALS + MAILBOX,
    power: BCM2711_PERIPHERALS + POWER,
    random: RandomChip::Rng200(BCM2711_PERIPHERALS + RANDOM),
    gpio: BCM2711_PERIPHERALS + GPIO,
    pull_control: PullControl::Direct,
    uart: BCM2711_PERIPHERALS + UART,
    card_controllers: &[BCM2711_PERIPHERALS + EMMC2, BCM2711_PERIPHERALS + EMMC],
    card_clock: Clock::Emmc2,
    card_supply: &[
        (ExpanderPin::CARD_LOW_VOLTAGE_OF_4B, Level::Low),
        (ExpanderPin::CARD_SUPPLY_OF_4B, Level::High),
    ],
};

impl Soc {
    /// Tells the system on chip by the part number in MIDR_EL1.
    pub const fn from_midr(midr: u64) -> Result<Self, UnsupportedProcessor> {
        match (midr >> 4) as u16 & 0xFFF {
            0xD03 => Ok(Self::Bcm2837),
            0xD08 => Ok(Self::Bcm2711),
            part => Err(UnsupportedProcessor { part }),
        }
    }

    /// Where its devices are.
    pub const fn facts(self) -> &'static SocFacts {
        match self {
            Self::Bcm2837 => &BCM2837,
            Self::Bcm2711 => &BCM2711,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn devices(facts: &SocFacts) -> Vec<u64> {
        let mut all = vec![facts.mailbox, facts.power, facts.gpio, facts.uart];
        all.extend(facts.card_controllers);
        match facts.interrupts {
            InterruptChip::Bcm2837 { local, legacy } => all.extend([local, legacy]),
            InterruptChip::Gic400 { distributor, cpu_interface } => {
                all.extend([distributor, cpu_interface]);
            }
        }
        match facts.random {
            RandomChip::Bcm2835(base) | RandomChip::Rng200(base) => all.push(base),
        }
        all
    }

    #[test]
    fn the_processor_part_number_tells_the_system_on_chip() {
        assert_eq!(Soc::from_midr(0x410F_D034), Ok(Soc::Bcm2837));
        assert_eq!(Soc::from_midr(0x410F_D083), Ok(Soc::Bcm2711));
    }

    #[test]
    fn a_raspberry_pi_5_is_refused_with_its_part_number() {
        let error = Soc::from_midr(0x414F_D0B1).unwrap_err();
        assert_eq!(error, UnsupportedProcessor { part: 0xD0B });
        assert!(error.to_string().contains("0xd0b"));
    }

    #[test]
    fn every_device_lies_in_a_mapped_window() {
        for soc in [Soc::Bcm2837, Soc::Bcm2711] {
            for device in devices(soc.facts()) {
                let mapped = soc
                    .facts()
                    .mmio
                    .iter()
                    .any(|w| w.start <= device && device + 0x1000 <= w.end());
                assert!(mapped, "{soc:?}: {device:#x}");
            }
        }
    }

    #[test]
    fn the_uart_and_the_mailbox_are_where_the_manuals_say() {
        assert_eq!(Soc::Bcm2837.facts().uart, 0x3F20_1000);
        assert_eq!(Soc::Bcm2711.facts().uart, 0xFE20_1000);
        assert_eq!(Soc::Bcm2837.facts().mailbox, 0x3F00_B880);
        assert_eq!(Soc::Bcm2711.facts().mailbox, 0xFE00_B880);
    }
}
