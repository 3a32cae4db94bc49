//! The offset of an open file, which processes share after fork and dup.
//!
//! A read or write claims the position from beginning to end, so that two processes that write
//! to one open file never write to the same place. User memory is touched meanwhile, so the claim
//! is not a spin lock: who finds it taken sleeps.

use crate::sched::WaitQueue;
use crate::sync::{Lock, Rank};
use abi::Errno;
use alloc::boxed::Box;

struct State {
    offset: u64,
    /// The name that a listing of a directory has come to.
    listed: Box<[u8]>,
    is_claimed: bool,
}

/// An offset that one call at a time uses.
pub struct Position {
    state: Lock<State>,
    freed: WaitQueue,
}

impl Position {
    /// The start of a file.
    pub fn new() -> Self {
        let state = State { offset: 0, listed: Box::default(), is_claimed: false };
        Self { state: Lock::new(Rank::OpenFile, state), freed: WaitQueue::new() }
    }

    /// Waits until no other call uses the position.
    pub fn claim(&self) -> Result<Claim<'_>, Errno> {
        let claim = self.freed.wait_through(|| {
            let mut state = self.state.lock();
            if state.is_claimed {
                return None;
            }
            state.is_claimed = true;
            let listed = core::mem::take(&mut state.listed);
            Some(Claim { position: self, offset: state.offset, listed })
        })?;
        Ok(claim)
    }
}

/// The right to use a position; what is in it when it is dropped holds from then on.
pub struct Claim<'a> {
    position: &'a Position,
    /// The offset.
    pub offset: u64,
    /// The name that a listing of a directory has come to.
    pub listed: Box<[u8]>,
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        let mut state = self.position.state.lock();
        state.offset = self.offset;
        state.listed = core::mem::take(&mut self.listed);
        state.is_claimed = false;
        drop(state);
        self.position.freed.wake_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_claim_goes_on_where_the_last_one_ended() {
        let position = Position::new();
        position.claim().unwrap().offset = 7;
        assert_eq!(position.claim().unwrap().offset, 7);
    }
}
