//! RNG200, the random number generator of the BCM2711.

use tock_registers::interfaces::{Readable, Writeable};
use tock_registers::registers::{ReadOnly, ReadWrite};
use tock_registers::{register_bitfields, register_structs};

use crate::mmio::Mmio;

register_bitfields! { u32,
    CONTROL [
        /// The ring oscillators and the generator run.
        ENABLE OFFSET(0) NUMBITS(13) [],
        /// Division of the sampling clock.
        DIVIDER OFFSET(13) NUMBITS(8) []
    ],
    FIFO_COUNT [
        /// Words ready.
        READY OFFSET(0) NUMBITS(8) []
    ]
}

register_structs! {
    /// The generator's block.
    pub Rng200Registers {
        (0x00 => control: ReadWrite<u32, CONTROL::Register>),
        (0x04 => _reserved0),
        (0x0C => bit_count: ReadOnly<u32>),
        (0x10 => bit_count_threshold: ReadWrite<u32>),
        (0x14 => _reserved1),
        (0x20 => data: ReadOnly<u32>),
        (0x24 => fifo_count: ReadOnly<u32, FIFO_COUNT::Register>),
        (0x28 => @END),
    }
}

const WARM_UP_BITS: u32 = 0x4_0000;
const FIRST_USABLE_BIT: u32 = 16;

/// The driver of the generator.
pub struct Rng200 {
    registers: Mmio<Rng200Registers>,
}

impl Rng200 {
    /// Takes the generator as it is.
    pub const fn new(registers: Mmio<Rng200Registers>) -> Self {
        Self { registers }
    }

    /// Starts the generator.
    pub fn start(&mut self) {
        self.registers.bit_count_threshold.set(WARM_UP_BITS);
        self.registers.control.write(CONTROL::DIVIDER.val(3) + CONTROL::ENABLE.val(0x1FFF));
    }

    /// Takes a word if one is ready.
    pub fn try_read(&mut self) -> Option<u32> {
        let warm = self.registers.bit_count.get() > FIRST_USABLE_BIT;
        let ready = self.registers.fifo_count.read(FIFO_COUNT::READY) > 0;
        (warm && ready).then(|| self.registers.data.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::FakeRegisters;

    #[test]
    fn start_sets_threshold_divider_and_enable() {
        let registers = FakeRegisters::new();
        Rng200::new(registers.claim()).start();
        assert_eq!((registers.get(0x00), registers.get(0x10)), (3 << 13 | 0x1FFF, 0x4_0000));
    }

    #[test]
    fn a_word_is_taken_only_when_warm_and_ready() {
        let registers = FakeRegisters::new();
        let mut rng = Rng200::new(registers.claim());
        registers.set(0x20, 0x1234_5678);
        registers.set(0x24, 0x0100_0001);
        assert_eq!(rng.try_read(), None);
        registers.set(0x0C, 17);
        assert_eq!(rng.try_read(), Some(0x1234_5678));
        registers.set(0x24, 0x0100_0000);
        assert_eq!(rng.try_read(), None);
    }
}
