//! The power manager's watchdog, which restarts and stops the machine.
//!
//! The firmware reads the "partition" spread over even bits of the status register after a reset: 63 means to stay
//! off. QEMU resets or ends as soon as the reset is armed, so this is no watchdog there.

use tock_registers::interfaces::{Readable, Writeable};
use tock_registers::register_structs;
use tock_registers::registers::ReadWrite;

use crate::mmio::Mmio;

register_structs! {
    /// The part of the power manager that resets.
    pub PowerRegisters {
        (0x00 => _reserved0),
        (0x1C => reset_control: ReadWrite<u32>),
        (0x20 => reset_status: ReadWrite<u32>),
        (0x24 => watchdog: ReadWrite<u32>),
        (0x28 => @END),
    }
}

/// Every write must carry this in its top byte.
const PASSWORD: u32 = 0x5A00_0000;
const PASSWORD_MASK: u32 = 0xFF00_0000;
const PARTITION_MASK: u32 = 0x555;
/// QEMU compares with exactly this.
const PARTITION_HALT: u32 = 0x555;
const RESET_MASK: u32 = 0x30;
const FULL_RESET: u32 = 0x20;
/// In units of 1/65536 s.
const WATCHDOG_TICKS: u32 = 10;

/// The driver of the power manager.
pub struct Power {
    registers: Mmio<PowerRegisters>,
}

impl Power {
    /// Takes the power manager as it is.
    pub const fn new(registers: Mmio<PowerRegisters>) -> Self {
        Self { registers }
    }

    /// Restarts the machine. Returns, and the reset follows some 150 µs later: spin until then.
    pub fn reboot(&self) {
        let status = self.registers.reset_status.get() & !PASSWORD_MASK & !PARTITION_MASK;
        self.registers.reset_status.set(PASSWORD | status);
        self.arm_reset();
    }

    /// Stops the machine until power comes anew. Returns, and the stop follows some 150 µs later: spin until then.
    pub fn power_off(&self) {
        self.registers.reset_status.set(PASSWORD | PARTITION_HALT);
        self.arm_reset();
    }

    fn arm_reset(&self) {
        self.registers.watchdog.set(PASSWORD | WATCHDOG_TICKS);
        let control = self.registers.reset_control.get() & !PASSWORD_MASK & !RESET_MASK;
        self.registers.reset_control.set(PASSWORD | control | FULL_RESET);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::FakeRegisters;

    const CONTROL: usize = 0x1C;
    const STATUS: usize = 0x20;
    const WATCHDOG: usize = 0x24;

    fn power() -> (FakeRegisters, Power) {
        let registers = FakeRegisters::new();
        registers.set(CONTROL, 0x112);
        registers.set(STATUS, 0x1555);
        (registers, Power::new(registers.claim()))
    }

    #[test]
    fn reboot_clears_the_partition_and_arms_a_full_reset() {
        let (registers, power) = power();
        power.reboot();
        assert_eq!(registers.get(STATUS), 0x5A00_1000);
        assert_eq!(registers.get(WATCHDOG), 0x5A00_000A);
        assert_eq!(registers.get(CONTROL), 0x5A00_0122);
    }

    #[test]
    fn power_off_names_partition_63_exactly_as_qemu_compares_it() {
        let (registers, power) = power();
        power.power_off();
        assert_eq!(registers.get(STATUS), 0x5A00_0555);
        assert_eq!(registers.get(CONTROL), 0x5A00_0122);
    }
}
