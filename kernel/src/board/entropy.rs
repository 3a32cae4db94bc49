//! Bits that are hard to guess: from the generator, if the board has one, and from the counter.

use super::devices;
use arch::{clock, cpu, random};
use bsp::rng::Rng;
use bsp::soc::SocFacts;

/// A generator that is warm makes a word in some microseconds.
const PATIENCE_NS: u64 = 1_000_000;

/// The sources.
pub struct Entropy {
    generator: Option<Rng>,
}

impl Entropy {
    /// Starts the generator, which needs some time to warm up.
    pub fn start(facts: &SocFacts) -> Self {
        let mut generator = devices::random(facts);
        if let Some(generator) = &mut generator {
            generator.start();
        }
        Self { generator }
    }

    /// A word.
    pub fn word(&mut self) -> u64 {
        let (low, high) = (self.half(), self.half());
        random::seed() ^ (u64::from(high) << 32 | u64::from(low))
    }

    /// What the generator gives in time.
    fn half(&mut self) -> u32 {
        let Some(generator) = &mut self.generator else { return 0 };
        let deadline = clock::now() + PATIENCE_NS;
        while clock::now() < deadline {
            if let Some(word) = generator.try_read() {
                return word;
            }
            cpu::relax();
        }
        0
    }
}
