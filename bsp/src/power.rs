//! The power manager's watchdog, which restarts and stops the machine, and restarts one that no longer feeds it.
//!
//! The firmware reads the "partition" spread over even bits of the status register after a reset: 63 means to stay
//! off. QEMU resets or ends as soon as the reset is armed, so this is no watchdog there.

use core::time::Duration;
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
/// What the control register holds while nothing is to be reset.
const NO_RESET: u32 = 0x102;
/// The watchdog counts down this many units in a second.
const TICKS_IN_SECOND: u64 = 65_536;
/// It counts 20 bits: 16 seconds.
const MOST_TICKS: u64 = 0xF_FFFF;
/// What a reset that is wanted waits.
const AT_ONCE: u32 = 10;

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
        self.arm_reset(AT_ONCE);
    }

    /// Restarts the machine unless this is called again, or [`Self::disarm`], within this time: 16 seconds at most.
    /// QEMU restarts it at once.
    pub fn feed(&self, time: Duration) {
        let ticks = time.as_millis() as u64 * TICKS_IN_SECOND / 1000;
        self.arm_reset(ticks.min(MOST_TICKS) as u32);
    }

    /// Lets the machine live without being fed.
    pub fn disarm(&self) {
        self.registers.reset_control.set(PASSWORD | NO_RESET);
    }

    /// Stops the machine until power comes anew. Returns, and the stop follows some 150 µs later: spin until then.
    pub fn power_off(&self) {
        self.registers.reset_status.set(PASSWORD | PARTITION_HALT);
        self.arm_reset(AT_ONCE);
    }

    fn arm_reset(&self, ticks: u32) {
        self.registers.watchdog.set(PASSWORD | ticks);
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
    fn a_fed_watchdog_waits_as_long_as_it_can_and_leaves_the_partition_alone() {
        let (registers, power) = power();
        power.feed(Duration::from_secs(15));
        assert_eq!(registers.get(WATCHDOG), 0x5A00_0000 | 15 << 16);
        assert_eq!(registers.get(CONTROL), 0x5A00_0122);
        assert_eq!(registers.get(STATUS), 0x1555);
        power.feed(Duration::from_secs(60));
        assert_eq!(registers.get(WATCHDOG), 0x5A0F_FFFF);
    }

    #[test]
    fn a_disarmed_watchdog_has_no_reset_to_make() {
        let (registers, power) = power();
        power.feed(Duration::from_secs(15));
        power.disarm();
        assert_eq!(registers.get(CONTROL), 0x5A00_0102);
    }

    #[test]
    fn power_off_names_partition_63_exactly_as_qemu_compares_it() {
        let (registers, power) = power();
        power.power_off();
        assert_eq!(registers.get(STATUS), 0x5A00_0555);
        assert_eq!(registers.get(CONTROL), 0x5A00_0122);
    }
}
