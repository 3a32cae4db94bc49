//! Kernel stacks: each core keeps a few that were left, mapped as they are, for the threads that it
//! makes next. Such a thread costs no frames, no entries and no invalidation on other cores.

use super::frames::{self, FrameUse};
use crate::sync::{Lock, PerCore, Rank};
use abi::Errno;
use arch::addr::PhysAddr;
use arch::context::{KernelStack, STACK_FRAMES};
use heapless::Vec;

/// Stacks that a core keeps: the one that a thread has just left, and one more.
const KEPT: usize = 2;

static LEFT: PerCore<Lock<Vec<KernelStack, KEPT>>> =
    PerCore::new([const { Lock::new(Rank::FrameCache, Vec::new()) }; 4]);

/// A kernel stack whose frames are accounted for.
pub struct Stack(Option<KernelStack>);

impl Stack {
    /// A stack for a new thread.
    pub fn new() -> Result<Self, Errno> {
        frames::admit(FrameUse::Stack)?;
        let left = LEFT.mine().lock().pop();
        if let Some(stack) = left {
            frames::note_use(FrameUse::Stack, STACK_FRAMES as isize);
            return Ok(Self(Some(stack)));
        }
        let mut stack_frames = [PhysAddr::new(0); STACK_FRAMES];
        for index in 0..STACK_FRAMES {
            match frames::allocate(FrameUse::Stack) {
                Ok(frame) => stack_frames[index] = frame,
                Err(error) => {
                    give_back(&stack_frames[..index]);
                    return Err(error.into());
                }
            }
        }
        match KernelStack::new(stack_frames) {
            Ok(stack) => Ok(Self(Some(stack))),
            Err(_) => {
                give_back(&stack_frames);
                Err(Errno::EAGAIN)
            }
        }
    }

    /// The stack, for the thread that is to run on it.
    ///
    /// # Panics
    ///
    /// Never: it is there until `self` is dropped.
    pub fn mapped(&self) -> &KernelStack {
        self.0.as_ref().expect("invariant: only drop takes the stack out")
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        let Some(stack) = self.0.take() else { return };
        let refused = LEFT.mine().lock().push(stack);
        match refused {
            Ok(()) => frames::note_use(FrameUse::Stack, -(STACK_FRAMES as isize)),
            Err(stack) => give_back(&stack.into_frames()),
        }
    }
}

/// The frames of one of this core's, for another use: when all other memory is out.
pub(super) fn give_up() -> Option<[PhysAddr; STACK_FRAMES]> {
    let left = LEFT.mine().lock().pop();
    left.map(KernelStack::into_frames)
}

/// Frames in the stacks that all cores keep.
pub(super) fn kept_frames() -> usize {
    LEFT.iter().map(|stacks| STACK_FRAMES * stacks.lock().len()).sum()
}

fn give_back(stack_frames: &[PhysAddr]) {
    for frame in stack_frames {
        frames::free(*frame, FrameUse::Stack);
    }
}
