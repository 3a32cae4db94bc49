//! FIFOs (fifo(7)): pipes behind a name, where the open of one end waits for the other.

use super::{Pipe, State};
use crate::fs::node::Node;
use abi::Errno;
use abi::file::OpenFlags;

impl State {
    /// An open file begins to refer to the pipe.
    pub(super) fn add(&mut self, flags: OpenFlags) {
        if flags.reads() {
            if self.readers == 0 && self.writers == 0 {
                self.had_writer = false;
            }
            self.readers += 1;
            self.openings.reading += 1;
        }
        if flags.writes() {
            self.writers += 1;
            self.openings.writing += 1;
            self.had_writer = true;
        }
    }

    /// How often the end was opened that one with these flags waits for, and whether it is open.
    const fn other_end(&self, flags: OpenFlags) -> (u64, bool) {
        if flags.reads() {
            (self.openings.writing, self.writers > 0)
        } else {
            (self.openings.reading, self.readers > 0)
        }
    }
}

impl Pipe {
    /// Opens the pipe by its name: waits for the other end unless both are asked for or waiting is
    /// refused; without waiting there is nothing to write for.
    pub fn open_named(&self, flags: OpenFlags) -> Result<(), Errno> {
        let refuses = flags.contains(OpenFlags::NON_BLOCKING);
        let mut state = self.state.lock();
        let (openings, is_open) = state.other_end(flags);
        if refuses && !flags.reads() && !is_open {
            return Err(Errno::ENXIO);
        }
        state.add(flags);
        drop(state);
        self.partners.wake_all();
        if is_open || refuses || flags.reads() && flags.writes() {
            return Ok(());
        }
        // Counted and not looked at: the other end may be closed again before this thread runs.
        let came = || (self.state.lock().other_end(flags).0 != openings).then_some(());
        self.partners.wait_until(None, came).map_err(|error| {
            self.close(flags);
            error.into()
        })
    }
}
