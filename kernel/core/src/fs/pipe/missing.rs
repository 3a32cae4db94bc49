//! Copies from and to pages of a program's that are not there yet: brought in without the lock.

use super::{Pipe, Taken};
use crate::fs::node::Waiting;
use crate::sched;
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use abi::limits::PIPE_BUF;
use alloc::vec::Vec;

impl Pipe {
    /// Goes on with a read after `total` bytes, where the reader's next page is missing.
    pub(super) fn read_missing(
        &self,
        to: &mut UserBuffer<'_>,
        mut total: usize,
        waiting: Waiting,
    ) -> Result<usize, Errno> {
        loop {
            match self.take_to_missing(to) {
                Ok(count) => total += count,
                Err(_) if total > 0 => return Ok(total),
                Err(error) => {
                    // What there is goes to somebody else.
                    self.data.pass_on();
                    return Err(error);
                }
            }
            // Nothing is waited for behind the first byte.
            let waiting = if total > 0 { Waiting::Refused } else { waiting };
            match sched::rest().and_then(|()| waiting.attempt(&self.data, || self.take(to))) {
                Ok(Taken::Bytes(count)) => return Ok(total + count),
                Ok(Taken::Cut(count)) => total += count,
                Err(_) if total > 0 => return Ok(total),
                Err(error) => return Err(error),
            }
        }
    }

    /// Copies to the reader's next page, which is held meanwhile.
    fn take_to_missing(&self, to: &mut UserBuffer<'_>) -> Result<usize, Errno> {
        let Some(held) = to.hold()? else { return Ok(0) };
        let state = self.state.lock();
        let count = state.buffer.copy_to_held(0, usize::MAX, &held);
        self.have_read(state, count);
        to.skip(count);
        Ok(count)
    }

    /// Writes as much of the data as is atomic, by way of the kernel's memory.
    pub(super) fn write_missing(
        &self,
        from: &mut UserData<'_>,
        whole: usize,
        waiting: Waiting,
    ) -> (usize, Result<(), Errno>) {
        let mut bytes = Vec::new();
        let length = from.remaining().min(PIPE_BUF);
        if bytes.try_reserve_exact(length).is_err() {
            return (0, Err(Errno::ENOMEM));
        }
        bytes.resize(length, 0);
        match from.take(&mut bytes) {
            Ok(taken) => self.write_all(&mut UserData::kernel(&bytes[..taken]), whole, waiting),
            Err(error) => (0, Err(error)),
        }
    }
}
