//! The interrupt controller, whichever the board has, behind one set of operations.
//!
//! What interrupts are for: the EL1 virtual timer (CNTV) of each core, calls between cores, and peripherals, which all
//! go to core 0. Each core asks [`InterruptController::next_pending`] and ends what it got with
//! [`InterruptController::end_of_interrupt`]; all methods work on several cores at once.

mod bcm2837;
mod gic400;

pub use bcm2837::{Bcm2837Interrupts, LegacyRegisters, LocalRegisters};
pub use gic400::{CpuInterfaceRegisters, DistributorRegisters, Gic400};

use crate::board::CORE_COUNT;

/// The line of a peripheral, numbered 0 to 63 as the VideoCore does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Line(u8);

impl Line {
    const COUNT: u8 = 64;

    /// The USB controller.
    pub const USB: Self = Self(9);
    /// The PL011, on a BCM2711 with its other UARTs of that kind.
    pub const UART: Self = Self(57);
    /// The SD card controllers.
    pub const SD_CARD: Self = Self(62);

    /// The line of that number, if there is one.
    pub const fn new(number: u8) -> Option<Self> {
        if number < Self::COUNT { Some(Self(number)) } else { None }
    }

    /// The number of the line.
    pub const fn number(self) -> u8 {
        self.0
    }
}

/// What interrupted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Interrupt {
    /// This core's virtual timer reached its deadline. It stays pending until the timer is masked or moved on.
    Timer,
    /// Another core called this one.
    Ipi,
    /// A peripheral. It stays pending until the cause is removed there, or the line disabled.
    Peripheral(Line),
    /// Something that was never enabled: end it and go on.
    Spurious,
}

/// An interrupt that this core has taken and must end.
#[derive(Debug, Eq, PartialEq)]
#[must_use = "an interrupt that is not ended blocks those of the same priority"]
pub struct Pending {
    /// What interrupted.
    pub interrupt: Interrupt,
    /// What the controller wants back at the end.
    token: u32,
}

/// A set of cores.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CoreMask(u8);

impl CoreMask {
    const ALL: u8 = (1 << CORE_COUNT) - 1;

    /// The cores whose bits are set; bits above the last core are dropped.
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & Self::ALL)
    }

    /// One core; none if there is no core of that number.
    pub const fn one(core: usize) -> Self {
        if core < CORE_COUNT { Self(1 << core) } else { Self(0) }
    }

    /// All cores but one.
    pub const fn all_but(core: usize) -> Self {
        Self(Self::ALL & !Self::one(core).0)
    }

    /// Whether the core is in the set.
    pub const fn contains(self, core: usize) -> bool {
        self.0 & Self::one(core).0 != 0
    }
}

/// An interrupt controller.
pub enum InterruptController {
    /// That of the Raspberry Pi 3 and Zero 2 W.
    Bcm2837(Bcm2837Interrupts),
    /// That of the Raspberry Pi 4.
    Gic400(Gic400),
}

impl InterruptController {
    /// Puts the shared part into a known state, with all peripherals disabled and going to core 0. Once, on core 0,
    /// before any core's [`InterruptController::init_core`].
    pub fn init_boot(&self) {
        match self {
            Self::Bcm2837(chip) => chip.init_boot(),
            Self::Gic400(chip) => chip.init_boot(),
        }
    }

    /// Enables the timer and calls from other cores for the core it runs on, which is `core`.
    ///
    /// # Panics
    ///
    /// If there is no such core; so do the other methods that take one.
    pub fn init_core(&self, core: usize) {
        match self {
            Self::Bcm2837(chip) => chip.init_core(core),
            Self::Gic400(chip) => chip.init_core(),
        }
    }

    /// Lets a peripheral interrupt core 0.
    pub fn enable(&self, line: Line) {
        match self {
            Self::Bcm2837(chip) => chip.enable(line),
            Self::Gic400(chip) => chip.enable(line),
        }
    }

    /// Keeps a peripheral from interrupting.
    pub fn disable(&self, line: Line) {
        match self {
            Self::Bcm2837(chip) => chip.disable(line),
            Self::Gic400(chip) => chip.disable(line),
        }
    }

    /// Interrupts the cores in `targets`, which will see all that this core has written before. Calls that are not
    /// yet taken merge.
    pub fn send_ipi(&self, targets: CoreMask) {
        match self {
            Self::Bcm2837(chip) => chip.send_ipi(targets),
            Self::Gic400(chip) => chip.send_ipi(targets),
        }
    }

    /// Takes the next interrupt of the core it runs on, which is `core`, if there is any.
    ///
    /// A call from another core is acknowledged by taking it; timer and peripherals stay pending until handled.
    pub fn next_pending(&self, core: usize) -> Option<Pending> {
        match self {
            Self::Bcm2837(chip) => chip.next_pending(core),
            Self::Gic400(chip) => chip.next_pending(),
        }
    }

    /// Ends a taken interrupt, after its cause is removed, on the core that took it.
    pub fn end_of_interrupt(&self, pending: Pending) {
        match self {
            Self::Bcm2837(chip) => chip.end_of_interrupt(pending),
            Self::Gic400(chip) => chip.end_of_interrupt(pending),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn core_masks_hold_only_cores_that_exist() {
        assert_eq!(CoreMask::from_bits(0xFF), CoreMask(0b1111));
        assert_eq!(CoreMask::all_but(2), CoreMask(0b1011));
        assert_eq!(CoreMask::one(4), CoreMask(0));
        assert!(CoreMask::one(3).contains(3));
        assert!(!CoreMask::all_but(3).contains(3));
    }

    #[test]
    fn lines_are_0_to_63() {
        assert_eq!(Line::new(57), Some(Line::UART));
        assert_eq!(Line::new(64), None);
    }
}
