//! Kernel stacks and contexts as tokens: they keep their frames, and nothing runs on them.

use crate::addr::PhysAddr;
use crate::layout::{IMAGE_SLOTS, STACK_SLOTS};
use crate::slots::Slots;

pub use crate::layout::STACK_FRAMES;
pub use crate::user_state::UserState;

static SLOTS: Slots<{ STACK_SLOTS / 64 }> = Slots::new(IMAGE_SLOTS);

/// All slots for stacks are taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NoSlot;

/// A kernel stack.
#[derive(Debug)]
pub struct KernelStack {
    slot: usize,
    frames: [PhysAddr; STACK_FRAMES],
}

impl KernelStack {
    /// Takes a slot and keeps the frames.
    pub fn new(frames: [PhysAddr; STACK_FRAMES]) -> Result<Self, NoSlot> {
        let slot = SLOTS.take().ok_or(NoSlot)?;
        Ok(Self { slot, frames })
    }

    /// Gives the frames back.
    pub fn into_frames(self) -> [PhysAddr; STACK_FRAMES] {
        self.frames
    }
}

impl Drop for KernelStack {
    fn drop(&mut self) {
        SLOTS.give_back(self.slot);
    }
}

/// The registers of a thread while it does not run.
pub struct ThreadContext {
    user: UserState,
}

impl ThreadContext {
    /// For the flow that runs already.
    pub const fn empty() -> Self {
        Self { user: UserState::ZERO }
    }

    /// A thread of a program.
    pub const fn new(
        _stack: &KernelStack,
        _entry: extern "C" fn(usize) -> !,
        _argument: usize,
        user: UserState,
    ) -> Self {
        Self { user }
    }

    /// Sets the thread pointer of a thread that does not run.
    pub const fn set_thread_pointer(&mut self, value: u64) {
        self.user.thread_pointer = value;
    }
}

/// Ends the test: simulated cores do not switch stacks.
///
/// # Safety
///
/// - None: it never returns.
///
/// # Panics
///
/// Always.
pub unsafe fn switch(_from: *mut ThreadContext, _to: *const ThreadContext) {
    panic!("a simulated core cannot switch stacks");
}

/// The program's state of the thread that calls this: none.
pub const fn capture_user_state() -> UserState {
    UserState::ZERO
}

/// Does nothing.
pub const fn install_user_state(_state: &UserState) {}

/// Does nothing.
pub const fn reset_user_state() {}

/// The program's thread pointer: none.
pub const fn user_thread_pointer() -> u64 {
    0
}

/// Does nothing.
pub const fn set_user_thread_pointer(_value: u64) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_gives_back_the_frames_it_was_given() {
        let frames = [1, 2, 3, 4].map(|frame| PhysAddr::new(frame << 12));
        let stack = KernelStack::new(frames).expect("a free slot");
        assert_eq!(stack.into_frames(), frames);
    }
}
