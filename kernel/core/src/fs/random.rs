//! Random bytes for `getrandom`, `/dev/urandom`, and the kernel itself.
//!
//! ChaCha20, keyed from the board's entropy when it is first asked.

use crate::board::board;
use crate::sched;
use crate::sync::{Lock, Rank};
use crate::user_memory::UserBuffer;
use abi::Errno;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// What is made at a time for a program.
const PART: usize = 256;

static GENERATOR: Lock<Option<ChaCha20Rng>> = Lock::new(Rank::Random, None);

/// Fills the bytes with random ones.
pub fn fill(bytes: &mut [u8]) {
    GENERATOR.lock().get_or_insert_with(seeded).fill_bytes(bytes);
}

/// Fills a program's buffer; what was copied before a fault counts.
pub fn fill_buffer(to: &mut UserBuffer<'_>) -> Result<usize, Errno> {
    to.counted(|to| {
        while to.remaining() > 0 {
            let mut part = [0; PART];
            fill(&mut part);
            to.put(&part)?;
            sched::rest()?;
        }
        Ok(())
    })
}

fn seeded() -> ChaCha20Rng {
    let mut seed = [0; 32];
    for word in seed.chunks_exact_mut(8) {
        word.copy_from_slice(&board().entropy().to_le_bytes());
    }
    ChaCha20Rng::from_seed(seed)
}
