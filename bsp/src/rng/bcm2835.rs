//! The random number generator of the BCM2835 family, BCM2837 among them.

use tock_registers::interfaces::{ReadWriteable, Readable, Writeable};
use tock_registers::registers::{ReadOnly, ReadWrite};
use tock_registers::{register_bitfields, register_structs};

use crate::mmio::Mmio;

register_bitfields! { u32,
    CONTROL [
        /// The generator runs.
        ENABLE OFFSET(0) NUMBITS(1) []
    ],
    STATUS [
        /// Words to throw away at the start.
        WARM_UP OFFSET(0) NUMBITS(20) [],
        /// Words ready.
        READY OFFSET(24) NUMBITS(8) []
    ]
}

register_structs! {
    /// The generator's block.
    pub Bcm2835RngRegisters {
        (0x0 => control: ReadWrite<u32, CONTROL::Register>),
        (0x4 => status: ReadWrite<u32, STATUS::Register>),
        (0x8 => data: ReadOnly<u32>),
        (0xC => @END),
    }
}

/// The firmware authors' figure for the words that are not random enough.
const WARM_UP_WORDS: u32 = 0x4_0000;

/// The driver of the generator.
pub struct Bcm2835Rng {
    registers: Mmio<Bcm2835RngRegisters>,
}

impl Bcm2835Rng {
    /// Takes the generator as it is.
    pub const fn new(registers: Mmio<Bcm2835RngRegisters>) -> Self {
        Self { registers }
    }

    /// Starts the generator.
    pub fn start(&mut self) {
        self.registers.status.write(STATUS::WARM_UP.val(WARM_UP_WORDS));
        self.registers.control.modify(CONTROL::ENABLE::SET);
    }

    /// Takes a word if one is ready.
    pub fn try_read(&mut self) -> Option<u32> {
        (self.registers.status.read(STATUS::READY) > 0).then(|| self.registers.data.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::FakeRegisters;

    #[test]
    fn start_sets_the_warm_up_and_enables() {
        let registers = FakeRegisters::new();
        Bcm2835Rng::new(registers.claim()).start();
        assert_eq!((registers.get(0x0), registers.get(0x4)), (1, 0x4_0000));
    }

    #[test]
    fn a_word_is_taken_only_when_the_count_says_so() {
        let registers = FakeRegisters::new();
        let mut rng = Bcm2835Rng::new(registers.claim());
        registers.set(0x8, 0x1234_5678);
        registers.set(0x4, 0x4_0000);
        assert_eq!(rng.try_read(), None);
        registers.set(0x4, 1 << 24);
        assert_eq!(rng.try_read(), Some(0x1234_5678));
    }
}
