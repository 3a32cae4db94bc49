//! Ctrl-C during work that has something to tidy up first.

use crate::process::{self, Signal};
use abi::signal::signal_bit;

/// From now on a Ctrl-C is noted, until this is dropped.
pub struct Interrupts(());

impl Interrupts {
    /// Begins to note them.
    pub fn noted() -> Self {
        // It can be caught, so this does not fail.
        let _ = process::catch_signal(Signal::INT as u32);
        Self(())
    }

    /// Whether one has come.
    pub fn have_come(&self) -> bool {
        process::take_caught() & signal_bit(Signal::INT as u32) != 0
    }

    /// Ends the process as Ctrl-C does, so that a shell knows why.
    pub fn end(self) -> ! {
        drop(self);
        let _ = process::kill(process::id(), Signal::INT);
        process::exit(128 + Signal::INT as i32)
    }
}

impl Drop for Interrupts {
    fn drop(&mut self) {
        let _ = process::default_signal(Signal::INT);
    }
}
