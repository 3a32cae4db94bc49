//! The generator of random numbers, whichever the board has.

mod bcm2835;
mod rng200;

pub use bcm2835::{Bcm2835Rng, Bcm2835RngRegisters};
pub use rng200::{Rng200, Rng200Registers};

/// A generator of random numbers.
///
/// QEMU's raspi4b has none where [`crate::soc::RandomChip::Rng200`] says: touch it only behind a probe that survives
/// an external abort.
pub enum Rng {
    /// That of the Raspberry Pi 3 and Zero 2 W.
    Bcm2835(Bcm2835Rng),
    /// That of the Raspberry Pi 4.
    Rng200(Rng200),
}

impl Rng {
    /// Starts the generator; the first words take a while.
    pub fn start(&mut self) {
        match self {
            Self::Bcm2835(rng) => rng.start(),
            Self::Rng200(rng) => rng.start(),
        }
    }

    /// Takes a word if one is ready.
    pub fn try_read(&mut self) -> Option<u32> {
        match self {
            Self::Bcm2835(rng) => rng.try_read(),
            Self::Rng200(rng) => rng.try_read(),
        }
    }
}
